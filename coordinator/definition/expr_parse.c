/* The grammar of CEL, by recursive descent; binary operators by how tightly they bind. */
#include "definition/expr_parse.h"

#include "base/utf8.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static struct node *parse_binary(struct parser *parser, unsigned binds);
static struct node *parse_unary(struct parser *parser);
static struct node *parse_member(struct parser *parser);
static struct node *parse_primary(struct parser *parser);

static const char *const RESERVED[] = {"as",        "break",  "const",  "continue", "else", "for",
                                       "function",  "if",     "import", "let",      "loop", "package",
                                       "namespace", "return", "var",    "void",     "while"};

bool expr_parse_text(struct expr *expr, struct expr_error *error)
{
    struct parser parser = {.expr = expr, .error = error, .lexer = {.text = expr->text, .length = expr->length}};
    if (expr->length > LIMIT_EXPR_BYTES)
        return expr_lex_fail(error, LIMIT_EXPR_BYTES, "let a service compute it", "longer than %d bytes",
                             LIMIT_EXPR_BYTES);
    for (size_t at = 0, width; at < expr->length; at += width) {
        width = utf8_width(expr->text + at, expr->length - at);
        if (!width)
            return expr_lex_fail(error, at, NULL, "not UTF-8");
    }
    if (!expr_parse_advance(&parser))
        return false;
    if (parser.token.type == TOKEN_END)
        return expr_lex_fail(error, 0, NULL, "expected an expression, found nothing");
    expr->root = expr_parse_any(&parser);
    if (expr->root && parser.token.type != TOKEN_END)
        expr->root = expr_parse_unexpected(&parser, "the end");
    assert(parser.depth == 0 && (parser.locals_count == 0 || !expr->root));
    return expr->root != NULL;
}

static bool too_deep(struct parser *parser, size_t offset)
{
    return expr_lex_fail(parser->error, offset, "split it, or let a service compute it",
                         "nested or chained more than %d deep", LIMIT_EXPR_DEPTH);
}

static struct node *parse_choice(struct parser *parser)
{
    size_t start = parser->token.start;
    struct node *parts[3] = {parse_binary(parser, 1)};
    if (!parts[0] || parser->token.type != TOKEN_QUESTION)
        return parts[0];
    if (!expr_parse_advance(parser) || !(parts[1] = parse_binary(parser, 1)))
        return NULL;
    if (!expr_parse_expect(parser, TOKEN_COLON, "the : of ?:") || !(parts[2] = expr_parse_any(parser)))
        return NULL;
    return expr_parse_node(parser, NODE_CHOICE, start, parts, 3);
}

struct node *expr_parse_any(struct parser *parser)
{
    if (parser->depth == LIMIT_EXPR_DEPTH) {
        too_deep(parser, parser->token.start);
        return NULL;
    }
    parser->depth++;
    struct node *node = parse_choice(parser);
    parser->depth--;
    return node;
}

static struct node *parse_binary(struct parser *parser, unsigned binds)
{
    size_t start = parser->token.start;
    struct node *node = parse_unary(parser);
    while (node && expr_lex_binds(parser->token.type) >= binds) {
        enum token_type sign = parser->token.type;
        struct node *sides[2] = {node};
        if (!expr_parse_advance(parser) || !(sides[1] = parse_binary(parser, expr_lex_binds(sign) + 1)))
            return NULL;
        enum node_type type = sign == TOKEN_AND ? NODE_AND : sign == TOKEN_OR ? NODE_OR : NODE_BINARY;
        node = expr_parse_node(parser, type, start, sides, 2);
        if (node)
            node->sign = sign;
    }
    return node;
}

/* A run of one sign, ! or -, as in CEL's grammar; the last minus belongs to a number behind it. */
static struct node *parse_unary(struct parser *parser)
{
    const struct token first = parser->token;
    if (first.type != TOKEN_NOT && first.type != TOKEN_MINUS)
        return parse_member(parser);
    unsigned count = 0;
    for (; parser->token.type == first.type; count++)
        if (!expr_parse_advance(parser))
            return NULL;
    struct node *node;
    if (first.type == TOKEN_MINUS && (parser->token.type == TOKEN_INT || parser->token.type == TOKEN_DOUBLE)) {
        node = expr_literals_number(parser, first.start, true);
        count--;
    } else {
        node = parse_member(parser);
    }
    for (; node && count > 0; count--)
        node = expr_parse_node(parser, first.type == TOKEN_NOT ? NODE_NOT : NODE_NEGATE, first.start, &node, 1);
    return node;
}

/* target "." NAME, or a method call. */
static struct node *parse_select(struct parser *parser, size_t start, struct node *target)
{
    if (!expr_parse_advance(parser))
        return NULL;
    const struct token name = parser->token;
    if (name.type != TOKEN_NAME)
        return expr_parse_unexpected(parser, "a field name after the .");
    if (!expr_parse_advance(parser))
        return NULL;
    if (parser->token.type == TOKEN_OPEN)
        return expr_calls_parse(parser, &name, target);
    struct node *node = expr_parse_node(parser, NODE_SELECT, start, &target, 1);
    if (node)
        expr_parse_copy_name(parser, &name, node);
    return node;
}

static struct node *parse_index(struct parser *parser, size_t start, struct node *target)
{
    struct node *parts[2] = {target};
    if (!expr_parse_advance(parser) || !(parts[1] = expr_parse_any(parser)))
        return NULL;
    if (!expr_parse_expect(parser, TOKEN_CLOSE_LIST, "a closing ]"))
        return NULL;
    return expr_parse_node(parser, NODE_INDEX, start, parts, 2);
}

