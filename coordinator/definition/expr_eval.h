/* One evaluation: its budget, its memory, the variables of the macros around the present place, and the
 * error that ended it. */
#ifndef BELAY_DEFINITION_EXPR_EVAL_H
#define BELAY_DEFINITION_EXPR_EVAL_H

#include "base/error.h"
#include "base/limits.h"
#include "definition/expr_node.h"

/* The variable of a running macro: what it stands for, and where that came from. */
struct local {
    struct value value;
    const struct node *range; /* what the macro runs over */
    size_t index;
    bool key; /* it runs over the keys of a map */
};

struct eval {
    const struct expr *expr;
    const struct scope *scope;
    size_t steps; /* left */
    bool fatal;   /* the budget is used up: && and || must not go on */
    struct local locals[LIMIT_EXPR_NESTING];
    struct error error; /* filled when something failed */
    struct expr_memory memory;
};

/* An evaluation of `expr`; what it makes is valid until expr_eval_done. */
void expr_eval_init(struct eval *eval, const struct expr *expr, const struct scope *scope);
void expr_eval_done(struct eval *eval);

/* Evaluates the whole expression. False and `eval->error` filled when it fails. */
bool expr_eval_run(struct eval *eval, struct value *value);

/* Evaluates one node. Every function below returns false in the same way. */
bool expr_eval_node(struct eval *eval, const struct node *node, struct value *value);

/* Takes `steps` off the budget. */
bool expr_eval_spend(struct eval *eval, size_t steps);

/* Takes the steps of looking at or copying so many bytes off the budget. */
bool expr_eval_spend_bytes(struct eval *eval, size_t bytes);

/* `count` elements of `size` bytes from the evaluation's memory; NULL and the error filled when it is used up. */
void *expr_eval_take(struct eval *eval, size_t count, size_t size);

/* Fails with "PATH OR SOURCE OF NODE: message". Returns false. Messages name paths and types, never values:
 * an error travels into logs and histories, where the data of a transaction has no place. */
bool expr_eval_fail(struct eval *eval, const struct node *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Checks a type: fails with "expected ..., found ...". */
bool expr_eval_want(struct eval *eval, const struct node *node, const struct value *value, enum value_type type);

/* expr_operators.c: arithmetic, comparisons, `in`. */
bool expr_operators_binary(struct eval *eval, const struct node *node, struct value *result);
bool expr_operators_negate(struct eval *eval, const struct node *node, struct value *result);

/* expr_fields.c: variables, fields, indexes, has(). */
bool expr_fields_variable(struct eval *eval, const struct node *node, struct value *result);
bool expr_fields_select(struct eval *eval, const struct node *node, struct value *result);
bool expr_fields_index(struct eval *eval, const struct node *node, struct value *result);
bool expr_fields_has(struct eval *eval, const struct node *node, struct value *result);

/* expr_path.c: how messages call a node: its path (`input.items[2].sku`), or its source, cut to `size`. */
void expr_path_print(const struct eval *eval, const struct node *node, char *text, size_t size);

#endif
