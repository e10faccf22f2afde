/* engine/children: what a parent and its child tell each other, through crashes, pauses and ends of every kind. */
#include "unit/engine_fake.h"

#include <CUnit/Basic.h>
#include <string.h>

#define OPERATION(id, who) "{\"id\":\"" id "\",\"participant\":\"" who "\",\"operation\":\"" id "\"}"

static const char flight[] =
    "{\"name\":\"flight\",\"version\":1,\"timeout\":\"1h\",\"output\":{\"seat\":\"${ steps.seat.output.no }\"},"
    "\"steps\":[" OPERATION("seat", "inventory") "]}";
static const char trip[] =
    "{\"name\":\"trip\",\"version\":1,\"timeout\":\"2h\","
    "\"output\":{\"seat\":\"${ steps.fly.output.seat }\"},\"steps\":["
    "{\"id\":\"fly\",\"saga\":{\"name\":\"flight\",\"input\":{\"from\":\"${ input.from }\"}}}," OPERATION(
        "pay", "payments") "]}";

static enum status status_of(struct fake *fake, const char *saga)
{
    return fake_newest(fake, saga).status;
}

static void open_trip(struct fake *fake)
{
    fake_open(fake);
    fake_define(fake, flight);
    fake_define(fake, trip);
    struct told told = fake_start(fake, "trip", "{\"from\":\"FRA\"}", "t");
    CU_ASSERT_EQUAL_FATAL(told.command.error.code, ERROR_NONE);
}

/* Answers the only call that is out, which is this one. */
static void expect(struct fake *fake, const char *step, const char *phase, int status, const char *body)
{
    CU_ASSERT_EQUAL_FATAL(fake->calls_count, 1);
    CU_ASSERT_STRING_EQUAL(fake_header(fake->calls[0], "Belay-Step"), step);
    CU_ASSERT_STRING_EQUAL(fake_header(fake->calls[0], "Belay-Phase"), phase);
    fake_answer(fake, status, body);
    fake_turn(fake);
}

static struct told operate(struct fake *fake, enum event_type verb, const char *saga, const char *step)
{
    struct told told = {.command = {.type = COMMAND_OPERATE,
                                    .verb = verb,
                                    .txn = fake_newest(fake, saga).txn,
                                    .step = step,
                                    .actor = "ann",
                                    .reason = "test"}};
    fake_submit(fake, &told);
    fake_turn(fake);
    CU_ASSERT_EQUAL(told.replies, 1);
    return told;
}

static void accepted(struct fake *fake, enum event_type verb, const char *saga, const char *step)
{
    CU_ASSERT_EQUAL(operate(fake, verb, saga, step).command.error.code, ERROR_NONE);
}

static void refused(struct fake *fake, enum event_type verb, const char *saga, enum refusal why)
{
    struct told told = operate(fake, verb, saga, NULL);
    CU_ASSERT_EQUAL(told.command.error.code, ERROR_CONFLICT);
    CU_ASSERT_PTR_NOT_NULL(strstr(told.command.error.text, refusal_text(why)));
}

static void both_complete(void)
{
    struct fake fake;
    open_trip(&fake);
    CU_ASSERT_STRING_NOT_EQUAL(fake_header(fake.calls[0], "Belay-Transaction"), "t");
    CU_ASSERT_STRING_EQUAL(fake.calls[0]->body, "{\"from\":\"FRA\"}"); /* the child's input */
    expect(&fake, "seat", "action", 200, "{\"no\":\"12A\"}");
    CU_ASSERT_EQUAL(status_of(&fake, "flight"), STATUS_RUNNING); /* ready, not completed */
    unsigned before = fake.commits;
    expect(&fake, "pay", "action", 200, NULL);
    CU_ASSERT_EQUAL(fake.commits, before + 1);
    CU_ASSERT_EQUAL(status_of(&fake, "flight"), STATUS_COMPLETED);
    CU_ASSERT_EQUAL(status_of(&fake, "trip"), STATUS_COMPLETED);
    struct told told = {.command = {.type = COMMAND_WAIT, .txn = fake_newest(&fake, "trip").txn}};
    fake_submit(&fake, &told);
    fake_turn(&fake);
    CU_ASSERT_STRING_EQUAL(told.output, "{\"seat\":\"12A\"}");
    fake_close(&fake);
}

