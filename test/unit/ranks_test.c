/* engine/ranks: the same as counting, whoever joins and leaves. */
#include "engine/ranks.h"

#include <CUnit/Basic.h>
#include <stddef.h>

enum { PEOPLE = 3000, STEPS = 6000, ASKED_EACH = 7 };

struct line {
    struct ranks ranks;
    uint32_t places[PEOPLE]; /* of those in it, in order */
    uint32_t count;
    uint64_t dice;
};

static uint32_t draw(struct line *line, uint32_t below)
{
    line->dice = line->dice * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)(line->dice >> 33) % below;
}

static void make(struct line *line)
{
    for (uint32_t i = 0; i < line->count; i++)
        line->places[i] = i + 1;
    ranks_make(&line->ranks, line->count);
}

static void leave(struct line *line, uint32_t at)
{
    ranks_leave(&line->ranks, line->places[at]);
    line->count--;
    for (uint32_t i = at; i < line->count; i++)
        line->places[i] = line->places[i + 1];
}

static void as_if_counted(void)
{
    struct line line = {.dice = 7};
    unsigned made = 0;
    for (uint32_t step = 0; step < STEPS; step++) {
        if (line.count < PEOPLE && draw(&line, 5) < 3)
            line.places[line.count++] = ranks_join(&line.ranks);
        else if (line.count)
            leave(&line, draw(&line, 3) ? draw(&line, line.count) : 0);
        if (step % ASKED_EACH || !line.count)
            continue;
        if (!line.ranks.sums) {
            make(&line);
            made++;
        }
        uint32_t at = draw(&line, line.count);
        CU_ASSERT_EQUAL(ranks_before(&line.ranks, line.places[at]), at);
    }
    CU_ASSERT_TRUE(made > 1); /* it was outgrown */
    CU_ASSERT_TRUE(made < 20);
    ranks_done(&line.ranks);
}

static void nobody_asks(void)
{
    struct ranks ranks = {0};
    CU_ASSERT_EQUAL(ranks_join(&ranks), 0);
    ranks_leave(&ranks, 0);
    CU_ASSERT_PTR_NULL(ranks.sums);
}

void ranks_test_suite(void);
void ranks_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("engine/ranks", NULL, NULL);
    CU_add_test(suite, "as if counted, whoever joins and leaves", as_if_counted);
    CU_add_test(suite, "a line that nobody asks about costs nothing", nobody_asks);
}
