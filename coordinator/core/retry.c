/* Capped exponential back-off with full jitter, in integers. */
#include "core/retry.h"

#include <assert.h>

static uint64_t interval(const struct retry *retry, uint32_t tries);
static uint64_t mix(uint64_t x);

uint64_t retry_due(const struct retry *retry, const struct retry_use *use)
{
    assert(use->tries >= 1);
    assert(retry->initial_ms >= 1 && retry->interval_max_ms >= retry->initial_ms);
    if (retry->attempts_max && use->tries >= retry->attempts_max)
        return 0;
    uint64_t wait = interval(retry, use->tries);
    if (retry->jitter == JITTER_FULL)
        wait = 1 + use->noise % wait;
    uint64_t after = use->after_ms < RETRY_AFTER_MAX_MS ? use->after_ms : RETRY_AFTER_MAX_MS;
    if (wait < after)
        wait = after;
    uint64_t due = use->now_ms + wait;
    /* After a restart the clock may stand before the first try: nothing is used up then. */
    uint64_t used = due > use->first_ms ? due - use->first_ms : 0;
    return retry->total_ms && used > retry->total_ms ? 0 : due;
}

uint64_t retry_noise(uint64_t seed, uint32_t branch_and_verb, uint32_t attempt)
{
    return mix(mix(seed) ^ ((uint64_t)branch_and_verb << 32 | attempt));
}

/* initial * backoff^(tries - 1), at most interval_max. Ends early: the product grows or stays. */
static uint64_t interval(const struct retry *retry, uint32_t tries)
{
    uint64_t wait = retry->initial_ms;
    for (uint32_t i = 1; i < tries && wait < retry->interval_max_ms; i++) {
        uint64_t next = wait / 1000 * retry->backoff_permille + wait % 1000 * retry->backoff_permille / 1000;
        if (next <= wait)
            break;
        wait = next;
    }
    return wait < retry->interval_max_ms ? wait : retry->interval_max_ms;
}

static uint64_t mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}
