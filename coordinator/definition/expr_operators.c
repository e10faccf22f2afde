/* Arithmetic, comparisons and `in`. Integers never wrap: what does not fit is an error. */
#include "definition/expr_eval.h"

#include "definition/value_time.h"

#include <assert.h>
#include <string.h>

static bool arithmetic(struct eval *eval, const struct node *node, const struct value *a, const struct value *b,
                       struct value *result);
static bool equality(struct eval *eval, const struct node *node, const struct value *a, const struct value *b,
                     struct value *result);
static bool ordering(struct eval *eval, const struct node *node, const struct value *a, const struct value *b,
                     struct value *result);
static bool membership(struct eval *eval, const struct node *node, const struct value *a, const struct value *b,
                       struct value *result);

bool expr_operators_binary(struct eval *eval, const struct node *node, struct value *result)
{
    struct value a, b;
    assert(node->type == NODE_BINARY && node->children_count == 2);
    if (!expr_eval_node(eval, node->children[0], &a) || !expr_eval_node(eval, node->children[1], &b))
        return false;
    switch (node->sign) {
    case TOKEN_EQUAL:
    case TOKEN_UNEQUAL:
        return equality(eval, node, &a, &b, result);
    case TOKEN_LESS:
    case TOKEN_LESS_EQUAL:
    case TOKEN_GREATER:
    case TOKEN_GREATER_EQUAL:
        return ordering(eval, node, &a, &b, result);
    case TOKEN_IN:
        return membership(eval, node, &a, &b, result);
    default:
        return arithmetic(eval, node, &a, &b, result);
    }
}

bool expr_operators_negate(struct eval *eval, const struct node *node, struct value *result)
{
    struct value value;
    if (!expr_eval_node(eval, node->children[0], &value))
        return false;
    if (value.type == VALUE_DOUBLE) {
        *result = value_double(-value.real);
        return true;
    }
    if (value.type != VALUE_INT)
        return expr_eval_fail(eval, node, "cannot negate %s", value_type_name(value.type));
    if (value.integer == INT64_MIN)
        return expr_eval_fail(eval, node, "the result does not fit into 64 bits");
    *result = value_int(-value.integer);
    return true;
}

/* Also says what to do where people stumble: numbers of two kinds. */
static bool fail_types(struct eval *eval, const struct node *node, const struct value *a, const struct value *b)
{
    bool numbers =
        (a->type == VALUE_INT && b->type == VALUE_DOUBLE) || (a->type == VALUE_DOUBLE && b->type == VALUE_INT);
    bool text = node->sign == TOKEN_PLUS && (a->type == VALUE_STRING) != (b->type == VALUE_STRING);
    return expr_eval_fail(eval, node, "%s %s %s is not defined%s", value_type_name(a->type),
                          expr_lex_text(node->sign), value_type_name(b->type),
                          numbers ? " (convert one side with double() or int())"
                          : text  ? " (convert with string())"
                                  : "");
}

static bool overflow_of_ints(enum token_type sign, int64_t a, int64_t b, int64_t *result)
{
    switch (sign) {
    case TOKEN_PLUS:
        return __builtin_add_overflow(a, b, result);
    case TOKEN_MINUS:
        return __builtin_sub_overflow(a, b, result);
    case TOKEN_TIMES:
        return __builtin_mul_overflow(a, b, result);
    default:
        if (a == INT64_MIN && b == -1)
            return true;
        *result = sign == TOKEN_DIVIDE ? a / b : a % b;
        return false;
    }
}

static bool integers(struct eval *eval, const struct node *node, int64_t a, int64_t b, struct value *result)
{
    int64_t sum = 0;
    if (b == 0 && (node->sign == TOKEN_DIVIDE || node->sign == TOKEN_REMAINDER))
        return expr_eval_fail(eval, node, "division by zero");
    if (overflow_of_ints(node->sign, a, b, &sum))
        return expr_eval_fail(eval, node, "the result does not fit into 64 bits");
    *result = value_int(sum);
    return true;
}

/* IEEE 754, as CEL has it: dividing by zero gives an infinity, which no JSON result can be. */
static bool doubles(struct eval *eval, const struct node *node, const struct value *a, const struct value *b,
                    struct value *result)
{
    switch (node->sign) {
    case TOKEN_PLUS:
        *result = value_double(a->real + b->real);
        return true;
    case TOKEN_MINUS:
        *result = value_double(a->real - b->real);
        return true;
    case TOKEN_TIMES:
        *result = value_double(a->real * b->real);
        return true;
    case TOKEN_DIVIDE:
        *result = value_double(a->real / b->real);
        return true;
    default:
        return fail_types(eval, node, a, b);
    }
}

