/* Chance, by splitmix64. */
#include "e2e/dice.h"

#include <assert.h>

uint64_t dice_number(uint64_t seed, uint64_t number)
{
    uint64_t z = seed * 0x9e3779b97f4a7c15u + (number + 1) * 0xd1b54a32d192ed03u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint64_t dice_next(uint64_t *state, uint64_t below)
{
    assert(below > 0);
    *state = dice_number(*state, 1);
    return *state % below;
}
