/* core/plan: every promise of the header, broken one at a time. */
#include "core/plan.h"

#include "base/limits.h"

#include <CUnit/Basic.h>

static struct plan_step steps[3];
static uint16_t needs[3];
static struct plan plan;

/* gate <- a <- b, both behind the gate. */
static void make_valid(void)
{
    struct retry retry = {.initial_ms = 1, .interval_max_ms = 1, .backoff_permille = 1000};
    for (int i = 0; i < 3; i++)
        steps[i] = (struct plan_step){.kind = i ? STEP_CALL : STEP_GATE,
                                      .conditional = i == 0,
                                      .gate = i ? 0 : PLAN_NONE,
                                      .unless = PLAN_NONE,
                                      .needs_first = (uint16_t)(i ? i - 1 : 0),
                                      .needs_count = i > 0,
                                      .timeout_do_ms = i ? 1 : 0,
                                      .retry_do = retry,
                                      .retry_undo = retry};
    needs[0] = 0;
    needs[1] = 1;
    plan = (struct plan){.steps = steps, .needs = needs, .steps_count = 3, .needs_count = 2};
}

#define BREAKS(change)                                                                                            \
    do {                                                                                                          \
        make_valid();                                                                                             \
        CU_ASSERT_TRUE(plan_valid(&plan));                                                                        \
        change;                                                                                                   \
        CU_ASSERT_FALSE(plan_valid(&plan));                                                                       \
    } while (0)

static void shape(void)
{
    BREAKS(plan.steps_count = 0);
    BREAKS(plan.steps_count = LIMIT_STEPS + 1);
    BREAKS(plan.steps = NULL);
    BREAKS(plan.needs = NULL);
    BREAKS(plan.undo_order = 3);
    BREAKS(plan.on_exhausted = 2);
    BREAKS(plan.on_timeout = 2);
}

static void order(void)
{
    BREAKS(needs[1] = 2);
    BREAKS(needs[1] = 3);
    BREAKS(needs[0] = PLAN_NONE);
    BREAKS(steps[2].needs_count = 2);
    BREAKS(steps[2].needs_first = 2);
    BREAKS(steps[2].needs_first = 0xffff);
    BREAKS(steps[1].gate = 1);
    BREAKS(steps[1].gate = 2);
    BREAKS(steps[2].gate = 1); /* no gate */
    BREAKS(steps[0].gate = 0);
}

static void steps_of_a_kind(void)
{
    BREAKS(steps[1].kind = 7);
    BREAKS(steps[1].kind = STEP_APPROVAL + 1);
    BREAKS(steps[1].timeout_do_ms = 0);
    BREAKS(steps[1].undoable = true); /* without a timeout for it */
    BREAKS((steps[1].pivot = true, steps[1].undoable = true, steps[1].timeout_undo_ms = 1));
    BREAKS((steps[1].pivot = true, steps[1].continue_on_failure = true));
    BREAKS(steps[1].wait_ms = 1);
    BREAKS(steps[1].heartbeat_ms = 1); /* of nothing that could be pending */
    BREAKS((steps[1].async_ms = 5, steps[1].heartbeat_ms = 5));
    BREAKS((steps[1].confirmable = true, steps[1].timeout_confirm_ms = 1)); /* without an undo */
    BREAKS(steps[0].confirmable = true);
    BREAKS(steps[1].retry_do.initial_ms = 0);
    BREAKS(steps[1].retry_do.initial_ms = 2);
    BREAKS(steps[1].retry_do.backoff_permille = 999);
    BREAKS(steps[2].retry_undo.interval_max_ms = 0);
    BREAKS(steps[2].retry_undo.jitter = 2);
}

