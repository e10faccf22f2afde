/* A compiled template: pieces in a row. Shared by template.c (rendering) and template_compile.c. */
#ifndef BELAY_DEFINITION_TEMPLATE_INTERNAL_H
#define BELAY_DEFINITION_TEMPLATE_INTERNAL_H

#include "definition/template.h"

#include <stdbool.h>

enum piece_type {
    PIECE_CONSTANT, /* bytes, as they go out */
    PIECE_VALUE,    /* an expression whose result is JSON */
    PIECE_TEXT,     /* an expression whose result stands within text, in JSON within a string */
};

struct piece {
    enum piece_type type;
    char *bytes; /* constant */
    size_t length;
    size_t capacity;
    struct expr *expr;
    size_t offset; /* of the expression, in its string */
    char *pointer; /* JSON Pointer of the string */
};

struct template
{
    bool json; /* else text */
    bool broken; /* holds only what could be read */
    struct piece *pieces;
    size_t count;
    size_t capacity;
};

/* Appends constant bytes; neighbours become one piece. */
void template_add_constant(struct template *template, const char *bytes, size_t length);

/* Appends an expression, which the template then owns. */
void template_add_expr(struct template *template, enum piece_type type, struct expr *expr, size_t offset,
                       const char *pointer);

#endif
