/* core/retry: the arithmetic of waiting. */
#include "core/retry.h"

#include <CUnit/Basic.h>

static const struct retry plain = {.attempts_max = 5,
                                   .backoff_permille = 2000,
                                   .initial_ms = 500,
                                   .interval_max_ms = 3000,
                                   .jitter = JITTER_NONE};

static uint64_t wait_after(const struct retry *retry, uint32_t tries, uint64_t after_ms, uint64_t noise)
{
    struct retry_use use = {tries, .first_ms = 1000, .now_ms = 2000, .after_ms = after_ms, .noise = noise};
    uint64_t due = retry_due(retry, &use);
    return due ? due - use.now_ms : 0;
}

static void doubles_up_to_the_cap(void)
{
    CU_ASSERT_EQUAL(wait_after(&plain, 1, 0, 0), 500);
    CU_ASSERT_EQUAL(wait_after(&plain, 2, 0, 0), 1000);
    CU_ASSERT_EQUAL(wait_after(&plain, 3, 0, 0), 2000);
    CU_ASSERT_EQUAL(wait_after(&plain, 4, 0, 0), 3000);
    CU_ASSERT_EQUAL(wait_after(&plain, 5, 0, 0), 0);
}

static void for_ever_stays_at_the_cap(void)
{
    struct retry retry = plain;
    retry.attempts_max = 0;
    CU_ASSERT_EQUAL(wait_after(&retry, 4000000000u, 0, 0), 3000);
    retry.backoff_permille = 1000; /* constant */
    CU_ASSERT_EQUAL(wait_after(&retry, 4000000000u, 0, 0), 500);
    retry.backoff_permille = UINT32_MAX;
    retry.interval_max_ms = UINT64_MAX / 2; /* no overflow on the way */
    CU_ASSERT_TRUE(wait_after(&retry, 3, 0, 0) >= 500);
}

static void jitter_stays_within(void)
{
    struct retry retry = plain;
    retry.jitter = JITTER_FULL;
    uint64_t least = UINT64_MAX, most = 0;
    for (uint32_t i = 0; i < 10000; i++) {
        uint64_t wait = wait_after(&retry, 2, 0, retry_noise(7, 3, i));
        least = wait < least ? wait : least;
        most = wait > most ? wait : most;
    }
    CU_ASSERT_TRUE(least >= 1 && least < 20);
    CU_ASSERT_TRUE(most <= 1000 && most > 980);
}

static void retry_after_is_obeyed_within_reason(void)
{
    CU_ASSERT_EQUAL(wait_after(&plain, 1, 400, 0), 500);
    CU_ASSERT_EQUAL(wait_after(&plain, 1, 20000, 0), 20000);
    CU_ASSERT_EQUAL(wait_after(&plain, 1, 1000000000000u, 0), RETRY_AFTER_MAX_MS);
    CU_ASSERT_EQUAL(wait_after(&plain, 5, 20000, 0), 0);
}

static void total_time_ends_it(void)
{
    struct retry retry = plain;
    retry.attempts_max = 0;
    retry.total_ms = 2000; /* first try at 1000, now 2000 */
    CU_ASSERT_EQUAL(wait_after(&retry, 2, 0, 0), 1000);
    CU_ASSERT_EQUAL(wait_after(&retry, 3, 0, 0), 0);
    struct retry_use before = {.tries = 1, .first_ms = 5000, .now_ms = 2000};
    CU_ASSERT_EQUAL(retry_due(&retry, &before), 2500); /* the clock was set back meanwhile */
}

static void noise_is_a_function(void)
{
    CU_ASSERT_EQUAL(retry_noise(1, 2, 3), retry_noise(1, 2, 3));
    CU_ASSERT_NOT_EQUAL(retry_noise(1, 2, 3), retry_noise(1, 2, 4));
    CU_ASSERT_NOT_EQUAL(retry_noise(1, 2, 3), retry_noise(1, 3, 3));
    CU_ASSERT_NOT_EQUAL(retry_noise(1, 2, 3), retry_noise(2, 2, 3));
}

void retry_test_suite(void);
void retry_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("core/retry", NULL, NULL);
    CU_add_test(suite, "waits double up to the cap, then the tries are used up", doubles_up_to_the_cap);
    CU_add_test(suite, "for ever stays at the cap and never overflows", for_ever_stays_at_the_cap);
    CU_add_test(suite, "full jitter takes a uniform part, never nothing", jitter_stays_within);
    CU_add_test(suite, "Retry-After is obeyed up to an hour", retry_after_is_obeyed_within_reason);
    CU_add_test(suite, "the total time ends it, also when the clock went back", total_time_ends_it);
    CU_add_test(suite, "noise depends on seed, branch and attempt only", noise_is_a_function);
}
