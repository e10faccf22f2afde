/* The lock of a transaction. Who holds it and who is next is the engine's to know; here is what that means:
 * nothing is done before it is granted (invariant 12), and it is not waited for any longer than the plan says. It
 * is held to the end, whatever the end is, also while somebody looks at what stands paused. */
#include "core/machine.h"

#include <assert.h>

void lock_begin(struct machine *machine)
{
    const struct plan *plan = machine->plan;
    assert(machine->txn->lock == LOCK_NONE);
    if (!plan->locks)
        return;
    emit_fact(machine, (struct fact){.type = FACT_QUEUED,
                                     .branch = BRANCH_NONE,
                                     .due_ms = plan->lock_wait_ms ? machine->now_ms + plan->lock_wait_ms : 0});
}

bool lock_grant(struct machine *machine)
{
    if (machine->txn->lock != LOCK_WANTED || status_final(machine->txn->status))
        return false;
    emit_fact(machine, (struct fact){.type = FACT_GRANTED, .branch = BRANCH_NONE});
    return true;
}

bool lock_give_up(struct machine *machine)
{
    const struct txn *txn = machine->txn;
    bool due = txn->lock == LOCK_WANTED && txn->lock_due_ms && txn->lock_due_ms <= machine->now_ms;
    if (!due || txn->decision != DECISION_NONE)
        return false;
    emit_decided(machine, DECISION_ABORT, CAUSE_LOCK_TIMEOUT, BRANCH_NONE);
    return true;
}