static bool join_strings(struct eval *eval, const struct value *a, const struct value *b, struct value *result)
{
    if (!expr_eval_spend_bytes(eval, a->count + b->count))
        return false;
    char *text = expr_eval_take(eval, a->count + b->count, 1);
    if (!text)
        return false;
    memcpy(text, a->text, a->count);
    memcpy(text + a->count, b->text, b->count);
    *result = value_string(text, a->count + b->count);
    return true;
}

static bool join_lists(struct eval *eval, const struct value *a, const struct value *b, struct value *result)
{
    size_t count = a->count + b->count;
    if (!expr_eval_spend(eval, count))
        return false;
    struct value *items = expr_eval_take(eval, count, sizeof *items);
    if (!items)
        return false;
    for (size_t i = 0; i < count; i++)
        items[i] = i < a->count ? value_item(a, i) : value_item(b, i - a->count);
    *result = value_list(items, count);
    return true;
}

static bool arithmetic(struct eval *eval, const struct node *node, const struct value *a, const struct value *b,
                       struct value *result)
{
    bool plus = node->sign == TOKEN_PLUS, minus = node->sign == TOKEN_MINUS;
    if (a->type == VALUE_INT && b->type == VALUE_INT)
        return integers(eval, node, a->integer, b->integer, result);
    if (a->type == VALUE_DOUBLE && b->type == VALUE_DOUBLE)
        return doubles(eval, node, a, b, result);
    if (plus && a->type == VALUE_STRING && b->type == VALUE_STRING)
        return join_strings(eval, a, b, result);
    if (plus && a->type == VALUE_LIST && b->type == VALUE_LIST)
        return join_lists(eval, a, b, result);
    if ((!plus && !minus) || !value_time_adds(a->type, b->type, minus))
        return fail_types(eval, node, a, b);
    return value_time_add(a, b, minus, result) || expr_eval_fail(eval, node, "the result is out of range");
}

/* Compares within the budget; the strings' bytes are paid for by whoever holds them. */
static bool equal(struct eval *eval, const struct value *a, const struct value *b, bool *same)
{
    if (a->type == VALUE_STRING && b->type == VALUE_STRING && a->count == b->count &&
        !expr_eval_spend_bytes(eval, a->count))
        return false;
    size_t work = eval->steps + 1;
    *same = value_equal(a, b, &work);
    return expr_eval_spend(eval, work ? eval->steps + 1 - work : eval->steps + 1);
}

static bool equality(struct eval *eval, const struct node *node, const struct value *a, const struct value *b,
                     struct value *result)
{
    bool same = false;
    if (!equal(eval, a, b, &same))
        return false;
    *result = value_bool(same == (node->sign == TOKEN_EQUAL));
    return true;
}

static bool ordering(struct eval *eval, const struct node *node, const struct value *a, const struct value *b,
                     struct value *result)
{
    enum value_order order;
    if (!expr_eval_spend_bytes(eval, a->type == VALUE_STRING ? a->count : 0))
        return false;
    if (!value_compare(a, b, &order))
        return fail_types(eval, node, a, b);
    bool less = node->sign == TOKEN_LESS || node->sign == TOKEN_LESS_EQUAL;
    bool or_same = node->sign == TOKEN_LESS_EQUAL || node->sign == TOKEN_GREATER_EQUAL;
    *result = value_bool(order == (less ? VALUE_LESS : VALUE_GREATER) || (or_same && order == VALUE_SAME));
    return true;
}

static bool membership(struct eval *eval, const struct node *node, const struct value *a, const struct value *b,
                       struct value *result)
{
    if (b->type == VALUE_MAP) {
        struct value ignored;
        if (!expr_eval_spend(eval, b->json ? 0 : b->count / 4))
            return false;
        *result = value_bool(value_find(b, a, &ignored));
        return true;
    }
    if (b->type != VALUE_LIST)
        return fail_types(eval, node, a, b);
    bool same = false;
    for (size_t i = 0; i < b->count && !same; i++) {
        struct value item = value_item(b, i);
        if (!equal(eval, a, &item, &same))
            return false;
    }
    *result = value_bool(same);
    return true;
}
