/* Chance that can be repeated: the same seed and number give the same value. */
#ifndef BELAY_E2E_DICE_H
#define BELAY_E2E_DICE_H

#include <stdint.h>

/* A number that looks random (splitmix64). */
uint64_t dice_number(uint64_t seed, uint64_t number);

/* The next of a sequence; a number below `below`. */
uint64_t dice_next(uint64_t *state, uint64_t below);

#endif
