/* Who rests may leave memory: a transaction for which nothing is under way. It waits for a moment, a signal, a
 * callback or a person, and is loaded again when that comes. The store knows everything about it, so nothing of it
 * stays behind: a million that wait cost disk. */
#include "engine/inside.h"

#include <assert.h>

static bool make_room(struct engine *engine, size_t most);
static bool may_rest(const struct open *open);
static bool evict(struct engine *engine, struct open *open);

void resting_offer(struct engine *engine, struct open *open)
{
    if (open->resting || !may_rest(open))
        return;
    open->resting = true;
    open->rested_ms = engine->now_ms;
    open->rest_before = engine->rest_last;
    open->rest_behind = NULL;
    if (engine->rest_last)
        engine->rest_last->rest_behind = open;
    else
        engine->rest_first = open;
    engine->rest_last = open;
    if (engine->crowded)
        resting_room(engine);
}

void resting_leave(struct engine *engine, struct open *open)
{
    if (!open->resting)
        return;
    *(open->rest_before ? &open->rest_before->rest_behind : &engine->rest_first) = open->rest_behind;
    *(open->rest_behind ? &open->rest_behind->rest_before : &engine->rest_last) = open->rest_before;
    open->resting = false;
}

bool resting_make_room(struct engine *engine)
{
    return make_room(engine, engine->options.open_max);
}

/* Who stands in the line of a lock cannot leave, and what it waits for may be what comes back: its child, or a
 * child of who holds the lock. They have a place beside the others, or both would wait for ever. */
bool resting_make_room_again(struct engine *engine)
{
    return make_room(engine, engine->options.open_max + engine->locks.stands_count);
}

/* A clock that was set back makes everybody stay longer, at most by as much. */
void resting_evict(struct engine *engine)
{
    for (uint32_t i = 0; i < engine->options.batch_max && engine->rest_first; i++) {
        if (engine->now_ms < resting_due_ms(engine))
            return;
        evict(engine, engine->rest_first);
    }
}

uint64_t resting_due_ms(const struct engine *engine)
{
    return engine->rest_first ? engine->rest_first->rested_ms + engine->options.rest_ms : UINT64_MAX;
}

void resting_room(struct engine *engine)
{
    if (engine->crowded)
        engine->look_ms = 0;
}

static bool make_room(struct engine *engine, size_t most)
{
    while (engine->by_number.count >= most && engine->rest_first)
        evict(engine, engine->rest_first);
    return engine->by_number.count < most;
}

/* Not while the process knows more than the store: a call that is out, somebody who waits, facts on their way. */
static bool may_rest(const struct open *open)
{
    return !open->in_batch && !open->waiters && !open->facts_count && !open->calls_count &&
           core_wake(&open->definition->plan, open->txn) != CORE_AT_WORK;
}

/* One that is due at once stays: it is not looked for in the store any more. False: it stayed. */
static bool evict(struct engine *engine, struct open *open)
{
    uint64_t wake_ms = core_wake(&open->definition->plan, open->txn);
    assert(may_rest(open) && open->stored && open->row_wake_ms == wake_ms);
    if (wake_ms && wake_ms <= engine->reached.wake_ms) {
        resting_leave(engine, open);
        return false;
    }
    if (wake_ms && wake_ms < engine->look_ms)
        engine->look_ms = wake_ms;
    opens_remove(engine, open);
    return true;
}
