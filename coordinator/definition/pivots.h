/* The pivots of a draft, and who stands where to them. A saga has one pivot, or one in each of several cases of a
 * switch: then at most one of them runs. */
#ifndef BELAY_DEFINITION_PIVOTS_H
#define BELAY_DEFINITION_PIVOTS_H

#include "definition/order.h"

struct pivots {
    const struct order *order;
    int *nodes; /* in the order of the file; a further pivot on the path of one of these is none of them */
    size_t count;
    bool *certain; /* of every node: whenever the group around it runs, a pivot in it (or itself) does */
};

void pivots_init(struct pivots *pivots, const struct order *order);
void pivots_done(struct pivots *pivots);

/* A pivot on the path of the pivot `node`, which is another one; NODE_NONE when there is none. */
int pivots_crossed(const struct pivots *pivots, int node);

/* The first pivot that is over before `node` starts, a step that votes when the vote is, or NODE_NONE. */
int pivots_before(const struct pivots *pivots, int node);

/* `pivot` is one that is over before `node` starts. True when then it has run, or another one in its stead. */
bool pivots_bound(const struct pivots *pivots, int pivot, int node);

/* The first step that votes, NODE_NONE; and whether all that do are over before `node` starts. */
int pivots_vote(const struct draft *draft);
bool pivots_voted(const struct order *order, int node);

/* True when a pivot, or the vote, is over before `node` starts: for who asks nothing else. */
bool pivots_after(const struct order *order, int node);

#endif
