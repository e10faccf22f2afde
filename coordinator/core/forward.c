/* Forward: which branches may be called now, and the decision. */
#include "core/machine.h"

#include <assert.h>

static bool decide(struct machine *machine);
static bool decide_failed(struct machine *machine, uint16_t index);
static bool start(struct machine *machine, uint16_t index);
static bool start_ready(struct machine *machine, uint16_t index);
static void start_wait(struct machine *machine, uint16_t index);
static bool is_closed(const struct machine *machine, uint16_t index);
static bool is_checkable(const struct machine *machine, uint16_t index);
static bool is_ready(const struct machine *machine, uint16_t index);
static bool is_over(const struct machine *machine, uint16_t index);
static bool is_failed(const struct machine *machine, uint16_t index);

bool forward_run(struct machine *machine)
{
    const struct txn *txn = machine->txn;
    assert(txn->decision != DECISION_ABORT);
    if (decide(machine))
        return true;
    bool changed = false;
    bool over = true;
    for (uint16_t i = 0; i < txn->branches_count; i++) {
        changed |= start(machine, i);
        over &= is_over(machine, i);
    }
    if (over && txn->decision == DECISION_NONE)
        emit_decided(machine, DECISION_COMMIT, CAUSE_DONE, BRANCH_NONE);
    if (over)
        emit_ended(machine, STATUS_COMPLETED);
    return changed || over;
}

void forward_ask(struct machine *machine)
{
    for (uint16_t i = 0; i < machine->txn->branches_count; i++)
        if (machine->plan->steps[i].conditional && !machine->txn->branches[i].guarded && is_ready(machine, i))
            machine->out->asks[machine->out->asks_count++] = i;
}

bool forward_pivot_in_doubt(const struct machine *machine)
{
    for (uint16_t i = 0; i < machine->txn->branches_count; i++) {
        const struct branch *branch = &machine->txn->branches[i];
        bool settled = branch->state == BRANCH_IDLE || branch->state == BRANCH_DONE ||
                       branch->state == BRANCH_SKIPPED || branch->state == BRANCH_REFUSED;
        if (machine->plan->steps[i].pivot && !settled)
            return true;
    }
    return false;
}

bool forward_pivot_succeeded(const struct machine *machine)
{
    for (uint16_t i = 0; i < machine->txn->branches_count; i++)
        if (machine->plan->steps[i].pivot && machine->txn->branches[i].state == BRANCH_DONE)
            return true;
    return false;
}

/* A failure decides before a success: with both known at once, nothing was promised to anybody yet. The
 * pivot's yes however is the decision itself (invariant 7), whatever came with it. */
static bool decide(struct machine *machine)
{
    const struct txn *txn = machine->txn;
    for (uint16_t i = 0; txn->decision == DECISION_NONE && i < txn->branches_count; i++)
        if (machine->plan->steps[i].pivot && txn->branches[i].state == BRANCH_DONE) {
            emit_decided(machine, DECISION_COMMIT, CAUSE_PIVOT, i);
            return true;
        }
    for (uint16_t i = 0; i < txn->branches_count; i++)
        if (is_failed(machine, i) && decide_failed(machine, i))
            return true;
    return false;
}

static bool decide_failed(struct machine *machine, uint16_t index)
{
    bool refused = machine->txn->branches[index].state == BRANCH_REFUSED;
    bool pivot = machine->plan->steps[index].pivot;
    if (machine->txn->decision == DECISION_COMMIT) {
        emit_paused(machine, refused ? CAUSE_FORWARD_REFUSED : CAUSE_FORWARD_EXHAUSTED, index);
        return true;
    }
    if (pivot && !refused) { /* never guessed */
        emit_paused(machine, CAUSE_PIVOT_UNKNOWN, index);
        return true;
    }
    if (forward_pivot_in_doubt(machine)) /* another branch's failure waits for the pivot's answer */
        return false;
    emit_decided(machine, DECISION_ABORT, refused ? CAUSE_REFUSED : CAUSE_EXHAUSTED, index);
    return true;
}

