/* One episode: a town, its load, its troubles, peace, and the checks. */
#ifndef BELAY_E2E_EPISODE_H
#define BELAY_E2E_EPISODE_H

#include "e2e/keeper.h"
#include "e2e/plan.h"
#include "e2e/verdict.h"

/* What an episode was like, for whoever tells of it. */
struct story {
    struct toll toll;
    unsigned completed, compensated;
    unsigned given_up; /* undone although nobody refused them */
    unsigned silences, repeats, mistreated;
    unsigned long calls, facts;
    unsigned load_ms, peace_ms;
    char log_line[256]; /* the last error that the coordinator logged, "" without one */
    unsigned log_errors;
    unsigned injections; /* system calls that were made to fail */
    bool good;
};

/* Plays it and notes what it finds. The directory stays when something failed, and is named. */
void episode_play(const struct plan *plan, struct verdict *verdict, struct story *story);

#endif
