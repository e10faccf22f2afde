/* Expressions: the subset of CEL (Common Expression Language, github.com/google/cel-spec) that sagas may
 * use. Parsed once, evaluated often; always ends; never touches anything but its scope. */
#ifndef BELAY_DEFINITION_EXPR_H
#define BELAY_DEFINITION_EXPR_H

#include "base/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct expr;

/* Where an expression is wrong: a byte offset into its text, and what to do about it. */
struct expr_error {
    size_t offset;
    char text[256]; /* what was expected and what was found */
    char hint[128]; /* may be empty */
};

/* What an expression can see. References that the functions return are borrowed and must stay valid until
 * the evaluation ends. */
struct scope {
    void *context;
    /* A root variable (`input`, `saga`, `error`, `item`, ...) or NULL when there is none now. */
    json_t *(*variable)(void *context, const char *name);
    /* `steps.<id>`: an object with output, status, key; NULL when there is no such step. */
    json_t *(*step)(void *context, const char *id);
};

/* Compiles `length` bytes. NULL and `*error` filled when they are no expression, or use an unknown function
 * or a macro nested deeper than 2. Which variables exist is the caller's business (expr_visit). */
struct expr *expr_parse(const char *text, size_t length, struct expr_error *error);
void expr_free(struct expr *expr);

/* Calls `visit` for every reference that starts at a free variable (macro variables are not free), with the
 * longest constant path: for `steps.pay.output.id` {"steps","pay","output","id"}. `guarded`: it stands
 * inside has(), or behind a has() of the same path that decides whether it is evaluated. */
typedef void expr_visitor(void *context, const char *const *path, size_t path_length, size_t offset, bool guarded);
void expr_visit(const struct expr *expr, expr_visitor *visit, void *context);

/* Evaluates. 0 and a new reference in `*value`, which may be a part of the scope's own data: not to be changed; or
 * ERROR_INVALID with the path or position of what went wrong (a missing field, overflow, a wrong type, the step
 * budget, the size cap). Results that JSON cannot hold (timestamps, durations) come out as their CEL string form.
 */
int expr_eval(const struct expr *expr, const struct scope *scope, json_t **value, struct error *error);

/* Evaluates to a truth value; anything but a bool is an error. */
int expr_test(const struct expr *expr, const struct scope *scope, bool *truth, struct error *error);

#endif
