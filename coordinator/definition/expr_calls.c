/* Calls: which function or macro a name means, and whether it is called the way it wants to be. */
#include "definition/expr_parse.h"

#include "definition/expr_functions.h"
#include "definition/expr_macros.h"
#include "definition/suggest.h"

#include <assert.h>
#include <string.h>

struct macro_form {
    const char *word;
    enum macro macro;
    size_t args_min;
    size_t args_max;
    const char *usage;
};

static const struct macro_form MACRO_FORMS[] = {
#define X(name, word, min, max, usage) {word, name, min, max, usage},
    MACROS(X)
#undef X
};

static const struct macro_form *find_macro(const struct parser *parser, const struct token *name);
static struct node *parse_macro(struct parser *parser, const struct token *name, const struct macro_form *form,
                                struct node *target);
static struct node *parse_has(struct parser *parser, const struct token *name);
static struct node *parse_function(struct parser *parser, const struct token *name, struct node *target);

struct node *expr_calls_parse(struct parser *parser, const struct token *name, struct node *target)
{
    assert(parser->token.type == TOKEN_OPEN);
    const struct macro_form *macro = target ? find_macro(parser, name) : NULL;
    if (!expr_parse_advance(parser))
        return NULL;
    if (macro)
        return parse_macro(parser, name, macro, target);
    if (!target && expr_parse_is(parser, name, "has"))
        return parse_has(parser, name);
    return parse_function(parser, name, target);
}

static const struct macro_form *find_macro(const struct parser *parser, const struct token *name)
{
    for (size_t i = 0; i < sizeof MACRO_FORMS / sizeof MACRO_FORMS[0]; i++)
        if (expr_parse_is(parser, name, MACRO_FORMS[i].word))
            return &MACRO_FORMS[i];
    return NULL;
}

/* Closes a call that began at `start`: a node that ends behind the ")". */
static struct node *finish(struct parser *parser, enum node_type type, size_t start, struct node **args,
                           size_t count)
{
    if (!expr_parse_expect(parser, TOKEN_CLOSE, "a comma or a closing )"))
        return NULL;
    return expr_parse_node(parser, type, start, args, count);
}

/* What a call begins with: its target, or its name. */
static size_t call_start(const struct token *name, const struct node *target)
{
    return target ? target->start : name->start;
}

/* The variable of a macro and the comma behind it. */
static bool parse_local(struct parser *parser, const struct macro_form *form)
{
    if (parser->locals_count == LIMIT_EXPR_NESTING)
        return expr_lex_fail(parser->error, parser->token.start, "compute the inner list in a step of its own",
                             "macros are nested more than %d deep", LIMIT_EXPR_NESTING);
    const struct token local = parser->token;
    if (local.type != TOKEN_NAME)
        return expr_lex_fail(parser->error, local.start, NULL,
                             "the first argument of %s() must be a name for the element: write %s", form->word,
                             form->usage);
    if (!expr_parse_name(parser) || !expr_parse_advance(parser))
        return false;
    if (parser->token.type != TOKEN_COMMA)
        return expr_lex_fail(parser->error, local.start, NULL, "expected a name and a comma: write %s",
                             form->usage);
    parser->locals[parser->locals_count++] = local;
    return expr_parse_advance(parser);
}

static struct node *parse_macro(struct parser *parser, const struct token *name, const struct macro_form *form,
                                struct node *target)
{
    struct node *parts[3] = {target};
    size_t count = 1;
    if (!parse_local(parser, form))
        return NULL;
    uint16_t slot = (uint16_t)(parser->locals_count - 1);
    for (bool more = true; more;) {
        if (!(parts[count++] = expr_parse_any(parser)))
            return NULL;
        more = count < form->args_max && parser->token.type == TOKEN_COMMA;
        if (more && !expr_parse_advance(parser))
            return NULL;
    }
    if (parser->token.type == TOKEN_COMMA) {
        expr_lex_fail(parser->error, name->start, NULL, "too many arguments: write %s", form->usage);
        return NULL;
    }
    parser->locals_count--;
    struct node *node = finish(parser, NODE_MACRO, call_start(name, target), parts, count);
    if (node) {
        node->macro = form->macro;
        node->slot = slot;
    }
    return node;
}

