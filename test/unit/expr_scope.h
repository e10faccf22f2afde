/* A scope for the tests of expressions and templates: `input` is what the test says, the rest is fixed. */
#ifndef BELAY_UNIT_EXPR_SCOPE_H
#define BELAY_UNIT_EXPR_SCOPE_H

#include "definition/expr.h"

struct expr_scope {
    struct scope scope;
    json_t *input; /* NULL: there is no such variable */
    json_t *now;
    json_t *steps;
};

/* `input` is JSON; "" for none. */
void expr_scope_init(struct expr_scope *scope, const char *input);
void expr_scope_done(struct expr_scope *scope);

#endif
