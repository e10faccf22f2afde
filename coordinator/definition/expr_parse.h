/* The parser: shared by expr_parse.c (the grammar), expr_literals.c and expr_calls.c. */
#ifndef BELAY_DEFINITION_EXPR_PARSE_H
#define BELAY_DEFINITION_EXPR_PARSE_H

#include "base/limits.h"
#include "definition/expr_node.h"

struct parser {
    struct expr *expr;
    struct expr_error *error;
    struct lexer lexer;
    struct token token; /* the one that is not used up yet */
    size_t used_end;    /* where the last used one ended */
    unsigned depth;     /* of the recursion */
    unsigned locals_count;
    struct token locals[LIMIT_EXPR_NESTING]; /* the names of the macros' variables, outermost first */
};

/* Parses the whole text of `expr` into `expr->root`. */
bool expr_parse_text(struct expr *expr, struct expr_error *error);

/* One expression of any kind; NULL and the error filled when there is none. */
struct node *expr_parse_any(struct parser *parser);

/* A node with `children` (copied); NULL when the tree became too deep. It spans from `start` to the end of
 * the last token used. */
struct node *expr_parse_node(struct parser *parser, enum node_type type, size_t start,
                             struct node *const *children, size_t children_count);

bool expr_parse_advance(struct parser *parser);
bool expr_parse_expect(struct parser *parser, enum token_type type, const char *what);

/* True when the present token is a name that a variable can have; else the error is filled. */
bool expr_parse_name(struct parser *parser);

/* "found ..." for messages: the present token as it stands. */
struct node *expr_parse_unexpected(struct parser *parser, const char *expected);

/* Copies a name into the tree. */
void expr_parse_copy_name(struct parser *parser, const struct token *name, struct node *node);

/* The text of a token equals `word`. */
bool expr_parse_is(const struct parser *parser, const struct token *token, const char *word);

/* expr_literals.c: what begins with a literal's token; a number begins at `start` when it has a sign. */
struct node *expr_literals_number(struct parser *parser, size_t start, bool negative);
struct node *expr_literals_string(struct parser *parser);
struct node *expr_literals_word(struct parser *parser);

/* "[" or "{" up to its end: expressions with commas between them, and ": expression" behind each in a map. A
 * comma may stand behind the last. */
struct node *expr_literals_items(struct parser *parser);

/* expr_calls.c: NAME "(" ... ")" at the present "(". `target` is what it is called on, NULL for none. */
struct node *expr_calls_parse(struct parser *parser, const struct token *name, struct node *target);

#endif
