/* Work that takes longer than a request: the participant answers 202, does it later, and calls back until it is
 * heard; or it never does. */
#ifndef BELAY_SIM_WORK_H
#define BELAY_SIM_WORK_H

#include "sim/visit.h"

struct bank_row;

/* Takes an action on. Whoever asks again while it is worked on is told the same. */
struct visit work_accept(struct world *world, const struct sent *sent, struct bank_row *row);

#endif