/* What fails later undoes what was ready. */
static void a_ready_child_is_undone(void)
{
    struct fake fake;
    open_trip(&fake);
    expect(&fake, "seat", "action", 200, NULL);
    expect(&fake, "pay", "action", 409, "{\"code\":\"card_declined\"}");
    CU_ASSERT_EQUAL(status_of(&fake, "trip"), STATUS_COMPENSATING);
    CU_ASSERT_STRING_EQUAL(fake_newest(&fake, "flight").reason, "parent");
    expect(&fake, "seat", "compensation", 200, NULL);
    CU_ASSERT_EQUAL(status_of(&fake, "flight"), STATUS_COMPENSATED);
    CU_ASSERT_EQUAL(status_of(&fake, "trip"), STATUS_COMPENSATED);
    fake_close(&fake);
}

static void a_refusal_reaches_the_parent(void)
{
    struct fake fake;
    open_trip(&fake);
    expect(&fake, "seat", "action", 409, "{\"code\":\"sold_out\",\"detail\":\"no seat left\"}");
    CU_ASSERT_EQUAL(status_of(&fake, "flight"), STATUS_COMPENSATED);
    CU_ASSERT_EQUAL(status_of(&fake, "trip"), STATUS_COMPENSATED);
    CU_ASSERT_STRING_EQUAL(fake_newest(&fake, "trip").reason, "step_refused at fly: sold_out");
    CU_ASSERT_EQUAL(fake.calls_count, 0);
    fake_close(&fake);
}

/* While the child is at work, its parent's cancel waits for what is out, and undoes it. */
static void a_cancel_undoes_a_child_at_work(void)
{
    struct fake fake;
    open_trip(&fake);
    accepted(&fake, EVENT_CANCEL, "trip", NULL);
    expect(&fake, "seat", "action", 200, NULL);
    expect(&fake, "seat", "compensation", 200, NULL);
    CU_ASSERT_EQUAL(status_of(&fake, "flight"), STATUS_COMPENSATED);
    CU_ASSERT_EQUAL(status_of(&fake, "trip"), STATUS_COMPENSATED);
    fake_close(&fake);
}

/* Crashes before every call is answered, on both ways. */
static void a_crash_anywhere(void)
{
    for (int declined = 0; declined <= 1; declined++) {
        struct fake fake;
        open_trip(&fake);
        for (int i = 0; i < 8 && !status_final(status_of(&fake, "trip")); i++) {
            fake_restart(&fake);
            fake_turn(&fake);
            CU_ASSERT_EQUAL_FATAL(fake.calls_count, 1);
            bool pay = strcmp(fake_header(fake.calls[0], "Belay-Step"), "pay") == 0 &&
                       strcmp(fake_header(fake.calls[0], "Belay-Phase"), "action") == 0;
            fake_answer(&fake, pay && declined ? 409 : 200, NULL);
            fake_turn(&fake);
        }
        enum status end = declined ? STATUS_COMPENSATED : STATUS_COMPLETED;
        CU_ASSERT_TRUE(status_of(&fake, "trip") == end && status_of(&fake, "flight") == end);
        fake_close(&fake);
    }
}

static void a_timeout_of_the_child_is_a_no(void)
{
    struct fake fake;
    open_trip(&fake);
    fake.now_ms += 3600000;
    fake_turn(&fake);
    expect(&fake, "seat", "action", 200, NULL);
    expect(&fake, "seat", "compensation", 200, NULL);
    CU_ASSERT_EQUAL(status_of(&fake, "trip"), STATUS_COMPENSATED);
    CU_ASSERT_STRING_EQUAL(fake_newest(&fake, "trip").reason, "step_refused at fly: timeout");
    fake_close(&fake);
}

static void a_ready_child_has_time(void)
{
    struct fake fake;
    open_trip(&fake);
    expect(&fake, "seat", "action", 200, NULL);
    fake.now_ms += 3600000 + 1;
    fake_turn(&fake);
    CU_ASSERT_EQUAL(status_of(&fake, "flight"), STATUS_RUNNING);
    refused(&fake, EVENT_CANCEL, "flight", REFUSAL_PARENT);
    expect(&fake, "pay", "action", 200, NULL);
    CU_ASSERT_EQUAL(status_of(&fake, "flight"), STATUS_COMPLETED);
    fake_close(&fake);
}

