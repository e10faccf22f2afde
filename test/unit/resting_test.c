/* Transactions that only wait leave memory, and come back when something happens to them. */
#include "engine/engine.h"
#include "unit/engine_fake.h"

#include <CUnit/Basic.h>
#include <string.h>
#include <time.h>

/* A delay, a signal, and then a call. */
static const char later[] =
    "{\"name\":\"later\",\"version\":1,\"steps\":[{\"id\":\"pause\",\"delay\":\"1h\"},"
    "{\"id\":\"take\",\"participant\":\"inventory\",\"operation\":\"take\",\"retry\":\"forever\"}]}";
static const char asked[] =
    "{\"name\":\"asked\",\"version\":1,\"steps\":[{\"id\":\"paid\",\"waitFor\":{\"signal\":\"paid\",\"timeout\":"
    "\"30d\"}},"
    "{\"id\":\"take\",\"participant\":\"inventory\",\"operation\":\"take\",\"retry\":\"forever\"}]}";

static struct engine_counts counts(struct fake *fake)
{
    struct engine_counts counts;
    engine_counts(fake->engine, &counts);
    return counts;
}

static void pass(struct fake *fake, uint64_t ms)
{
    fake->now_ms += ms;
    fake_turn(fake);
}

static struct told signal(struct fake *fake, uint64_t txn)
{
    struct told told = {.command = {.type = COMMAND_SIGNAL, .txn = txn, .name = "paid"}};
    fake_submit(fake, &told);
    fake_turn(fake);
    CU_ASSERT_EQUAL(told.replies, 1);
    return told;
}

/* The timer of one that is on disk alone is found when it is due, not before. */
static void a_moment_brings_it_back(void)
{
    struct fake fake;
    fake_open(&fake);
    fake_define(&fake, later);
    fake_start(&fake, "later", NULL, "a");
    fake_start(&fake, "later", NULL, "b");
    CU_ASSERT_TRUE(counts(&fake).open == 2 && counts(&fake).loaded == 2);
    pass(&fake, LIMIT_REST_MS);
    CU_ASSERT_TRUE(counts(&fake).open == 2 && counts(&fake).loaded == 0);
    CU_ASSERT_EQUAL(engine_next_ms(fake.engine), 1700000000000u + 3600000);
    pass(&fake, 3600000 - LIMIT_REST_MS - 1);
    CU_ASSERT_EQUAL(fake.calls_count, 0);
    pass(&fake, 1);
    CU_ASSERT_EQUAL(fake.calls_count, 2);
    fake_answer(&fake, 200, NULL);
    fake_answer(&fake, 200, NULL);
    CU_ASSERT_TRUE(counts(&fake).open == 0 && counts(&fake).ended == 2);
    fake_close(&fake);
}

/* A start loads nothing that only waits for somebody; that somebody loads it. */
static void a_signal_brings_it_back(void)
{
    struct fake fake;
    fake_open(&fake);
    fake_define(&fake, asked);
    uint64_t txn = fake_start(&fake, "asked", NULL, "a").command.result_txn;
    fake_restart(&fake);
    fake_turn(&fake);
    CU_ASSERT_TRUE(counts(&fake).open == 1 && counts(&fake).loaded == 0);
    CU_ASSERT_EQUAL(signal(&fake, txn).command.error.code, ERROR_NONE);
    CU_ASSERT_TRUE(counts(&fake).loaded == 1 && fake.calls_count == 1);
    pass(&fake, 10 * LIMIT_REST_MS);
    CU_ASSERT_EQUAL(counts(&fake).loaded, 1); /* a call is out */
    fake_answer(&fake, 200, NULL);
    CU_ASSERT_EQUAL(counts(&fake).open, 0);
    CU_ASSERT_EQUAL(signal(&fake, txn).command.error.code, ERROR_GONE);
    fake_close(&fake);
}

/* A repeated start is recognised, and may wait for the end, wherever the transaction lies. */
static void a_start_is_recognised(void)
{
    struct fake fake;
    fake_open(&fake);
    fake_define(&fake, asked);
    uint64_t txn = fake_start(&fake, "asked", "{\"n\":1}", "a").command.result_txn;
    pass(&fake, LIMIT_REST_MS);
    struct told again = {.command = {.type = COMMAND_START,
                                     .saga = "asked",
                                     .input = "{\"n\":1}",
                                     .input_length = 7,
                                     .id = "a",
                                     .wait_ms = 600000}};
    fake_submit(&fake, &again);
    fake_turn(&fake);
    pass(&fake, 2 * LIMIT_REST_MS);
    CU_ASSERT_TRUE(again.replies == 0 && counts(&fake).loaded == 1); /* somebody waits for it */
    CU_ASSERT_EQUAL(fake_start(&fake, "asked", "{\"n\":2}", "a").command.error.code, ERROR_CONFLICT);
    signal(&fake, txn);
    fake_answer(&fake, 200, NULL);
    CU_ASSERT_TRUE(again.replies == 1 && again.command.result_txn == txn && !again.command.created);
    CU_ASSERT_EQUAL(again.command.result_status, STATUS_COMPLETED);
    fake_close(&fake);
}

