/* What becomes of a call, decided from what was seen of its branch. Pure. */
#ifndef BELAY_SRC_BARRIER_DECIDE_H
#define BELAY_SRC_BARRIER_DECIDE_H

#include "belay/barrier.h"

enum decision {
    DECISION_RUN,    /* run the hook, record its answer */
    DECISION_REPEAT, /* answer what was answered */
    DECISION_EMPTY,  /* nothing to undo: record a yes, and fence a do that may still come */
    DECISION_LATE,   /* refuse, and so on: each with the problem of its name */
    DECISION_UNKNOWN_BRANCH,
    DECISION_UNDONE,
    DECISION_CONFIRMED,
    DECISION_BROKEN, /* the rows contradict one another: not what we wrote */
};

/* enum belay_state of the rows of one branch; BELAY_STATE_OPEN where there is none. */
struct seen {
    int did;
    int confirmed;
    int undid;
};

enum decision belay_barrier_decide(enum belay_verb verb, const struct seen *seen);

/* NULL when every function is there, else the name of one that is missing. */
const char *belay_barrier_missing(const struct belay_barrier *barrier);

#endif
