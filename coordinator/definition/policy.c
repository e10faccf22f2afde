/* Laying retry policies over each other. */
#include "definition/policy.h"

#include "base/mem.h"

#include <assert.h>

void policy_done(struct policy *policy)
{
    for (size_t i = 0; i < policy->codes_count; i++)
        mem_free(policy->codes[i]);
    mem_free(policy->codes);
    *policy = (struct policy){0};
}

void policy_apply(const struct policy *policy, bool pace_only, struct retry *retry)
{
    const struct retry *value = &policy->value;
    if (policy->has_attempts && !pace_only)
        retry->attempts_max = value->attempts_max;
    if (policy->has_total && !pace_only) {
        retry->total_ms = value->total_ms;
        if (!policy->has_attempts) /* who says how long does not also want to be stopped by a count */
            retry->attempts_max = 0;
    }
    if (policy->has_backoff)
        retry->backoff_permille = value->backoff_permille;
    if (policy->has_jitter)
        retry->jitter = value->jitter;
    if (policy->has_interval_max)
        retry->interval_max_ms = value->interval_max_ms;
    if (policy->has_initial)
        retry->initial_ms = value->initial_ms;
    if (retry->interval_max_ms < retry->initial_ms) { /* the one that was said moves the one that was not */
        if (policy->has_interval_max)
            retry->initial_ms = retry->interval_max_ms;
        else
            retry->interval_max_ms = retry->initial_ms;
    }
    assert(retry->initial_ms >= 1 && retry->backoff_permille >= 1000);
    assert(retry->initial_ms <= retry->interval_max_ms);
}

uint64_t policy_longest_ms(const struct retry *retry, uint64_t timeout_ms)
{
    if (retry->attempts_max == 0)
        return retry->total_ms ? retry->total_ms : UINT64_MAX;
    uint64_t total = timeout_ms;
    uint64_t wait = retry->initial_ms;
    for (uint32_t i = 1; i < retry->attempts_max; i++) {
        uint64_t next = wait * retry->backoff_permille / 1000;
        if (wait == retry->interval_max_ms || next == wait) { /* it stays: the rest is a product */
            total += (retry->attempts_max - i) * (wait + timeout_ms);
            break;
        }
        total += wait + timeout_ms;
        wait = next < retry->interval_max_ms ? next : retry->interval_max_ms;
    }
    return retry->total_ms && retry->total_ms < total ? retry->total_ms : total;
}
