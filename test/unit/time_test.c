/* base/time: the calendar, against the C library's. */
#include "base/time.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static void expect_same(uint64_t ms)
{
    char text[TIME_TEXT], expected[100];
    time_t seconds = (time_t)(ms / 1000);
    struct tm tm;
    CU_ASSERT_PTR_NOT_NULL_FATAL(gmtime_r(&seconds, &tm));
    snprintf(expected, sizeof expected, "%04d-%02d-%02dT%02d:%02d:%02d.%03uZ", tm.tm_year + 1900, tm.tm_mon + 1,
             tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, (unsigned)(ms % 1000));
    time_print(ms, text);
    CU_ASSERT_STRING_EQUAL(text, expected);
}

/* Every day of more than an era, and beyond the four digits of a year. */
static void days(void)
{
    const uint64_t day_ms = 86400000;
    for (uint64_t day = 0; day < 150000; day++)
        expect_same(day * day_ms + day % 2 * (day_ms - 1));
    for (uint64_t day = 2932000; day < 2933000; day++) /* 9997 to 10000 */
        expect_same(day * day_ms);
    expect_same(3093527980799999); /* the last of 99999 */
}

static void times_of_day(void)
{
    for (uint64_t ms = 1700000000000; ms < 1700000000000 + 86400000; ms += 7919)
        expect_same(ms);
}

/* No clock of ours goes there, and no byte goes further. */
static void never_longer_than_its_room(void)
{
    char text[TIME_TEXT];
    uint64_t back;
    time_print(UINT64_MAX, text);
    CU_ASSERT_TRUE(strlen(text) <= strlen("99999-12-31T23:59:59.999Z"));
    time_print(1700000000123, text);
    CU_ASSERT_TRUE(time_parse(text, &back));
    CU_ASSERT_EQUAL(back, 1700000000123);
}

void time_test_suite(void);
void time_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("time", NULL, NULL);
    CU_add_test(suite, "the day", days);
    CU_add_test(suite, "the time of day", times_of_day);
    CU_add_test(suite, "an absurd time", never_longer_than_its_room);
}
