/* engine/timers: a heap against a plain scan. */
#include "engine/timers.h"

#include "core/retry.h"

#include <CUnit/Basic.h>

enum { COUNT = 300 };

static void as_a_scan_would(void)
{
    static struct timer timer[COUNT];
    uint64_t due[COUNT] = {0};
    struct timers timers = {0};
    for (uint32_t step = 0; step < 20000; step++) {
        uint32_t i = (uint32_t)(retry_noise(1, step, 0) % COUNT);
        due[i] = retry_noise(2, step, 0) % 5 ? 1 + retry_noise(3, step, 0) % 1000 : 0;
        timers_set(&timers, &timer[i], due[i]);
        uint64_t first = UINT64_MAX;
        for (int k = 0; k < COUNT; k++)
            if (due[k] && due[k] < first)
                first = due[k];
        CU_ASSERT_EQUAL_FATAL(timers_next(&timers), first);
    }
    timers_done(&timers);
}

static void due_in_order(void)
{
    struct timer a = {0}, b = {0}, c = {0};
    struct timers timers = {0};
    timers_set(&timers, &a, 30);
    timers_set(&timers, &b, 10);
    timers_set(&timers, &c, 20);
    CU_ASSERT_PTR_NULL(timers_due(&timers, 9)); /* never early */
    CU_ASSERT_PTR_EQUAL(timers_due(&timers, 10), &b);
    timers_set(&timers, &b, 0);
    CU_ASSERT_PTR_EQUAL(timers_due(&timers, 100), &c);
    timers_set(&timers, &c, 40);
    CU_ASSERT_PTR_EQUAL(timers_due(&timers, 100), &a);
    timers_set(&timers, &a, 0);
    timers_set(&timers, &a, 0);
    timers_set(&timers, &c, 0);
    CU_ASSERT_PTR_NULL(timers_due(&timers, UINT64_MAX));
    CU_ASSERT_EQUAL(timers_next(&timers), UINT64_MAX);
    timers_done(&timers);
}

void timers_test_suite(void);
void timers_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("engine/timers", NULL, NULL);
    CU_add_test(suite, "the earliest is what a scan would find, after any change", as_a_scan_would);
    CU_add_test(suite, "due in order and never early", due_in_order);
}
