/* The pivot is where undoing ends: what runs before it can be undone, what runs after it succeeds. */
#include "definition/check.h"

#include <stdio.h>

static void check_pivots(struct parse *parse, int first);
static void check_skipped(struct parse *parse, const struct order *order, int pivot);
static void check_without(struct parse *parse, const struct order *order, int index);
static void check_beside(struct parse *parse, const struct order *order, int pivot, int index);
static void check_after(struct parse *parse, const struct node *node);

/* Complains about a step, or its member `key`. */
#define COMPLAIN(parse, node, key, rule, hint, ...)                                                               \
    do {                                                                                                          \
        size_t mark_ = (parse)->path.length;                                                                      \
        buf_puts(&(parse)->path, (node)->pointer);                                                                \
        buf_puts(&(parse)->path, key);                                                                            \
        parse_complain(parse, rule, hint, __VA_ARGS__);                                                           \
        parse_leave(parse, mark_);                                                                                \
    } while (0)

static bool undoable(const struct node *node)
{
    return node->has_undo || node->operation || node->read_only;
}

int check_find_pivot(const struct draft *draft)
{
    for (size_t i = 0; i < draft->nodes_count; i++)
        if (draft->nodes[i].kind == NODE_CALL && draft->nodes[i].pivot)
            return (int)i;
    return NODE_NONE;
}

void check_pivot(struct parse *parse, const struct order *order)
{
    const struct draft *draft = parse->draft;
    int pivot = check_find_pivot(draft);
    if (pivot != NODE_NONE) {
        check_pivots(parse, pivot);
        check_skipped(parse, order, pivot);
    }
    for (int i = 0; i < (int)draft->nodes_count; i++) {
        const struct node *node = &draft->nodes[i];
        if (node->kind != NODE_CALL)
            continue;
        if (node->read_only && node->has_undo)
            COMPLAIN(parse, node, "/compensation", RULE_READ_ONLY_UNDO, "take one of them away",
                     "\"%s\" only reads and has a compensation", node_name(node));
        if (node->pivot)
            continue;
        if (pivot == NODE_NONE)
            check_without(parse, order, i);
        else
            check_beside(parse, order, pivot, i);
    }
}

static bool inside_parallel(const struct draft *draft, const struct node *node)
{
    for (int i = node->parent; i != NODE_NONE; i = draft->nodes[i].parent)
        if (draft->nodes[i].kind == NODE_PARALLEL)
            return true;
    return false;
}

static void check_pivots(struct parse *parse, int first)
{
    const struct draft *draft = parse->draft;
    for (int i = first; i < (int)draft->nodes_count; i++) {
        const struct node *node = &draft->nodes[i];
        if (node->kind != NODE_CALL || !node->pivot)
            continue;
        if (i != first)
            COMPLAIN(parse, node, "/pivot", RULE_SECOND_PIVOT, "after a pivot every step only goes forward",
                     "\"%s\" is a second pivot; \"%s\" is one already", node_name(node),
                     node_name(&draft->nodes[first]));
        else if (inside_parallel(draft, node))
            COMPLAIN(parse, node, "/pivot", RULE_PIVOT_PARALLEL, "put it behind the group",
                     "the pivot \"%s\" stands inside \"parallel\": what runs beside it could not be undone",
                     node_name(node));
        if (node->has_undo)
            COMPLAIN(parse, node, "/compensation", RULE_PIVOT_KEY, NULL, "\"%s\" is the pivot: it is never undone",
                     node_name(node));
        if (node->continue_on_failure)
            COMPLAIN(parse, node, "/onFailure", RULE_PIVOT_KEY, NULL, "\"%s\" is the pivot: its no ends the saga",
                     node_name(node));
    }
}

/* A skipped pivot decides nothing; so whatever follows it must be skipped with it. */
static void check_skipped(struct parse *parse, const struct order *order, int pivot)
{
    const struct draft *draft = parse->draft;
    const struct node *node = &draft->nodes[pivot];
    int gate = order_gate(order, pivot);
    if (!node->conditional && gate == NODE_NONE)
        return;
    for (int i = 0; i < (int)draft->nodes_count; i++) {
        if (node_is_group(&draft->nodes[i]) || i == pivot || !order_before(order, pivot, i))
            continue;
        if (!node->conditional && draft_inside(draft, i, gate))
            continue;
        COMPLAIN(parse, node, "/pivot", RULE_PIVOT_SKIPPED,
                 "put what follows into one group with it, behind one \"when\"",
                 "the pivot \"%s\" may be skipped, and \"%s\" would run without it", node_name(node),
                 node_name(&draft->nodes[i]));
        return;
    }
}

/* Even the last step: its no would leave nothing, but an unknown outcome has to be undone or made a yes. */
static void check_without(struct parse *parse, const struct order *order, int index)
{
    const struct draft *draft = parse->draft;
    const struct node *node = &draft->nodes[index];
    if (undoable(node))
        return;
    bool last = !node->conditional && order_gate(order, index) == NODE_NONE && !inside_parallel(draft, node);
    for (int i = 0; last && i < (int)draft->nodes_count; i++)
        last = node_is_group(&draft->nodes[i]) || i == index || order_before(order, i, index);
    COMPLAIN(parse, node, "", RULE_NO_PIVOT,
             last ? "mark it \"pivot\": true, or add \"compensation\" or \"readOnly\": true"
                  : "add \"compensation\" or \"readOnly\": true",
             "\"%s\" cannot be undone, and the saga has no pivot", node_name(node));
}

static void check_beside(struct parse *parse, const struct order *order, int pivot, int index)
{
    const struct draft *draft = parse->draft;
    const struct node *node = &draft->nodes[index];
    if (order_before(order, pivot, index)) {
        check_after(parse, node);
        return;
    }
    bool before = order_before(order, index, pivot);
    char hint[192];
    snprintf(hint, sizeof hint, "let one of them need the other: \"needs\": [\"%s\"]",
             node_name(&draft->nodes[pivot]));
    if (!before && !order->cut && !inside_parallel(draft, &draft->nodes[pivot]))
        COMPLAIN(parse, node, "", RULE_BESIDE_PIVOT, hint,
                 "\"%s\" runs beside the pivot \"%s\", neither before nor after it", node_name(node),
                 node_name(&draft->nodes[pivot]));
    if (before && !undoable(node))
        COMPLAIN(parse, node, "", RULE_BEFORE_PIVOT, "add \"compensation\" or \"readOnly\": true",
                 "\"%s\" runs before the pivot and cannot be undone", node_name(node));
}

static void check_after(struct parse *parse, const struct node *node)
{
    const struct policy *retry = &node->retry;
    bool finite = (retry->has_attempts && retry->value.attempts_max) || retry->has_total || retry->codes_count;
    if (node->has_undo)
        COMPLAIN(parse, node, "/compensation", RULE_UNDO_AFTER_PIVOT, "take it away",
                 "\"%s\" runs after the pivot and is never undone", node_name(node));
    if (finite && !node->continue_on_failure)
        COMPLAIN(parse, node, "/retry", RULE_FINITE_AFTER_PIVOT,
                 "say \"retry\": \"forever\", or add \"onFailure\": \"continue\"",
                 "\"%s\" runs after the pivot and gives up after some tries", node_name(node));
}
