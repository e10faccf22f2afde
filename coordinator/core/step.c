/* decide: one event in, facts and calls out. */
#include "core/machine.h"

#include "base/limits.h"

#include <assert.h>

static enum refusal take(struct machine *machine, const struct event *event, bool *taken);
static bool take_answer(struct machine *machine, const struct event *event);
static bool take_told(struct machine *machine, const struct event *event);
static bool take_spread(struct machine *machine, const struct event *event);
static bool is_asked(const struct machine *machine, uint16_t index);
static void take_recover(struct machine *machine);
static uint64_t wake(const struct txn *txn);

size_t core_needs(const struct plan *plan)
{
    /* One event can make a branch's answer known, skip or start it, get it stuck and start it again (4 each),
     * and the transaction expire, be cancelled, decided, paused, resumed and ended. Of items, it concerns those at
     * work and those that take their places. */
    size_t items = 0;
    for (uint16_t i = 0; i < plan->steps_count; i++)
        items += plan->steps[i].each ? 2u * plan->steps[i].concurrency : 0;
    return 4u * (plan->steps_count + (items < LIMIT_ITEMS_ALL ? items : LIMIT_ITEMS_ALL)) + 8u;
}

enum refusal core_step(const struct plan *plan, struct txn *txn, const struct event *event, struct out *out)
{
    struct machine machine = {plan, txn, out, event->now_ms};
    assert((event->type == EVENT_BEGIN) == (txn->status == STATUS_NEW));
    out->facts_count = out->calls_count = out->asks_count = 0;
    bool taken;
    enum refusal refusal = take(&machine, event, &taken);
    assert(taken || out->facts_count == 0);
    if (taken)
        advance(&machine);
    out->wake_ms = wake(txn);
    assert(!taken || out->wake_ms == 0 || out->wake_ms > event->now_ms); /* no busy loop */
    assert(out->facts_count <= core_needs(plan) && out->calls_count <= core_needs(plan));
    return refusal;
}

uint64_t core_wake(const struct plan *plan, const struct txn *txn)
{
    if (status_final(txn->status))
        return 0;
    if (txn->lock != LOCK_NONE)
        return CORE_AT_WORK;
    for (uint16_t i = txn_first(txn); i != BRANCH_NONE; i = txn_next(txn, i))
        if (txn->branches[i].state == BRANCH_CALLING && !core_step_of(plan, txn, i)->child)
            return CORE_AT_WORK;
    return wake(txn);
}

/* `*taken` false: the event changes nothing, and nothing may follow from it either, not even what time alone would
 * bring: the bytes that came with it must not ride in another event's fact. */
static enum refusal take(struct machine *machine, const struct event *event, bool *taken)
{
    uint64_t timeout_ms = machine->plan->timeout_ms;
    enum refusal refusal = REFUSAL_NONE;
    *taken = true;
    switch (event->type) {
    case EVENT_BEGIN:
        emit_fact(machine, (struct fact){.type = FACT_BEGUN,
                                         .branch = BRANCH_NONE,
                                         .code = event->nested,
                                         .value = event->seed,
                                         .due_ms = timeout_ms ? event->now_ms + timeout_ms : 0});
        lock_begin(machine);
        return REFUSAL_NONE;
    case EVENT_ANSWER:
        *taken = take_answer(machine, event);
        return REFUSAL_NONE;
    case EVENT_TOLD:
        *taken = take_told(machine, event);
        return REFUSAL_NONE;
    case EVENT_SPREAD:
        *taken = take_spread(machine, event);
        return REFUSAL_NONE;
    case EVENT_GRANT:
        *taken = lock_grant(machine);
        return REFUSAL_NONE;
    case EVENT_RELEASE:
        refusal = forward_release(machine);
        break;
    case EVENT_RECOVER:
        take_recover(machine);
        return REFUSAL_NONE;
    case EVENT_TIMER:
        return REFUSAL_NONE;
    case EVENT_TELL:
    case EVENT_BEAT:
    case EVENT_SIGNAL:
        refusal = outside_apply(machine, event);
        break;
    default:
        refusal = operator_apply(machine, event);
    }
    *taken = refusal == REFUSAL_NONE;
    return refusal;
}