static void a_pause_reaches_children(void)
{
    struct fake fake;
    open_trip(&fake);
    accepted(&fake, EVENT_PAUSE, "trip", NULL);
    CU_ASSERT_EQUAL(status_of(&fake, "flight"), STATUS_PAUSED);
    CU_ASSERT_STRING_EQUAL(fake_newest(&fake, "flight").reason, "parent");
    expect(&fake, "seat", "action", 200, NULL);
    CU_ASSERT_EQUAL(fake.calls_count, 0);
    accepted(&fake, EVENT_RESUME, "trip", NULL);
    expect(&fake, "pay", "action", 200, NULL);
    CU_ASSERT_EQUAL(status_of(&fake, "trip"), STATUS_COMPLETED);
    CU_ASSERT_EQUAL(status_of(&fake, "flight"), STATUS_COMPLETED);
    fake_close(&fake);
}

/* What a person paused goes on when a person says so, not with its parent. */
static void a_paused_child_is_waited_for(void)
{
    struct fake fake;
    open_trip(&fake);
    expect(&fake, "seat", "action", 200, NULL);
    accepted(&fake, EVENT_PAUSE, "flight", NULL);
    expect(&fake, "pay", "action", 200, NULL);
    CU_ASSERT_EQUAL(status_of(&fake, "trip"), STATUS_CONFIRMING);
    CU_ASSERT_EQUAL(status_of(&fake, "flight"), STATUS_PAUSED);
    accepted(&fake, EVENT_PAUSE, "trip", NULL);
    accepted(&fake, EVENT_RESUME, "trip", NULL);
    CU_ASSERT_EQUAL(status_of(&fake, "flight"), STATUS_PAUSED);
    fake_restart(&fake);
    accepted(&fake, EVENT_RESUME, "flight", NULL);
    CU_ASSERT_EQUAL(status_of(&fake, "flight"), STATUS_COMPLETED);
    CU_ASSERT_EQUAL(status_of(&fake, "trip"), STATUS_COMPLETED);
    fake_close(&fake);
}

static void a_terminated_child_is_a_persons_business(void)
{
    struct fake fake;
    open_trip(&fake);
    expect(&fake, "seat", "action", 200, NULL);
    accepted(&fake, EVENT_TERMINATE, "flight", NULL);
    expect(&fake, "pay", "action", 409, NULL);
    CU_ASSERT_EQUAL(status_of(&fake, "trip"), STATUS_PAUSED);
    CU_ASSERT_STRING_EQUAL(fake_newest(&fake, "trip").reason, "compensation_exhausted at fly");
    accepted(&fake, EVENT_RETRY, "trip", "fly"); /* in vain: what is asked has ended */
    CU_ASSERT_EQUAL(status_of(&fake, "trip"), STATUS_PAUSED);
    accepted(&fake, EVENT_SKIP, "trip", "fly");
    CU_ASSERT_EQUAL(status_of(&fake, "trip"), STATUS_COMPENSATED);
    fake_close(&fake);
}

static void a_child_terminated_at_work_undoes_its_parent(void)
{
    struct fake fake;
    open_trip(&fake);
    accepted(&fake, EVENT_TERMINATE, "flight", NULL);
    CU_ASSERT_EQUAL(status_of(&fake, "trip"), STATUS_PAUSED); /* the undo of nobody knows what */
    CU_ASSERT_STRING_EQUAL(fake_newest(&fake, "trip").reason, "compensation_exhausted at fly");
    fake_close(&fake);
}

static void terminate_reaches_children(void)
{
    struct fake fake;
    open_trip(&fake);
    accepted(&fake, EVENT_TERMINATE, "trip", NULL);
    CU_ASSERT_EQUAL(status_of(&fake, "trip"), STATUS_TERMINATED);
    CU_ASSERT_EQUAL(status_of(&fake, "flight"), STATUS_TERMINATED);
    fake_answer(&fake, 200, NULL);
    fake_turn(&fake);
    CU_ASSERT_EQUAL(fake.calls_count, 0);
    fake_close(&fake);
}