/* Starts, repeats or checks one branch if it is its time. */
static bool start(struct machine *machine, uint16_t index)
{
    const struct branch *branch = &machine->txn->branches[index];
    if (branch->state == BRANCH_WAITING && branch->due_ms <= machine->now_ms) {
        assert(branch->verb == VERB_DO || branch->verb == VERB_CHECK);
        emit_call(machine, index, (enum verb)branch->verb);
        return true;
    }
    if (is_checkable(machine, index)) {
        emit_call(machine, index, VERB_CHECK);
        return true;
    }
    return is_ready(machine, index) && start_ready(machine, index);
}

/* A gate and what stands behind a closed one need no call; what is conditional needs its answer first. */
static bool start_ready(struct machine *machine, uint16_t index)
{
    const struct plan_step *step = &machine->plan->steps[index];
    bool closed = is_closed(machine, index);
    bool waits_for_answer = step->conditional && !machine->txn->branches[index].guarded;
    if (!closed && waits_for_answer)
        return false;
    if (closed || step->kind == STEP_GATE)
        emit_fact(machine, (struct fact){.type = FACT_GUARDED, .branch = index, .value = !closed});
    else if (step->kind == STEP_CALL)
        emit_call(machine, index, VERB_DO);
    else
        start_wait(machine, index);
    return true;
}

/* A signal that came early is the answer at once. */
static void start_wait(struct machine *machine, uint16_t index)
{
    const struct plan_step *step = &machine->plan->steps[index];
    uint64_t due_ms = machine->now_ms + step->wait_ms;
    assert(step->wait_ms > 0);
    emit_fact(machine, (struct fact){.type = FACT_AWAITED, .branch = index, .verb = VERB_DO, .due_ms = due_ms});
    if (machine->txn->branches[index].signalled)
        emit_answered(machine, &(struct event){.type = EVENT_SIGNAL,
                                               .branch = index,
                                               .verb = VERB_DO,
                                               .attempt = 1,
                                               .answer = ANSWER_YES});
}

/* Behind a gate that was skipped, or a case after one that ran. */
static bool is_closed(const struct machine *machine, uint16_t index)
{
    const struct plan_step *steps = machine->plan->steps;
    const struct branch *branches = machine->txn->branches;
    if (steps[index].gate != PLAN_NONE && branches[steps[index].gate].state == BRANCH_SKIPPED)
        return true;
    for (uint16_t before = steps[index].unless; before != PLAN_NONE; before = steps[before].unless)
        if (branches[before].state == BRANCH_DONE)
            return true;
    return false;
}

/* Its do was given up without a definite answer, and a read-only request can still tell. */
static bool is_checkable(const struct machine *machine, uint16_t index)
{
    const struct branch *branch = &machine->txn->branches[index];
    return machine->plan->steps[index].checkable && branch->state == BRANCH_UNKNOWN && !branch->checked;
}

/* Nothing happened to it yet, and everything it needs is over. */
static bool is_ready(const struct machine *machine, uint16_t index)
{
    const struct plan_step *step = &machine->plan->steps[index];
    if (machine->txn->branches[index].state != BRANCH_IDLE)
        return false;
    if (step->gate != PLAN_NONE && !is_over(machine, step->gate))
        return false;
    for (uint16_t i = 0; i < step->needs_count; i++)
        if (!is_over(machine, machine->plan->needs[step->needs_first + i]))
            return false;
    return true;
}

static bool is_over(const struct machine *machine, uint16_t index)
{
    enum branch_state state = (enum branch_state)machine->txn->branches[index].state;
    bool gave_up = state == BRANCH_REFUSED || (state == BRANCH_UNKNOWN && !is_checkable(machine, index));
    return state == BRANCH_DONE || state == BRANCH_SKIPPED ||
           (gave_up && machine->plan->steps[index].continue_on_failure);
}

static bool is_failed(const struct machine *machine, uint16_t index)
{
    enum branch_state state = (enum branch_state)machine->txn->branches[index].state;
    bool gave_up = state == BRANCH_REFUSED || (state == BRANCH_UNKNOWN && !is_checkable(machine, index));
    return gave_up && !machine->plan->steps[index].continue_on_failure;
}
