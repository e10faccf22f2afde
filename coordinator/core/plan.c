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

static bool step_valid(const struct plan *plan, uint16_t index)
{
    const struct plan_step *step = &plan->steps[index];
    if (step->kind != STEP_CALL && step->kind != STEP_GATE)
        return false;
    if (step->kind == STEP_GATE && (step->undoable || step->pivot || step->continue_on_failure || step->async_ms))
        return false;
    if (step->kind == STEP_CALL && (step->timeout_do_ms == 0 || (step->undoable && step->timeout_undo_ms == 0)))
        return false;
    if (step->gate != PLAN_NONE && (step->gate >= index || plan->steps[step->gate].kind != STEP_GATE))
        return false;
    if (step->pivot && (step->undoable || step->continue_on_failure))
        return false;
    return retry_valid(&step->retry_do) && retry_valid(&step->retry_undo) && needs_valid(plan, index);
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
