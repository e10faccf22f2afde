/* Chance, for services that fail on purpose. */
#ifndef BELAY_COMMON_DICE_H
#define BELAY_COMMON_DICE_H

#include <stdbool.h>

/* True in `percent` of 200 cases: half of a fail rate, since a call can fail before and after it is done. */
bool dice_half(unsigned percent);

#endif
