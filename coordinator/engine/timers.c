/* The heap of timers. */
#include "engine/timers.h"

#include "base/mem.h"

#include <assert.h>

static void put(struct timers *timers, size_t place, struct timer *timer);
static void up(struct timers *timers, struct timer *timer);
static void down(struct timers *timers, struct timer *timer);

void timers_done(struct timers *timers)
{
    mem_free(timers->heap);
    *timers = (struct timers){0};
}

void timers_set(struct timers *timers, struct timer *timer, uint64_t due_ms)
{
    if (!due_ms && !timer->place)
        return;
    if (timer->place && due_ms == timer->due_ms)
        return;
    if (!due_ms) {
        struct timer *last = timers->heap[--timers->count];
        size_t place = timer->place;
        *timer = (struct timer){0};
        if (last == timer)
            return;
        put(timers, place, last);
        up(timers, last);
        down(timers, last);
        return;
    }
    timer->due_ms = due_ms;
    if (!timer->place) {
        if (timers->count == timers->capacity) {
            timers->capacity = timers->capacity ? timers->capacity * 2 : 64;
            timers->heap = mem_grow(timers->heap, timers->capacity * sizeof(struct timer *));
        }
        put(timers, ++timers->count, timer);
    }
    up(timers, timer);
    down(timers, timer);
}

struct timer *timers_due(const struct timers *timers, uint64_t now_ms)
{
    return timers->count && timers->heap[0]->due_ms <= now_ms ? timers->heap[0] : NULL;
}

uint64_t timers_next(const struct timers *timers)
{
    return timers->count ? timers->heap[0]->due_ms : UINT64_MAX;
}

static void put(struct timers *timers, size_t place, struct timer *timer)
{
    assert(place >= 1 && place <= timers->count);
    timers->heap[place - 1] = timer;
    timer->place = place;
}

static void up(struct timers *timers, struct timer *timer)
{
    while (timer->place > 1) {
        struct timer *parent = timers->heap[timer->place / 2 - 1];
        if (parent->due_ms <= timer->due_ms)
            return;
        size_t place = parent->place;
        put(timers, timer->place, parent);
        put(timers, place, timer);
    }
}

static void down(struct timers *timers, struct timer *timer)
{
    for (;;) {
        size_t left = timer->place * 2;
        if (left > timers->count)
            return;
        struct timer *child = timers->heap[left - 1];
        if (left < timers->count && timers->heap[left]->due_ms < child->due_ms)
            child = timers->heap[left];
        if (timer->due_ms <= child->due_ms)
            return;
        size_t place = child->place;
        put(timers, timer->place, child);
        put(timers, place, timer);
    }
}
