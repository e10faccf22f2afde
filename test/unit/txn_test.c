/* core/txn and core/apply: the table of statuses, and facts that cannot follow. */
#include "base/limits.h"
#include "base/mem.h"
#include "core/core.h"

#include <CUnit/Basic.h>
#include <string.h>

static const struct plan_step steps[] = {
    {.kind = STEP_CALL,
     .undoable = true,
     .gate = PLAN_NONE,
     .unless = PLAN_NONE,
     .timeout_do_ms = 1000,
     .timeout_undo_ms = 1000,
     .retry_do = {.attempts_max = 2, .backoff_permille = 2000, .initial_ms = 10, .interval_max_ms = 10},
     .retry_undo = {.backoff_permille = 2000, .initial_ms = 10, .interval_max_ms = 10}},
    {.kind = STEP_CALL,
     .undoable = true,
     .gate = PLAN_NONE,
     .unless = PLAN_NONE,
     .needs_count = 1,
     .timeout_do_ms = 1000,
     .timeout_undo_ms = 1000,
     .retry_do = {.attempts_max = 2, .backoff_permille = 2000, .initial_ms = 10, .interval_max_ms = 10},
     .retry_undo = {.backoff_permille = 2000, .initial_ms = 10, .interval_max_ms = 10}},
};
static const uint16_t needs[] = {0};
static const struct plan plan = {.steps = steps, .needs = needs, .steps_count = 2, .needs_count = 1};

static struct txn *new_txn(void)
{
    struct txn *txn = mem_new(txn_size(2));
    core_init(&plan, txn);
    return txn;
}

static bool apply(struct txn *txn, struct fact fact)
{
    fact.at_ms = 1000;
    return core_apply(&plan, txn, &fact);
}

static void statuses(void)
{
    CU_ASSERT_TRUE(status_may_follow(STATUS_NEW, STATUS_RUNNING));
    CU_ASSERT_TRUE(status_may_follow(STATUS_CONFIRMING, STATUS_COMPLETED));
    CU_ASSERT_FALSE(status_may_follow(STATUS_CONFIRMING, STATUS_COMPENSATING)); /* invariant 2 */
    CU_ASSERT_FALSE(status_may_follow(STATUS_COMPENSATING, STATUS_COMPLETED));
    for (int from = STATUS_NEW; from <= STATUS_TERMINATED; from++)
        for (int to = STATUS_NEW; to <= STATUS_TERMINATED; to++)
            if (status_final((enum status)from))
                CU_ASSERT_FALSE(status_may_follow((enum status)from, (enum status)to)); /* invariant 8 */
    CU_ASSERT_PTR_NULL(status_word((enum status)99));
}

static void begins_once(void)
{
    struct txn *txn = new_txn();
    CU_ASSERT_FALSE(apply(txn, (struct fact){.type = FACT_CALLED, .verb = VERB_DO, .attempt = 1}));
    CU_ASSERT_TRUE(apply(txn, (struct fact){.type = FACT_BEGUN, .branch = BRANCH_NONE}));
    CU_ASSERT_FALSE(apply(txn, (struct fact){.type = FACT_BEGUN, .branch = BRANCH_NONE}));
    CU_ASSERT_EQUAL(txn->facts_count, 1);
    mem_free(txn);
}

static void decides_once(void)
{
    struct txn *txn = new_txn();
    apply(txn, (struct fact){.type = FACT_BEGUN, .branch = BRANCH_NONE});
    struct fact commit = {.type = FACT_DECIDED, .branch = BRANCH_NONE, .value = DECISION_COMMIT};
    struct fact abort = {.type = FACT_DECIDED, .branch = BRANCH_NONE, .value = DECISION_ABORT};
    struct fact neither = {.type = FACT_DECIDED, .branch = BRANCH_NONE, .value = 7};
    CU_ASSERT_FALSE(apply(txn, neither));
    CU_ASSERT_TRUE(apply(txn, commit));
    CU_ASSERT_FALSE(apply(txn, commit));
    CU_ASSERT_FALSE(apply(txn, abort));
    CU_ASSERT_FALSE(apply(txn, (struct fact){.type = FACT_CALLED, .verb = VERB_UNDO, .attempt = 1}));
    CU_ASSERT_FALSE(
        apply(txn, (struct fact){.type = FACT_ENDED, .branch = BRANCH_NONE, .value = STATUS_COMPENSATED}));
    CU_ASSERT_TRUE(
        apply(txn, (struct fact){.type = FACT_ENDED, .branch = BRANCH_NONE, .value = STATUS_COMPLETED}));
    CU_ASSERT_FALSE(apply(txn, (struct fact){.type = FACT_EXPIRED, .branch = BRANCH_NONE}));
    mem_free(txn);
}