static struct node *parse_member(struct parser *parser)
{
    size_t start = parser->token.start;
    struct node *node = parse_primary(parser);
    while (node && (parser->token.type == TOKEN_DOT || parser->token.type == TOKEN_OPEN_LIST))
        node =
            parser->token.type == TOKEN_DOT ? parse_select(parser, start, node) : parse_index(parser, start, node);
    if (node && parser->token.type == TOKEN_OPEN_MAP)
        return expr_parse_unexpected(parser, "an operator");
    return node;
}

static struct node *parse_variable(struct parser *parser)
{
    const struct token name = parser->token;
    if (!expr_parse_name(parser) || !expr_parse_advance(parser))
        return NULL;
    if (parser->token.type == TOKEN_OPEN)
        return expr_calls_parse(parser, &name, NULL);
    struct node *node = expr_parse_node(parser, NODE_VARIABLE, name.start, NULL, 0);
    if (!node)
        return NULL;
    expr_parse_copy_name(parser, &name, node);
    node->steps = !strcmp(node->name, "steps");
    for (unsigned slot = parser->locals_count; slot > 0; slot--) { /* the innermost one hides the others */
        if (expr_parse_is(parser, &parser->locals[slot - 1], node->name)) {
            node->type = NODE_LOCAL;
            node->steps = false;
            node->slot = (uint16_t)(slot - 1);
            break;
        }
    }
    return node;
}

static struct node *parse_primary(struct parser *parser)
{
    struct node *node;
    switch (parser->token.type) {
    case TOKEN_NAME:
        return parse_variable(parser);
    case TOKEN_INT:
    case TOKEN_DOUBLE:
        return expr_literals_number(parser, parser->token.start, false);
    case TOKEN_STRING:
        return expr_literals_string(parser);
    case TOKEN_TRUE:
    case TOKEN_FALSE:
    case TOKEN_NULL:
        return expr_literals_word(parser);
    case TOKEN_OPEN_LIST:
    case TOKEN_OPEN_MAP:
        return expr_literals_items(parser);
    case TOKEN_OPEN:
        if (!expr_parse_advance(parser) || !(node = expr_parse_any(parser)))
            return NULL;
        return expr_parse_expect(parser, TOKEN_CLOSE, "a closing )") ? node : NULL;
    default:
        return expr_parse_unexpected(parser, "a value");
    }
}

struct node *expr_parse_node(struct parser *parser, enum node_type type, size_t start,
                             struct node *const *children, size_t children_count)
{
    struct node *node = expr_memory_take(&parser->expr->memory, sizeof *node);
    assert(node && "the length of the text bounds the tree");
    *node = (struct node){.type = type, .start = (uint32_t)start, .children_count = children_count};
    node->end = (uint32_t)parser->used_end;
    node->children = expr_memory_take(&parser->expr->memory, children_count * sizeof *children);
    assert(node->children);
    for (size_t i = 0; i < children_count; i++) {
        node->children[i] = children[i];
        if (children[i]->depth > node->depth)
            node->depth = children[i]->depth;
    }
    if (++node->depth > LIMIT_EXPR_DEPTH) {
        too_deep(parser, start);
        return NULL;
    }
    return node;
}

bool expr_parse_advance(struct parser *parser)
{
    parser->used_end = parser->token.end;
    return expr_lex_next(&parser->lexer, &parser->token, parser->error);
}

bool expr_parse_expect(struct parser *parser, enum token_type type, const char *what)
{
    if (parser->token.type == type)
        return expr_parse_advance(parser);
    expr_parse_unexpected(parser, what);
    return false;
}

bool expr_parse_name(struct parser *parser)
{
    if (parser->token.type != TOKEN_NAME) {
        expr_parse_unexpected(parser, "a name");
        return false;
    }
    for (size_t i = 0; i < sizeof RESERVED / sizeof RESERVED[0]; i++)
        if (expr_parse_is(parser, &parser->token, RESERVED[i]))
            return expr_lex_fail(parser->error, parser->token.start, "choose another name, or write x[\"name\"]",
                                 "%s is a reserved word", RESERVED[i]);
    return true;
}

/* What people write who come from other languages. */
static const char *hint_for(const struct parser *parser)
{
    static const char *const hints[][2] = {{"and", "write && for and"},
                                           {"or", "write || for or"},
                                           {"not", "write ! for not"},
                                           {"is", "write == to compare"}};
    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++)
        if (parser->token.type == TOKEN_NAME && expr_parse_is(parser, &parser->token, hints[i][0]))
            return hints[i][1];
    return NULL;
}

struct node *expr_parse_unexpected(struct parser *parser, const char *expected)
{
    const struct token *token = &parser->token;
    const char *hint = hint_for(parser);
    if (token->type == TOKEN_NAME)
        expr_lex_fail(parser->error, token->start, hint, "expected %s, found %.*s", expected,
                      (int)(token->end - token->start < 64 ? token->end - token->start : 64),
                      parser->expr->text + token->start);
    else
        expr_lex_fail(parser->error, token->start, hint, "expected %s, found %s", expected,
                      expr_lex_text(token->type));
    return NULL;
}

void expr_parse_copy_name(struct parser *parser, const struct token *name, struct node *node)
{
    size_t length = name->end - name->start;
    char *copy = expr_memory_take(&parser->expr->memory, length + 1);
    assert(copy);
    memcpy(copy, parser->expr->text + name->start, length);
    copy[length] = '\0';
    node->name = copy;
    node->name_length = length;
}

bool expr_parse_is(const struct parser *parser, const struct token *token, const char *word)
{
    size_t length = token->end - token->start;
    return strlen(word) == length && !memcmp(parser->expr->text + token->start, word, length);
}
