/* What comes before what: the graph of a draft without its groups, in the order in which steps stand in the
 * plan. A step is one place; a group is one only if it decides whether its members run (it has a `when`, or is a
 * case): the gate in front of them. */
#ifndef BELAY_DEFINITION_ORDER_H
#define BELAY_DEFINITION_ORDER_H

#include "definition/bits.h"
#include "definition/parse.h"

struct order {
    const struct draft *draft;
    size_t count;       /* places */
    int *nodes;         /* place -> node */
    uint16_t *index;    /* node -> place, or PLAN_NONE */
    struct bits before; /* (a, b): b is over before a starts */
    struct bits needs;  /* (a, b): a needs b, and no other need of a says so already */
    size_t needs_count;
    bool cut; /* there were cycles, and an edge was taken out of each */
};

/* Complains about cycles and too many edges. */
void order_init(struct order *order, struct parse *parse);
void order_done(struct order *order);

/* True when node `first` is over before node `second` starts; both have places. */
bool order_before(const struct order *order, int first, int second);

/* The innermost gate that `node` stands in, NODE_NONE. */
int order_gate(const struct order *order, int node);

#endif
