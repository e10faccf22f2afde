/* What comes from outside without being the response to a call: callbacks, heartbeats, signals, approvals. The
 * first answer wins; what comes when nothing waits for it is late. After the decision to abort nothing does: the
 * undo fences what is still being worked on, and what undos read of other steps must not change (invariant 6). */
#include "core/machine.h"

#include <assert.h>

static enum refusal tell(struct machine *machine, const struct event *event);
static enum refusal beat(struct machine *machine, const struct event *event);
static enum refusal signal(struct machine *machine, const struct event *event);
static bool awaits(const struct machine *machine, uint16_t index);
static void answer(struct machine *machine, const struct event *event, enum answer answer);

enum refusal outside_apply(struct machine *machine, const struct event *event)
{
    assert(event->branch < machine->txn->branches_count);
    if (status_final(machine->txn->status))
        return REFUSAL_FINAL;
    if (machine->txn->decision == DECISION_ABORT)
        return REFUSAL_LATE;
    if (event->type == EVENT_TELL)
        return tell(machine, event);
    return event->type == EVENT_BEAT ? beat(machine, event) : signal(machine, event);
}

static enum refusal tell(struct machine *machine, const struct event *event)
{
    bool child = core_step_of(machine->plan, machine->txn, event->branch)->child;
    assert(event->answer == ANSWER_YES || event->answer == ANSWER_NO || (child && event->settled));
    (void)child;
    if (!awaits(machine, event->branch))
        return REFUSAL_LATE;
    answer(machine, event, event->answer);
    return REFUSAL_NONE;
}

static enum refusal beat(struct machine *machine, const struct event *event)
{
    const struct branch *branch = &machine->txn->branches[event->branch];
    const struct plan_step *step = core_step_of(machine->plan, machine->txn, event->branch);
    if (step->kind != STEP_CALL || !awaits(machine, event->branch))
        return REFUSAL_LATE;
    if (branch->state != BRANCH_PENDING) /* it overtook the response that announces it */
        return REFUSAL_NONE;
    uint64_t due_ms = emit_beat_due(machine, step, branch->limit_ms);
    /* One that moves nothing much is heard and not written down: eager participants must not fill the history. */
    if (due_ms < branch->due_ms + step->heartbeat_ms / 4 || due_ms == branch->due_ms)
        return REFUSAL_NONE;
    emit_fact(machine, (struct fact){.type = FACT_BEAT, .branch = event->branch, .due_ms = due_ms});
    return REFUSAL_NONE;
}

static enum refusal signal(struct machine *machine, const struct event *event)
{
    const struct branch *branch = &machine->txn->branches[event->branch];
    assert(core_step_of(machine->plan, machine->txn, event->branch)->kind == STEP_SIGNAL);
    if (branch->state == BRANCH_PENDING)
        answer(machine, event, ANSWER_YES);
    else if (branch->state == BRANCH_IDLE && !branch->signalled)
        emit_fact(machine, (struct fact){.type = FACT_SIGNALLED, .branch = event->branch});
    else
        return REFUSAL_LATE;
    return REFUSAL_NONE;
}

/* A callback may overtake the response that announces it, or come although that response got lost. */
static bool awaits(const struct machine *machine, uint16_t index)
{
    const struct branch *branch = &machine->txn->branches[index];
    const struct plan_step *step = core_step_of(machine->plan, machine->txn, index);
    bool out = branch->state == BRANCH_CALLING || branch->state == BRANCH_WAITING;
    bool asynchronous = step->kind == STEP_CALL && step->async_ms && branch->verb == VERB_DO;
    return (branch->state == BRANCH_PENDING && step->kind != STEP_DELAY && step->kind != STEP_SIGNAL) ||
           (out && asynchronous);
}

static void answer(struct machine *machine, const struct event *event, enum answer given)
{
    const struct branch *branch = &machine->txn->branches[event->branch];
    emit_answered(machine, &(struct event){.type = event->type,
                                           .branch = event->branch,
                                           .verb = VERB_DO,
                                           .attempt = branch->attempt,
                                           .answer = given,
                                           .read_only = event->read_only,
                                           .settled = event->settled,
                                           .code = event->code});
}