/* The child's undo is stuck; who looks at the order from above may have it tried again. */
static void retry_reaches_children(void)
{
    struct fake fake;
    fake_open(&fake);
    fake_define(&fake,
                "{\"name\":\"flight\",\"version\":1,\"compensation\":{\"retry\":\"none\"},\"steps\":[" OPERATION(
                    "seat", "inventory") "]}");
    fake_define(&fake, trip);
    fake_start(&fake, "trip", "{\"from\":\"FRA\"}", "t");
    expect(&fake, "seat", "action", 200, NULL);
    expect(&fake, "pay", "action", 409, NULL);
    expect(&fake, "seat", "compensation", 500, NULL);
    CU_ASSERT_EQUAL(status_of(&fake, "flight"), STATUS_PAUSED);
    CU_ASSERT_EQUAL(status_of(&fake, "trip"), STATUS_COMPENSATING);
    accepted(&fake, EVENT_RETRY, "trip", NULL);
    expect(&fake, "seat", "compensation", 200, NULL);
    CU_ASSERT_EQUAL(status_of(&fake, "trip"), STATUS_COMPENSATED);
    fake_close(&fake);
}

/* Both leave memory, and the end of one brings the other back. */
static void waiting_children_rest(void)
{
    struct fake fake;
    struct engine_counts counts;
    fake_open(&fake);
    fake_define(&fake, "{\"name\":\"flight\",\"version\":1,\"steps\":[{\"id\":\"wait\",\"waitFor\":"
                       "{\"signal\":\"go\",\"timeout\":\"1d\"}}]}");
    fake_define(&fake, trip);
    fake_start(&fake, "trip", "{\"from\":\"FRA\"}", "t");
    fake.now_ms += LIMIT_REST_MS;
    fake_turn(&fake);
    engine_counts(fake.engine, &counts);
    CU_ASSERT_TRUE(counts.open == 2 && counts.loaded == 0);
    struct told told = {
        .command = {.type = COMMAND_SIGNAL, .txn = fake_newest(&fake, "flight").txn, .name = "go"}};
    fake_submit(&fake, &told);
    fake_turn(&fake);
    CU_ASSERT_EQUAL(told.command.error.code, ERROR_NONE);
    CU_ASSERT_PTR_NULL(told.command.result_output); /* it is ready, and not completed */
    expect(&fake, "pay", "action", 200, NULL);
    engine_counts(fake.engine, &counts);
    CU_ASSERT_TRUE(counts.open == 0 && counts.loaded == 0);
    fake_close(&fake);
}

static void what_cannot_be_started_is_a_no(void)
{
    struct fake fake;
    fake_open(&fake);
    fake_define(
        &fake,
        "{\"name\":\"flight\",\"version\":1,\"input\":{\"schema\":{\"required\":[\"to\"]}},\"steps\":[" OPERATION(
            "seat", "inventory") "]}");
    fake_define(&fake, trip);
    fake_start(&fake, "trip", "{\"from\":\"FRA\"}", "t");
    CU_ASSERT_STRING_EQUAL(fake_newest(&fake, "trip").reason, "step_refused at fly: invalid");
    fake_start(&fake, "trip", "{}", "u"); /* its input cannot be made */
    CU_ASSERT_STRING_EQUAL(fake_newest(&fake, "trip").reason, "step_refused at fly");
    CU_ASSERT_EQUAL(fake_newest(&fake, "flight").txn, 0);
    fake_close(&fake);
}

/* After the pivot nobody goes back: another child is started, by a person. */
static void a_no_after_the_pivot(void)
{
    struct fake fake;
    fake_open(&fake);
    fake_define(&fake, flight);
    fake_define(&fake, "{\"name\":\"trip\",\"version\":1,\"steps\":[{\"id\":\"pay\",\"participant\":\"payments\","
                       "\"operation\":\"pay\",\"pivot\":true},{\"id\":\"fly\",\"saga\":{\"name\":\"flight\"}}]}");
    fake_start(&fake, "trip", "{}", "t");
    expect(&fake, "pay", "action", 200, NULL);
    expect(&fake, "seat", "action", 409, NULL);
    CU_ASSERT_STRING_EQUAL(fake_newest(&fake, "trip").reason, "refused_after_pivot at fly: step_refused");
    uint64_t first = fake_newest(&fake, "flight").txn;
    accepted(&fake, EVENT_RETRY, "trip", "fly");
    CU_ASSERT_NOT_EQUAL(fake_newest(&fake, "flight").txn, first);
    expect(&fake, "seat", "action", 200, "{\"no\":1}");
    CU_ASSERT_EQUAL(status_of(&fake, "flight"), STATUS_COMPLETED);
    CU_ASSERT_EQUAL(status_of(&fake, "trip"), STATUS_COMPLETED);
    fake_close(&fake);
}

