/* Sagas that start by themselves: what was seen of it, and their end. */
#ifndef BELAY_SIM_TIMETABLE_H
#define BELAY_SIM_TIMETABLE_H

#include "sim/world.h"

/* How a saga stands before a turn. */
struct glance {
    uint64_t last; /* the newest transaction */
    bool running[WORLD_SAGAS];
};

/* The schedules are followed from here on. */
void timetable_open(struct world *world, struct store_schedule schedules[WORLD_SAGAS], size_t *count);
/* Around every turn; `after` only when its commit was kept. */
struct glance timetable_before(struct world *world);
void timetable_after(struct world *world, const struct glance *glance);

/* Registers versions without a schedule. True when none starts by itself any more. */
bool timetable_stop(struct world *world);
void timetable_done(struct world *world);

#endif
