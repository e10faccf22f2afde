/* core/confirm: what is held until the decision, at the machine itself: `held` and `other`, side by side, then
 * `last`, the pivot. */
#include "base/mem.h"
#include "core/core.h"

#include <CUnit/Basic.h>
#include <string.h>

enum { HELD, OTHER, LAST, STEPS, ROOM = 32 };

#define ONCE                                                                                                      \
    {                                                                                                             \
        .attempts_max = 1, .backoff_permille = 1000, .initial_ms = 10, .interval_max_ms = 10                      \
    }
#define TWICE                                                                                                     \
    {                                                                                                             \
        .attempts_max = 2, .backoff_permille = 1000, .initial_ms = 10, .interval_max_ms = 10                      \
    }
#define HOLDS                                                                                                     \
    {                                                                                                             \
        .kind = STEP_CALL, .undoable = true, .confirmable = true, .gate = PLAN_NONE, .unless = PLAN_NONE,         \
        .timeout_do_ms = 100, .timeout_undo_ms = 200, .timeout_confirm_ms = 300, .retry_do = ONCE,                \
        .retry_undo = TWICE, .retry_confirm = TWICE                                                               \
    }

static const struct plan_step steps[STEPS] = {
    HOLDS,
    HOLDS,
    {.kind = STEP_CALL,
     .pivot = true,
     .gate = PLAN_NONE,
     .unless = PLAN_NONE,
     .needs_count = 2,
     .timeout_do_ms = 100,
     .retry_do = ONCE,
     .retry_undo = ONCE},
};
static const uint16_t needs[] = {HELD, OTHER};
static const struct plan plan = {.steps = steps, .needs = needs, .steps_count = STEPS, .needs_count = 2};

static struct txn *txn;
static struct fact facts[ROOM];
static struct call calls[ROOM];
static struct ask asks[ROOM];
static struct out out = {.facts = facts, .calls = calls, .asks = asks};
static uint64_t now_ms;

static enum refusal feed(struct event event)
{
    event.now_ms = ++now_ms;
    return core_step(&plan, txn, &event, &out);
}

static void say(uint16_t branch, enum verb verb, uint32_t attempt, enum answer answer)
{
    feed((struct event){
        .type = EVENT_ANSWER, .branch = branch, .verb = verb, .attempt = attempt, .answer = answer, .code = 200});
}

/* Both hold, and the pivot is out. */
static void begin(void)
{
    CU_ASSERT_TRUE_FATAL(plan_valid(&plan) && core_needs(&plan) <= ROOM);
    mem_free(txn);
    txn = mem_new(txn_size(STEPS));
    core_init(&plan, txn);
    now_ms = 1000;
    feed((struct event){.type = EVENT_BEGIN});
    say(HELD, VERB_DO, 1, ANSWER_YES);
    CU_ASSERT_EQUAL(out.calls_count, 0); /* nothing is confirmed before the decision */
    say(OTHER, VERB_DO, 1, ANSWER_YES);
    CU_ASSERT_EQUAL(out.calls_count, 1);
    CU_ASSERT_EQUAL(out.calls[0].branch, LAST);
}

static void end(void)
{
    mem_free(txn);
    txn = NULL;
}

