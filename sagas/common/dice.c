/* See dice.h. */
#include "common/dice.h"

#include <stdint.h>
#include <sys/random.h>

bool dice_half(unsigned percent)
{
    uint32_t dice;
    return percent && getrandom(&dice, sizeof dice, 0) == (ssize_t)sizeof dice && dice % 200 < percent;
}
