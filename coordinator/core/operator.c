/* What a person may do to a transaction, and when. */
#include "core/machine.h"

#include <assert.h>

static enum refusal cancel(struct machine *machine, bool by_parent);
static enum refusal pause(struct machine *machine, bool by_parent);
static enum refusal resume(struct machine *machine);
static enum refusal retry(struct machine *machine, const struct event *event);
static enum refusal skip(struct machine *machine, const struct event *event);
static enum refusal resolve(struct machine *machine, const struct event *event);
static enum refusal terminate(struct machine *machine);
static enum refusal held(const struct machine *machine, uint16_t index);
static bool is_held(const struct txn *txn, uint16_t index);
static bool is_second(const struct branch *branch);
static void retry_branch(struct machine *machine, uint16_t index);
static void unpause(struct machine *machine);

enum refusal operator_apply(struct machine *machine, const struct event *event)
{
    if (status_final(machine->txn->status))
        return REFUSAL_FINAL;
    switch (event->type) {
    case EVENT_CANCEL:
        return cancel(machine, event->by_parent);
    case EVENT_PAUSE:
        return pause(machine, event->by_parent);
    case EVENT_RESUME:
        return resume(machine);
    case EVENT_RETRY:
        return retry(machine, event);
    case EVENT_SKIP:
        return skip(machine, event);
    case EVENT_RESOLVE:
        return resolve(machine, event);
    case EVENT_TERMINATE:
        return terminate(machine);
    default:
        assert(!"an event of the engine's, not of an operator");
        return REFUSAL_FINAL;
    }
}

static enum refusal cancel(struct machine *machine, bool by_parent)
{
    const struct txn *txn = machine->txn;
    if (txn->decision == DECISION_COMMIT || forward_pivot_succeeded(machine)) /* invariant 7 */
        return REFUSAL_COMMITTED;
    if (txn->decision == DECISION_ABORT)
        return REFUSAL_ABORTED;
    if (forward_pivot_in_doubt(machine))
        return REFUSAL_PIVOT;
    if (txn->ready && !by_parent)
        return REFUSAL_PARENT;
    emit_fact(machine, (struct fact){.type = FACT_CANCELLED, .branch = BRANCH_NONE});
    emit_decided(machine, DECISION_ABORT, by_parent ? CAUSE_PARENT : CAUSE_CANCELLED, BRANCH_NONE);
    return REFUSAL_NONE;
}

static enum refusal pause(struct machine *machine, bool by_parent)
{
    if (machine->txn->status == STATUS_PAUSED)
        return REFUSAL_PAUSED;
    emit_paused(machine, by_parent ? CAUSE_PARENT : CAUSE_OPERATOR, BRANCH_NONE);
    return REFUSAL_NONE;
}

static enum refusal resume(struct machine *machine)
{
    const struct txn *txn = machine->txn;
    if (txn->status != STATUS_PAUSED)
        return REFUSAL_NOT_PAUSED;
    emit_fact(machine, (struct fact){.type = FACT_RESUMED, .branch = BRANCH_NONE});
    for (uint16_t i = txn_first(txn); i != BRANCH_NONE; i = txn_next(txn, i))
        if (txn->branches[i].state == BRANCH_STUCK)
            retry_branch(machine, i);
    return REFUSAL_NONE;
}

static enum refusal retry(struct machine *machine, const struct event *event)
{
    const struct txn *txn = machine->txn;
    if (event->branch != BRANCH_NONE) {
        enum refusal refusal = held(machine, event->branch);
        if (refusal != REFUSAL_NONE)
            return refusal;
        retry_branch(machine, event->branch);
    } else {
        bool any = false;
        for (uint16_t i = txn_first(txn); i != BRANCH_NONE; i = txn_next(txn, i))
            if (is_held(txn, i)) {
                retry_branch(machine, i);
                any = true;
            }
        if (!any)
            return REFUSAL_STEP;
    }
    unpause(machine);
    return REFUSAL_NONE;
}

static enum refusal skip(struct machine *machine, const struct event *event)
{
    enum refusal refusal = held(machine, event->branch);
    if (refusal != REFUSAL_NONE)
        return refusal;
    const struct branch *branch = &machine->txn->branches[event->branch];
    if (core_step_of(machine->plan, machine->txn, event->branch)->pivot && !is_second(branch))
        return REFUSAL_PIVOT_SKIP;
    bool held_back = core_step_of(machine->plan, machine->txn, event->branch)->confirmable && branch->maybe;
    if (held_back && !is_second(branch))
        return REFUSAL_HELD_SKIP;
    emit_fact(machine,
              (struct fact){.type = FACT_SKIPPED, .branch = event->branch, .verb = (enum verb)branch->verb});
    unpause(machine);
    return REFUSAL_NONE;
}

static enum refusal resolve(struct machine *machine, const struct event *event)
{
    enum refusal refusal = held(machine, event->branch);
    if (refusal != REFUSAL_NONE)
        return refusal;
    const struct branch *branch = &machine->txn->branches[event->branch];
    assert(event->answer == ANSWER_YES || event->answer == ANSWER_NO);
    if (is_second(branch) && event->answer == ANSWER_NO)
        return REFUSAL_UNDO_FAILED;
    emit_fact(machine, (struct fact){.type = FACT_RESOLVED,
                                     .branch = event->branch,
                                     .verb = (enum verb)branch->verb,
                                     .answer = event->answer});
    unpause(machine);
    return REFUSAL_NONE;
}

static enum refusal terminate(struct machine *machine)
{
    emit_fact(machine, (struct fact){.type = FACT_TERMINATED, .branch = BRANCH_NONE});
    emit_ended(machine, STATUS_TERMINATED);
    return REFUSAL_NONE;
}

static enum refusal held(const struct machine *machine, uint16_t index)
{
    if (index == BRANCH_NONE)
        return REFUSAL_NO_STEP;
    assert(index < machine->txn->branches_count);
    return is_held(machine->txn, index) ? REFUSAL_NONE : REFUSAL_STEP;
}

/* Stuck, or waiting in the direction that the transaction goes now: no call of it is out, so what is said of
 * it cannot be overtaken. */
static bool is_held(const struct txn *txn, uint16_t index)
{
    const struct branch *branch = &txn->branches[index];
    bool abort = txn->decision == DECISION_ABORT;
    return branch->state == BRANCH_STUCK ||
           (branch->state == BRANCH_WAITING && (branch->verb == VERB_UNDO) == abort);
}

/* In the second phase: what is owed since the decision, and can only be done or left out. */
static bool is_second(const struct branch *branch)
{
    return branch->verb == VERB_UNDO || branch->verb == VERB_CONFIRM;
}

static void retry_branch(struct machine *machine, uint16_t index)
{
    const struct branch *branch = &machine->txn->branches[index];
    emit_fact(machine, (struct fact){.type = FACT_RETRIED, .branch = index, .verb = (enum verb)branch->verb});
}

/* What was paused because of a branch goes on when that one is dealt with. If another is stuck too, it is paused
 * again at once: the reason that is shown is always one that still holds. */
static void unpause(struct machine *machine)
{
    const struct txn *txn = machine->txn;
    if (txn->status != STATUS_PAUSED || txn->pause_branch == BRANCH_NONE)
        return;
    if (txn->branches[txn->pause_branch].state != BRANCH_STUCK)
        emit_fact(machine, (struct fact){.type = FACT_RESUMED, .branch = BRANCH_NONE});
}
