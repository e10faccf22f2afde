/* The moment at which time alone brings something about. */
#include "engine/inside.h"

uint64_t engine_next_ms(const struct engine *engine)
{
    if (engine->batch.opens_count || engine->batch.replies_count)
        return engine->now_ms;
    uint64_t timer = timers_next(&engine->timers), patience = timers_next(&engine->patience);
    uint64_t next = timer < patience ? timer : patience;
    if (engine->look_ms < next)
        next = engine->look_ms;
    if (engine->pace_ms < next)
        next = engine->pace_ms;
    if (engine->schedule_due_ms < next)
        next = engine->schedule_due_ms;
    return engine->outbox_due_ms < next ? engine->outbox_due_ms : next;
}
