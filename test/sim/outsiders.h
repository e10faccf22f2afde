/* Who speaks without having been called: senders of signals, and persons who are asked for a yes or no. */
#ifndef BELAY_SIM_OUTSIDERS_H
#define BELAY_SIM_OUTSIDERS_H

#include "sim/world.h"

void outsiders_plan(struct world *world);

#endif
