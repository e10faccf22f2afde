/* Splits an expression into tokens. */
#include "definition/expr_lex.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static bool name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool hex_digit(char c)
{
    return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* The byte `ahead` of the present one, NUL behind the end. */
static char peek(const struct lexer *lexer, size_t ahead)
{
    return ahead < lexer->length - lexer->at ? lexer->text[lexer->at + ahead] : '\0';
}

static void skip_blanks(struct lexer *lexer)
{
    for (;;) {
        char c = peek(lexer, 0);
        if (c == '/' && peek(lexer, 1) == '/') {
            const char *rest = lexer->text + lexer->at;
            const char *line = memchr(rest, '\n', lexer->length - lexer->at);
            lexer->at = line ? (size_t)(line - lexer->text) : lexer->length;
        } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
            lexer->at++;
        } else {
            return;
        }
    }
}

static bool lex_number(struct lexer *lexer, struct token *token, struct expr_error *error)
{
    token->type = TOKEN_INT;
    size_t start = lexer->at;
    if (peek(lexer, 0) == '0' && (peek(lexer, 1) == 'x' || peek(lexer, 1) == 'X')) {
        lexer->at += 2;
        while (hex_digit(peek(lexer, 0)))
            lexer->at++;
        if (lexer->at == start + 2)
            return expr_lex_fail(error, start, NULL, "expected hexadecimal digits after 0x");
    } else {
        while (digit(peek(lexer, 0)))
            lexer->at++;
        if (peek(lexer, 0) == '.' && digit(peek(lexer, 1))) {
            token->type = TOKEN_DOUBLE;
            lexer->at++;
            while (digit(peek(lexer, 0)))
                lexer->at++;
        }
        size_t sign = peek(lexer, 1) == '+' || peek(lexer, 1) == '-';
        if ((peek(lexer, 0) == 'e' || peek(lexer, 0) == 'E') && digit(peek(lexer, 1 + sign))) {
            token->type = TOKEN_DOUBLE;
            lexer->at += 1 + sign;
            while (digit(peek(lexer, 0)))
                lexer->at++;
        }
    }
    if (peek(lexer, 0) == 'u' || peek(lexer, 0) == 'U')
        return expr_lex_fail(error, start, "write it without the u", "there are no unsigned numbers");
    if (name_start(peek(lexer, 0)))
        return expr_lex_fail(error, start, NULL, "a number ends where a name begins");
    return true;
}

/* Moves behind a string whose prefix is `prefix` bytes long. What is in it is looked at later. */
static bool lex_string(struct lexer *lexer, size_t prefix, struct token *token, struct expr_error *error)
{
    size_t start = lexer->at;
    bool raw = prefix > 0;
    lexer->at += prefix;
    char quote = peek(lexer, 0);
    size_t quotes = peek(lexer, 1) == quote && peek(lexer, 2) == quote ? 3 : 1;
    lexer->at += quotes;
    for (; lexer->at < lexer->length; lexer->at++) {
        char c = peek(lexer, 0);
        if (c == quote && (quotes == 1 || (peek(lexer, 1) == quote && peek(lexer, 2) == quote))) {
            lexer->at += quotes;
            token->type = TOKEN_STRING;
            return true;
        }
        if (quotes == 1 && (c == '\n' || c == '\r'))
            break;
        if (c == '\\' && !raw && lexer->at + 1 < lexer->length)
            lexer->at++;
    }
    return expr_lex_fail(error, start, NULL, "the string has no closing %.*s", (int)quotes,
                         quote == '"' ? "\"\"\"" : "'''");
}

static void lex_name(struct lexer *lexer, struct token *token)
{
    static const struct {
        const char *text;
        enum token_type type;
    } words[] = {
#define X(name, word, binds) {word, name},
        EXPR_WORDS(X)
#undef X
    };
    size_t start = lexer->at;
    while (name_start(peek(lexer, 0)) || digit(peek(lexer, 0)))
        lexer->at++;
    token->type = TOKEN_NAME;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strlen(words[i].text) == lexer->at - start &&
            !memcmp(words[i].text, lexer->text + start, lexer->at - start))
            token->type = words[i].type;
}

