/* The network: loses, delays, duplicates and reorders requests and answers. It is the engine's caller. */
#ifndef BELAY_SIM_NETWORK_H
#define BELAY_SIM_NETWORK_H

#include "ports/caller.h"

struct world;

struct caller network_caller(struct world *world);

#endif
