/* engine/gather: for how many events a turn waits, and what it learns from waits in vain. */
#include "engine/gather.h"

#include <CUnit/Basic.h>

static void waits_for_a_share_of_many(void)
{
    struct gather gather = {0};
    CU_ASSERT_EQUAL(gather_enough(&gather, 0, 0), 0);
    CU_ASSERT_EQUAL(gather_enough(&gather, GATHER_CALLS - 1, 0), 0);
    CU_ASSERT_EQUAL(gather_enough(&gather, 40, 0), 17);
    gather_learn(&gather, true);
    CU_ASSERT_EQUAL(gather_enough(&gather, 60, 0), 26);
    gather_learn(&gather, true);
    CU_ASSERT_EQUAL(gather_enough(&gather, UINT32_MAX, UINT32_MAX), GATHER_ENOUGH);
}

/* How many turns go by before the next wait. */
static uint32_t turns_without(struct gather *gather)
{
    uint32_t turns = 0;
    while (turns < 1000 && !gather_enough(gather, 64, 0))
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

/* Those who were answered a moment ago are counted on until they stay away; then the calls alone. */
static void counts_on_clients_while_they_return(void)
{
    struct gather gather = {0};
    CU_ASSERT_EQUAL(gather_enough(&gather, 0, GATHER_CALLS - 1), 0);
    CU_ASSERT_EQUAL(gather_enough(&gather, 20, 36), 24);
    gather_learn(&gather, true);
    CU_ASSERT_EQUAL(gather_enough(&gather, 20, 36), 24);
    gather_learn(&gather, false);
    CU_ASSERT_EQUAL(gather_enough(&gather, 44, 12), 19); /* the calls' own habit is as it was */
    gather_learn(&gather, true);
    CU_ASSERT_EQUAL(gather_enough(&gather, 44, 12), 24);
    for (int i = 0; i < 5; i++) { /* they stay away again and again: 1, 2, 4, 8 turns without them */
        gather_learn(&gather, false);
        for (int turn = 0; turn < 1 << i; turn++)
            CU_ASSERT_EQUAL(gather_enough(&gather, 20, 36), 0);
        CU_ASSERT_EQUAL(gather_enough(&gather, 20, 36), 24);
    }
    gather_learn(&gather, false);
    CU_ASSERT_EQUAL(gather_enough(&gather, 44, 12), 19);
    gather_learn(&gather, false); /* not even the calls: nobody is waited for */
    CU_ASSERT_EQUAL(gather_enough(&gather, 44, 12), 0);
    CU_ASSERT_EQUAL(gather_enough(&gather, 44, 12), 19);
}

void gather_test_suite(void);
void gather_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("engine/gather", NULL, NULL);
    CU_add_test(suite, "waits for a share of what is out when that is much", waits_for_a_share_of_many);
    CU_add_test(suite, "counts on clients while they return", counts_on_clients_while_they_return);
    CU_add_test(suite, "a wait in vain is not repeated soon", does_not_insist);
}
