/* Sagas that start by themselves: the newest version's schedule counts. */
#ifndef BELAY_ENGINE_SCHEDULES_H
#define BELAY_ENGINE_SCHEDULES_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct definition;
struct engine;

/* A saga that has, or had, a schedule. */
struct scheduled {
    char *saga;
    uint64_t done_ms; /* every run that was due until then was started or left out */
    uint64_t due_ms;  /* of the next; UINT64_MAX: never */
    bool waits;       /* it is due, and the run before it has not ended */
};

struct schedules {
    struct scheduled *list;
    size_t count;
};

/* What was due while the coordinator was away is looked at in the first turn. */
int schedules_open(struct engine *engine, struct error *error);
void schedules_done(struct schedules *schedules);

/* Before a definition is registered: ERROR_INVALID when its time zone is not known here. */
int schedules_check(const struct engine *engine, const struct definition *definition, struct error *error);
/* It was registered with this batch, and counts from now on if it is the newest. */
void schedules_define(struct engine *engine, const struct definition *definition);

/* Starts what is due; how far it came is durable with the runs (so each is started once). */
void schedules_run(struct engine *engine);

#endif
