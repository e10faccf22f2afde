/* Runs the macros. Their variable is a slot of the evaluation; what a condition leaves in memory is given
 * back after every element, so that only results add up. */
#include "definition/expr_macros.h"

#include <assert.h>

/* What a macro runs over: a list, or the keys of a map as a list. */
static bool eval_range(struct eval *eval, const struct node *node, struct value *range)
{
    const struct node *child = node->children[0];
    struct local *local = &eval->locals[node->slot];
    if (!expr_eval_node(eval, child, range))
        return false;
    local->range = child;
    local->key = range->type == VALUE_MAP;
    if (range->type == VALUE_LIST)
        return true;
    if (range->type != VALUE_MAP)
        return expr_eval_fail(eval, child, "expected list or map, found %s", value_type_name(range->type));
    struct value *keys =
        expr_eval_spend(eval, range->count) ? expr_eval_take(eval, range->count, sizeof *keys) : NULL;
    if (!keys)
        return false;
    value_keys(range, keys);
    *range = value_list(keys, range->count);
    return true;
}

static void set_local(struct eval *eval, const struct node *node, const struct value *range, size_t index)
{
    struct local *local = &eval->locals[node->slot];
    local->value = value_item(range, index);
    local->index = index;
}

/* Evaluates the condition for the present element and gives its memory back. */
static bool eval_condition(struct eval *eval, const struct node *condition, bool *truth)
{
    struct value value;
    struct expr_memory_mark mark = expr_memory_mark(&eval->memory);
    bool good = expr_eval_node(eval, condition, &value) && expr_eval_want(eval, condition, &value, VALUE_BOOL);
    expr_memory_release(&eval->memory, mark);
    *truth = good && value.truth;
    return good;
}

/* all and exists: && and || over the elements, so one that decides outweighs any that fail. */
static bool eval_quantifier(struct eval *eval, const struct node *node, const struct value *range,
                            struct value *result)
{
    bool decides = node->macro == MACRO_EXISTS, failed = false;
    struct error first;
    for (size_t i = 0; i < range->count; i++) {
        bool truth;
        set_local(eval, node, range, i);
        if (eval_condition(eval, node->children[1], &truth)) {
            if (truth == decides) {
                *result = value_bool(decides);
                return true;
            }
        } else if (eval->fatal) {
            return false;
        } else if (!failed) {
            failed = true;
            first = eval->error;
        }
    }
    if (failed) {
        eval->error = first;
        return false;
    }
    *result = value_bool(!decides);
    return true;
}

static bool eval_exists_one(struct eval *eval, const struct node *node, const struct value *range,
                            struct value *result)
{
    size_t found = 0;
    for (size_t i = 0; i < range->count; i++) {
        bool truth;
        set_local(eval, node, range, i);
        if (!eval_condition(eval, node->children[1], &truth))
            return false;
        found += truth;
    }
    *result = value_bool(found == 1);
    return true;
}

/* filter(x, condition), map(x, result) and map(x, condition, result). */
static bool eval_collect(struct eval *eval, const struct node *node, const struct value *range,
                         struct value *result)
{
    const struct node *condition = NULL, *change = NULL;
    if (node->macro == MACRO_FILTER || node->children_count == 3)
        condition = node->children[1];
    if (node->macro == MACRO_MAP)
        change = node->children[node->children_count - 1];
    assert(condition || change);
    struct value *items = expr_eval_take(eval, range->count, sizeof *items);
    if (!items)
        return false;
    size_t count = 0;
    for (size_t i = 0; i < range->count; i++) {
        bool truth = true;
        set_local(eval, node, range, i);
        if (condition && !eval_condition(eval, condition, &truth))
            return false;
        if (!truth)
            continue;
        items[count] = eval->locals[node->slot].value;
        if (change && !expr_eval_node(eval, change, &items[count]))
            return false;
        count++;
    }
    *result = value_list(items, count);
    return true;
}

bool expr_macros_eval(struct eval *eval, const struct node *node, struct value *result)
{
    struct value range;
    assert(node->type == NODE_MACRO && node->slot < LIMIT_EXPR_NESTING);
    if (!eval_range(eval, node, &range) || !expr_eval_spend(eval, range.count))
        return false;
    switch (node->macro) {
    case MACRO_ALL:
    case MACRO_EXISTS:
        return eval_quantifier(eval, node, &range, result);
    case MACRO_EXISTS_ONE:
        return eval_exists_one(eval, node, &range, result);
    case MACRO_FILTER:
    case MACRO_MAP:
        break;
    }
    return eval_collect(eval, node, &range, result);
}
