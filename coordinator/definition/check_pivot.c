/* The pivot is where undoing ends: there is one on every path, and what comes after it comes with it. */
#include "definition/check.h"
#include "definition/pivots.h"

#include <stdarg.h>
#include <stdio.h>

static void check_crossing(struct parse *parse, const struct pivots *pivots, int index);
static void check_vote(struct parse *parse, const struct node *node);
static void check_place(struct parse *parse, const struct node *node);
static void check_keys(struct parse *parse, const struct node *node);
static void check_skipped(struct parse *parse, const struct pivots *pivots);

void check_pivot(struct parse *parse, const struct order *order)
{
    const struct draft *draft = parse->draft;
    struct pivots pivots;
    pivots_init(&pivots, order);
    for (int i = 0; i < (int)draft->nodes_count; i++) {
        const struct node *node = &draft->nodes[i];
        if (node->kind != NODE_CALL || !node->pivot)
            continue;
        check_crossing(parse, &pivots, i);
        check_vote(parse, node);
        check_keys(parse, node);
    }
    check_skipped(parse, &pivots);
    check_undo(parse, &pivots);
    pivots_done(&pivots);
}

void check_complain(struct parse *parse, const struct node *node, const char *key, enum rule rule,
                    const char *hint, const char *format, ...)
{
    char message[FINDING_TEXT_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    size_t mark = parse->path.length;
    buf_puts(&parse->path, node->pointer);
    buf_puts(&parse->path, key);
    parse_complain(parse, rule, hint, "%s", message);
    parse_leave(parse, mark);
}

bool check_in_parallel(const struct draft *draft, const struct node *node)
{
    for (int i = node->parent; i != NODE_NONE; i = draft->nodes[i].parent)
        if (draft->nodes[i].kind == NODE_PARALLEL)
            return true;
    return false;
}

static void check_crossing(struct parse *parse, const struct pivots *pivots, int index)
{
    const struct node *node = &parse->draft->nodes[index];
    int first = pivots_crossed(pivots, index);
    if (first != NODE_NONE && first < index)
        check_complain(parse, node, "/pivot", RULE_SECOND_PIVOT, "after a pivot every step only goes forward",
                       "\"%s\" is a second pivot; \"%s\" is one already", node_name(node),
                       node_name(&parse->draft->nodes[first]));
    else
        check_place(parse, node);
}

static void check_vote(struct parse *parse, const struct node *node)
{
    int vote = pivots_vote(parse->draft);
    if (vote != NODE_NONE)
        check_complain(parse, node, "/pivot", RULE_VOTE_AND_PIVOT,
                       "give it a compensation and put it before the vote",
                       "\"%s\" is a pivot, and the vote of \"%s\" decides already", node_name(node),
                       node_name(&parse->draft->nodes[vote]));
}

static void check_place(struct parse *parse, const struct node *node)
{
    if (check_in_parallel(parse->draft, node))
        check_complain(parse, node, "/pivot", RULE_PIVOT_PARALLEL, "put it behind the group",
                       "the pivot \"%s\" stands inside \"parallel\": what runs beside it could not be undone",
                       node_name(node));
    if (node->each)
        check_complain(parse, node, "/forEach", RULE_PIVOT_PARALLEL, "put it behind this step",
                       "the pivot \"%s\" would be one pivot per item: some might succeed and others not",
                       node_name(node));
}

static void check_keys(struct parse *parse, const struct node *node)
{
    if (node->has_undo)
        check_complain(parse, node, "/compensation", RULE_PIVOT_KEY, NULL,
                       "\"%s\" is the pivot: it is never undone", node_name(node));
    if (node->continue_on_failure)
        check_complain(parse, node, "/onFailure", RULE_PIVOT_KEY, NULL,
                       "\"%s\" is the pivot: its no ends the saga", node_name(node));
}

/* A skipped pivot decides nothing; so whatever follows it must be skipped with it. */
static void check_skipped(struct parse *parse, const struct pivots *pivots)
{
    const struct draft *draft = parse->draft;
    for (size_t k = 0; k < pivots->count; k++)
        for (int i = 0; i < (int)draft->nodes_count; i++) {
            int pivot = pivots->nodes[k];
            if (node_is_group(&draft->nodes[i]) || !order_before(pivots->order, pivot, i) ||
                pivots_bound(pivots, pivot, i))
                continue;
            bool other = draft->nodes[draft_branch(draft, pivot, i)].kind == NODE_SWITCH;
            check_complain(parse, &draft->nodes[pivot], "/pivot", RULE_PIVOT_SKIPPED,
                           other ? "give every case of the switch a pivot, the default too"
                                 : "put what follows into one group with it, behind one \"when\"",
                           "the pivot \"%s\" may be skipped, and \"%s\" would run without it",
                           node_name(&draft->nodes[pivot]), node_name(&draft->nodes[i]));
            return;
        }
}
