/* engine/schedules: what is due is started once, whatever happens in between. */
#include "unit/engine_fake.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

#define SAGA(name, version, schedule)                                                                             \
    "{\"name\":\"" name "\",\"version\":" version ",\"timeout\":\"30d\",\"schedule\":" schedule ","               \
    "\"steps\":[{\"id\":\"a\",\"participant\":\"inventory\",\"operation\":\"a\"}]}"

enum { MINUTE_MS = 60 * 1000, HOUR_MS = 60 * MINUTE_MS };

/* The fake's clock begins at 2023-11-14T22:13:20Z. */
static void turn(struct fake *fake, uint64_t ms)
{
    fake->now_ms += ms;
    fake_turn(fake);
}

/* The oldest call belongs to the run of that time. */
static bool is_run(const struct fake *fake, const char *id)
{
    return fake->calls_count && strcmp(fake_header(fake->calls[0], "Belay-Transaction"), id) == 0;
}

static void once_for_each_time(void)
{
    struct fake fake;
    fake_open(&fake);
    fake_define(&fake, SAGA("clean", "1", "{\"every\":\"1h\",\"input\":{\"n\":7}}"));
    turn(&fake, 46 * MINUTE_MS);
    CU_ASSERT_EQUAL(fake.calls_count, 0);
    CU_ASSERT_EQUAL(engine_next_ms(fake.engine), 1700002800000u); /* 23:00 */
    turn(&fake, MINUTE_MS);
    CU_ASSERT_EQUAL_FATAL(fake.calls_count, 1);
    CU_ASSERT_TRUE(is_run(&fake, "clean@2023-11-14T23:00:00.000Z"));
    CU_ASSERT_STRING_EQUAL(fake.calls[0]->body, "{\"n\":7}");
    fake_answer(&fake, 200, NULL);
    turn(&fake, MINUTE_MS);
    CU_ASSERT_EQUAL(fake.calls_count, 0);
    fake_restart(&fake); /* what was started is not started again */
    turn(&fake, MINUTE_MS);
    CU_ASSERT_EQUAL(fake.calls_count, 0);
    turn(&fake, 58 * MINUTE_MS);
    CU_ASSERT_TRUE(is_run(&fake, "clean@2023-11-15T00:00:00.000Z"));
    fake_close(&fake);
}

/* Neither the run nor how far it came is durable: both come again. */
static void a_commit_that_failed(void)
{
    struct fake fake;
    fake_open(&fake);
    fake_define(&fake, SAGA("clean", "1", "\"0 * * * *\""));
    fake.fail_commit = true;
    fake.now_ms += 47 * MINUTE_MS;
    CU_ASSERT_NOT_EQUAL(fake_turn(&fake), 0);
    CU_ASSERT_EQUAL(fake.calls_count, 0);
    fake.fail_commit = false;
    fake_restart(&fake);
    fake_turn(&fake);
    CU_ASSERT_EQUAL(fake.calls_count, 1);
    CU_ASSERT_TRUE(is_run(&fake, "clean@2023-11-14T23:00:00.000Z"));
    fake_close(&fake);
}

static size_t after_an_absence(const char *saga)
{
    struct fake fake;
    fake_open(&fake);
    fake_define(&fake, saga);
    fake.now_ms += 5 * HOUR_MS;
    fake_restart(&fake);
    fake_turn(&fake);
    size_t runs = fake.calls_count;
    for (int i = 0; i < 60; i++) /* and then they come as ever */
        turn(&fake, MINUTE_MS);
    CU_ASSERT_EQUAL(fake.calls_count, runs + 1);
    fake_close(&fake);
    return runs;
}

static void what_was_missed(void)
{
    CU_ASSERT_EQUAL(after_an_absence(SAGA("a", "1", "\"every 1h\"")), 1);
    CU_ASSERT_EQUAL(after_an_absence(SAGA("a", "1", "{\"every\":\"1h\",\"missed\":\"skip\"}")), 0);
    CU_ASSERT_EQUAL(after_an_absence(SAGA("a", "1", "{\"cron\":\"0 * * * *\",\"missed\":\"all\"}")), 5);
}

static void very_much_was_missed(void)
{
    struct fake fake;
    fake_open(&fake);
    fake_define(&fake, SAGA("a", "1", "{\"every\":\"1s\",\"missed\":\"all\"}"));
    fake.now_ms += 400ull * 24 * HOUR_MS;
    fake_restart(&fake);
    fake_turn(&fake);
    CU_ASSERT_EQUAL(fake.calls_count, LIMIT_SCHEDULE_MISSED);
    fake_close(&fake);
}