static bool lex_sign(struct lexer *lexer, struct token *token, struct expr_error *error)
{
    static const struct {
        const char *text;
        enum token_type type;
    } signs[] = {
#define X(name, text, binds) {text, name},
        EXPR_SIGNS(X)
#undef X
    };
    const char *rest = lexer->text + lexer->at;
    size_t left = lexer->length - lexer->at;
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        size_t length = strlen(signs[i].text);
        if (left >= length && !memcmp(rest, signs[i].text, length)) {
            token->type = signs[i].type;
            lexer->at += length;
            return true;
        }
    }
    const char *hint = *rest == '='   ? "to compare, write =="
                       : *rest == '&' ? "write &&"
                       : *rest == '|' ? "write ||"
                                      : NULL;
    if (*rest > ' ' && *rest < 0x7f)
        return expr_lex_fail(error, lexer->at, hint, "unexpected character %c", *rest);
    return expr_lex_fail(error, lexer->at, NULL, "unexpected character");
}

bool expr_lex_next(struct lexer *lexer, struct token *token, struct expr_error *error)
{
    skip_blanks(lexer);
    token->start = lexer->at;
    token->type = TOKEN_END;
    char c = peek(lexer, 0), next = peek(lexer, 1);
    bool found = true;
    if (lexer->at == lexer->length)
        found = true;
    else if (digit(c) || (c == '.' && digit(next)))
        found = lex_number(lexer, token, error);
    else if (c == '"' || c == '\'')
        found = lex_string(lexer, 0, token, error);
    else if ((c == 'r' || c == 'R') && (next == '"' || next == '\''))
        found = lex_string(lexer, 1, token, error);
    else if ((c == 'b' || c == 'B') && (next == '"' || next == '\''))
        found = expr_lex_fail(error, lexer->at, "write a string", "there are no byte strings");
    else if (name_start(c))
        lex_name(lexer, token);
    else
        found = lex_sign(lexer, token, error);
    token->end = lexer->at;
    return found;
}

unsigned expr_lex_binds(enum token_type type)
{
    switch (type) {
#define X(name, text, binds)                                                                                      \
    case name:                                                                                                    \
        return binds;
        EXPR_SIGNS(X)
        EXPR_WORDS(X)
#undef X
    default:
        return 0;
    }
}

const char *expr_lex_text(enum token_type type)
{
    switch (type) {
#define X(name, text, binds)                                                                                      \
    case name:                                                                                                    \
        return text;
        EXPR_SIGNS(X)
        EXPR_WORDS(X)
#undef X
    case TOKEN_END:
        return "the end";
    case TOKEN_NAME:
        return "a name";
    case TOKEN_STRING:
        return "a string";
    default:
        return "a number";
    }
}

bool expr_lex_find_end(const char *text, size_t length, size_t *end, struct expr_error *error)
{
    struct lexer lexer = {.text = text, .length = length};
    size_t open = 0;
    for (;;) {
        struct token token;
        if (!expr_lex_next(&lexer, &token, error))
            return false;
        if (token.type == TOKEN_END)
            return expr_lex_fail(error, 0, "write $${ for a literal ${", "the ${ is not closed by a }");
        if (token.type == TOKEN_OPEN_MAP)
            open++;
        if (token.type == TOKEN_CLOSE_MAP && open-- == 0) {
            *end = token.start;
            return true;
        }
    }
}

bool expr_lex_fail(struct expr_error *error, size_t offset, const char *hint, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(error->text, sizeof error->text, format, args);
    va_end(args);
    snprintf(error->hint, sizeof error->hint, "%s", hint ? hint : "");
    error->offset = offset;
    return false;
}
