/* Undo: after the decision to abort, in the promised order, once everything that was out is settled. */
#include "core/branch.h"
#include "core/items.h"
#include "core/machine.h"

#include "base/limits.h"

#include <assert.h>
#include <string.h>

static bool is_unsettled(const struct txn *txn);
static bool give_up(struct machine *machine);
static bool start(struct machine *machine, uint16_t index);
static bool start_items(struct machine *machine, uint16_t index);
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
    for (uint16_t i = 0; i < txn->steps_count && !owed; i++)
        owed = branch_is_owed(machine->plan, txn, i);
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
    for (uint16_t i = txn_first(txn); i != BRANCH_NONE; i = txn_next(txn, i))
        if (txn->branches[i].state == BRANCH_CALLING && txn->branches[i].verb != VERB_UNDO)
            return true;
    return false;
}

/* An undo whose tries are used up stops the whole undoing for a person to see, or is left out if the saga
 * says so. */
static bool give_up(struct machine *machine)
{
    for (uint16_t i = txn_first(machine->txn); i != BRANCH_NONE; i = txn_next(machine->txn, i)) {
        const struct branch *branch = &machine->txn->branches[i];
        if (branch->state != BRANCH_STUCK || branch->verb != VERB_UNDO)
            continue;
        bool broken = branch->code == CALL_UNBUILDABLE;
        if (machine->plan->on_exhausted == EXHAUSTED_CONTINUE)
            emit_fact(
                machine,
                (struct fact){.type = FACT_SKIPPED, .branch = i, .verb = VERB_UNDO, .code = CAUSE_UNDO_EXHAUSTED});
        else
            emit_paused(machine, broken ? CAUSE_UNDO_BROKEN : CAUSE_UNDO_EXHAUSTED, i);
        return true;
    }
    return false;
}

static bool start(struct machine *machine, uint16_t index)
{
    const struct branch *branch = &machine->txn->branches[index];
    if (branch->items_count)
        return start_items(machine, index);
    bool first = branch->verb != VERB_UNDO;
    bool again = branch->state == BRANCH_WAITING && branch->due_ms <= machine->now_ms;
    if (!first && !again)
        return false;
    emit_call(machine, index, VERB_UNDO);
    return true;
}

/* Items do not depend on each other: as many as may be at work, from the last to the first. */
static bool start_items(struct machine *machine, uint16_t index)
{
    const struct txn *txn = machine->txn;
    uint16_t concurrency = machine->plan->steps[index].concurrency;
    uint16_t count = 0;
    bool changed = false;
    for (uint16_t item = txn->branches[index].head; item != BRANCH_NONE; item = txn->branches[item].next) {
        changed |= start(machine, item);
        count++;
    }
    for (; count < concurrency; count++) {
        uint16_t item = items_next_owed(machine->plan, txn, index);
        if (item == BRANCH_NONE)
            break;
        changed |= start(machine, item);
    }
    return changed;
}

static bool run_parallel(struct machine *machine)
{
    bool changed = false;
    for (uint16_t i = 0; i < machine->txn->steps_count; i++)
        changed |= branch_is_owed(machine->plan, machine->txn, i) && start(machine, i);
    return changed;
}

/* One at a time, the last one called first. Items are called in their order: of those of one step, the one that is
 * being undone comes before all that are still owed, and of these the last. */
static bool run_sequential(struct machine *machine)
{
    const struct txn *txn = machine->txn;
    uint16_t last = BRANCH_NONE;
    for (uint16_t i = 0; i < txn->steps_count; i++) {
        uint16_t branch = i;
        if (!branch_is_owed(machine->plan, txn, i))
            continue;
        if (txn->branches[i].items_count)
            branch = txn->branches[i].head != BRANCH_NONE ? txn->branches[i].head
                                                          : items_next_owed(machine->plan, txn, i);
        assert(branch != BRANCH_NONE);
        if (last == BRANCH_NONE || txn->branches[branch].order > txn->branches[last].order)
            last = branch;
    }
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
        bool owed = branch_is_owed(plan, machine->txn, i);
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
