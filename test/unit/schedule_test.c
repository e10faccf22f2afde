/* definition/cron and definition/schedule: what is read, what is due next, and what clocks that are set do to it.
 */
#include "definition/schedule.h"

#include "adapters/zone_glib.h"
#include "base/time.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

/* The next `count` due times after `after`, in UTC, as text with blanks between. */
static void expect(const char *cron, const char *zone, const char *after, const char *expected)
{
    char why[CRON_WHY], found[512] = "", text[TIME_TEXT];
    struct schedule schedule = {.zone = (char *)zone};
    struct zone zones = zone_glib();
    uint64_t at_ms;
    CU_ASSERT_TRUE_FATAL(cron_parse(cron, &schedule.cron, why));
    CU_ASSERT_TRUE_FATAL(time_parse(after, &at_ms));
    for (size_t length = 0; length < strlen(expected); length = strlen(found)) {
        if (!schedule_next(&schedule, zones.offset_s, zones.self, at_ms, &at_ms))
            break;
        time_print(at_ms, text);
        text[16] = '\0'; /* minutes are enough */
        snprintf(found + length, sizeof found - length, "%s%s", length ? " " : "", text);
    }
    CU_ASSERT_STRING_EQUAL(found, expected);
    if (strcmp(found, expected) != 0)
        printf("\n%s %s: expected %s, found %s\n", cron, zone ? zone : "UTC", expected, found);
}

static void what_is_due(void)
{
    expect("30 3 * * *", NULL, "2026-01-01T03:30:00Z", "2026-01-02T03:30 2026-01-03T03:30");
    expect("* * * * *", NULL, "2026-01-01T23:58:59.999Z", "2026-01-01T23:59 2026-01-02T00:00");
    expect("*/20 * * * *", NULL, "2026-01-01T10:05:00Z", "2026-01-01T10:20 2026-01-01T10:40 2026-01-01T11:00");
    expect("5/20 * * * *", NULL, "2026-01-01T10:00:00Z", "2026-01-01T10:05 2026-01-01T10:25 2026-01-01T10:45");
    expect("0,30 8-10/2 * * *", NULL, "2026-01-01T00:00:00Z",
           "2026-01-01T08:00 2026-01-01T08:30 2026-01-01T10:00 2026-01-01T10:30 2026-01-02T08:00");
    expect("0 9 * * mon-fri", NULL, "2026-01-02T10:00:00Z", "2026-01-05T09:00 2026-01-06T09:00"); /* a Friday */
    expect("0 9 * * 7", NULL, "2026-01-01T00:00:00Z", "2026-01-04T09:00 2026-01-11T09:00");
    expect("0 0 31 * *", NULL, "2026-01-31T00:00:00Z", "2026-03-31T00:00 2026-05-31T00:00");
    expect("0 0 13 * fri", NULL, "2026-02-07T00:00:00Z",
           "2026-02-13T00:00 2026-02-20T00:00"); /* either is enough */
    expect("0 0 29 feb *", NULL, "2026-01-01T00:00:00Z", "2028-02-29T00:00 2032-02-29T00:00");
    expect("0 0 29 2 *", NULL, "2096-03-01T00:00:00Z", "2104-02-29T00:00"); /* 2100 has none */
    expect("59 23 31 DEC *", NULL, "2026-01-01T00:00:00Z", "2026-12-31T23:59");
}

/* In Berlin clocks go from 02:00 to 03:00 on 2026-03-29 (01:00 UTC), and from 03:00 back to 02:00 on 2026-10-25.
 */
static void clocks_that_are_set(void)
{
    expect("30 2 * * *", "Europe/Berlin", "2026-03-27T12:00:00Z",
           "2026-03-28T01:30 2026-03-29T01:00 2026-03-30T00:30"); /* in the gap: when it is over */
    expect("0 3 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:00 2026-03-30T01:00");
    expect("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z",
           "2026-10-25T00:30 2026-10-26T01:30"); /* it comes twice: the first time */
    expect("30 * * * *", "Europe/Berlin", "2026-10-25T00:00:00Z",
           "2026-10-25T00:30 2026-10-25T01:30 2026-10-25T02:30"); /* every hour is every hour */
    expect("30 * * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", "2026-03-29T00:30 2026-03-29T01:30");
    expect("0 0 * * *", "Asia/Kathmandu", "2026-01-01T00:00:00Z", "2026-01-01T18:15 2026-01-02T18:15");
    expect("0 12 30 12 *", "Pacific/Apia", "2011-01-01T00:00:00Z", "2011-12-30T10:00"); /* that day never was */
}

static void what_is_no_schedule(void)
{
    static const char *const wrong[] = {
        "",           "@daily",     "* * * *",      "* * * * * *",  "60 * * * *",    "* 24 * * *",   "* * 0 * *",
        "* * 32 * *", "* * * 13 *", "* * * * 8",    "5-1 * * * *",  "*/0 * * * *",   "1,,2 * * * *", "a * * * *",
        "-1 * * * *", "* * 30 2 *", "* * 31 4,6 *", "*/99 * * * *", "1-2-3 * * * *", "* * * foo *"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char why[CRON_WHY] = "";
        struct cron cron;
        CU_ASSERT_FALSE(cron_parse(wrong[i], &cron, why));
        CU_ASSERT_TRUE(strlen(why) > 0);
    }
}

static void every_so_often(void)
{
    struct schedule schedule = {.every_ms = 900000};
    uint64_t due_ms;
    CU_ASSERT_TRUE(schedule_next(&schedule, NULL, NULL, 900000, &due_ms));
    CU_ASSERT_EQUAL(due_ms, 1800000);
    CU_ASSERT_TRUE(schedule_next(&schedule, NULL, NULL, 1799999, &due_ms));
    CU_ASSERT_EQUAL(due_ms, 1800000);
    struct zone zones = zone_glib();
    CU_ASSERT_TRUE(zones.known(zones.self, "Europe/Berlin"));
    CU_ASSERT_FALSE(zones.known(zones.self, "Europe/Atlantis"));
    CU_ASSERT_EQUAL(zones.offset_s(zones.self, "Europe/Atlantis", 0), 0);
}

void schedule_test_suite(void);
void schedule_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("definition/schedule", NULL, NULL);
    CU_add_test(suite, "what is due", what_is_due);
    CU_add_test(suite, "clocks that are set", clocks_that_are_set);
    CU_add_test(suite, "what is no schedule", what_is_no_schedule);
    CU_add_test(suite, "every so often", every_so_often);
}
