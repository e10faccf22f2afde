/* The graph of a draft: who waits for whom. A step is one vertex. A group has two: its start, which its
 * members wait for, and its end, which waits for its members; so an edge to a group needs no list of them. */
#ifndef BELAY_DEFINITION_EDGES_H
#define BELAY_DEFINITION_EDGES_H

#include "definition/parse.h"

struct edge {
    int need;     /* the vertex that must be over first */
    bool written; /* by the author, in `needs` */
};

struct vertex {
    struct edge *edges;
    size_t count;
    size_t capacity;
};

/* Vertex i < nodes_count is node i (of a group: its start), vertex nodes_count + i the end of group i. */
struct edges {
    const struct draft *draft;
    struct vertex *vertices;
    size_t count;
    bool cut;    /* there were cycles: less is before or after something than was written */
    int *sorted; /* all vertices, every one after its needs; else in the order of the file */
};

/* Builds and sorts the graph. Cycles are complained about and cut, so that what is left can be checked. */
void edges_init(struct edges *edges, struct parse *parse);
void edges_done(struct edges *edges);

/* The node of a vertex. */
int edges_node(const struct edges *edges, int vertex);

#endif
