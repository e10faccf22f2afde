/* The words of an expression: numbers, strings, names and signs, each with its place in the text. */
#ifndef BELAY_DEFINITION_EXPR_LEX_H
#define BELAY_DEFINITION_EXPR_LEX_H

#include "definition/expr.h"

#include <stdbool.h>
#include <stddef.h>

/* name, its text, how tightly it binds as a binary operator (0: it is none) */
#define EXPR_SIGNS(X)                                                                                             \
    X(TOKEN_OR, "||", 1)                                                                                          \
    X(TOKEN_AND, "&&", 2)                                                                                         \
    X(TOKEN_EQUAL, "==", 3)                                                                                       \
    X(TOKEN_UNEQUAL, "!=", 3)                                                                                     \
    X(TOKEN_LESS_EQUAL, "<=", 3)                                                                                  \
    X(TOKEN_GREATER_EQUAL, ">=", 3)                                                                               \
    X(TOKEN_LESS, "<", 3)                                                                                         \
    X(TOKEN_GREATER, ">", 3)                                                                                      \
    X(TOKEN_PLUS, "+", 4)                                                                                         \
    X(TOKEN_MINUS, "-", 4)                                                                                        \
    X(TOKEN_TIMES, "*", 5)                                                                                        \
    X(TOKEN_DIVIDE, "/", 5)                                                                                       \
    X(TOKEN_REMAINDER, "%", 5)                                                                                    \
    X(TOKEN_NOT, "!", 0)                                                                                          \
    X(TOKEN_QUESTION, "?", 0)                                                                                     \
    X(TOKEN_COLON, ":", 0)                                                                                        \
    X(TOKEN_DOT, ".", 0)                                                                                          \
    X(TOKEN_COMMA, ",", 0)                                                                                        \
    X(TOKEN_OPEN, "(", 0)                                                                                         \
    X(TOKEN_CLOSE, ")", 0)                                                                                        \
    X(TOKEN_OPEN_LIST, "[", 0)                                                                                    \
    X(TOKEN_CLOSE_LIST, "]", 0)                                                                                   \
    X(TOKEN_OPEN_MAP, "{", 0)                                                                                     \
    X(TOKEN_CLOSE_MAP, "}", 0)

/* The words of the language; `in` binds like a comparison. */
#define EXPR_WORDS(X)                                                                                             \
    X(TOKEN_IN, "in", 3)                                                                                          \
    X(TOKEN_TRUE, "true", 0)                                                                                      \
    X(TOKEN_FALSE, "false", 0)                                                                                    \
    X(TOKEN_NULL, "null", 0)

enum token_type {
    TOKEN_END,
    TOKEN_NAME,
    TOKEN_INT,    /* decimal or 0x; without a sign */
    TOKEN_DOUBLE, /* without a sign */
    TOKEN_STRING, /* with its prefix and quotes */
#define X(name, text, binds) name,
    EXPR_SIGNS(X) EXPR_WORDS(X)
#undef X
};

struct token {
    enum token_type type;
    size_t start;
    size_t end;
};

struct lexer {
    const char *text;
    size_t length;
    size_t at;
};

/* The next token; false and `*error` filled when there is none. At the end TOKEN_END, again and again. */
bool expr_lex_next(struct lexer *lexer, struct token *token, struct expr_error *error);

/* How tightly a token binds as a binary operator, 0 when it is none; and how it is written. */
unsigned expr_lex_binds(enum token_type type);
const char *expr_lex_text(enum token_type type);

/* Finds the `}` that ends an expression which begins at `text`: the first one that closes nothing. False when
 * there is none; then `*error` is filled. */
bool expr_lex_find_end(const char *text, size_t length, size_t *end, struct expr_error *error);

/* Fills `error`; returns false, so that a caller can `return expr_lex_fail(...)`. `hint` may be NULL. */
bool expr_lex_fail(struct expr_error *error, size_t offset, const char *hint, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
