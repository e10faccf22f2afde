/* definition/duration: both notations, what is refused, and that what is printed is read back. */
#include "definition/duration.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

static const uint64_t SECOND = 1000, MINUTE = 60000, HOUR = 3600000, DAY = 86400000;

static void expect(const char *text, uint64_t expected)
{
    uint64_t ms = 77;
    bool good = duration_parse(text, strlen(text), &ms);
    if (!good || ms != expected)
        printf("\n    %s: %s %llu\n", text, good ? "read as" : "refused", (unsigned long long)ms);
    CU_ASSERT_TRUE(good);
    CU_ASSERT_EQUAL(ms, expected);
}

static void refuse(const char *text)
{
    uint64_t ms = 77;
    bool good = duration_parse(text, strlen(text), &ms);
    if (good)
        printf("\n    %s: read as %llu\n", text, (unsigned long long)ms);
    CU_ASSERT_FALSE(good);
    CU_ASSERT_EQUAL(ms, 77);
}

static void reads_its_own_notation(void)
{
    expect("500ms", 500);
    expect("0ms", 0);
    expect("0s", 0);
    expect("30s", 30 * SECOND);
    expect("5m", 5 * MINUTE);
    expect("2h", 2 * HOUR);
    expect("7d", 7 * DAY);
    expect("1h30m", 90 * MINUTE);
    expect("1d2h3m4s5ms", DAY + 2 * HOUR + 3 * MINUTE + 4 * SECOND + 5);
    expect("1m5ms", MINUTE + 5);
    expect("90m", 90 * MINUTE);
    expect("007s", 7 * SECOND);
    expect("1.5s", 1500);
    expect("0.25h", 15 * MINUTE);
    expect("0.000005h", 18);
    expect("0.1d", 8640000);
    expect("1,5s", 1500);
    expect("3.000ms", 3);
}

static void reads_iso_8601(void)
{
    expect("PT1H30M", 90 * MINUTE);
    expect("P7D", 7 * DAY);
    expect("PT0S", 0);
    expect("P1DT12H", 36 * HOUR);
    expect("PT1.5S", 1500);
    expect("PT0.5H", 30 * MINUTE);
    expect("PT0,001S", 1);
    expect("P2W", 14 * DAY);
    expect("P1DT1H1M1S", DAY + HOUR + MINUTE + SECOND);
    expect("PT36H", 36 * HOUR);
}

static void refuses_what_is_none(void)
{
    static const char *const texts[] = {
        "",       " ",     "5",    "s",      "ms",     "5x",    "5 s",   " 5s",   "5s ",  "-5s",    "+5s",
        "1h 30m", "30m1h", "1s1s", "5M",     "5S",     "5H",    "1y",    "1w",    "1us",  ".5s",    "5.s",
        "1..5s",  "1e3s",  "0x5s", "5sm",    "5msm",   "1h30",  "h",     "\n5s",  "5s\n", "P",      "PT",
        "P1",     "P1H",   "PT1D", "P1Y",    "P1M",    "P1Y2D", "P1W2D", "P1D2W", "P1DT", "PT1H1H", "PT1M1H",
        "p1d",    "pt1h",  "P-1D", "PT1H30", "P1DT1D", "T1H",   "PT5ms", "P5s",   "PT1h", "P1D1D",  "PT.5S"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        refuse(texts[i]);
}

static void refuses_fractions_of_a_millisecond(void)
{
    refuse("0.5ms");
    refuse("1.0005s");
    refuse("PT0.0001S");
    refuse("0.0000001h");
    refuse("0.3333333333333333333333s"); /* more digits than it reads */
}

static void keeps_to_its_limit(void)
{
    expect("3650d", 3650 * DAY);
    expect("87600h", 3650 * DAY);
    expect("P3650D", 3650 * DAY);
    refuse("3650d1ms");
    refuse("3651d");
    refuse("315360000001ms");
    refuse("18446744073709551616ms");
    refuse("999999999999999999d");
    refuse("9999999999999999999999999999999999s");
    refuse("P999999999999999999W");
}

static void reads_no_further_than_it_is_told(void)
{
    uint64_t ms = 0;
    CU_ASSERT_TRUE(duration_parse("5ms", 2, &ms)); /* "5m" */
    CU_ASSERT_EQUAL(ms, 5 * MINUTE);
    CU_ASSERT_FALSE(duration_parse("5s", 1, &ms));
    CU_ASSERT_FALSE(duration_parse("5s", 0, &ms));
    CU_ASSERT_FALSE(duration_parse("5s\0", 3, &ms));
}

static void prints(void)
{
    static const struct {
        uint64_t ms;
        const char *text;
    } cases[] = {{0, "0s"},
                 {1, "1ms"},
                 {500, "500ms"},
                 {1000, "1s"},
                 {1500, "1s500ms"},
                 {60000, "1m"},
                 {5400000, "1h30m"},
                 {86400000, "1d"},
                 {604800000, "7d"},
                 {86400001, "1d1ms"},
                 {315360000000, "3650d"},
                 {UINT64_MAX, "213503982334d14h25m51s615ms"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[32];
        duration_print(cases[i].ms, text, sizeof text);
        CU_ASSERT_STRING_EQUAL(text, cases[i].text);
    }
}

static void reads_back_what_it_prints(void)
{
    for (uint64_t ms = 0; ms <= 3650 * DAY; ms = ms * 3 / 2 + 1) {
        char text[32];
        duration_print(ms, text, sizeof text);
        expect(text, ms);
    }
}

void duration_test_suite(void);
void duration_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("definition/duration", NULL, NULL);
    CU_add_test(suite, "reads its own notation", reads_its_own_notation);
    CU_add_test(suite, "reads ISO 8601", reads_iso_8601);
    CU_add_test(suite, "refuses what is no duration", refuses_what_is_none);
    CU_add_test(suite, "refuses fractions of a millisecond", refuses_fractions_of_a_millisecond);
    CU_add_test(suite, "is at most 3650 days", keeps_to_its_limit);
    CU_add_test(suite, "reads no further than it is told", reads_no_further_than_it_is_told);
    CU_add_test(suite, "prints the units that are not zero", prints);
    CU_add_test(suite, "reads back what it prints", reads_back_what_it_prints);
}