static void runs_that_overlap(void)
{
    struct fake fake;
    fake_open(&fake);
    fake_define(&fake, SAGA("skips", "1", "{\"every\":\"1h\",\"overlap\":\"skip\"}"));
    fake_define(&fake, SAGA("waits", "1", "{\"every\":\"1h\",\"overlap\":\"queue\"}"));
    turn(&fake, 47 * MINUTE_MS);
    CU_ASSERT_EQUAL(fake.calls_count, 2); /* the first runs of both, which hang */
    for (int i = 0; i < 3 * 60; i++)
        turn(&fake, MINUTE_MS);
    CU_ASSERT_EQUAL(fake.calls_count, 2);
    fake_restart(&fake);
    turn(&fake, 1);
    CU_ASSERT_EQUAL_FATAL(fake.calls_count, 2);
    fake_answer(&fake, 200, NULL);
    fake_answer(&fake, 200, NULL);
    turn(&fake, 1);
    turn(&fake, 2000);
    CU_ASSERT_EQUAL(fake.calls_count, 1); /* three that waited are one run, at once */
    CU_ASSERT_TRUE(is_run(&fake, "waits@2023-11-15T02:00:00.000Z"));
    turn(&fake, HOUR_MS);
    CU_ASSERT_EQUAL(fake.calls_count, 2); /* the other goes on as ever */
    fake_close(&fake);
}

/* Its own run is older than all that a page of the list shows. */
static void among_those_of_clients(void)
{
    struct fake fake;
    fake_open(&fake);
    fake_define(&fake, SAGA("a", "1", "{\"every\":\"1h\",\"overlap\":\"skip\"}"));
    turn(&fake, 47 * MINUTE_MS);
    CU_ASSERT_EQUAL(fake.calls_count, 1);
    for (size_t i = 0; i <= LIMIT_PAGE; i++) {
        char id[32];
        snprintf(id, sizeof id, "client-%zu", i);
        CU_ASSERT_TRUE(fake_start(&fake, "a", "{}", id).command.created);
    }
    size_t out = fake.calls_count;
    for (int i = 0; i < 60; i++)
        turn(&fake, MINUTE_MS);
    for (size_t i = out; i < fake.calls_count; i++)
        CU_ASSERT_PTR_NULL(strchr(fake_header(fake.calls[i], "Belay-Transaction"), '@'));
    struct told second = fake_start(&fake, "a", "{}", "a@2023-11-15T00:00:00.000Z");
    CU_ASSERT_TRUE(second.command.created); /* nobody has that id: it was left out */
    fake_close(&fake);
}

static void the_newest_version_counts(void)
{
    struct fake fake;
    fake_open(&fake);
    fake_define(&fake, SAGA("a", "2", "\"every 1h\""));
    fake_define(&fake, SAGA("a", "1", "\"every 1m\""));
    turn(&fake, 2 * MINUTE_MS);
    CU_ASSERT_EQUAL(fake.calls_count, 0);
    fake_define(&fake, "{\"name\":\"a\",\"version\":3,\"timeout\":\"1h\",\"steps\":[{\"id\":\"a\",\"participant\":"
                       "\"inventory\",\"operation\":\"a\"}]}");
    turn(&fake, 2 * HOUR_MS);
    CU_ASSERT_EQUAL(fake.calls_count, 0); /* it has none any more */
    fake_restart(&fake);
    turn(&fake, 2 * HOUR_MS);
    CU_ASSERT_EQUAL(fake.calls_count, 0);
    fake_close(&fake);
}

static void a_zone_nobody_knows(void)
{
    struct fake fake;
    fake_open(&fake); /* whose machine knows none at all */
    struct findings findings;
    static const char saga[] = SAGA("a", "1", "{\"cron\":\"0 3 * * *\",\"timeZone\":\"Europe/Berlin\"}");
    findings_init(&findings);
    struct told told = {.command = {.type = COMMAND_DEFINE}};
    told.command.definition = definition_parse(saga, strlen(saga), &findings);
    CU_ASSERT_PTR_NOT_NULL_FATAL(told.command.definition);
    fake_submit(&fake, &told);
    fake_turn(&fake);
    CU_ASSERT_EQUAL(told.command.error.code, ERROR_INVALID);
    CU_ASSERT_PTR_NOT_NULL(strstr(told.command.error.text, "Europe/Berlin"));
    definition_free(told.command.definition);
    findings_done(&findings);
    fake_close(&fake);
}

void schedules_test_suite(void);
void schedules_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("engine/schedules", NULL, NULL);
    CU_add_test(suite, "once for each time", once_for_each_time);
    CU_add_test(suite, "a commit that failed", a_commit_that_failed);
    CU_add_test(suite, "what was missed", what_was_missed);
    CU_add_test(suite, "very much was missed", very_much_was_missed);
    CU_add_test(suite, "runs that overlap", runs_that_overlap);
    CU_add_test(suite, "among those of clients", among_those_of_clients);
    CU_add_test(suite, "the newest version counts", the_newest_version_counts);
    CU_add_test(suite, "a zone nobody knows", a_zone_nobody_knows);
}
