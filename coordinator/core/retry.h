/* When to call again: the arithmetic of a retry policy. */
#ifndef BELAY_CORE_RETRY_H
#define BELAY_CORE_RETRY_H

#include "core/plan.h"

/* What a policy is asked about: how the present budget of tries was used. */
struct retry_use {
    uint32_t tries;    /* made so far, at least 1 */
    uint64_t first_ms; /* when the first of them was */
    uint64_t now_ms;
    uint64_t after_ms; /* the participant's Retry-After; 0 = none */
    uint64_t noise;    /* uniform bits for the jitter */
};

/* When to try again, or 0 to give up. Always later than now, and never sooner than Retry-After says (of which
 * at most RETRY_AFTER_MAX_MS are believed). */
uint64_t retry_due(const struct retry *retry, const struct retry_use *use);

/* A participant must not be able to park a transaction for ever with one header. */
enum { RETRY_AFTER_MAX_MS = 60 * 60 * 1000 };

/* Uniform bits that depend on nothing but these three (splitmix64, Steele, Lea and Flood 2014): a replay
 * jitters as the original did. */
uint64_t retry_noise(uint64_t seed, uint32_t branch_and_verb, uint32_t attempt);

#endif
