/* Where the reading stands, and its complaints. */
#include "definition/parse.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

size_t parse_enter(struct parse *parse, const char *key)
{
    size_t mark = parse->path.length;
    buf_putc(&parse->path, '/');
    for (; *key; key++)
        if (*key == '~' || *key == '/')
            buf_puts(&parse->path, *key == '~' ? "~0" : "~1");
        else
            buf_putc(&parse->path, *key);
    return mark;
}

size_t parse_enter_index(struct parse *parse, size_t index)
{
    size_t mark = parse->path.length;
    buf_printf(&parse->path, "/%zu", index);
    return mark;
}

void parse_leave(struct parse *parse, size_t mark)
{
    assert(mark <= parse->path.length);
    parse->path.length = mark;
}

static struct finding *complain(struct parse *parse, enum rule rule, const char *hint, const char *format,
                                va_list args)
{
    char message[FINDING_TEXT_BYTES];
    vsnprintf(message, sizeof message, format, args);
    return findings_add(parse->findings, rule_code(rule), buf_text(&parse->path), hint, "%s", message);
}

struct finding *parse_complain(struct parse *parse, enum rule rule, const char *hint, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct finding *finding = complain(parse, rule, hint, format, args);
    va_end(args);
    return finding;
}

struct finding *parse_complain_at(struct parse *parse, const char *key, enum rule rule, const char *hint,
                                  const char *format, ...)
{
    size_t mark = parse_enter(parse, key);
    va_list args;
    va_start(args, format);
    struct finding *finding = complain(parse, rule, hint, format, args);
    va_end(args);
    parse_leave(parse, mark);
    return finding;
}
