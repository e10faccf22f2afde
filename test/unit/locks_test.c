/* engine/locks: one holder at a time, the others in their order, whatever the end, and after a restart. */
#include "unit/engine_fake.h"

#include <CUnit/Basic.h>
#include <string.h>

#define STEPS "\"steps\":[{\"id\":\"reserve\",\"participant\":\"inventory\",\"operation\":\"reserve\"}]}"

static const char waits[] = "{\"name\":\"order\",\"version\":1,\"timeout\":\"1h\","
                            "\"lock\":{\"key\":\"input.order\",\"timeout\":\"5m\"}," STEPS;
static const char rejects[] = "{\"name\":\"report\",\"version\":1,\"timeout\":\"1h\","
                              "\"lock\":{\"key\":\"input.order\",\"onConflict\":\"reject\"}," STEPS;

static void open_world(struct fake *fake)
{
    fake_open(fake);
    fake_define(fake, waits);
    fake_define(fake, rejects);
}

static uint64_t start(struct fake *fake, const char *saga, const char *id)
{
    struct told told = fake_start(fake, saga, "{\"order\":\"o-1\"}", id);
    CU_ASSERT_EQUAL(told.replies, 1);
    CU_ASSERT_EQUAL(told.command.error.code, ERROR_NONE);
    return told.command.result_txn;
}

/* The call that is out is the one of that transaction, and there is no other. */
static bool runs(const struct fake *fake, const char *id)
{
    return fake->calls_count == 1 && strcmp(fake_header(fake->calls[0], "Belay-Transaction"), id) == 0;
}

static void answer(struct fake *fake, int status)
{
    fake_answer(fake, status, NULL);
    fake_turn(fake);
}

static void operate(struct fake *fake, enum event_type verb, uint64_t txn)
{
    struct told told = {.command = {.type = COMMAND_OPERATE, .verb = verb, .txn = txn, .reason = "test"}};
    fake_submit(fake, &told);
    fake_turn(fake);
    CU_ASSERT_EQUAL(told.command.error.code, ERROR_NONE);
}

static enum status status_of(struct fake *fake, uint64_t txn)
{
    struct told told = {.command = {.type = COMMAND_WAIT, .txn = txn}};
    fake_submit(fake, &told);
    fake_turn(fake);
    return told.command.result_status;
}

static void one_after_the_other(void)
{
    struct fake fake;
    open_world(&fake);
    start(&fake, "order", "a");
    start(&fake, "order", "b");
    start(&fake, "order", "c");
    CU_ASSERT_TRUE(runs(&fake, "a"));
    struct told other = fake_start(&fake, "order", "{\"order\":\"o-2\"}", "d");
    CU_ASSERT_EQUAL(fake.calls_count, 2); /* another lock */
    CU_ASSERT_EQUAL(other.command.error.code, ERROR_NONE);
    fake_answer(&fake, 200, NULL); /* of a */
    fake_turn(&fake);
    CU_ASSERT_EQUAL(fake.calls_count, 2);
    CU_ASSERT_STRING_EQUAL(fake_header(fake.calls[1], "Belay-Transaction"), "b");
    answer(&fake, 200); /* of d */
    CU_ASSERT_TRUE(runs(&fake, "b"));
    answer(&fake, 409); /* undone is an end too */
    CU_ASSERT_TRUE(runs(&fake, "c"));
    fake_close(&fake);
}

static void the_end_and_the_grant_are_one_commit(void)
{
    struct fake fake;
    open_world(&fake);
    start(&fake, "order", "a");
    start(&fake, "order", "b");
    unsigned before = fake.commits;
    answer(&fake, 200);
    CU_ASSERT_TRUE(runs(&fake, "b"));
    CU_ASSERT_EQUAL(fake.commits, before + 1);
    fake_close(&fake);
}

static void who_leaves_the_line_is_passed_over(void)
{
    struct fake fake;
    open_world(&fake);
    start(&fake, "order", "a");
    uint64_t b = start(&fake, "order", "b");
    uint64_t c = start(&fake, "order", "c");
    uint64_t d = start(&fake, "order", "d");
    operate(&fake, EVENT_CANCEL, b);
    CU_ASSERT_EQUAL(status_of(&fake, b), STATUS_COMPENSATED);
    operate(&fake, EVENT_TERMINATE, d);
    answer(&fake, 200);
    CU_ASSERT_TRUE(runs(&fake, "c"));
    start(&fake, "order", "e");
    operate(&fake, EVENT_TERMINATE, c); /* its call is out, but it is over */
    CU_ASSERT_EQUAL_FATAL(fake.calls_count, 2);
    CU_ASSERT_STRING_EQUAL(fake_header(fake.calls[1], "Belay-Transaction"), "e");
    fake_close(&fake);
}