/* The limit counts what is in memory: who only waits makes room, who has a call out does not. */
static void who_waits_makes_room(void)
{
    struct fake fake;
    fake_open(&fake);
    fake_define(&fake, asked);
    fake_define(&fake, later);
    fake.options.open_max = 2;
    fake_restart(&fake);
    uint64_t txns[4];
    char id[2] = "a";
    for (int i = 0; i < 4; i++, id[0]++) {
        struct told told = fake_start(&fake, "asked", NULL, id);
        CU_ASSERT_EQUAL(told.command.error.code, ERROR_NONE);
        txns[i] = told.command.result_txn;
    }
    CU_ASSERT_TRUE(counts(&fake).open == 4 && counts(&fake).loaded == 2);
    signal(&fake, txns[0]);
    signal(&fake, txns[1]);
    CU_ASSERT_EQUAL(fake.calls_count, 2);
    CU_ASSERT_EQUAL(signal(&fake, txns[2]).command.error.code, ERROR_BUSY);
    CU_ASSERT_EQUAL(fake_start(&fake, "asked", NULL, "x").command.error.code, ERROR_BUSY);
    fake_answer(&fake, 200, NULL);
    CU_ASSERT_EQUAL(signal(&fake, txns[2]).command.error.code, ERROR_NONE);
    fake_close(&fake);
}

/* More are due than there is room for: the rest waits on disk, goes before what is new, and loses nothing. */
static void a_crowd_waits_on_disk(void)
{
    struct fake fake;
    fake_open(&fake);
    fake_define(&fake, later);
    fake.options.open_max = 3;
    fake_restart(&fake);
    char id[2] = "a";
    for (int i = 0; i < 10; i++, id[0]++)
        fake_start(&fake, "later", NULL, id);
    pass(&fake, 3600000);
    CU_ASSERT_TRUE(fake.calls_count == 3 && counts(&fake).loaded == 3);
    CU_ASSERT_EQUAL(fake_start(&fake, "later", NULL, "x").command.error.code, ERROR_BUSY);
    fake_restart(&fake); /* and the same from a crash */
    fake_turn(&fake);
    CU_ASSERT_TRUE(fake.calls_count == 3 && counts(&fake).loaded == 3);
    for (int i = 0; i < 10; i++)
        fake_answer(&fake, 200, NULL);
    CU_ASSERT_TRUE(counts(&fake).open == 0 && fake.calls_count == 0);
    CU_ASSERT_EQUAL(engine_next_ms(fake.engine), UINT64_MAX);
    fake_close(&fake);
}

/* Who holds a lock stays in memory until its child has ended, which therefore finds room there. */
static void children_of_lock_holders_come_back(void)
{
    struct fake fake;
    fake_open(&fake);
    fake_define(&fake, later);
    fake_define(&fake,
                "{\"name\":\"outer\",\"version\":1,\"timeout\":\"30d\",\"lock\":{\"key\":\"'k' + "
                "string(input.n)\",\"timeout\":\"1h\"},\"steps\":[{\"id\":\"c\",\"saga\":{\"name\":\"later\"}}]}");
    fake.options.open_max = 2;
    fake_restart(&fake);
    CU_ASSERT_TRUE(fake_start(&fake, "outer", "{\"n\":1}", "a").command.created);
    CU_ASSERT_TRUE(fake_start(&fake, "outer", "{\"n\":2}", "b").command.created);
    CU_ASSERT_EQUAL(fake_start(&fake, "outer", "{\"n\":3}", "c").command.error.code, ERROR_BUSY);
    pass(&fake, LIMIT_REST_MS);
    CU_ASSERT_TRUE(counts(&fake).open == 4 && counts(&fake).loaded == 2);
    pass(&fake, 3600000 - LIMIT_REST_MS);
    CU_ASSERT_EQUAL(fake.calls_count, 2);
    fake_restart(&fake); /* and the same from a crash */
    fake_turn(&fake);
    CU_ASSERT_EQUAL_FATAL(fake.calls_count, 2);
    fake_answer(&fake, 200, NULL);
    fake_answer(&fake, 200, NULL);
    CU_ASSERT_EQUAL(counts(&fake).open, 0);
    fake_close(&fake);
}

/* The clock of the test stands: what passes is real time, in which nothing else wakes the engine. */
static void who_leaves_needs_no_event(void)
{
    struct fake fake;
    struct error error;
    struct timespec before, after;
    fake_open(&fake);
    fake.options.rest_ms = 20;
    fake_restart(&fake);
    fake_define(&fake, later);
    fake_start(&fake, "later", NULL, "a");
    clock_gettime(CLOCK_MONOTONIC, &before);
    CU_ASSERT_EQUAL(engine_turn(fake.engine, 60000, &error), 0);
    clock_gettime(CLOCK_MONOTONIC, &after);
    CU_ASSERT_TRUE(after.tv_sec - before.tv_sec < 5); /* it looks for what has expired after ten */
    CU_ASSERT_EQUAL(counts(&fake).loaded, 1);
    pass(&fake, 20);
    CU_ASSERT_EQUAL(counts(&fake).loaded, 0);
    fake_close(&fake);
}

void resting_test_suite(void);
void resting_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("engine/resting", NULL, NULL);
    CU_add_test(suite, "a moment brings it back", a_moment_brings_it_back);
    CU_add_test(suite, "who leaves needs no event", who_leaves_needs_no_event);
    CU_add_test(suite, "a signal brings it back", a_signal_brings_it_back);
    CU_add_test(suite, "a repeated start is recognised", a_start_is_recognised);
    CU_add_test(suite, "who only waits makes room", who_waits_makes_room);
    CU_add_test(suite, "a crowd waits on disk", a_crowd_waits_on_disk);
    CU_add_test(suite, "children of lock holders come back", children_of_lock_holders_come_back);
}
