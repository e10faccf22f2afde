/* Literals: numbers, strings, words, lists and maps. */
#include "definition/expr_parse.h"

#include "base/mem.h"
#include "definition/expr_text.h"
#include "definition/value_number.h"

#include <assert.h>

/* The present token becomes a node. */
static struct node *literal(struct parser *parser, size_t start, struct value value)
{
    struct node *node = expr_parse_advance(parser) ? expr_parse_node(parser, NODE_LITERAL, start, NULL, 0) : NULL;
    if (node)
        node->value = value;
    return node;
}

/* The digits of an integer token, decimal or 0x; false when they are over 64 bits. */
static bool read_integer(const char *text, size_t length, uint64_t *sum)
{
    bool hex = length > 2 && (text[1] == 'x' || text[1] == 'X');
    *sum = 0;
    for (size_t i = hex ? 2 : 0; i < length; i++) {
        unsigned digit = text[i] <= '9' ? (unsigned)(text[i] - '0') : (unsigned)((text[i] | 0x20) - 'a' + 10);
        if (__builtin_mul_overflow(*sum, hex ? 16u : 10u, sum) || __builtin_add_overflow(*sum, digit, sum))
            return false;
    }
    return true;
}

struct node *expr_literals_number(struct parser *parser, size_t start, bool negative)
{
    const struct token token = parser->token;
    const char *text = parser->expr->text + token.start;
    uint64_t sum = 0;
    double real = 0;
    bool whole = token.type == TOKEN_INT;
    assert(whole || token.type == TOKEN_DOUBLE);
    bool fits = whole ? read_integer(text, token.end - token.start, &sum) && sum <= (uint64_t)INT64_MAX + negative
                      : value_number_double(text, token.end - token.start, &real);
    if (!fits) {
        expr_lex_fail(parser->error, token.start, whole ? "write it with a decimal point" : NULL,
                      "the number does not fit into 64 bits");
        return NULL;
    }
    if (whole)
        return literal(parser, start, value_int(negative ? (int64_t)(0 - sum) : (int64_t)sum));
    return literal(parser, start, value_double(negative ? -real : real));
}

struct node *expr_literals_string(struct parser *parser)
{
    const struct token token = parser->token;
    char *text = expr_memory_take(&parser->expr->memory, token.end - token.start);
    size_t length;
    assert(text);
    if (!expr_text_decode(parser->expr->text, &token, text, &length, parser->error))
        return NULL;
    text[length] = '\0'; /* where a quote stood */
    struct node *node = literal(parser, token.start, value_string(text, length));
    if (node) {
        node->name = text;
        node->name_length = length;
    }
    return node;
}

struct node *expr_literals_word(struct parser *parser)
{
    enum token_type type = parser->token.type;
    assert(type == TOKEN_TRUE || type == TOKEN_FALSE || type == TOKEN_NULL);
    return literal(parser, parser->token.start,
                   type == TOKEN_NULL ? value_null() : value_bool(type == TOKEN_TRUE));
}

struct node *expr_literals_items(struct parser *parser)
{
    bool map = parser->token.type == TOKEN_OPEN_MAP;
    enum token_type close = map ? TOKEN_CLOSE_MAP : TOKEN_CLOSE_LIST;
    size_t start = parser->token.start, count = 0, capacity = 0;
    struct node **items = NULL, *node = NULL;
    bool more = expr_parse_advance(parser);
    while (more && parser->token.type != close) {
        if (count + 2 > capacity) {
            capacity = capacity ? 2 * capacity : 16;
            items = mem_grow(items, capacity * sizeof *items);
        }
        assert(count < LIMIT_EXPR_BYTES);
        more = (items[count++] = expr_parse_any(parser)) != NULL;
        if (more && map)
            more = expr_parse_expect(parser, TOKEN_COLON, "a : between key and value") &&
                   (items[count++] = expr_parse_any(parser)) != NULL;
        if (!more || parser->token.type != TOKEN_COMMA)
            break;
        more = expr_parse_advance(parser);
    }
    if (more && expr_parse_expect(parser, close, map ? "a comma or a closing }" : "a comma or a closing ]"))
        node = expr_parse_node(parser, map ? NODE_MAP : NODE_LIST, start, items, count);
    mem_free(items);
    return node;
}
