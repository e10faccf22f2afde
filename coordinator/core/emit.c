/* Putting out: every fact is applied the moment it is decided, by the same function that recovery uses. */
#include "core/machine.h"
#include "core/retry.h"

#include <assert.h>

static const struct retry *retry_of(const struct plan_step *step, enum verb verb);

void emit_fact(struct machine *machine, struct fact fact)
{
    struct out *out = machine->out;
    assert(out->facts_count < core_needs(machine->plan));
    fact.at_ms = machine->now_ms;
    bool follows = core_apply(machine->plan, machine->txn, &fact);
    assert(follows);
    out->facts[out->facts_count++] = fact;
}

void emit_call(struct machine *machine, uint16_t index, enum verb verb)
{
    struct out *out = machine->out;
    const struct branch *branch = &machine->txn->branches[index];
    const struct plan_step *step = core_step_of(machine->plan, machine->txn, index);
    assert(step->kind == STEP_CALL && (verb != VERB_UNDO || step->undoable));
    assert((verb != VERB_CHECK || step->checkable) && (verb != VERB_CONFIRM || step->confirmable));
    uint32_t attempt = branch->verb == verb ? branch->attempt + 1 : 1;
    emit_fact(machine, (struct fact){.type = FACT_CALLED, .branch = index, .verb = verb, .attempt = attempt});
    out->calls[out->calls_count++] = (struct call){.branch = index,
                                                   .verb = verb,
                                                   .attempt = attempt,
                                                   .timeout_ms = verb == VERB_UNDO      ? step->timeout_undo_ms
                                                                 : verb == VERB_CONFIRM ? step->timeout_confirm_ms
                                                                                        : step->timeout_do_ms};
}

void emit_answered(struct machine *machine, const struct event *event)
{
    const struct branch *branch = &machine->txn->branches[event->branch];
    const struct plan_step *step = core_step_of(machine->plan, machine->txn, event->branch);
    bool second = event->verb == VERB_UNDO || event->verb == VERB_CONFIRM;
    struct fact fact = {.type = FACT_ANSWERED,
                        .branch = event->branch,
                        .verb = event->verb,
                        .attempt = event->attempt,
                        .answer = event->answer,
                        .code = event->code};
    if (event->answer == ANSWER_PENDING && !step->child) {
        fact.value = machine->now_ms + step->async_ms;
        fact.due_ms = emit_beat_due(machine, step, fact.value);
    }
    if (event->answer == ANSWER_YES && event->read_only)
        fact.value = 1;
    /* A no to an undo or a confirm is a failure like any other: it must happen. Nothing is done after an abort. */
    bool again = second ? event->answer == ANSWER_UNKNOWN || event->answer == ANSWER_NO
                        : event->answer == ANSWER_UNKNOWN && machine->txn->decision != DECISION_ABORT;
    if (again && !event->settled)
        fact.due_ms = retry_due(
            retry_of(step, event->verb),
            &(struct retry_use){.tries = branch->tries,
                                .first_ms = branch->first_ms,
                                .now_ms = machine->now_ms,
                                .after_ms = event->retry_after_ms,
                                .noise = retry_noise(machine->txn->seed,
                                                     event->branch * 4u + (unsigned)event->verb, event->attempt)});
    /* A coordinator that was away has waited long enough. */
    if (fact.due_ms && event->type == EVENT_RECOVER)
        fact.due_ms = machine->now_ms;
    emit_fact(machine, fact);
}

static const struct retry *retry_of(const struct plan_step *step, enum verb verb)
{
    return verb == VERB_UNDO ? &step->retry_undo : verb == VERB_CONFIRM ? &step->retry_confirm : &step->retry_do;
}

uint64_t emit_beat_due(const struct machine *machine, const struct plan_step *step, uint64_t limit_ms)
{
    uint64_t due_ms = machine->now_ms + step->heartbeat_ms;
    return step->heartbeat_ms && due_ms < limit_ms ? due_ms : limit_ms;
}

void emit_decided(struct machine *machine, enum decision decision, enum cause cause, uint16_t branch)
{
    emit_fact(machine,
              (struct fact){.type = FACT_DECIDED, .branch = branch, .value = decision, .code = (uint16_t)cause});
}

void emit_paused(struct machine *machine, enum cause cause, uint16_t branch)
{
    emit_fact(machine, (struct fact){.type = FACT_PAUSED, .branch = branch, .code = (uint16_t)cause});
}

void emit_ended(struct machine *machine, enum status status)
{
    emit_fact(machine, (struct fact){.type = FACT_ENDED, .branch = BRANCH_NONE, .value = status});
}
