/* What follows from the state and the time, whatever event led there: so recovery needs no second path. */
#include "core/machine.h"

static bool fill_up(struct machine *machine);
static bool expire(struct machine *machine);
static void overdue(struct machine *machine);

void advance(struct machine *machine)
{
    const struct txn *txn = machine->txn;
    bool changed = true;
    while (changed && !status_final(txn->status) && txn->status != STATUS_PAUSED) {
        overdue(machine);
        changed = fill_up(machine) || expire(machine) || lock_give_up(machine);
        if (!changed)
            changed = txn->decision == DECISION_ABORT ? undo_run(machine) : forward_run(machine);
    }
    if (txn->status == STATUS_RUNNING || txn->status == STATUS_CONFIRMING)
        forward_ask(machine);
}

/* A history is bounded (invariant 10): what retries for ever is shown to a person some day, who may let it go on.
 */
static bool fill_up(struct machine *machine)
{
    if (machine->txn->facts_count < machine->txn->facts_quota)
        return false;
    emit_paused(machine, CAUSE_HISTORY_FULL, BRANCH_NONE);
    return true;
}

/* The transaction's own timeout. While the pivot is in doubt it only is remembered: nobody may guess what
 * became of the pivot, and its answer decides what the timeout means. A child that is ready did all in time. */
static bool expire(struct machine *machine)
{
    const struct txn *txn = machine->txn;
    if (txn->decision == DECISION_ABORT || txn->ready)
        return false;
    bool due = txn->expiry == EXPIRY_DUE;
    if (txn->expiry == EXPIRY_NONE && txn->deadline_ms && machine->now_ms >= txn->deadline_ms) {
        emit_fact(machine, (struct fact){.type = FACT_EXPIRED, .branch = BRANCH_NONE});
        due = true;
    }
    if (!due || forward_pivot_in_doubt(machine))
        return false;
    if (txn->decision == DECISION_NONE && forward_pivot_succeeded(machine))
        return false; /* invariant 7: its yes is the decision, which is put out first */
    if (txn->decision == DECISION_NONE && machine->plan->on_timeout == TIMEOUT_COMPENSATE)
        emit_decided(machine, DECISION_ABORT, CAUSE_EXPIRED, BRANCH_NONE);
    else
        emit_paused(machine, CAUSE_EXPIRED, BRANCH_NONE);
    return true;
}

/* What was waited for did not come in time: a delay is over, a signal or an approval means what the saga says,
 * and a pending answer is unknown like any other call that was not answered. */
static void overdue(struct machine *machine)
{
    const struct txn *txn = machine->txn;
    if (txn->decision == DECISION_ABORT) /* its undo fences it, and reads how it stood (invariant 6) */
        return;
    for (uint16_t i = txn_first(txn); i != BRANCH_NONE; i = txn_next(txn, i)) {
        const struct branch *branch = &txn->branches[i];
        const struct plan_step *step = core_step_of(machine->plan, txn, i);
        if (branch->state != BRANCH_PENDING || branch->due_ms > machine->now_ms || step->child)
            continue;
        bool yes = step->kind == STEP_DELAY || step->on_silence == SILENCE_YES;
        emit_answered(machine, &(struct event){.type = EVENT_TIMER,
                                               .branch = i,
                                               .verb = (enum verb)branch->verb,
                                               .attempt = branch->attempt,
                                               .answer = step->kind == STEP_CALL ? ANSWER_UNKNOWN
                                                         : yes                   ? ANSWER_YES
                                                                                 : ANSWER_NO,
                                               .code = step->kind == STEP_DELAY ? 0 : CALL_OVERDUE});
    }
}