static struct node *parse_has(struct parser *parser, const struct token *name)
{
    size_t start = parser->token.start;
    struct node *field = expr_parse_any(parser);
    if (!field)
        return NULL;
    if (field->type != NODE_SELECT || field->start != start) {
        expr_lex_fail(parser->error, start, NULL, "has() takes a field: write has(x.name)");
        return NULL;
    }
    return finish(parser, NODE_HAS, name->start, &field, 1);
}

/* Functions of CEL that are left out, and what to write instead. */
static const char *hint_for_missing(const char *name)
{
    static const char *const hints[][2] = {
        {"matches", "there are no regular expressions: use startsWith, endsWith or contains"},
        {"bool", "compare: x == \"true\""},
        {"type", "an expression knows no types as values"},
        {"dyn", "leave it out: every value is dynamic"},
        {"uint", "there are no unsigned numbers: use int"},
        {"bytes", "there are no byte strings"},
        {"length", "did you mean \"size\"?"},
        {"len", "did you mean \"size\"?"},
        {"toLowerCase", "did you mean \"lowerAscii\"?"},
        {"includes", "did you mean \"contains\"? or write: x in list"},
        {"any", "did you mean \"exists\"?"},
        {"every", "did you mean \"all\"?"}};
    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++)
        if (!strcmp(name, hints[i][0]))
            return hints[i][1];
    return NULL;
}

static void fail_unknown(struct parser *parser, const struct token *token, const char *name, enum call_style style)
{
    const struct function *other = expr_functions_find(name, style == CALL_METHOD ? CALL_FUNCTION : CALL_METHOD);
    bool macro = find_macro(parser, token) != NULL;
    if (other || macro || !strcmp(name, "has")) {
        const char *usage = other ? other->usage : macro ? find_macro(parser, token)->usage : "has(x.name)";
        expr_lex_fail(parser->error, token->start, NULL, "%s() is not called that way: write %s", name, usage);
        return;
    }
    char hint[128];
    struct suggest suggest;
    suggest_init(&suggest, name);
    const struct function *function;
    for (size_t i = 0; (function = expr_functions_get(i)); i++)
        suggest_offer(&suggest, function->name);
    for (size_t i = 0; i < sizeof MACRO_FORMS / sizeof MACRO_FORMS[0]; i++)
        suggest_offer(&suggest, MACRO_FORMS[i].word);
    suggest_offer(&suggest, "has");
    const char *missing = hint_for_missing(name);
    expr_lex_fail(parser->error, token->start, missing ? missing : suggest_hint(&suggest, hint, sizeof hint, NULL),
                  "there is no function %.64s()", name);
}

static const struct function *find_function(struct parser *parser, const struct token *token,
                                            enum call_style style)
{
    struct node name = {0};
    expr_parse_copy_name(parser, token, &name);
    const struct function *function = expr_functions_find(name.name, style);
    if (!function)
        fail_unknown(parser, token, name.name, style);
    return function;
}

static struct node *parse_function(struct parser *parser, const struct token *name, struct node *target)
{
    const struct function *function = find_function(parser, name, target ? CALL_METHOD : CALL_FUNCTION);
    struct node *args[LIMIT_EXPR_ARGUMENTS] = {target};
    size_t count = target != NULL;
    if (!function)
        return NULL;
    while (parser->token.type != TOKEN_CLOSE) {
        if (count == function->args_max) {
            expr_lex_fail(parser->error, name->start, NULL, "too many arguments: write %s", function->usage);
            return NULL;
        }
        if (!(args[count++] = expr_parse_any(parser)))
            return NULL;
        if (parser->token.type != TOKEN_COMMA)
            break;
        if (!expr_parse_advance(parser))
            return NULL;
        if (parser->token.type == TOKEN_CLOSE)
            return expr_parse_unexpected(parser, "another argument");
    }
    if (parser->token.type == TOKEN_CLOSE && count < function->args_min) {
        expr_lex_fail(parser->error, name->start, NULL, "too few arguments: write %s", function->usage);
        return NULL;
    }
    struct node *node = finish(parser, NODE_CALL, call_start(name, target), args, count);
    if (node)
        node->function = function;
    return node;
}
