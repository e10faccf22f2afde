/* core: every state that a small saga can reach, by every event, and what an operator may do in each. The states
 * are walked breadth first; two that differ in times alone are one. */
#include "reach.h"

#include <CUnit/Basic.h>
#include <string.h>

/* Columns of the table below. */
enum column { RUNNING, CONFIRMING, COMPENSATING, PAUSED, ENDED, COLUMNS };

/* What the steps of a saga do with their work until the decision. */
enum kind { UNDOING, HOLDING, VOTING, NESTED, PARENT, KINDS };

/* verb; per kind and status: y always done, n never, s it depends on the step or on the pivot */
#define MAY(X)                                                                                                    \
    X(EVENT_CANCEL, "snnsn", "ynnsn", "ynnsn", "snnsn", "ynnsn")                                                  \
    X(EVENT_PAUSE, "yyynn", "yyynn", "yyynn", "yyynn", "yyynn")                                                   \
    X(EVENT_RESUME, "nnnyn", "nnnyn", "nnnyn", "nnnyn", "nnnyn")                                                  \
    X(EVENT_RETRY, "ssssn", "ssssn", "ssssn", "ssssn", "snssn")                                                   \
    X(EVENT_SKIP, "ssssn", "ssssn", "nsssn", "ssssn", "snssn")                                                    \
    X(EVENT_RESOLVE, "ssssn", "ssssn", "ssssn", "ssssn", "snssn")                                                 \
    X(EVENT_TERMINATE, "yyyyn", "yyyyn", "yyyyn", "yyyyn", "yyyyn")

static const struct {
    enum event_type verb;
    const char *may[KINDS];
} table[] = {
#define X(verb, ...) {verb, {__VA_ARGS__}},
    MAY(X)
#undef X
};

enum { VERBS = sizeof table / sizeof table[0] };

/* How often each verb was done and refused in each status, over all sagas of a kind; and which kind is walked. */
static unsigned done[KINDS][VERBS][COLUMNS], refused[KINDS][VERBS][COLUMNS];
static enum kind walked;

static enum column column_of(enum status status)
{
    return status == STATUS_RUNNING        ? RUNNING
           : status == STATUS_CONFIRMING   ? CONFIRMING
           : status == STATUS_COMPENSATING ? COMPENSATING
           : status == STATUS_PAUSED       ? PAUSED
                                           : ENDED;
}

static void count_verb(const struct reach_edge *edge)
{
    for (size_t i = 0; i < VERBS; i++)
        if (table[i].verb == edge->event->type && !edge->event->by_parent) {
            unsigned(*counts)[COLUMNS] = edge->refusal == REFUSAL_NONE ? done[walked] : refused[walked];
            counts[i][column_of(edge->before->status)]++;
        }
}

/* What is held is confirmed after a commit, each of it, and after nothing else; a vote without a no is the commit.
 */
static bool holds_held(const struct reach_edge *edge, uint16_t index)
{
    const struct txn *after = edge->after;
    const struct branch *branch = &after->branches[index];
    const struct plan_step *step = core_step_of(edge->plan, after, index);
    bool confirms = branch->verb == VERB_CONFIRM, undoes = branch->verb == VERB_UNDO;
    bool over = confirms && (branch->state == BRANCH_CONFIRMED || branch->state == BRANCH_SKIPPED);
    bool owed = step->confirmable && branch->maybe && branch_forward(branch) == BRANCH_DONE;
    bool yes = branch->state == BRANCH_DONE || branch->state == BRANCH_SKIPPED || confirms;
    return !(confirms && after->decision != DECISION_COMMIT) && !(undoes && after->decision != DECISION_ABORT) &&
           !(after->status == STATUS_COMPLETED && owed && !over) &&
           !(step->votes && after->decision == DECISION_COMMIT && !yes);
}

/* Invariant 13: a child commits on its parent's word alone, and from ready on nothing else decides. */
static bool holds_nested(const struct reach_edge *edge)
{
    const struct txn *before = edge->before, *after = edge->after;
    bool decides = before->decision == DECISION_NONE && after->decision != DECISION_NONE;
    if (!after->nested || !decides)
        return true;
    bool parent = edge->event->by_parent && after->cause == CAUSE_PARENT;
    return after->decision == DECISION_COMMIT ? parent && before->ready : parent || !before->ready;
}

/* Invariants 2, 4, 7, 8 and 9 over one step of the machine. */
static bool holds(const struct reach_edge *edge)
{
    const struct txn *before = edge->before, *after = edge->after;
    if (edge->refusal != REFUSAL_NONE)
        return core_equal(before, after) && !edge->out->facts_count && !edge->out->calls_count;
    bool holds = core_equal(after, edge->folded) && holds_nested(edge) &&
                 !(status_final(before->status) && after->status != before->status) &&
                 (before->decision == DECISION_NONE || after->decision == before->decision) &&
                 !(after->status == STATUS_PAUSED && after->pause_cause == CAUSE_NONE);
    for (uint16_t i = 0; i < after->branches_count; i++) {
        const struct branch *branch = &after->branches[i];
        const struct plan_step *step = core_step_of(edge->plan, after, i);
        bool owed = step->undoable && branch->maybe;
        bool left = branch->state == BRANCH_SKIPPED && branch->verb == VERB_UNDO;
        holds &= !(after->status == STATUS_COMPENSATED && owed && branch->state != BRANCH_UNDONE && !left);
        holds &= holds_held(edge, i);
        holds &= !(step->pivot && branch->state == BRANCH_DONE && after->decision == DECISION_ABORT);
    }
    return holds;
}

