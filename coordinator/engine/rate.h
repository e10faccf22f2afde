/* An even pace: so many calls a second to a participant. Pure; the caller says what time it is. */
#ifndef BELAY_ENGINE_RATE_H
#define BELAY_ENGINE_RATE_H

#include <stdbool.h>
#include <stdint.h>

/* Zeroed = nothing was sent yet. */
struct rate {
    uint64_t next_ns; /* when the next one leaves at an even pace */
};

/* Whether one may leave now, and when one may at the earliest. */
bool rate_open(const struct rate *rate, uint64_t now_ms);
uint64_t rate_open_ms(const struct rate *rate);

/* One leaves. Not more than `per_second` do in any second, whatever the pauses between them. */
void rate_spend(struct rate *rate, uint32_t per_second, uint64_t now_ms);

/* The clock was set: nobody waits for a time that is long ahead. */
void rate_follow(struct rate *rate, uint64_t now_ms);

#endif
