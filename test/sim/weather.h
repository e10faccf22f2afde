/* The weather of a run: which faults there are, and how often. Every seed leaves some out (swarm testing, Groce
 * and others 2012): what always rains never shows what a drought does. */
#ifndef BELAY_SIM_WEATHER_H
#define BELAY_SIM_WEATHER_H

#include "engine/engine.h"
#include "sim/dice.h"

struct weather {
    uint64_t faults_ms; /* how long until peace */
    /* of the network, in permille of requests */
    unsigned loss;
    unsigned twice;
    unsigned slow;
    unsigned answer_loss;
    /* of the participants, in permille of arrivals */
    unsigned no;
    unsigned trouble; /* 5xx, 4xx that are called again */
    unsigned undo_trouble;
    unsigned hang;
    unsigned broken; /* connection broken, garbage, too large */
    unsigned did_but_failed;
    unsigned never; /* of what is answered later */
    /* of the coordinator */
    unsigned commit_lost; /* permille of commits */
    unsigned commit_kept;
    unsigned crashes; /* in all */
    unsigned jumps;
    unsigned downs;
    unsigned unregisters;
    unsigned operators; /* verbs in all */
    unsigned knocks;    /* signals and persons in all */
    struct engine_options options;
};

struct weather weather_draw(struct dice *dice);
struct weather weather_peace(const struct weather *weather);

#endif
