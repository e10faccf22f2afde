/* The macros that run over a list or over the keys of a map: all, exists, exists_one, filter, map. */
#ifndef BELAY_DEFINITION_EXPR_MACROS_H
#define BELAY_DEFINITION_EXPR_MACROS_H

#include "definition/expr_eval.h"

/* name, word, fewest and most arguments, how to write it */
#define MACROS(X)                                                                                                 \
    X(MACRO_ALL, "all", 2, 2, "list.all(x, condition)")                                                           \
    X(MACRO_EXISTS, "exists", 2, 2, "list.exists(x, condition)")                                                  \
    X(MACRO_EXISTS_ONE, "exists_one", 2, 2, "list.exists_one(x, condition)")                                      \
    X(MACRO_FILTER, "filter", 2, 2, "list.filter(x, condition)")                                                  \
    X(MACRO_MAP, "map", 2, 3, "list.map(x, result) or list.map(x, condition, result)")

/* Evaluates a NODE_MACRO. */
bool expr_macros_eval(struct eval *eval, const struct node *node, struct value *result);

#endif