static void attempts_only_grow(void)
{
    struct txn *txn = new_txn();
    apply(txn, (struct fact){.type = FACT_BEGUN, .branch = BRANCH_NONE});
    CU_ASSERT_FALSE(apply(txn, (struct fact){.type = FACT_CALLED, .verb = VERB_DO, .attempt = 2}));
    CU_ASSERT_FALSE(apply(txn, (struct fact){.type = FACT_CALLED, .verb = VERB_UNDO, .attempt = 1}));
    CU_ASSERT_TRUE(apply(txn, (struct fact){.type = FACT_CALLED, .verb = VERB_DO, .attempt = 1}));
    CU_ASSERT_FALSE(apply(txn, (struct fact){.type = FACT_CALLED, .verb = VERB_DO, .attempt = 2}));
    struct fact answer = {
        .type = FACT_ANSWERED, .verb = VERB_DO, .answer = ANSWER_UNKNOWN, .attempt = 2, .due_ms = 2000};
    CU_ASSERT_FALSE(apply(txn, answer)); /* to an attempt that was never made */
    answer.attempt = 1;
    CU_ASSERT_TRUE(apply(txn, answer));
    CU_ASSERT_FALSE(apply(txn, answer)); /* twice */
    CU_ASSERT_FALSE(apply(txn, (struct fact){.type = FACT_CALLED, .verb = VERB_DO, .attempt = 1}));
    CU_ASSERT_TRUE(apply(txn, (struct fact){.type = FACT_CALLED, .verb = VERB_DO, .attempt = 2}));
    mem_free(txn);
}

static void hostile_facts(void)
{
    struct txn *txn = new_txn();
    apply(txn, (struct fact){.type = FACT_BEGUN, .branch = BRANCH_NONE});
    CU_ASSERT_FALSE(apply(txn, (struct fact){.type = FACT_CALLED, .branch = 2, .verb = VERB_DO, .attempt = 1}));
    CU_ASSERT_FALSE(apply(txn, (struct fact){.type = FACT_CALLED, .branch = BRANCH_NONE, .verb = VERB_DO}));
    CU_ASSERT_FALSE(apply(txn, (struct fact){.type = FACT_ANSWERED, .branch = BRANCH_NONE}));
    CU_ASSERT_FALSE(apply(txn, (struct fact){.type = (enum fact_type)99}));
    CU_ASSERT_FALSE(apply(txn, (struct fact){.type = FACT_ENDED, .branch = BRANCH_NONE, .value = STATUS_RUNNING}));
    CU_ASSERT_FALSE(apply(txn, (struct fact){.type = FACT_RESUMED, .branch = BRANCH_NONE}));
    CU_ASSERT_FALSE(apply(txn, (struct fact){.type = FACT_RETRIED, .branch = 0, .verb = VERB_DO}));
    CU_ASSERT_EQUAL(txn->facts_count, 1);
    mem_free(txn);
}

