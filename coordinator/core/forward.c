/* Forward: which branches may be called now, and the decision. */
#include "core/branch.h"
#include "core/items.h"
#include "core/machine.h"

#include <assert.h>

static bool finish(struct machine *machine);
static bool vote_passed(const struct machine *machine);
static bool decide(struct machine *machine);
static bool decide_failed(struct machine *machine, uint16_t index);
static bool start(struct machine *machine, uint16_t index);
static bool start_items(struct machine *machine, uint16_t index);
static bool start_ready(struct machine *machine, uint16_t index);
static void start_wait(struct machine *machine, uint16_t index);
static bool is_closed(const struct machine *machine, uint16_t index);
static bool is_ready(const struct machine *machine, uint16_t index);

bool forward_run(struct machine *machine)
{
    const struct txn *txn = machine->txn;
    assert(txn->decision != DECISION_ABORT);
    if (txn->lock == LOCK_WANTED)
        return false;
    if (decide(machine))
        return true;
    bool changed = false;
    bool over = true;
    for (uint16_t i = txn_first(txn); i != BRANCH_NONE; i = txn_next(txn, i)) {
        changed |= start(machine, i);
        if (txn->decision == DECISION_NONE && core_step_of(machine->plan, txn, i)->votes && vote_passed(machine))
            return true; /* the last one was left out: decided before what follows starts */
        over &= branch_is_over(machine->plan, txn, i);
    }
    if (over && txn->decision == DECISION_NONE)
        changed |= finish(machine);
    changed |= confirm_run(machine);
    bool ends = over && txn->status == STATUS_CONFIRMING && !confirm_owed(machine);
    if (ends)
        emit_ended(machine, STATUS_COMPLETED);
    return changed || ends;
}

enum refusal forward_release(struct machine *machine)
{
    const struct txn *txn = machine->txn;
    if (status_final(txn->status))
        return REFUSAL_FINAL;
    if (!txn->ready || txn->status != STATUS_RUNNING)
        return REFUSAL_NOT_READY;
    emit_decided(machine, DECISION_COMMIT, CAUSE_PARENT, BRANCH_NONE);
    return REFUSAL_NONE;
}

void forward_ask(struct machine *machine)
{
    struct out *out = machine->out;
    if (machine->txn->lock == LOCK_WANTED)
        return;
    for (uint16_t i = 0; i < machine->txn->steps_count; i++) {
        const struct plan_step *step = &machine->plan->steps[i];
        bool open = step->conditional && !machine->txn->branches[i].guarded;
        if ((open || step->each) && is_ready(machine, i))
            out->asks[out->asks_count++] = (struct ask){i, open ? ASK_WHETHER : ASK_ITEMS};
    }
}

bool forward_pivot_in_doubt(const struct machine *machine)
{
    for (uint16_t i = 0; i < machine->txn->steps_count; i++) { /* items have no pivot */
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
    for (uint16_t i = 0; i < machine->txn->steps_count; i++)
        if (machine->plan->steps[i].pivot && machine->txn->branches[i].state == BRANCH_DONE)
            return true;
    return vote_passed(machine);
}

/* Everything is done: the decision to commit, or its parent's to take. */
static bool finish(struct machine *machine)
{
    const struct txn *txn = machine->txn;
    if (txn->ready)
        return false;
    if (txn->nested)
        emit_fact(machine, (struct fact){.type = FACT_READY, .branch = BRANCH_NONE});
    else
        emit_decided(machine, DECISION_COMMIT, CAUSE_DONE, BRANCH_NONE);
    return true;
}

/* Everybody who votes has said yes, or was left out. One who cannot tell is a no in the end: whoever asks later
 * hears of an abort (presumed abort). */
static bool vote_passed(const struct machine *machine)
{
    bool any = false;
    for (uint16_t i = 0; i < machine->txn->steps_count; i++) {
        bool votes = machine->plan->steps[i].votes;
        any |= votes;
        if (votes && !branch_is_over(machine->plan, machine->txn, i))
            return false;
    }
    return any;
}

/* A failure decides before a success: with both known at once, nothing was promised to anybody yet. The
 * pivot's yes however is the decision itself (invariant 7), whatever came with it. */
static bool decide(struct machine *machine)
{
    const struct txn *txn = machine->txn;
    for (uint16_t i = 0; txn->decision == DECISION_NONE && i < txn->steps_count; i++)
        if (machine->plan->steps[i].pivot && txn->branches[i].state == BRANCH_DONE) {
            emit_decided(machine, DECISION_COMMIT, CAUSE_PIVOT, i);
            return true;
        }
    if (txn->decision == DECISION_NONE && vote_passed(machine)) {
        emit_decided(machine, DECISION_COMMIT, CAUSE_VOTED, BRANCH_NONE);
        return true;
    }
    for (uint16_t i = txn_first(txn); i != BRANCH_NONE; i = txn_next(txn, i))
        if (branch_is_failed(machine->plan, txn, i) && decide_failed(machine, i))
            return true;
    return false;
}

static bool decide_failed(struct machine *machine, uint16_t index)
{
    bool refused = machine->txn->branches[index].state == BRANCH_REFUSED;
    bool pivot = core_step_of(machine->plan, machine->txn, index)->pivot;
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
    const struct txn *txn = machine->txn;
    const struct branch *branch = &txn->branches[index];
    bool forward = branch->verb == VERB_DO || branch->verb == VERB_CHECK;
    if (forward && branch->state == BRANCH_WAITING && branch->due_ms <= machine->now_ms) {
        emit_call(machine, index, (enum verb)branch->verb);
        return true;
    }
    if (branch_is_checkable(machine->plan, txn, index)) {
        emit_call(machine, index, VERB_CHECK);
        return true;
    }
    if (branch->state == BRANCH_SPREAD)
        return start_items(machine, index);
    return is_ready(machine, index) && start_ready(machine, index);
}

/* In the order of the list, as many as may be at work. */
static bool start_items(struct machine *machine, uint16_t index)
{
    const struct branch *parent = &machine->txn->branches[index];
    uint16_t concurrency = machine->plan->steps[index].concurrency;
    bool changed = false;
    for (uint16_t count = items_at_work(machine->txn, index);
         count < concurrency && parent->reach < parent->items_count; count++) {
        emit_call(machine, (uint16_t)(parent->items + parent->reach), VERB_DO);
        changed = true;
    }
    return changed;
}

/* A gate and what stands behind a closed one need no call; what is conditional needs its answer first, and what
 * has items their number. */
static bool start_ready(struct machine *machine, uint16_t index)
{
    const struct plan_step *step = &machine->plan->steps[index];
    bool closed = is_closed(machine, index);
    bool waits_for_answer = step->each || (step->conditional && !machine->txn->branches[index].guarded);
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
        emit_answered(
            machine,
            &(struct event){
                .type = EVENT_SIGNAL, .branch = index, .verb = VERB_DO, .attempt = 1, .answer = ANSWER_YES});
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

/* Nothing happened to it yet, and everything it needs is over. */
static bool is_ready(const struct machine *machine, uint16_t index)
{
    const struct txn *txn = machine->txn;
    if (txn->branches[index].state != BRANCH_IDLE)
        return false;
    assert(index < txn->steps_count); /* items are idle only before they are at work */
    const struct plan_step *step = &machine->plan->steps[index];
    if (step->gate != PLAN_NONE && !branch_is_over(machine->plan, txn, step->gate))
        return false;
    for (uint16_t i = 0; i < step->needs_count; i++)
        if (!branch_is_over(machine->plan, txn, machine->plan->needs[step->needs_first + i]))
            return false;
    return true;
}
