/* Building and sorting the graph (Kahn's algorithm, steady: whatever can come first in the file does). */
#include "definition/edges.h"

#include "base/mem.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { CYCLES_MAX = 20 }; /* nobody mends more at once */

static void build(struct edges *edges);
static void sort(struct edges *edges, struct parse *parse);

void edges_init(struct edges *edges, struct parse *parse)
{
    size_t nodes = parse->draft->nodes_count;
    *edges = (struct edges){.draft = parse->draft, .count = 2 * nodes};
    edges->vertices = mem_array(edges->count, sizeof *edges->vertices);
    edges->sorted = mem_array(edges->count, sizeof *edges->sorted);
    build(edges);
    sort(edges, parse);
}

void edges_done(struct edges *edges)
{
    for (size_t i = 0; i < edges->count; i++)
        mem_free(edges->vertices[i].edges);
    mem_free(edges->vertices);
    mem_free(edges->sorted);
    *edges = (struct edges){0};
}

int edges_node(const struct edges *edges, int vertex)
{
    int nodes = (int)edges->draft->nodes_count;
    assert(vertex >= 0 && vertex < 2 * nodes);
    return vertex < nodes ? vertex : vertex - nodes;
}

static int end_of(const struct edges *edges, int node)
{
    return node_is_group(&edges->draft->nodes[node]) ? node + (int)edges->draft->nodes_count : node;
}

static void add(struct edges *edges, int vertex, int need, bool written)
{
    struct vertex *from = &edges->vertices[vertex];
    if (from->count == from->capacity) {
        from->capacity = from->capacity ? from->capacity * 2 : 4;
        from->edges = mem_grow(from->edges, from->capacity * sizeof *from->edges);
    }
    from->edges[from->count++] = (struct edge){need, written};
}

static void build(struct edges *edges)
{
    for (int i = 0; i < (int)edges->draft->nodes_count; i++) {
        const struct node *node = &edges->draft->nodes[i];
        if (node->parent != NODE_NONE) { /* nothing starts before its group, nor is over after it */
            add(edges, i, node->parent, false);
            add(edges, end_of(edges, node->parent), end_of(edges, i), false);
        }
        for (size_t k = 0; k < node->needs_count; k++)
            add(edges, i, end_of(edges, node->needs[k]), true);
        if (node->kind == NODE_CASE && node->previous != NODE_NONE) /* decided one after the other */
            add(edges, i, node->previous, false);
        else if ((!node->needs_json || node->needs_broken) && node->previous != NODE_NONE)
            add(edges, i, end_of(edges, node->previous), false);
        if (node_is_group(node))
            add(edges, end_of(edges, i), i, false);
    }
}

/* State of the sorting. */
struct sorting {
    struct edges *edges;
    size_t *over; /* of every vertex: this many of its edges, from the first, are known to be placed */
    bool *placed;
    size_t done;
    size_t cycles;
};

/* The first need of `vertex` that is not placed yet, NULL when it waits for nothing. */
static struct edge *blocking(const struct sorting *sorting, int vertex)
{
    struct vertex *from = &sorting->edges->vertices[vertex];
    size_t *over = &sorting->over[vertex];
    while (*over < from->count && sorting->placed[from->edges[*over].need])
        ++*over;
    return *over < from->count ? &from->edges[*over] : NULL;
}

static bool ready(const struct sorting *sorting, int vertex)
{
    return !sorting->placed[vertex] && !blocking(sorting, vertex);
}

/* Ends of groups first, so that what follows a group is not put off; then in the order of the file. */
static int next_ready(const struct sorting *sorting)
{
    int nodes = (int)sorting->edges->draft->nodes_count;
    for (int i = nodes; i < 2 * nodes; i++)
        if (ready(sorting, i))
            return i;
    for (int i = 0; i < nodes; i++)
        if (ready(sorting, i))
            return i;
    return NODE_NONE;
}

/* Prints the nodes of the cycle that begins at `vertex`: "a -> b -> a". */
static void print_cycle(const struct sorting *sorting, int vertex, char *text, size_t size)
{
    int at = vertex;
    int last = NODE_NONE;
    size_t used = 0;
    size_t names = 0;
    do {
        int node = edges_node(sorting->edges, at);
        if (node != last && used < size && names++ < 12)
            used += (size_t)snprintf(text + used, size - used, "%s%s", used ? " -> " : "",
                                     node_name(&sorting->edges->draft->nodes[node]));
        last = node;
        at = blocking(sorting, at)->need;
    } while (at != vertex);
    int first = edges_node(sorting->edges, vertex);
    if (used < size && (first != last || names == 1))
        snprintf(text + used, size - used, "%s -> %s", names > 12 ? " -> ..." : "",
                 node_name(&sorting->edges->draft->nodes[first]));
}

/* Finds a cycle among what is left, complains, and takes one written edge out of it. */
static void cut_cycle(struct sorting *sorting, struct parse *parse)
{
    bool *seen = mem_array(sorting->edges->count, sizeof *seen);
    int at = 0;
    while (sorting->placed[at])
        at++;
    while (!seen[at]) {
        seen[at] = true;
        at = blocking(sorting, at)->need;
    }
    mem_free(seen);
    while (!blocking(sorting, at)->written) /* groups alone make no cycle: one edge is written */
        at = blocking(sorting, at)->need;
    char text[FINDING_TEXT_BYTES - 64];
    print_cycle(sorting, at, text, sizeof text);
    const struct node *node = &parse->draft->nodes[edges_node(sorting->edges, at)];
    findings_add(parse->findings, rule_code(RULE_CYCLE), node->pointer, "each needs the next",
                 "\"%s\" can never run: %s", node_name(node), text);
    struct vertex *vertex = &sorting->edges->vertices[at];
    size_t index = (size_t)(blocking(sorting, at) - vertex->edges);
    vertex->edges[index] = vertex->edges[--vertex->count];
}

/* Too many cycles to list: forget what was written between those that are left. */
static void cut_all(struct sorting *sorting)
{
    for (size_t i = 0; i < sorting->edges->count; i++) {
        struct vertex *vertex = &sorting->edges->vertices[i];
        size_t kept = 0;
        for (size_t k = 0; k < vertex->count; k++)
            if (sorting->placed[i] || !vertex->edges[k].written || sorting->placed[vertex->edges[k].need])
                vertex->edges[kept++] = vertex->edges[k];
        vertex->count = kept;
        sorting->over[i] = 0;
    }
}

static void sort(struct edges *edges, struct parse *parse)
{
    struct sorting sorting = {.edges = edges};
    sorting.over = mem_array(edges->count, sizeof *sorting.over);
    sorting.placed = mem_array(edges->count, sizeof *sorting.placed);
    while (sorting.done < edges->count) {
        int vertex = next_ready(&sorting);
        if (vertex != NODE_NONE) {
            sorting.placed[vertex] = true;
            edges->sorted[sorting.done++] = vertex;
            continue;
        }
        edges->cut = true;
        if (sorting.cycles++ < CYCLES_MAX)
            cut_cycle(&sorting, parse);
        else
            cut_all(&sorting);
    }
    mem_free(sorting.over);
    mem_free(sorting.placed);
}
