/* The world: everything around the real engine, driven by a virtual clock and one seed. */
#ifndef BELAY_SIM_WORLD_H
#define BELAY_SIM_WORLD_H

#include "sim/agenda.h"
#include "sim/bank.h"
#include "sim/dice.h"
#include "sim/disk.h"
#include "sim/evidence.h"
#include "sim/mutant.h"
#include "sim/weather.h"

enum {
    DICE_SAGA,
    DICE_CLIENT,
    DICE_NETWORK,
    DICE_BANK,
    DICE_DISK,
    DICE_OPERATOR,
    DICE_CRASH,
    DICE_ENGINE,
    DICE_OUTSIDER,
    DICES
};

enum {
    WORLD_SAGAS = 3,
    WORLD_PEACE_MS = 6 * 60 * 60 * 1000, /* C17: everything ends this long after the last fault; clocks may have
                                          * been set back an hour, and a Retry-After is believed for an hour */
    WORLD_TURNS = 200000, /* more in one seed is a busy loop */
};

struct world {
    uint64_t seed;
    bool print; /* the trace */
    enum mutant mutant;
    uint64_t hash; /* of the trace */
    struct keep keep;
    struct dice dice[DICES];
    struct agenda agenda;
    struct weather weather;
    bool peace;
    uint64_t now_ms;
    uint64_t skew_ms; /* the coordinator's clock is ahead by this */
    struct evidence evidence;
    struct banks banks;
    struct disk disk;
    const struct definition *definitions[WORLD_SAGAS]; /* as the checkers read them */
    struct telling *stops[WORLD_SAGAS]; /* registrations of versions without a schedule */
    struct wish **wishes;
    size_t wishes_count;

    struct engine *engine;  /* NULL while it is down */
    unsigned life;          /* which process */
    bool cut;               /* the process ends right after the next turn */
    unsigned crashes_ahead; /* how many recoveries will not survive */
    uint64_t crashed_clock_ms;
    uint64_t crowded_clock_ms; /* since when something due waits for room in memory; 0 = nothing does */
    uint64_t busy_until_ms;
    unsigned turns;
    unsigned unregistered; /* participants that may be, one bit each */
    bool dead; /* it could not be opened again, or does not come to rest */
};

/* Runs one seed to its end. What it was is then in evidence and store; world_done gives it back. */
void world_run(struct world *world, uint64_t seed, enum mutant mutant, bool print);
void world_done(struct world *world);

uint64_t world_clock(const struct world *world);
void world_later(struct world *world, uint64_t after_ms, void (*run)(struct world *world, void *what), void *what);

/* One line of the trace. */
void world_note(struct world *world, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* life.c: the coordinator's process. */
void life_open(struct world *world, void *unused);
void life_crash(struct world *world);
void life_turn(struct world *world);
uint64_t life_wants(const struct world *world); /* when it next has something to do */

#endif
