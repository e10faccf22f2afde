/* The promises of plan.h, checked. */
#include "core/plan.h"

#include "base/limits.h"

#include <assert.h>
#include <stddef.h>

static bool retry_valid(const struct retry *retry)
{
    return retry->initial_ms >= 1 && retry->interval_max_ms >= retry->initial_ms &&
           retry->backoff_permille >= 1000 && (retry->jitter == JITTER_NONE || retry->jitter == JITTER_FULL);
}

static bool needs_valid(const struct plan *plan, uint16_t index)
{
    const struct plan_step *step = &plan->steps[index];
    if ((uint32_t)step->needs_first + step->needs_count > plan->needs_count)
        return false;
    for (uint16_t i = 0; i < step->needs_count; i++)
        if (plan->needs[step->needs_first + i] >= index)
            return false;
    return true;
}

/* What stands in front of it: gates, which come first. */
static bool gates_valid(const struct plan *plan, uint16_t index)
{
    const struct plan_step *step = &plan->steps[index];
    if (step->gate != PLAN_NONE && (step->gate >= index || plan->steps[step->gate].kind != STEP_GATE))
        return false;
    if (step->unless == PLAN_NONE)
        return true;
    return step->kind == STEP_GATE && step->unless < index && plan->steps[step->unless].kind == STEP_GATE &&
           plan->steps[step->unless].gate == step->gate;
}

/* The engine answers it at once or when the child does, and holds it until the decision. */
static bool child_valid(const struct plan_step *step)
{
    return step->undoable && step->confirmable && !step->votes && !step->pivot && !step->continue_on_failure &&
           !step->checkable && !step->each && !step->concurrency && !step->async_ms && !step->heartbeat_ms &&
           !step->wait_ms;
}

static bool call_valid(const struct plan_step *step)
{
    if (step->child)
        return child_valid(step);
    if (step->timeout_do_ms == 0 || (step->undoable && step->timeout_undo_ms == 0) || step->wait_ms)
        return false;
    if (step->each ? step->pivot || step->concurrency < 1 || step->concurrency > LIMIT_CONCURRENCY
                   : step->concurrency > 0)
        return false;
    /* What cannot be taken back needs no hold, and what was given up would hold for ever. */
    if (step->confirmable &&
        (!step->timeout_confirm_ms || !step->undoable || step->continue_on_failure || step->each))
        return false;
    if (step->votes && !step->confirmable)
        return false;
    if (step->heartbeat_ms && step->heartbeat_ms >= step->async_ms) /* needs a pending answer, too */
        return false;
    return !step->pivot || !(step->undoable || step->continue_on_failure);
}

/* Who calls nobody has nothing to undo, to check or to be called back for. */
static bool quiet_valid(const struct plan_step *step)
{
    bool waits = step->kind != STEP_GATE;
    if (step->child || step->undoable || step->confirmable || step->votes || step->pivot || step->each ||
        step->concurrency || step->continue_on_failure || step->checkable || step->async_ms || step->heartbeat_ms)
        return false;
    return waits == (step->wait_ms > 0) && (step->on_silence == SILENCE_NO || step->on_silence == SILENCE_YES);
}

static bool step_valid(const struct plan *plan, uint16_t index)
{
    const struct plan_step *step = &plan->steps[index];
    bool known = step->kind <= STEP_APPROVAL;
    if (!known || !(step->kind == STEP_CALL ? call_valid(step) : quiet_valid(step)))
        return false;
    if (step->confirmable && !retry_valid(&step->retry_confirm))
        return false;
    return retry_valid(&step->retry_do) && retry_valid(&step->retry_undo) && gates_valid(plan, index) &&
           needs_valid(plan, index);
}

bool plan_valid(const struct plan *plan)
{
    assert(plan);
    if (plan->steps_count < 1 || plan->steps_count > LIMIT_STEPS || !plan->steps)
        return false;
    if (plan->needs_count > 0 && !plan->needs)
        return false;
    if (plan->undo_order > UNDO_PARALLEL || plan->on_exhausted > EXHAUSTED_CONTINUE ||
        plan->on_timeout > TIMEOUT_PAUSE)
        return false;
    for (uint16_t i = 0; i < plan->steps_count; i++)
        if (!step_valid(plan, i))
            return false;
    return true;
}