#define LOCKED(name, key, steps)                                                                                  \
    "{\"name\":\"" name "\",\"version\":1,\"timeout\":\"1h\",\"lock\":{\"key\":\"'" key                           \
    "'\",\"timeout\":\"5m\"},\"steps\":[" steps "]}"

static void a_childs_lock_that_its_parent_holds(void)
{
    struct fake fake;
    fake_open(&fake);
    fake_define(&fake, LOCKED("flight", "k", OPERATION("seat", "inventory")));
    fake_define(&fake, LOCKED("trip", "k", "{\"id\":\"fly\",\"saga\":{\"name\":\"flight\"}}"));
    fake_start(&fake, "trip", "{}", "t");
    CU_ASSERT_STRING_EQUAL(fake_newest(&fake, "trip").reason, "step_refused at fly: deadlock");
    fake_close(&fake);
}

/* One holds a and its child waits for b; who holds b starts a child that wants a. */
static void a_circle_of_two(void)
{
    struct fake fake;
    fake_open(&fake);
    fake_define(&fake, LOCKED("wants_a", "a", OPERATION("seat", "inventory")));
    fake_define(&fake, LOCKED("wants_b", "b", OPERATION("seat", "inventory")));
    fake_define(&fake, LOCKED("one", "a",
                              OPERATION("first", "inventory") ",{\"id\":\"c\",\"saga\":{\"name\":\"wants_b\"}}"));
    fake_define(&fake, LOCKED("two", "b",
                              OPERATION("other", "inventory") ",{\"id\":\"c\",\"saga\":{\"name\":\"wants_a\"}}"));
    fake_start(&fake, "one", "{}", "1");
    fake_start(&fake, "two", "{}", "2");
    fake_answer(&fake, 200, NULL); /* first: the child of 1 waits for 2 */
    fake_turn(&fake);
    CU_ASSERT_EQUAL(status_of(&fake, "wants_b"), STATUS_RUNNING);
    fake_restart(&fake);
    fake_turn(&fake);
    expect(&fake, "other", "action", 200, NULL);
    CU_ASSERT_STRING_EQUAL(fake_newest(&fake, "two").reason, "step_refused at c: deadlock");
    expect(&fake, "other", "compensation", 200, NULL);
    CU_ASSERT_EQUAL(status_of(&fake, "two"), STATUS_COMPENSATED);
    expect(&fake, "seat", "action", 200, NULL); /* now 1 can */
    CU_ASSERT_EQUAL(status_of(&fake, "one"), STATUS_COMPLETED);
    fake_close(&fake);
}

void children_test_suite(void);
void children_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("children", NULL, NULL);
    CU_add_test(suite, "both complete, in one commit", both_complete);
    CU_add_test(suite, "a ready child is undone", a_ready_child_is_undone);
    CU_add_test(suite, "a refusal reaches the parent", a_refusal_reaches_the_parent);
    CU_add_test(suite, "a cancel undoes a child at work", a_cancel_undoes_a_child_at_work);
    CU_add_test(suite, "a crash anywhere", a_crash_anywhere);
    CU_add_test(suite, "a timeout of the child is a no", a_timeout_of_the_child_is_a_no);
    CU_add_test(suite, "a ready child has time", a_ready_child_has_time);
    CU_add_test(suite, "a pause reaches children", a_pause_reaches_children);
    CU_add_test(suite, "a paused child is waited for", a_paused_child_is_waited_for);
    CU_add_test(suite, "a terminated child is a person's business", a_terminated_child_is_a_persons_business);
    CU_add_test(suite, "a child terminated at work", a_child_terminated_at_work_undoes_its_parent);
    CU_add_test(suite, "terminate reaches children", terminate_reaches_children);
    CU_add_test(suite, "retry reaches children", retry_reaches_children);
    CU_add_test(suite, "waiting children rest", waiting_children_rest);
    CU_add_test(suite, "what cannot be started is a no", what_cannot_be_started_is_a_no);
    CU_add_test(suite, "a no after the pivot", a_no_after_the_pivot);
    CU_add_test(suite, "a child's lock that its parent holds", a_childs_lock_that_its_parent_holds);
    CU_add_test(suite, "a circle of two", a_circle_of_two);
}
