/* Undo: after the decision to abort, in the promised order, once everything that was out is settled. */
#include "core/machine.h"

#include "base/limits.h"

#include <assert.h>
#include <string.h>

static bool is_unsettled(const struct txn *txn);
static bool give_up(struct machine *machine);
static bool is_owed(const struct machine *machine, uint16_t index);
static bool start(struct machine *machine, uint16_t index);
static bool run_parallel(struct machine *machine);
static bool run_sequential(struct machine *machine);
static bool run_reverse(struct machine *machine);

bool undo_run(struct machine *machine)
{
    const struct txn *txn = machine->txn;
    assert(txn->decision == DECISION_ABORT);
    if (is_unsettled(txn))
        return false;
    if (give_up(machine))
        return true;
    bool owed = false;
    for (uint16_t i = 0; i < txn->branches_count && !owed; i++)
        owed = is_owed(machine, i);
    if (!owed) {
        emit_ended(machine, STATUS_COMPENSATED);
        return true;
    }
    switch (machine->plan->undo_order) {
    case UNDO_PARALLEL:
        return run_parallel(machine);
    case UNDO_SEQUENTIAL:
        return run_sequential(machine);
    case UNDO_REVERSE:
        break;
    }
    return run_reverse(machine);
}

/* Invariant 3: a call forward, also a check, that is still out may still change its branch. */
static bool is_unsettled(const struct txn *txn)
{
    for (uint16_t i = 0; i < txn->branches_count; i++)
        if (txn->branches[i].state == BRANCH_CALLING && txn->branches[i].verb != VERB_UNDO)
            return true;
    return false;
}

/* An undo whose tries are used up stops the whole undoing for a person to see, or is left out if the saga
 * says so. */
static bool give_up(struct machine *machine)
{
    for (uint16_t i = 0; i < machine->txn->branches_count; i++) {
        const struct branch *branch = &machine->txn->branches[i];
        if (branch->state != BRANCH_STUCK || branch->verb != VERB_UNDO)
            continue;
        bool broken = branch->code == CALL_UNBUILDABLE;
        if (machine->plan->on_exhausted == EXHAUSTED_CONTINUE)
            emit_fact(machine, (struct fact){.type = FACT_SKIPPED,
                                             .branch = i,
                                             .verb = VERB_UNDO,
                                             .code = CAUSE_UNDO_EXHAUSTED});
        else
            emit_paused(machine, broken ? CAUSE_UNDO_BROKEN : CAUSE_UNDO_EXHAUSTED, i);
        return true;
    }
    return false;
}

/* Invariant 4: what may have been done and can be undone, and is not yet. */
static bool is_owed(const struct machine *machine, uint16_t index)
{
    const struct branch *branch = &machine->txn->branches[index];
    bool over = branch->state == BRANCH_UNDONE || (branch->state == BRANCH_SKIPPED && branch->verb == VERB_UNDO);
    return machine->plan->steps[index].undoable && branch->maybe && !over;
}

static bool start(struct machine *machine, uint16_t index)
{
    const struct branch *branch = &machine->txn->branches[index];
    bool first = branch->verb != VERB_UNDO;
    bool again = branch->state == BRANCH_WAITING && branch->due_ms <= machine->now_ms;
    if (!first && !again)
        return false;
    emit_call(machine, index, VERB_UNDO);
    return true;
}

static bool run_parallel(struct machine *machine)
{
    bool changed = false;
    for (uint16_t i = 0; i < machine->txn->branches_count; i++)
        changed |= is_owed(machine, i) && start(machine, i);
    return changed;
}

/* One at a time, the last one called first. */
static bool run_sequential(struct machine *machine)
{
    const struct txn *txn = machine->txn;
    uint16_t last = BRANCH_NONE;
    for (uint16_t i = 0; i < txn->branches_count; i++)
        if (is_owed(machine, i) && (last == BRANCH_NONE || txn->branches[i].order > txn->branches[last].order))
            last = i;
    return last != BRANCH_NONE && start(machine, last);
}

/* Invariant 5: a branch is undone when nothing that depends on it, however far, is still owed an undo. Steps
 * stand in topological order, so one pass from the end carries what is blocked to the front. */
static bool run_reverse(struct machine *machine)
{
    bool blocked[LIMIT_STEPS];
    const struct plan *plan = machine->plan;
    assert(plan->steps_count <= LIMIT_STEPS);
    memset(blocked, 0, sizeof blocked);
    bool changed = false;
    for (uint16_t i = plan->steps_count; i-- > 0;) {
        bool owed = is_owed(machine, i);
        if (owed && !blocked[i])
            changed |= start(machine, i);
        if (!owed && !blocked[i])
            continue;
        const struct plan_step *step = &plan->steps[i];
        for (uint16_t k = 0; k < step->needs_count; k++)
            blocked[plan->needs[step->needs_first + k]] = true;
        if (step->gate != PLAN_NONE)
            blocked[step->gate] = true;
    }
    return changed;
}
