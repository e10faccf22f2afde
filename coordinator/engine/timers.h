/* Timers: a binary heap of moments, embedded in what they belong to. */
#ifndef BELAY_ENGINE_TIMERS_H
#define BELAY_ENGINE_TIMERS_H

#include <stddef.h>
#include <stdint.h>

/* Zeroed = not set. */
struct timer {
    uint64_t due_ms;
    size_t place; /* in the heap, from 1; 0 = not in it */
};

struct timers {
    struct timer **heap; /* heap[0] is place 1 */
    size_t count;
    size_t capacity;
};

void timers_done(struct timers *timers);

/* Sets, moves (another due_ms) or clears (0) a timer. */
void timers_set(struct timers *timers, struct timer *timer, uint64_t due_ms);

/* The earliest timer when it is due at `now_ms`, else NULL. It stays set. */
struct timer *timers_due(const struct timers *timers, uint64_t now_ms);

/* The earliest moment, UINT64_MAX when no timer is set. */
uint64_t timers_next(const struct timers *timers);

#endif