/* A step with items, then one behind it: what may follow, and what room it takes. */
static void items_follow_their_step(void)
{
    struct plan_step each[2] = {steps[0], steps[1]};
    struct plan spread = plan;
    struct txn *txn = mem_new(txn_size(5));
    each[0].each = true;
    each[0].concurrency = 2;
    spread.steps = each;
    CU_ASSERT_TRUE(plan_valid(&spread));
    core_init(&spread, txn);
    struct fact facts[] = {{.type = FACT_BEGUN, .branch = BRANCH_NONE},
                           {.type = FACT_SPREAD, .value = 3},
                           {.type = FACT_CALLED, .branch = 2, .verb = VERB_DO, .attempt = 1}};
    CU_ASSERT_TRUE(core_apply(&spread, txn, &facts[0]));
    CU_ASSERT_EQUAL(core_room(txn, &facts[0]), 2);
    CU_ASSERT_EQUAL(core_room(txn, &facts[1]), 5);
    CU_ASSERT_EQUAL(core_room(txn, &(struct fact){.type = FACT_SPREAD, .value = LIMIT_ITEMS + 1}), 0);
    CU_ASSERT_FALSE(core_apply(&spread, txn, &(struct fact){.type = FACT_CALLED, .verb = VERB_DO, .attempt = 1}));
    CU_ASSERT_FALSE(core_apply(&spread, txn, &facts[1])); /* no room */
    txn->branches_capacity = 5;
    CU_ASSERT_FALSE(core_apply(&spread, txn, &(struct fact){.type = FACT_SPREAD, .branch = 1, .value = 3}));
    CU_ASSERT_TRUE(core_apply(&spread, txn, &facts[1]));
    CU_ASSERT_EQUAL(txn->branches_count, 5);
    CU_ASSERT_FALSE(core_apply(&spread, txn, &facts[1])); /* twice */
    struct fact second = facts[2];
    second.branch = 3;
    CU_ASSERT_FALSE(core_apply(&spread, txn, &second)); /* before the first */
    CU_ASSERT_FALSE(core_apply(&spread, txn, &(struct fact){.type = FACT_GUARDED, .branch = 2, .value = 0}));
    CU_ASSERT_FALSE(core_apply(&spread, txn, &(struct fact){.type = FACT_SPREAD, .branch = 2, .value = 0}));
    CU_ASSERT_TRUE(core_apply(&spread, txn, &facts[2]));
    CU_ASSERT_TRUE(core_apply(&spread, txn, &second));
    CU_ASSERT_EQUAL(txn_next(txn, 0), 2);
    CU_ASSERT_EQUAL(txn_next(txn, 2), 3);
    CU_ASSERT_EQUAL(txn_next(txn, 3), 1);
    CU_ASSERT_EQUAL(txn_next(txn, 1), BRANCH_NONE);
    mem_free(txn);
}

/* What retries for ever pauses some day for a person to look, and goes on when told to (invariant 10). */
static void histories_are_bounded(void)
{
    struct plan_step forever[2] = {steps[0], steps[1]};
    struct plan patient = plan;
    struct fact facts[32];
    struct call calls[32];
    struct ask asks[32];
    struct out out = {.facts = facts, .calls = calls, .asks = asks};
    forever[0].retry_do.attempts_max = 0;
    patient.steps = forever;
    CU_ASSERT_TRUE_FATAL(core_needs(&patient) <= 32);
    struct txn *txn = new_txn();
    struct event event = {.type = EVENT_BEGIN, .now_ms = 1000};
    core_step(&patient, txn, &event, &out);
    for (uint32_t attempt = 1; txn->status == STATUS_RUNNING; attempt++) {
        event = (struct event){.type = EVENT_ANSWER,
                               .verb = VERB_DO,
                               .answer = ANSWER_UNKNOWN,
                               .attempt = attempt,
                               .now_ms = event.now_ms};
        core_step(&patient, txn, &event, &out);
        event = (struct event){.type = EVENT_TIMER, .now_ms = out.wake_ms ? out.wake_ms : event.now_ms};
        core_step(&patient, txn, &event, &out);
    }
    CU_ASSERT_EQUAL(txn->status, STATUS_PAUSED);
    CU_ASSERT_EQUAL(txn->pause_cause, CAUSE_HISTORY_FULL);
    CU_ASSERT_EQUAL(txn->facts_count, LIMIT_HISTORY_FACTS + 1);
    event = (struct event){.type = EVENT_RESUME, .now_ms = event.now_ms + 100};
    CU_ASSERT_EQUAL(core_step(&patient, txn, &event, &out), REFUSAL_NONE);
    CU_ASSERT_EQUAL(txn->status, STATUS_RUNNING);
    mem_free(txn);
}

void txn_test_suite(void);
void txn_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("core/txn", NULL, NULL);
    CU_add_test(suite, "items follow their step, in their order, where there is room", items_follow_their_step);
    CU_add_test(suite, "statuses follow the drawing; nothing follows an end", statuses);
    CU_add_test(suite, "a record begins once", begins_once);
    CU_add_test(suite, "a decision is taken once and fits the end", decides_once);
    CU_add_test(suite, "attempts only grow, and answers belong to one", attempts_only_grow);
    CU_add_test(suite, "a history that has grown long pauses", histories_are_bounded);
    CU_add_test(suite, "facts that no core wrote are refused, not believed", hostile_facts);
}
