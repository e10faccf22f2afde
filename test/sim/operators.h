/* The operators: verbs at random moments while there are faults, and patient care in peace. */
#ifndef BELAY_SIM_OPERATORS_H
#define BELAY_SIM_OPERATORS_H

#include "sim/world.h"

void operators_plan(struct world *world);

/* From the beginning of the peace on: whatever stands paused is helped on, until nothing is open. */
void operators_care(struct world *world, void *unused);

#endif
