/* Chance, from a seed: the same seed always throws the same. Every purpose has dice of its own, so that one
 * more throw in one place does not change what all others see. */
#ifndef BELAY_SIM_DICE_H
#define BELAY_SIM_DICE_H

#include <stdbool.h>
#include <stdint.h>

struct dice {
    uint64_t state;
};

struct dice dice_new(uint64_t seed, uint64_t purpose);
uint64_t dice_next(struct dice *dice);
uint64_t dice_below(struct dice *dice, uint64_t limit);                  /* 0 .. limit - 1 */
uint64_t dice_between(struct dice *dice, uint64_t least, uint64_t most); /* both included */
bool dice_hit(struct dice *dice, unsigned permille);

/* Mostly near `least`, sometimes up to `most`: a long tail, as latencies have. */
uint64_t dice_tail(struct dice *dice, uint64_t least, uint64_t most);

#endif