static void all_are_confirmed(void)
{
    begin();
    say(LAST, VERB_DO, 1, ANSWER_YES);
    CU_ASSERT_EQUAL(txn->status, STATUS_CONFIRMING);
    CU_ASSERT_EQUAL_FATAL(out.calls_count, 2); /* side by side */
    for (uint16_t i = HELD; i <= OTHER; i++) {
        CU_ASSERT_EQUAL(out.calls[i].branch, i);
        CU_ASSERT_EQUAL(out.calls[i].verb, VERB_CONFIRM);
        CU_ASSERT_EQUAL(out.calls[i].attempt, 1);
        CU_ASSERT_EQUAL(out.calls[i].timeout_ms, 300);
    }
    say(HELD, VERB_DO, 1, ANSWER_NO); /* late, and no answer to what is out */
    CU_ASSERT_EQUAL(out.facts_count, 0);
    say(HELD, VERB_CONFIRM, 1, ANSWER_YES);
    CU_ASSERT_EQUAL(txn->branches[HELD].state, BRANCH_CONFIRMED);
    CU_ASSERT_EQUAL(branch_forward(&txn->branches[HELD]), BRANCH_DONE);
    CU_ASSERT_EQUAL(txn->status, STATUS_CONFIRMING);
    CU_ASSERT_EQUAL(feed((struct event){.type = EVENT_CANCEL}), REFUSAL_COMMITTED);
    say(OTHER, VERB_CONFIRM, 1, ANSWER_YES);
    CU_ASSERT_EQUAL(txn->status, STATUS_COMPLETED);
    end();
}

static void an_abort_confirms_nothing(void)
{
    begin();
    say(LAST, VERB_DO, 1, ANSWER_NO);
    CU_ASSERT_EQUAL(txn->status, STATUS_COMPENSATING);
    CU_ASSERT_EQUAL_FATAL(out.calls_count, 2);
    CU_ASSERT_EQUAL(out.calls[0].verb, VERB_UNDO);
    CU_ASSERT_EQUAL(out.calls[1].verb, VERB_UNDO);
    say(HELD, VERB_UNDO, 1, ANSWER_YES);
    say(OTHER, VERB_UNDO, 1, ANSWER_YES);
    CU_ASSERT_EQUAL(txn->status, STATUS_COMPENSATED);
    end();
}

/* A no to a confirm is tried again like an unknown one, then a person has to look. */
static void stuck(void)
{
    begin();
    say(LAST, VERB_DO, 1, ANSWER_YES);
    say(OTHER, VERB_CONFIRM, 1, ANSWER_YES);
    say(HELD, VERB_CONFIRM, 1, ANSWER_NO);
    CU_ASSERT_EQUAL(txn->branches[HELD].state, BRANCH_WAITING);
    now_ms = out.wake_ms;
    feed((struct event){.type = EVENT_TIMER});
    CU_ASSERT_EQUAL_FATAL(out.calls_count, 1);
    CU_ASSERT_EQUAL(out.calls[0].attempt, 2);
    say(HELD, VERB_CONFIRM, 2, ANSWER_UNKNOWN);
    CU_ASSERT_EQUAL(txn->status, STATUS_PAUSED);
    CU_ASSERT_EQUAL(txn->pause_cause, CAUSE_CONFIRM_EXHAUSTED);
    CU_ASSERT_EQUAL(txn->pause_branch, HELD);
}

static void retried_by_a_person(void)
{
    stuck();
    CU_ASSERT_EQUAL(feed((struct event){.type = EVENT_CANCEL}), REFUSAL_COMMITTED);
    CU_ASSERT_EQUAL(feed((struct event){.type = EVENT_RETRY, .branch = HELD}), REFUSAL_NONE);
    CU_ASSERT_EQUAL_FATAL(out.calls_count, 1);
    CU_ASSERT_EQUAL(out.calls[0].attempt, 3);
    say(HELD, VERB_CONFIRM, 3, ANSWER_YES);
    CU_ASSERT_EQUAL(txn->status, STATUS_COMPLETED);
    end();
}

static void skipped_by_a_person(void)
{
    stuck();
    CU_ASSERT_EQUAL(feed((struct event){.type = EVENT_SKIP, .branch = HELD}), REFUSAL_NONE);
    CU_ASSERT_EQUAL(txn->branches[HELD].state, BRANCH_SKIPPED);
    CU_ASSERT_EQUAL(txn->status, STATUS_COMPLETED);
    end();
}

