/* A retry policy as it was written: some of its values, to be laid over others. */
#ifndef BELAY_DEFINITION_POLICY_H
#define BELAY_DEFINITION_POLICY_H

#include "core/plan.h"

#include <stdbool.h>
#include <stddef.h>

struct policy {
    bool given; /* the key is there */
    bool has_attempts, has_initial, has_backoff, has_interval_max, has_total, has_jitter, has_codes;
    struct retry value; /* what has no has_ is 0 */
    char **codes;       /* nonRetryable */
    size_t codes_count;
};

void policy_done(struct policy *policy);

/* Lays what `policy` says over `retry` and keeps its promises (interval_max >= initial). `pace_only`: only
 * how fast, not when to give up. */
void policy_apply(const struct policy *policy, bool pace_only, struct retry *retry);

/* The longest that all tries of `timeout_ms` each can take; UINT64_MAX for ever. */
uint64_t policy_longest_ms(const struct retry *retry, uint64_t timeout_ms);

#endif
