/* Groups dissolve: whoever needs the end of a group needs what the end needs. */
#include "definition/order.h"

#include "base/mem.h"
#include "definition/edges.h"

#include <assert.h>

static void place_all(struct order *order, const struct edges *edges);
static void reduce(struct order *order, const struct bits *direct, size_t vertex, size_t place);

void order_init(struct order *order, struct parse *parse)
{
    size_t nodes = parse->draft->nodes_count;
    *order = (struct order){.draft = parse->draft};
    order->nodes = mem_array(nodes, sizeof *order->nodes);
    order->index = mem_array(nodes, sizeof *order->index);
    bits_init(&order->before, nodes, nodes);
    bits_init(&order->needs, nodes, nodes);
    struct edges edges;
    edges_init(&edges, parse);
    place_all(order, &edges);
    order->cut = edges.cut;
    edges_done(&edges);
    if (order->needs_count > UINT16_MAX)
        parse_complain_at(parse, "steps", RULE_LIMIT, "put one step between two wide \"parallel\" groups",
                          "the steps have %zu dependencies, at most %d are possible", order->needs_count,
                          UINT16_MAX);
}

void order_done(struct order *order)
{
    mem_free(order->nodes);
    mem_free(order->index);
    bits_done(&order->before);
    bits_done(&order->needs);
    *order = (struct order){0};
}

bool order_before(const struct order *order, int first, int second)
{
    uint16_t a = order->index[first];
    uint16_t b = order->index[second];
    assert(a < order->count && b < order->count);
    return bits_test(&order->before, b, a);
}

int order_gate(const struct order *order, int node)
{
    int gate = order->draft->nodes[node].parent;
    while (gate != NODE_NONE && !node_is_gate(&order->draft->nodes[gate]))
        gate = order->draft->nodes[gate].parent;
    return gate;
}

static bool has_place(const struct order *order, size_t vertex)
{
    if (vertex >= order->draft->nodes_count)
        return false;
    const struct node *node = &order->draft->nodes[vertex];
    return !node_is_group(node) || node_is_gate(node);
}

/* Collects for every vertex the places that it needs directly, passing through what has none. */
static void place_all(struct order *order, const struct edges *edges)
{
    struct bits direct;
    bits_init(&direct, edges->count, order->draft->nodes_count);
    for (size_t i = 0; i < order->draft->nodes_count; i++)
        order->index[i] = PLAN_NONE;
    for (size_t i = 0; i < edges->count; i++) {
        size_t vertex = (size_t)edges->sorted[i];
        const struct vertex *from = &edges->vertices[vertex];
        for (size_t k = 0; k < from->count; k++) {
            size_t need = (size_t)from->edges[k].need;
            if (has_place(order, need))
                bits_set(&direct, vertex, order->index[need]);
            else
                bits_add(&direct, vertex, &direct, need);
        }
        if (has_place(order, vertex)) {
            order->index[vertex] = (uint16_t)order->count;
            order->nodes[order->count] = (int)vertex;
            reduce(order, &direct, vertex, order->count++);
        }
    }
    bits_done(&direct);
}

/* Everything before a direct need is before the place as well, and needs no edge of its own. */
static void reduce(struct order *order, const struct bits *direct, size_t vertex, size_t place)
{
    for (size_t i = 0; i < place; i++)
        if (bits_test(direct, vertex, i))
            bits_add(&order->before, place, &order->before, i);
    for (size_t i = 0; i < place; i++)
        if (bits_test(direct, vertex, i) && !bits_test(&order->before, place, i)) {
            bits_set(&order->needs, place, i);
            order->needs_count++;
        }
    bits_add(&order->before, place, direct, vertex);
}
