/* Templates and conditions: compiles them and turns what is wrong in them into findings. */
#include "definition/keys.h"
#include "definition/parse.h"

#include <stdio.h>
#include <string.h>

/* Where the complaints of one template go. */
struct complaint {
    struct parse *parse;
    size_t skip; /* bytes of the string that stand before the template */
};

static void complain(struct parse *parse, const struct expr_error *error, size_t skip, const char *hint)
{
    if (error->hint[0])
        hint = error->hint;
    struct finding *finding = parse_complain(parse, RULE_EXPRESSION, hint, "in this expression: %s", error->text);
    if (finding)
        finding->inside = skip + error->offset;
}

static void complain_template(void *context, const char *pointer, const struct expr_error *error)
{
    struct complaint *complaint = context;
    size_t mark = complaint->parse->path.length;
    buf_puts(&complaint->parse->path, pointer);
    complain(complaint->parse, error, complaint->skip, NULL);
    parse_leave(complaint->parse, mark);
}

struct template *parse_template(struct parse *parse, const char *key, const json_t *value)
{
    struct complaint complaint = {.parse = parse};
    size_t mark = parse_enter(parse, key);
    struct template *template = template_new(value, complain_template, &complaint);
    parse_leave(parse, mark);
    return template;
}

struct template *parse_text_template(struct parse *parse, const char *key, const char *text, size_t skip)
{
    struct complaint complaint = {.parse = parse, .skip = skip};
    size_t mark = parse_enter(parse, key);
    struct template *template = template_new_text(text, complain_template, &complaint);
    parse_leave(parse, mark);
    return template;
}

struct expr *parse_condition(struct parse *parse, const char *key, const char *text, size_t length)
{
    struct expr_error error = {0};
    struct expr *expr = expr_parse(text, length, &error);
    if (!expr) {
        char hint[64];
        snprintf(hint, sizeof hint, "\"%s\" takes the expression without ${ }", key);
        size_t mark = parse_enter(parse, key);
        complain(parse, &error, 0, strncmp(text, "${", 2) == 0 ? hint : NULL);
        parse_leave(parse, mark);
    }
    return expr;
}
