/* What runs before the pivot can be undone, what runs after it succeeds. */
#include "definition/check.h"
#include "definition/pivots.h"

#include <stdio.h>

static void check_step(struct parse *parse, const struct pivots *pivots, int index);
static void check_beside(struct parse *parse, const struct pivots *pivots, int index);
static void check_beside_vote(struct parse *parse, const struct order *order, int index);
static void check_before(struct parse *parse, const struct pivots *pivots, int index);
static void check_items(struct parse *parse, const struct node *node);
static void check_without(struct parse *parse, const struct order *order, int index);
static void check_after(struct parse *parse, const struct node *node);
static void check_wait_after(struct parse *parse, const struct node *node);

/* Can be undone, or leaves nothing behind. */
static bool undoable(const struct node *node)
{
    return node->has_undo || node->operation || node->read_only || node_is_wait(node) || node->kind == NODE_CHILD;
}

void check_undo(struct parse *parse, const struct pivots *pivots)
{
    const struct draft *draft = parse->draft;
    for (int i = 0; i < (int)draft->nodes_count; i++) {
        const struct node *node = &draft->nodes[i];
        if (node->kind != NODE_CALL && node->kind != NODE_CHILD && !node_is_wait(node))
            continue;
        if (node->read_only && node->has_undo)
            check_complain(parse, node, "/compensation", RULE_READ_ONLY_UNDO, "take one of them away",
                           "\"%s\" only reads and has a compensation", node_name(node));
        if (!node->pivot)
            check_step(parse, pivots, i);
    }
}

static void check_step(struct parse *parse, const struct pivots *pivots, int index)
{
    const struct node *node = &parse->draft->nodes[index];
    check_beside(parse, pivots, index);
    check_beside_vote(parse, pivots->order, index);
    if (pivots_before(pivots, index) == NODE_NONE) {
        check_before(parse, pivots, index);
        check_items(parse, node);
    } else if (node_is_wait(node))
        check_wait_after(parse, node);
    else if (node->phases != PHASES_SAGA)
        check_complain(parse, node, "", RULE_HELD_AFTER, "hold it before the decision, or make it an action",
                       "\"%s\" runs after the decision: there is nothing to hold it for", node_name(node));
    else
        check_after(parse, node);
}

/* Every step is before the pivot, after it, or in another case than it. */
static void check_beside(struct parse *parse, const struct pivots *pivots, int index)
{
    const struct draft *draft = parse->draft;
    const struct order *order = pivots->order;
    if (order->cut)
        return;
    for (size_t i = 0; i < pivots->count; i++) {
        int pivot = pivots->nodes[i];
        if (order_before(order, pivot, index) || order_before(order, index, pivot) ||
            draft_exclusive(draft, pivot, index) || check_in_parallel(draft, &draft->nodes[pivot]))
            continue;
        char hint[192];
        snprintf(hint, sizeof hint, "let one of them need the other: \"needs\": [\"%s\"]",
                 node_name(&draft->nodes[pivot]));
        check_complain(parse, &draft->nodes[index], "", RULE_BESIDE_PIVOT, hint,
                       "\"%s\" runs beside the pivot \"%s\", neither before nor after it",
                       node_name(&draft->nodes[index]), node_name(&draft->nodes[pivot]));
        return;
    }
}

/* The vote may be over as soon as those who vote are: whatever else can fail has to be over by then. */
static void check_beside_vote(struct parse *parse, const struct order *order, int index)
{
    const struct draft *draft = parse->draft;
    int vote = pivots_vote(draft);
    bool before = draft->nodes[index].phases == PHASES_VOTE;
    if (vote == NODE_NONE || order->cut || pivots_voted(order, index))
        return;
    for (int i = vote; i < (int)draft->nodes_count; i++)
        before |= draft->nodes[i].phases == PHASES_VOTE && order_before(order, index, i);
    char hint[192];
    snprintf(hint, sizeof hint, "let one of them need the other: \"needs\": [\"%s\"]",
             node_name(&draft->nodes[vote]));
    if (!before)
        check_complain(parse, &draft->nodes[index], "", RULE_BESIDE_VOTE, hint,
                       "\"%s\" runs beside the vote of \"%s\", neither before its end nor after it",
                       node_name(&draft->nodes[index]), node_name(&draft->nodes[vote]));
}