/* Who calls nobody: gate, delay, signal, approval. */
static void quiet_steps(void)
{
    static const enum step_kind waits[] = {STEP_DELAY, STEP_SIGNAL, STEP_APPROVAL};
    BREAKS(steps[0].undoable = true);
    BREAKS(steps[0].pivot = true);
    BREAKS(steps[0].continue_on_failure = true);
    BREAKS(steps[0].checkable = true);
    BREAKS(steps[0].async_ms = 1);
    BREAKS(steps[0].wait_ms = 1);
    for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++) {
        make_valid();
        steps[2].kind = waits[i];
        CU_ASSERT_FALSE(plan_valid(&plan)); /* for ever is too long */
        steps[2].wait_ms = 1;
        steps[2].timeout_do_ms = 0;
        CU_ASSERT_TRUE(plan_valid(&plan));
        steps[2].on_silence = SILENCE_YES;
        CU_ASSERT_TRUE(plan_valid(&plan));
        steps[2].on_silence = 2;
        CU_ASSERT_FALSE(plan_valid(&plan));
        steps[2].on_silence = SILENCE_NO;
        steps[2].undoable = true;
        CU_ASSERT_FALSE(plan_valid(&plan));
        steps[2].undoable = false;
        steps[2].pivot = true;
        CU_ASSERT_FALSE(plan_valid(&plan));
        steps[2].pivot = false;
        steps[2].heartbeat_ms = 1;
        CU_ASSERT_FALSE(plan_valid(&plan));
    }
}

/* What is held until the decision. */
static void make_held(void)
{
    make_valid();
    steps[2].undoable = steps[2].confirmable = true;
    steps[2].timeout_undo_ms = steps[2].timeout_confirm_ms = 1;
    steps[2].retry_confirm = steps[2].retry_do;
}

static void held(void)
{
    make_held();
    CU_ASSERT_TRUE(plan_valid(&plan));
    steps[2].timeout_confirm_ms = 0;
    CU_ASSERT_FALSE(plan_valid(&plan));
    make_held();
    steps[2].continue_on_failure = true;
    CU_ASSERT_FALSE(plan_valid(&plan));
    make_held();
    steps[2].retry_confirm.initial_ms = 0;
    CU_ASSERT_FALSE(plan_valid(&plan));
}

static void calls(void)
{
    make_valid();
    steps[1].async_ms = 2;
    steps[1].heartbeat_ms = 1;
    steps[1].checkable = true;
    steps[2].async_ms = 1;
    CU_ASSERT_TRUE(plan_valid(&plan));
}

/* The second step becomes the gate of a second case. */
static void make_cases(void)
{
    make_valid();
    steps[1].kind = STEP_GATE;
    steps[1].timeout_do_ms = 0;
    steps[1].gate = PLAN_NONE;
    steps[1].unless = 0;
    steps[2].gate = 1;
    CU_ASSERT_TRUE(plan_valid(&plan));
}

static void cases(void)
{
    BREAKS(steps[1].unless = 0); /* no gate */
    make_cases();
    steps[1].unless = 1;
    CU_ASSERT_FALSE(plan_valid(&plan));
    make_cases();
    steps[1].unless = 2;
    CU_ASSERT_FALSE(plan_valid(&plan));
    make_cases();
    steps[1].unless = PLAN_NONE - 1;
    CU_ASSERT_FALSE(plan_valid(&plan));
    make_cases();
    steps[1].gate = 0; /* in a case of the other, not beside it */
    CU_ASSERT_FALSE(plan_valid(&plan));
    make_cases();
    steps[2].kind = STEP_GATE;
    steps[2].gate = PLAN_NONE;
    steps[2].unless = 1;
    CU_ASSERT_TRUE(plan_valid(&plan));
    steps[1].kind = STEP_CALL;
    steps[1].timeout_do_ms = 1;
    steps[1].unless = PLAN_NONE;
    CU_ASSERT_FALSE(plan_valid(&plan));
}

void plan_test_suite(void);
void plan_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("core/plan", NULL, NULL);
    CU_add_test(suite, "a plan has steps and known words", shape);
    CU_add_test(suite, "needs and gates stand before those who wait for them", order);
    CU_add_test(suite, "steps keep the bounds of their kind", steps_of_a_kind);
    CU_add_test(suite, "who calls nobody leaves nothing behind", quiet_steps);
    CU_add_test(suite, "what is held can be confirmed and undone", held);
    CU_add_test(suite, "a call may be answered later and asked again", calls);
    CU_add_test(suite, "the cases of a switch stand one behind the other", cases);
}
