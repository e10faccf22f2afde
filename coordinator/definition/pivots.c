/* Finding the pivots, and which of them are sure to run. */
#include "definition/pivots.h"

#include "base/mem.h"

#include <assert.h>

static void find_certain(struct pivots *pivots);

static bool is_pivot(const struct node *node)
{
    return node->kind == NODE_CALL && node->pivot;
}

void pivots_init(struct pivots *pivots, const struct order *order)
{
    const struct draft *draft = order->draft;
    *pivots = (struct pivots){.order = order};
    pivots->nodes = mem_array(draft->nodes_count, sizeof *pivots->nodes);
    pivots->certain = mem_array(draft->nodes_count, sizeof *pivots->certain);
    for (int i = 0; i < (int)draft->nodes_count; i++)
        if (is_pivot(&draft->nodes[i]) && pivots_crossed(pivots, i) == NODE_NONE)
            pivots->nodes[pivots->count++] = i;
    find_certain(pivots);
}

void pivots_done(struct pivots *pivots)
{
    mem_free(pivots->nodes);
    mem_free(pivots->certain);
    *pivots = (struct pivots){0};
}

int pivots_crossed(const struct pivots *pivots, int node)
{
    for (size_t i = 0; i < pivots->count; i++)
        if (pivots->nodes[i] != node && !draft_exclusive(pivots->order->draft, pivots->nodes[i], node))
            return pivots->nodes[i];
    return NODE_NONE;
}

int pivots_before(const struct pivots *pivots, int node)
{
    for (size_t i = 0; i < pivots->count; i++)
        if (order_before(pivots->order, pivots->nodes[i], node))
            return pivots->nodes[i];
    return pivots_voted(pivots->order, node) ? pivots_vote(pivots->order->draft) : NODE_NONE;
}

bool pivots_bound(const struct pivots *pivots, int pivot, int node)
{
    const struct draft *draft = pivots->order->draft;
    int branch = draft_branch(draft, pivot, node); /* runs whenever the group around both does, or not */
    return pivots->certain[branch] && draft->nodes[branch].kind != NODE_CASE; /* else it is another case */
}

bool pivots_after(const struct order *order, int node)
{
    for (int i = 0; i < (int)order->draft->nodes_count; i++)
        if (is_pivot(&order->draft->nodes[i]) && order_before(order, i, node))
            return true;
    return pivots_voted(order, node);
}

int pivots_vote(const struct draft *draft)
{
    for (int i = 0; i < (int)draft->nodes_count; i++)
        if (draft->nodes[i].phases == PHASES_VOTE)
            return i;
    return NODE_NONE;
}

bool pivots_voted(const struct order *order, int node)
{
    const struct draft *draft = order->draft;
    for (int i = 0; i < (int)draft->nodes_count; i++)
        if (draft->nodes[i].phases == PHASES_VOTE && !order_before(order, i, node))
            return false;
    return pivots_vote(draft) != NODE_NONE;
}

/* Of a switch: whether some case runs in any case, and whether one would run no pivot. */
struct cases {
    bool complete;
    bool missed;
};

/* A group is certain when one of its members is; a switch when it has a default and all its cases are. */
static bool is_certain(const struct node *node, bool member, const struct cases *cases)
{
    if (node->kind == NODE_CASE) /* whether it runs at all is the business of its switch */
        return member;
    if (node->kind == NODE_SWITCH)
        member = cases->complete && !cases->missed;
    return !node->conditional && (member || is_pivot(node));
}

/* From the last node to the first: members stand behind their groups. */
static void find_certain(struct pivots *pivots)
{
    const struct draft *draft = pivots->order->draft;
    struct cases *cases = mem_array(draft->nodes_count, sizeof *cases);
    for (size_t i = draft->nodes_count; i-- > 0;) {
        const struct node *node = &draft->nodes[i];
        bool certain = is_certain(node, pivots->certain[i], &cases[i]);
        pivots->certain[i] = certain;
        assert(node->parent < (int)i);
        if (node->kind == NODE_CASE) {
            cases[node->parent].complete |= !node->conditional;
            cases[node->parent].missed |= !certain;
        } else if (node->parent != NODE_NONE) {
            pivots->certain[node->parent] |= certain;
        }
    }
    mem_free(cases);
}
