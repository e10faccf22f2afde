/* Confirm: after the decision to commit, all at once: what is held depends on nothing any more. */
#include "core/machine.h"

#include <assert.h>

static bool is_owed(const struct machine *machine, uint16_t index);
static bool start(struct machine *machine, uint16_t index);

bool confirm_run(struct machine *machine)
{
    const struct txn *txn = machine->txn;
    bool changed = false;
    if (txn->status != STATUS_CONFIRMING)
        return false;
    assert(txn->decision == DECISION_COMMIT);
    for (uint16_t i = 0; i < txn->steps_count; i++) {
        const struct branch *branch = &txn->branches[i];
        if (branch->verb == VERB_CONFIRM && branch->state == BRANCH_STUCK) {
            bool broken = branch->code == CALL_UNBUILDABLE;
            emit_paused(machine, broken ? CAUSE_CONFIRM_BROKEN : CAUSE_CONFIRM_EXHAUSTED, i);
            return true;
        }
        changed |= is_owed(machine, i) && start(machine, i);
    }
    return changed;
}

bool confirm_owed(const struct machine *machine)
{
    for (uint16_t i = 0; i < machine->txn->steps_count; i++)
        if (is_owed(machine, i))
            return true;
    return false;
}

/* What was done and is held for the decision, and was not confirmed or left out by a person yet. */
static bool is_owed(const struct machine *machine, uint16_t index)
{
    const struct branch *branch = &machine->txn->branches[index];
    bool held = machine->plan->steps[index].confirmable && branch->maybe;
    bool over = branch->state == BRANCH_CONFIRMED || branch->state == BRANCH_SKIPPED;
    return held && !over && branch_forward(branch) == BRANCH_DONE;
}

static bool start(struct machine *machine, uint16_t index)
{
    const struct branch *branch = &machine->txn->branches[index];
    bool first = branch->verb != VERB_CONFIRM;
    bool again = branch->state == BRANCH_WAITING && branch->due_ms <= machine->now_ms;
    if (first || again)
        emit_call(machine, index, VERB_CONFIRM);
    return first || again;
}