static void resolved_by_a_person(void)
{
    stuck();
    struct event failed = {.type = EVENT_RESOLVE, .branch = HELD, .answer = ANSWER_NO};
    CU_ASSERT_EQUAL(feed(failed), REFUSAL_UNDO_FAILED);
    CU_ASSERT_EQUAL(txn->status, STATUS_PAUSED);
    struct event done = {.type = EVENT_RESOLVE, .branch = HELD, .answer = ANSWER_YES};
    CU_ASSERT_EQUAL(feed(done), REFUSAL_NONE);
    CU_ASSERT_EQUAL(txn->branches[HELD].state, BRANCH_CONFIRMED);
    CU_ASSERT_EQUAL(txn->status, STATUS_COMPLETED);
    end();
}

/* A confirm that cannot be built waits for nobody's patience. */
static void broken(void)
{
    begin();
    say(LAST, VERB_DO, 1, ANSWER_YES);
    feed((struct event){.type = EVENT_ANSWER,
                        .branch = OTHER,
                        .verb = VERB_CONFIRM,
                        .attempt = 1,
                        .answer = ANSWER_UNKNOWN,
                        .code = CALL_UNBUILDABLE,
                        .settled = true});
    CU_ASSERT_EQUAL(txn->status, STATUS_PAUSED);
    CU_ASSERT_EQUAL(txn->pause_cause, CAUSE_CONFIRM_BROKEN);
    end();
}

static void lost_with_the_process(void)
{
    begin();
    say(LAST, VERB_DO, 1, ANSWER_YES);
    feed((struct event){.type = EVENT_RECOVER});
    CU_ASSERT_EQUAL_FATAL(out.calls_count, 2);
    CU_ASSERT_EQUAL(out.calls[0].verb, VERB_CONFIRM);
    CU_ASSERT_EQUAL(out.calls[0].attempt, 2);
    end();
}

/* Invariant 2, where facts are believed: nothing but a yes is confirmed, and only behind the decision to commit.
 */
static void facts_that_cannot_follow(void)
{
    struct fact confirm = {.type = FACT_CALLED, .branch = HELD, .verb = VERB_CONFIRM, .attempt = 1};
    struct fact abort = {.type = FACT_DECIDED, .branch = BRANCH_NONE, .value = DECISION_ABORT};
    struct fact commit = {.type = FACT_DECIDED, .branch = BRANCH_NONE, .value = DECISION_COMMIT};
    begin();
    CU_ASSERT_FALSE(core_apply(&plan, txn, &confirm));
    CU_ASSERT_TRUE(core_apply(&plan, txn, &abort));
    CU_ASSERT_FALSE(core_apply(&plan, txn, &confirm));
    begin();
    CU_ASSERT_TRUE(core_apply(&plan, txn, &commit));
    confirm.branch = LAST; /* which is still out */
    CU_ASSERT_FALSE(core_apply(&plan, txn, &confirm));
    confirm.branch = HELD;
    CU_ASSERT_TRUE(core_apply(&plan, txn, &confirm));
    struct fact pending = {
        .type = FACT_ANSWERED, .branch = HELD, .verb = VERB_CONFIRM, .attempt = 1, .answer = ANSWER_PENDING};
    CU_ASSERT_FALSE(core_apply(&plan, txn, &pending));
    end();
}

void confirm_test_suite(void);
void confirm_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("core/confirm", NULL, NULL);
    CU_add_test(suite, "after the commit all that is held is confirmed, and only then it is over",
                all_are_confirmed);
    CU_add_test(suite, "after an abort it is undone instead", an_abort_confirms_nothing);
    CU_add_test(suite, "a confirm that fails for good is retried by a person", retried_by_a_person);
    CU_add_test(suite, "or left out", skipped_by_a_person);
    CU_add_test(suite, "or said to be done", resolved_by_a_person);
    CU_add_test(suite, "one that cannot be built pauses at once", broken);
    CU_add_test(suite, "one that was out when the process ended is called again", lost_with_the_process);
    CU_add_test(suite, "no fact confirms before the commit, or after an abort", facts_that_cannot_follow);
}
