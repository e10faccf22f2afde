/* Walks the syntax tree: literals, logic, calls. What has rules of its own lives in a file of its own. */
#include "definition/expr_eval.h"

#include "definition/expr_functions.h"
#include "definition/expr_macros.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    BYTES_PER_STEP = 64, /* memory goes by far faster than nodes do */
    STEPS_PER_ERROR = 20 /* the message is formatted even where && or || drops it */
};

static bool eval_list(struct eval *eval, const struct node *node, struct value *result);
static bool eval_map(struct eval *eval, const struct node *node, struct value *result);
static bool eval_not(struct eval *eval, const struct node *node, struct value *result);
static bool eval_logic(struct eval *eval, const struct node *node, struct value *result);
static bool eval_choice(struct eval *eval, const struct node *node, struct value *result);
static bool eval_call(struct eval *eval, const struct node *node, struct value *result);

void expr_eval_init(struct eval *eval, const struct expr *expr, const struct scope *scope)
{
    assert(expr && expr->root && scope);
    eval->expr = expr;
    eval->scope = scope;
    eval->steps = LIMIT_EXPR_STEPS;
    eval->fatal = false;
    expr_memory_init(&eval->memory, LIMIT_EXPR_MEMORY_BYTES);
}

void expr_eval_done(struct eval *eval)
{
    expr_memory_done(&eval->memory);
}

bool expr_eval_run(struct eval *eval, struct value *value)
{
    return expr_eval_node(eval, eval->expr->root, value);
}

bool expr_eval_node(struct eval *eval, const struct node *node, struct value *value)
{
    if (!expr_eval_spend(eval, 1))
        return false;
    switch (node->type) {
    case NODE_LITERAL:
        *value = node->value;
        return true;
    case NODE_VARIABLE:
        return expr_fields_variable(eval, node, value);
    case NODE_LOCAL:
        *value = eval->locals[node->slot].value;
        return true;
    case NODE_SELECT:
        return expr_fields_select(eval, node, value);
    case NODE_INDEX:
        return expr_fields_index(eval, node, value);
    case NODE_HAS:
        return expr_fields_has(eval, node, value);
    case NODE_LIST:
        return eval_list(eval, node, value);
    case NODE_MAP:
        return eval_map(eval, node, value);
    case NODE_NOT:
        return eval_not(eval, node, value);
    case NODE_NEGATE:
        return expr_operators_negate(eval, node, value);
    case NODE_BINARY:
        return expr_operators_binary(eval, node, value);
    case NODE_AND:
    case NODE_OR:
        return eval_logic(eval, node, value);
    case NODE_CHOICE:
        return eval_choice(eval, node, value);
    case NODE_CALL:
        return eval_call(eval, node, value);
    case NODE_MACRO:
        return expr_macros_eval(eval, node, value);
    }
    assert(0 && "every type of node is above");
    return false;
}

static bool eval_list(struct eval *eval, const struct node *node, struct value *result)
{
    struct value *items = expr_eval_take(eval, node->children_count, sizeof *items);
    if (!items)
        return false;
    for (size_t i = 0; i < node->children_count; i++)
        if (!expr_eval_node(eval, node->children[i], &items[i]))
            return false;
    *result = value_list(items, node->children_count);
    return true;
}

static bool eval_map(struct eval *eval, const struct node *node, struct value *result)
{
    struct value *pairs = expr_eval_take(eval, node->children_count, sizeof *pairs);
    if (!pairs)
        return false;
    size_t count = 0;
    for (; 2 * count < node->children_count; count++) {
        const struct node *key_node = node->children[2 * count];
        struct value *key = &pairs[2 * count];
        if (!expr_eval_node(eval, key_node, key))
            return false;
        if (key->type != VALUE_STRING && key->type != VALUE_INT && key->type != VALUE_BOOL)
            return expr_eval_fail(eval, key_node, "a key must be a string, int or bool, found %s",
                                  value_type_name(key->type));
        struct value so_far = value_map(pairs, count), other;
        if (!expr_eval_spend(eval, 1 + count / 4))
            return false;
        if (value_find(&so_far, key, &other))
            return expr_eval_fail(eval, key_node, "the map has this key already");
        if (!expr_eval_node(eval, node->children[2 * count + 1], &pairs[2 * count + 1]))
            return false;
    }
    *result = value_map(pairs, count);
    return true;
}

