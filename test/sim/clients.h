/* The clients: they start transactions, say the same again, contradict themselves, and wait. */
#ifndef BELAY_SIM_CLIENTS_H
#define BELAY_SIM_CLIENTS_H

#include "sim/world.h"

/* Puts everything that the clients of this run will do on the agenda. */
void clients_plan(struct world *world);

/* Submits a command that `prepare` of the caller filled in; what it is told goes into the evidence. */
struct telling *clients_submit(struct world *world, const struct command *command, const struct wish *wish);

#endif
