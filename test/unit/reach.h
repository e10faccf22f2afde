/* Walks every state that the core can reach from the beginning of a saga. */
#ifndef BELAY_UNIT_REACH_H
#define BELAY_UNIT_REACH_H

#include "core/core.h"

enum { REACH_MOST = 400000 }; /* states of one saga: more would be a walk without an end */

/* One event in one state. */
struct reach_edge {
    const struct plan *plan;
    const struct txn *before;
    const struct event *event;
    enum refusal refusal;
    const struct out *out;
    const struct txn *after;
    const struct txn *folded; /* `before` with the facts of `out` applied */
};

/* Feeds every event to every state and tells each of them to `visit`. `nested`: it is a child. Returns the number
 * of states. */
size_t reach_all(const struct plan *plan, bool nested, void (*visit)(const struct reach_edge *edge));

#endif
