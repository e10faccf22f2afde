/* The agenda: what will happen, and when. Things of the same moment happen in the order they were put in. */
#ifndef BELAY_SIM_AGENDA_H
#define BELAY_SIM_AGENDA_H

#include "sim/keep.h"

#include <stdbool.h>
#include <stdint.h>

struct world;

struct task {
    uint64_t at_ms;
    uint64_t turn;
    void (*run)(struct world *world, void *what);
    void *what;
};

struct agenda {
    struct task *heap;
    size_t count;
    size_t capacity;
    uint64_t turn;
};

void agenda_put(struct agenda *agenda, struct keep *keep, uint64_t at_ms,
                void (*run)(struct world *world, void *what), void *what);
uint64_t agenda_next(const struct agenda *agenda); /* UINT64_MAX: nothing */
bool agenda_take(struct agenda *agenda, uint64_t now_ms, struct task *task);

#endif
