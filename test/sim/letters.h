/* What the coordinator announces, on its way to a participant. */
#ifndef BELAY_SIM_LETTERS_H
#define BELAY_SIM_LETTERS_H

#include "ports/caller.h"
#include "sim/world.h"

/* A letter leaves; it stays the caller's. */
void letters_send(struct world *world, const struct request *request, const char *key, unsigned attempt);

#endif