static void check_edge(const struct reach_edge *edge)
{
    count_verb(edge);
    if (!holds(edge))
        CU_FAIL("an invariant is broken");
}

static const struct retry twice = {
    .attempts_max = 2, .backoff_permille = 2000, .initial_ms = 10, .interval_max_ms = 10};

static struct plan_step call(bool undoable)
{
    return (struct plan_step){.kind = STEP_CALL,
                              .undoable = undoable,
                              .gate = PLAN_NONE,
                              .unless = PLAN_NONE,
                              .timeout_do_ms = 1000,
                              .timeout_undo_ms = 1000,
                              .retry_do = twice,
                              .retry_undo = twice};
}

static struct plan_step hold(void)
{
    struct plan_step step = call(true);
    step.confirmable = true;
    step.timeout_confirm_ms = 1000;
    step.retry_confirm = twice;
    return step;
}

static struct plan_step wait_of(enum step_kind kind)
{
    return (struct plan_step){.kind = kind,
                              .gate = PLAN_NONE,
                              .unless = PLAN_NONE,
                              .wait_ms = 1000,
                              .retry_do = twice,
                              .retry_undo = twice};
}

/* Steps one after the other. */
static void explore(struct plan_step *steps, uint16_t count, uint64_t timeout_ms)
{
    static const uint16_t needs[] = {0, 1, 2, 3};
    for (uint16_t i = 1; i < count; i++) {
        steps[i].needs_first = (uint16_t)(i - 1);
        steps[i].needs_count = 1;
    }
    struct plan plan = {.steps = steps,
                        .needs = needs,
                        .steps_count = count,
                        .needs_count = (uint16_t)(count - 1),
                        .timeout_ms = timeout_ms};
    CU_ASSERT_TRUE_FATAL(plan_valid(&plan));
    size_t states = reach_all(&plan, walked == NESTED, check_edge);
    CU_ASSERT_TRUE(states > 100 && states < REACH_MOST);
}

static void a_pivot_in_the_middle(void)
{
    struct plan_step steps[] = {call(true), call(false), call(false)};
    steps[0].conditional = true;
    steps[1].pivot = true;
    steps[1].checkable = true;
    explore(steps, 3, 0);
}

static void undo_without_a_pivot(void)
{
    struct plan_step steps[] = {call(true), call(true)};
    steps[1].async_ms = 500;
    steps[1].heartbeat_ms = 100;
    explore(steps, 2, 100000);
}

static void people_signals_and_time(void)
{
    struct plan_step steps[] = {call(true), wait_of(STEP_APPROVAL), wait_of(STEP_SIGNAL), wait_of(STEP_DELAY)};
    explore(steps, 4, 0);
}

static void a_step_for_each_item(void)
{
    struct plan_step steps[] = {call(true), call(false)};
    steps[0].each = true;
    steps[0].concurrency = 1;
    steps[1].pivot = true;
    explore(steps, 2, 0);
}

static void holds_until_the_decision(void)
{
    struct plan_step steps[] = {hold(), hold(), call(true)};
    steps[1].conditional = true;
    walked = HOLDING;
    explore(steps, 3, 0);
}

static void votes(void)
{
    struct plan_step steps[] = {hold(), hold()};
    steps[0].votes = steps[1].votes = true;
    walked = VOTING;
    explore(steps, 2, 0);
}

static void a_child_until_its_parents_word(void)
{
    struct plan_step steps[] = {hold(), call(true)};
    walked = NESTED;
    explore(steps, 2, 100000);
}

/* Whoever answers for a child says what is so for good: nothing of it is ever called again by itself. */
static void a_parent_and_its_child(void)
{
    struct plan_step steps[] = {call(true), hold(), call(false)};
    steps[1].child = true;
    steps[1].timeout_do_ms = steps[1].timeout_undo_ms = steps[1].timeout_confirm_ms = 0;
    walked = PARENT;
    explore(steps, 3, 0);
}

/* Behind the sagas above, so that all they reached is counted. */
static void what_operators_may_do(void)
{
    for (int kind = 0; kind < KINDS; kind++)
        for (size_t i = 0; i < VERBS; i++)
            for (int status = 0; status < COLUMNS; status++) {
                bool may = done[kind][i][status] > 0, may_not = refused[kind][i][status] > 0;
                char found = may && may_not ? 's' : may ? 'y' : may_not ? 'n' : '?';
                char wanted = table[i].may[kind][status];
                CU_ASSERT_EQUAL(found, wanted);
                if (found != wanted)
                    printf("\n%s of kind %d in column %d: %c, not %c", event_word(table[i].verb), kind, status,
                           found, wanted);
            }
}

void reach_test_suite(void);
void reach_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("core: every state that can be reached", NULL, NULL);
    CU_add_test(suite, "a pivot in the middle", a_pivot_in_the_middle);
    CU_add_test(suite, "undo without a pivot", undo_without_a_pivot);
    CU_add_test(suite, "people, signals and time", people_signals_and_time);
    CU_add_test(suite, "a step for each item", a_step_for_each_item);
    CU_add_test(suite, "holds until the decision", holds_until_the_decision);
    CU_add_test(suite, "votes", votes);
    CU_add_test(suite, "a child until its parent's word", a_child_until_its_parents_word);
    CU_add_test(suite, "a parent and its child", a_parent_and_its_child);
    CU_add_test(suite, "what operators may do in which status", what_operators_may_do);
}
