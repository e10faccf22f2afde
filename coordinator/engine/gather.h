/* Waiting for company. Every commit costs a wait for the disk and some ten written pages, however many events
 * share it, and where the disk is fast only few collect while the one before is on its way. So a turn begins when
 * nearly half of the calls that are out were answered: these answers are certain to come, and soon if the
 * participants are well. If they are not, it is noticed, and not waited for again for a while. So it is with
 * clients that were answered a moment ago: with many of them most of what comes next is theirs.
 *
 * Only the loop of the engine's own thread waits, in front of a turn. What a turn does with what it finds stays
 * the same, and who turns the engine by hand never waits. */
#ifndef BELAY_ENGINE_GATHER_H
#define BELAY_ENGINE_GATHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    GATHER_CALLS = 40,     /* with fewer out, waiting saves little, and somebody may be looking at the clock */
    GATHER_SHARE = 7,      /* sixteenths of all: while these are committed the others are out, and by turns. At
                              twelve there were 0.051 fsyncs per saga instead of 0.084, but a tenth fewer
                              sagas per second for the same CPU: too few were out meanwhile */
    GATHER_ENOUGH = 64,    /* events: when so many share a commit, its own cost is a few percent of theirs */
    GATHER_US = 2500,      /* the longest wait; 64 clients have 28 events there in a millisecond */
    GATHER_SKIP_MOST = 256, /* turns: one wait in vain in so many costs the others next to nothing */
};

/* What turned out to be worth waiting for, or not. Zeroed at first. */
struct gather_habit {
    uint32_t skip; /* turns without a wait after the next one in vain; doubles with each */
    uint32_t left; /* of them */
};

struct gather {
    struct gather_habit calls, clients;
    bool clients_too; /* in the last wait */
};

/* How many events to wait for before this turn; 0 = do not wait. `calls_count` calls are out that may be answered
 * soon. `clients_count` clients got in the turn before what they had waited for: when they have more to do they
 * are back at once, which nobody promised, so that a wait in vain is laid to them first. */
size_t gather_enough(struct gather *gather, uint32_t calls_count, uint32_t clients_count);
/* Were so many there in time? */
void gather_learn(struct gather *gather, bool came);

#endif