static void patience_ends(void)
{
    struct fake fake;
    open_world(&fake);
    start(&fake, "order", "a");
    uint64_t b = start(&fake, "order", "b");
    fake.now_ms += 5 * 60 * 1000 - 1;
    fake_turn(&fake);
    CU_ASSERT_EQUAL(status_of(&fake, b), STATUS_RUNNING);
    fake.now_ms += 1;
    fake_turn(&fake);
    struct told told = {.command = {.type = COMMAND_WAIT, .txn = b}};
    fake_submit(&fake, &told);
    fake_turn(&fake);
    CU_ASSERT_EQUAL(told.command.result_status, STATUS_COMPENSATED);
    CU_ASSERT_EQUAL(told.command.result_cause, CAUSE_LOCK_TIMEOUT);
    fake_close(&fake);
}

static void the_paused_keep_it(void)
{
    struct fake fake;
    open_world(&fake);
    uint64_t a = start(&fake, "order", "a");
    start(&fake, "order", "b");
    operate(&fake, EVENT_PAUSE, a);
    answer(&fake, 200);
    CU_ASSERT_EQUAL(fake.calls_count, 0);
    fake_restart(&fake);
    fake_turn(&fake);
    CU_ASSERT_EQUAL(fake.calls_count, 0);
    operate(&fake, EVENT_RESUME, a);
    CU_ASSERT_EQUAL(status_of(&fake, a), STATUS_COMPLETED);
    CU_ASSERT_TRUE(runs(&fake, "b"));
    fake_close(&fake);
}

static void a_restart_keeps_the_line(void)
{
    struct fake fake;
    open_world(&fake);
    start(&fake, "order", "a");
    start(&fake, "order", "b");
    start(&fake, "order", "c");
    fake_restart(&fake);
    fake_turn(&fake);
    CU_ASSERT_TRUE(runs(&fake, "a"));
    struct told told = fake_start(&fake, "report", "{\"order\":\"o-1\"}", "r");
    CU_ASSERT_EQUAL(told.command.error.code, ERROR_LOCK_HELD);
    answer(&fake, 200);
    CU_ASSERT_TRUE(runs(&fake, "b"));
    fake_restart(&fake);
    fake_turn(&fake);
    CU_ASSERT_TRUE(runs(&fake, "b"));
    answer(&fake, 200);
    CU_ASSERT_TRUE(runs(&fake, "c"));
    fake_close(&fake);
}

static void who_does_not_wait_is_told_who_holds_it(void)
{
    struct fake fake;
    open_world(&fake);
    start(&fake, "order", "a");
    struct told told = fake_start(&fake, "report", "{\"order\":\"o-1\"}", "r");
    CU_ASSERT_EQUAL(told.command.error.code, ERROR_LOCK_HELD);
    CU_ASSERT_EQUAL(error_status(told.command.error.code), 409);
    CU_ASSERT_PTR_NOT_NULL(strstr(told.command.error.text, "\"o-1\" is held by transaction a"));
    struct told other = fake_start(&fake, "order", "{\"order\":\"o-1\"}", "r"); /* nothing of it was stored */
    CU_ASSERT_TRUE(other.command.created);
    answer(&fake, 200);
    answer(&fake, 200);
    start(&fake, "report", "s");
    CU_ASSERT_TRUE(runs(&fake, "s"));
    fake_close(&fake);
}

static void a_key_that_cannot_be_made_is_refused(void)
{
    struct fake fake;
    open_world(&fake);
    struct told told = fake_start(&fake, "order", "{}", "a");
    CU_ASSERT_EQUAL(told.command.error.code, ERROR_INVALID);
    told = fake_start(&fake, "order", "{\"order\":true}", "a");
    CU_ASSERT_EQUAL(told.command.error.code, ERROR_INVALID);
    CU_ASSERT_STRING_EQUAL(told.command.error.text, "/lock/key: a string or int was expected, found bool");
    told = fake_start(&fake, "order", "{\"order\":\"\"}", "a");
    CU_ASSERT_EQUAL(told.command.error.code, ERROR_INVALID);
    told = fake_start(&fake, "order", "{\"order\":17}", "a");
    CU_ASSERT_EQUAL(told.command.error.code, ERROR_NONE);
    CU_ASSERT_TRUE(runs(&fake, "a"));
    fake_close(&fake);
}

void locks_test_suite(void);
void locks_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("locks", NULL, NULL);
    CU_add_test(suite, "one after the other", one_after_the_other);
    CU_add_test(suite, "the end and the grant are one commit", the_end_and_the_grant_are_one_commit);
    CU_add_test(suite, "who leaves the line is passed over", who_leaves_the_line_is_passed_over);
    CU_add_test(suite, "patience ends", patience_ends);
    CU_add_test(suite, "the paused keep it", the_paused_keep_it);
    CU_add_test(suite, "a restart keeps the line", a_restart_keeps_the_line);
    CU_add_test(suite, "who does not wait is told who holds it", who_does_not_wait_is_told_who_holds_it);
    CU_add_test(suite, "a key that cannot be made is refused", a_key_that_cannot_be_made_is_refused);
}
