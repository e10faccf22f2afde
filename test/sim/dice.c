/* Splitmix64 (Steele, Lea and Flood 2014). */
#include "sim/dice.h"

#include <assert.h>

struct dice dice_new(uint64_t seed, uint64_t purpose)
{
    struct dice dice = {seed * 0x9e3779b97f4a7c15u ^ purpose << 32};
    dice_next(&dice);
    dice_next(&dice);
    return dice;
}

uint64_t dice_next(struct dice *dice)
{
    uint64_t x = dice->state += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

uint64_t dice_below(struct dice *dice, uint64_t limit)
{
    assert(limit > 0);
    return dice_next(dice) % limit;
}

uint64_t dice_between(struct dice *dice, uint64_t least, uint64_t most)
{
    assert(least <= most);
    return least + dice_below(dice, most - least + 1);
}

bool dice_hit(struct dice *dice, unsigned permille)
{
    return dice_below(dice, 1000) < permille;
}

uint64_t dice_tail(struct dice *dice, uint64_t least, uint64_t most)
{
    uint64_t reach = most - least + 1;
    for (unsigned i = (unsigned)dice_below(dice, 5); i > 0 && reach > 8; i--)
        reach /= 8;
    return least + dice_below(dice, reach);
}
