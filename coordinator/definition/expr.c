/* The expression engine's front: parse, evaluate, free. */
#include "definition/expr_internal.h"

#include "base/mem.h"
#include "definition/expr_eval.h"
#include "definition/expr_parse.h"

#include <assert.h>
#include <string.h>

/* A node, its children's pointers and its name for every byte of the text; see expr_parse_node. */
enum { TREE_BYTES_MAX = 512 * (LIMIT_EXPR_BYTES + 1) };

struct expr *expr_parse(const char *text, size_t length, struct expr_error *error)
{
    struct expr_error ignored;
    struct expr *expr = mem_grow(NULL, sizeof *expr);
    expr_memory_init(&expr->memory, TREE_BYTES_MAX);
    expr->root = NULL;
    expr->length = length;
    expr->text = mem_copy(text, length);
    if (expr_parse_text(expr, error ? error : &ignored))
        return expr;
    expr_free(expr);
    return NULL;
}

void expr_free(struct expr *expr)
{
    if (!expr)
        return;
    expr_memory_done(&expr->memory);
    mem_free(expr->text);
    mem_free(expr);
}

/* Ends an evaluation: hands its error over when it has one. */
static int finish(struct eval *eval, bool good, struct error *error)
{
    int code = good ? 0 : (int)eval->error.code;
    assert(good || code != ERROR_NONE);
    if (!good && error)
        *error = eval->error;
    expr_eval_done(eval);
    return code;
}

int expr_eval(const struct expr *expr, const struct scope *scope, json_t **value, struct error *error)
{
    struct eval eval;
    struct value result;
    json_t *json = NULL;
    expr_eval_init(&eval, expr, scope);
    bool good = expr_eval_run(&eval, &result);
    const char *why = good ? value_to_json(&result, &json) : NULL;
    if (why)
        good = expr_eval_fail(&eval, expr->root, "the result %s", why);
    if (good)
        *value = json;
    return finish(&eval, good, error);
}

int expr_test(const struct expr *expr, const struct scope *scope, bool *truth, struct error *error)
{
    struct eval eval;
    struct value result;
    expr_eval_init(&eval, expr, scope);
    bool good = expr_eval_run(&eval, &result) && expr_eval_want(&eval, expr->root, &result, VALUE_BOOL);
    if (good)
        *truth = result.truth;
    return finish(&eval, good, error);
}

int expr_print_json(const struct expr *expr, const struct scope *scope, struct buf *buf, struct error *error)
{
    struct eval eval;
    struct value result;
    expr_eval_init(&eval, expr, scope);
    bool good = expr_eval_run(&eval, &result);
    const char *why = good ? value_print_json(&result, buf) : NULL;
    if (why)
        good = expr_eval_fail(&eval, expr->root, "the result %s", why);
    return finish(&eval, good, error);
}

int expr_print_text(const struct expr *expr, const struct scope *scope, struct buf *buf, struct error *error)
{
    struct eval eval;
    struct value result;
    expr_eval_init(&eval, expr, scope);
    bool good = expr_eval_run(&eval, &result);
    if (good && !value_print_text(&result, buf))
        good = expr_eval_fail(&eval, expr->root, "only a string, number or bool can stand within text, found %s",
                              value_type_name(result.type));
    return finish(&eval, good, error);
}