static bool eval_bool(struct eval *eval, const struct node *node, struct value *result)
{
    return expr_eval_node(eval, node, result) && expr_eval_want(eval, node, result, VALUE_BOOL);
}

static bool eval_not(struct eval *eval, const struct node *node, struct value *result)
{
    if (!eval_bool(eval, node->children[0], result))
        return false;
    *result = value_bool(!result->truth);
    return true;
}

/* The left side failed; the right side alone may still decide. A function of its own, so that only the
 * unlucky pay for the place of the saved error. */
static __attribute__((noinline)) bool eval_logic_despite(struct eval *eval, const struct node *node, bool decides,
                                                         struct value *result)
{
    if (eval->fatal)
        return false;
    struct error first = eval->error;
    if (eval_bool(eval, node->children[1], result) && result->truth == decides)
        return true;
    if (!eval->fatal)
        eval->error = first;
    return false;
}

/* CEL's && and ||: the side that decides does so even when the other one fails. */
static bool eval_logic(struct eval *eval, const struct node *node, struct value *result)
{
    bool decides = node->type == NODE_OR;
    if (!eval_bool(eval, node->children[0], result))
        return eval_logic_despite(eval, node, decides, result);
    return result->truth == decides || eval_bool(eval, node->children[1], result);
}

static bool eval_choice(struct eval *eval, const struct node *node, struct value *result)
{
    struct value condition;
    if (!eval_bool(eval, node->children[0], &condition))
        return false;
    return expr_eval_node(eval, node->children[condition.truth ? 1 : 2], result);
}

static bool eval_call(struct eval *eval, const struct node *node, struct value *result)
{
    enum { FEW = 3 };
    struct value few[FEW], *args = few;
    if (node->children_count > FEW)
        args = expr_eval_take(eval, node->children_count, sizeof *args);
    if (!args)
        return false;
    for (size_t i = 0; i < node->children_count; i++)
        if (!expr_eval_node(eval, node->children[i], &args[i]))
            return false;
    return node->function->body(eval, node, args, node->children_count, result);
}

bool expr_eval_spend(struct eval *eval, size_t steps)
{
    if (steps <= eval->steps) {
        eval->steps -= steps;
        return true;
    }
    eval->steps = 0;
    eval->fatal = true;
    error_set(&eval->error, ERROR_INVALID, "the expression takes more than %d steps", LIMIT_EXPR_STEPS);
    return false;
}

bool expr_eval_spend_bytes(struct eval *eval, size_t bytes)
{
    return expr_eval_spend(eval, bytes / BYTES_PER_STEP);
}

void *expr_eval_take(struct eval *eval, size_t count, size_t size)
{
    size_t bytes;
    void *memory = __builtin_mul_overflow(count, size, &bytes) ? NULL : expr_memory_take(&eval->memory, bytes);
    if (!memory) {
        eval->fatal = true;
        error_set(&eval->error, ERROR_INVALID, "the expression needs more than %d bytes of memory",
                  LIMIT_EXPR_MEMORY_BYTES);
    }
    return memory;
}

bool expr_eval_fail(struct eval *eval, const struct node *node, const char *format, ...)
{
    char path[160], message[256];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    if (!expr_eval_spend(eval, STEPS_PER_ERROR))
        return false;
    expr_path_print(eval, node, path, sizeof path);
    error_set(&eval->error, ERROR_INVALID, "%s: %s", path, message);
    return false;
}

bool expr_eval_want(struct eval *eval, const struct node *node, const struct value *value, enum value_type type)
{
    if (value->type == type)
        return true;
    return expr_eval_fail(eval, node, "expected %s, found %s", value_type_name(type),
                          value_type_name(value->type));
}