static void check_before(struct parse *parse, const struct pivots *pivots, int index)
{
    const struct node *node = &parse->draft->nodes[index];
    bool apart = true; /* every pivot stands in another case */
    if (undoable(node))
        return;
    if (pivots_vote(parse->draft) != NODE_NONE) {
        check_complain(parse, node, "", RULE_BEFORE_PIVOT, "add \"compensation\" or \"readOnly\": true",
                       "\"%s\" runs before the vote and cannot be undone", node_name(node));
        return;
    }
    if (pivots->count == 0) {
        check_without(parse, pivots->order, index);
        return;
    }
    for (size_t i = 0; i < pivots->count; i++) {
        if (order_before(pivots->order, index, pivots->nodes[i])) {
            check_complain(parse, node, "", RULE_BEFORE_PIVOT, "add \"compensation\" or \"readOnly\": true",
                           "\"%s\" runs before the pivot and cannot be undone", node_name(node));
            return;
        }
        apart = apart && draft_exclusive(parse->draft, pivots->nodes[i], index);
    }
    if (apart)
        check_complain(parse, node, "", RULE_NO_PIVOT,
                       "add \"compensation\" or \"readOnly\": true, or make it the pivot of its case",
                       "\"%s\" cannot be undone, and runs in a case without a pivot", node_name(node));
}

/* A place in the list is no name: the list of a later version, or of another day, is another one. */
static void check_items(struct parse *parse, const struct node *node)
{
    if (node->each && !node->item_keyed && !node->read_only && (node->has_undo || node->operation))
        check_complain(parse, node, "/forEach", RULE_EACH_KEY, "add \"key\": \"item.id\", or what names an item",
                       "the items of \"%s\" are undone one by one and have no \"key\"", node_name(node));
}

/* Even the last step: its no would leave nothing, but an unknown outcome has to be undone or made a yes. */
static void check_without(struct parse *parse, const struct order *order, int index)
{
    const struct draft *draft = parse->draft;
    const struct node *node = &draft->nodes[index];
    bool last = !node->conditional && order_gate(order, index) == NODE_NONE && !check_in_parallel(draft, node);
    for (int i = 0; last && i < (int)draft->nodes_count; i++)
        last = node_is_group(&draft->nodes[i]) || i == index || order_before(order, i, index);
    check_complain(parse, node, "", RULE_NO_PIVOT,
                   last ? "mark it \"pivot\": true, or add \"compensation\" or \"readOnly\": true"
                        : "add \"compensation\" or \"readOnly\": true",
                   "\"%s\" cannot be undone, and the saga has no pivot", node_name(node));
}

static void check_after(struct parse *parse, const struct node *node)
{
    const struct policy *retry = &node->retry;
    bool finite = (retry->has_attempts && retry->value.attempts_max) || retry->has_total || retry->codes_count;
    if (node->has_undo)
        check_complain(parse, node, "/compensation", RULE_UNDO_AFTER_PIVOT, "take it away",
                       "\"%s\" runs after the pivot and is never undone", node_name(node));
    if (finite && !node->continue_on_failure)
        check_complain(parse, node, "/retry", RULE_FINITE_AFTER_PIVOT,
                       "say \"retry\": \"forever\", or add \"onFailure\": \"continue\"",
                       "\"%s\" runs after the pivot and gives up after some tries", node_name(node));
}

/* There is no way back from a no. */
static void check_wait_after(struct parse *parse, const struct node *node)
{
    if (node->kind == NODE_APPROVAL)
        check_complain(parse, node, "/approval", RULE_WAIT_AFTER_PIVOT, "ask before the pivot",
                       "\"%s\" runs after the pivot, when nobody can say no any more", node_name(node));
    if (node->kind == NODE_SIGNAL && node->on_silence == SILENCE_NO)
        check_complain(parse, node, "/waitFor", RULE_WAIT_AFTER_PIVOT,
                       "say \"onTimeout\": \"continue\", or wait before the pivot",
                       "\"%s\" runs after the pivot and may fail when no signal comes", node_name(node));
}
