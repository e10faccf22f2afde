/* The tree: sums[i] counts those in the places from i without its lowest bit, exclusively, to i. */
#include "engine/ranks.h"

#include "base/mem.h"

#include <assert.h>

enum { ROOM_LEAST = 64 };

static uint32_t lowest_bit(uint32_t place);
static void add(struct ranks *ranks, uint32_t place, uint32_t count);

void ranks_make(struct ranks *ranks, uint32_t count)
{
    assert(!ranks->sums && count <= UINT32_MAX / 4);
    ranks->size = 2 * count + ROOM_LEAST;
    ranks->last = count;
    ranks->sums = mem_array((size_t)ranks->size + 1, sizeof *ranks->sums);
    for (uint32_t place = 1; place <= ranks->size; place++) {
        uint32_t above = place + lowest_bit(place);
        ranks->sums[place] += place <= count;
        if (above <= ranks->size)
            ranks->sums[above] += ranks->sums[place];
    }
}

void ranks_done(struct ranks *ranks)
{
    mem_free(ranks->sums);
    *ranks = (struct ranks){0};
}

uint32_t ranks_join(struct ranks *ranks)
{
    if (ranks->last == ranks->size)
        ranks_done(ranks);
    if (!ranks->sums)
        return 0;
    add(ranks, ++ranks->last, 1);
    return ranks->last;
}

void ranks_leave(struct ranks *ranks, uint32_t place)
{
    if (ranks->sums)
        add(ranks, place, UINT32_MAX);
}

uint32_t ranks_before(const struct ranks *ranks, uint32_t place)
{
    uint32_t count = 0;
    assert(ranks->sums && place > 0 && place <= ranks->last);
    for (uint32_t i = place - 1; i > 0; i -= lowest_bit(i))
        count += ranks->sums[i];
    return count;
}

static uint32_t lowest_bit(uint32_t place)
{
    return place & -place;
}

/* Modulo 2^32: UINT32_MAX takes one away. */
static void add(struct ranks *ranks, uint32_t place, uint32_t count)
{
    assert(place > 0 && place <= ranks->last);
    for (uint32_t i = place; i <= ranks->size; i += lowest_bit(i))
        ranks->sums[i] += count;
}