/* Only the answer to the call that is out counts: not a repeated one, not one to an earlier attempt or verb,
 * and none after the end. */
static bool take_answer(struct machine *machine, const struct event *event)
{
    assert(event->branch < machine->txn->branches_count && event->answer != ANSWER_NONE);
    const struct branch *branch = &machine->txn->branches[event->branch];
    if (branch->state != BRANCH_CALLING || status_final(machine->txn->status))
        return false;
    if (branch->verb != event->verb || branch->attempt != event->attempt)
        return false;
    emit_answered(machine, event);
    return true;
}

static bool take_told(struct machine *machine, const struct event *event)
{
    bool each = machine->plan->steps[event->branch].each;
    if (!is_asked(machine, event->branch) || (machine->txn->branches[event->branch].guarded && !each))
        return false;
    if (event->answer == ANSWER_UNKNOWN)
        emit_fact(machine, (struct fact){.type = FACT_ANSWERED,
                                         .branch = event->branch,
                                         .verb = VERB_DO,
                                         .answer = ANSWER_NO,
                                         .code = event->code});
    else
        emit_fact(
            machine,
            (struct fact){.type = FACT_GUARDED, .branch = event->branch, .value = event->answer == ANSWER_YES});
    return true;
}

static bool take_spread(struct machine *machine, const struct event *event)
{
    struct fact fact = {.type = FACT_SPREAD, .branch = event->branch, .value = event->count};
    assert(machine->plan->steps[event->branch].each);
    if (!is_asked(machine, event->branch))
        return false;
    uint16_t room = core_room(machine->txn, &fact);
    assert(room && room <= machine->txn->branches_capacity);
    emit_fact(machine, fact);
    return true;
}

/* It waits for an answer of the engine's. */
static bool is_asked(const struct machine *machine, uint16_t index)
{
    const struct txn *txn = machine->txn;
    assert(index < txn->steps_count);
    bool forward = txn->status == STATUS_RUNNING || txn->status == STATUS_CONFIRMING;
    return forward && txn->branches[index].state == BRANCH_IDLE;
}

/* Whatever was out when the process ended may have arrived: unknown, and called again at once. What a child is
 * told is durable together with its having heard it. */
static void take_recover(struct machine *machine)
{
    if (status_final(machine->txn->status))
        return;
    for (uint16_t i = txn_first(machine->txn); i != BRANCH_NONE; i = txn_next(machine->txn, i)) {
        const struct branch *branch = &machine->txn->branches[i];
        if (branch->state != BRANCH_CALLING || core_step_of(machine->plan, machine->txn, i)->child)
            continue;
        emit_answered(machine, &(struct event){.type = EVENT_RECOVER,
                                               .branch = i,
                                               .verb = (enum verb)branch->verb,
                                               .attempt = branch->attempt,
                                               .answer = ANSWER_UNKNOWN,
                                               .code = CALL_LOST});
    }
}

/* The next moment at which time alone changes something. */
static uint64_t wake(const struct txn *txn)
{
    uint64_t first = UINT64_MAX;
    if (status_final(txn->status) || txn->status == STATUS_PAUSED)
        return 0;
    if (txn->deadline_ms && txn->expiry == EXPIRY_NONE && txn->decision != DECISION_ABORT && !txn->ready)
        first = txn->deadline_ms;
    if (txn->lock == LOCK_WANTED && txn->lock_due_ms && txn->decision == DECISION_NONE && txn->lock_due_ms < first)
        first = txn->lock_due_ms;
    bool abort = txn->decision == DECISION_ABORT;
    for (uint16_t i = txn_first(txn); i != BRANCH_NONE; i = txn_next(txn, i)) {
        const struct branch *branch = &txn->branches[i];
        bool waits = branch->state == BRANCH_WAITING || branch->state == BRANCH_PENDING;
        bool timed = branch->due_ms > 0; /* not while a child is waited for */
        if (waits && timed && (branch->verb == VERB_UNDO) == abort && branch->due_ms < first)
            first = branch->due_ms;
    }
    return first == UINT64_MAX ? 0 : first;
}
