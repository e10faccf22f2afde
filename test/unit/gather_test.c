/* engine/gather: for how many events a turn waits, and what it learns from waits in vain. */
#include "engine/gather.h"

#include <CUnit/Basic.h>

static void waits_for_most_of_many(void)
{
    struct gather gather = {0};
    CU_ASSERT_EQUAL(gather_enough(&gather, 0), 0);
    CU_ASSERT_EQUAL(gather_enough(&gather, GATHER_CALLS - 1), 0);
    CU_ASSERT_EQUAL(gather_enough(&gather, 40), 30);
    gather_learn(&gather, true);
    CU_ASSERT_EQUAL(gather_enough(&gather, 60), 45);
    gather_learn(&gather, true);
    CU_ASSERT_EQUAL(gather_enough(&gather, UINT32_MAX), GATHER_ENOUGH);
}

/* How many turns go by before the next wait. */
static uint32_t turns_without(struct gather *gather)
{
    uint32_t turns = 0;
    while (turns < 1000 && !gather_enough(gather, 64))
        turns++;
    return turns;
}

static void does_not_insist(void)
{
    struct gather gather = {0};
    CU_ASSERT_EQUAL(turns_without(&gather), 0);
    for (uint32_t expected = 1; expected <= GATHER_SKIP_MOST; expected *= 2) {
        gather_learn(&gather, false);
        CU_ASSERT_EQUAL(turns_without(&gather), expected);
    }
    gather_learn(&gather, false);
    CU_ASSERT_EQUAL(turns_without(&gather), GATHER_SKIP_MOST); /* never less often than that */
    gather_learn(&gather, true);
    CU_ASSERT_EQUAL(turns_without(&gather), 0); /* they answer again: all is forgotten */
    gather_learn(&gather, false);
    CU_ASSERT_EQUAL(turns_without(&gather), 1);
}

void gather_test_suite(void);
void gather_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("engine/gather", NULL, NULL);
    CU_add_test(suite, "waits for most of what is out when that is much", waits_for_most_of_many);
    CU_add_test(suite, "a wait in vain is not repeated soon", does_not_insist);
}
