/* The syntax tree of an expression. It lives in the memory of its expression and never changes. */
#ifndef BELAY_DEFINITION_EXPR_NODE_H
#define BELAY_DEFINITION_EXPR_NODE_H

#include "definition/expr.h"
#include "definition/expr_lex.h"
#include "definition/expr_memory.h"
#include "definition/value.h"

#include <stdint.h>

enum node_type {
    NODE_LITERAL,  /* value */
    NODE_VARIABLE, /* name */
    NODE_LOCAL,    /* name, slot: the variable of a macro around it */
    NODE_SELECT,   /* child 0 "." name */
    NODE_INDEX,    /* child 0 "[" child 1 "]" */
    NODE_HAS,      /* child 0 is a NODE_SELECT */
    NODE_LIST,     /* children */
    NODE_MAP,      /* children: key, value, key, value ... */
    NODE_NOT,      /* child 0 */
    NODE_NEGATE,   /* child 0 */
    NODE_BINARY,   /* child 0 `sign` child 1 */
    NODE_AND,
    NODE_OR,
    NODE_CHOICE, /* child 0 ? child 1 : child 2 */
    NODE_CALL,   /* function, children: what the method is called on first */
    NODE_MACRO,  /* macro, slot, child 0: what it runs over, then its one or two expressions */
};

enum macro { MACRO_ALL, MACRO_EXISTS, MACRO_EXISTS_ONE, MACRO_FILTER, MACRO_MAP };

struct function;

struct node {
    enum node_type type;
    enum token_type sign;
    enum macro macro;
    bool steps; /* this variable is `steps`, whose fields the scope looks up one by one */
    uint16_t slot;
    uint16_t depth; /* of the tree below, itself included */
    uint32_t start; /* its place in the text */
    uint32_t end;
    const char *name; /* NUL-terminated; of a literal string its content */
    size_t name_length;
    const struct function *function;
    struct value value;
    struct node **children;
    size_t children_count;
};

struct expr {
    struct expr_memory memory; /* everything else lies in it */
    char *text;
    size_t length;
    struct node *root;
};

#endif
