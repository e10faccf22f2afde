/* Values as JSON text and as plain text. */
#include "definition/value.h"

#include "base/limits.h"
#include "definition/value_number.h"
#include "definition/value_time.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const NOT_FINITE = "is not a finite number, which JSON cannot hold";
static const char *const BAD_KEY = "has a key that is not a string, which JSON cannot hold";
static const char *const TOO_DEEP = "is nested too deeply to become JSON";

static const char *print_at(const struct value *value, struct buf *buf, unsigned depth);

const char *value_print_json(const struct value *value, struct buf *buf)
{
    return print_at(value, buf, 0);
}

char *value_json_text(json_t *json, size_t max, size_t *length)
{
    struct buf buf;
    struct value value = value_json(json);
    buf_init(&buf, max);
    const char *why = value_print_json(&value, &buf);
    if (why || buf.full) {
        buf_done(&buf);
        return NULL;
    }
    return buf_take(&buf, length);
}

static const char *print_double(double real, struct buf *buf)
{
    if (!isfinite(real))
        return NOT_FINITE;
    char text[VALUE_TEXT_MAX];
    value_number_print(real, text);
    buf_puts(buf, text);
    if (!strpbrk(text, ".e"))
        buf_puts(buf, ".0"); /* so that it is read back as a double */
    return NULL;
}

static const char *print_list(const struct value *list, struct buf *buf, unsigned depth)
{
    const char *why = NULL;
    buf_putc(buf, '[');
    for (size_t i = 0; i < list->count && !why && !buf->full; i++) {
        struct value item = value_item(list, i);
        if (i)
            buf_putc(buf, ',');
        why = print_at(&item, buf, depth + 1);
    }
    buf_putc(buf, ']');
    return why;
}

static const char *print_entry(const struct value *key, const struct value *value, bool first, struct buf *buf,
                               unsigned depth)
{
    if (key->type != VALUE_STRING)
        return BAD_KEY;
    if (!first)
        buf_putc(buf, ',');
    buf_put_json(buf, key->text, key->count);
    buf_putc(buf, ':');
    return print_at(value, buf, depth + 1);
}

static const char *print_object(json_t *object, struct buf *buf, unsigned depth)
{
    const char *why = NULL;
    bool first = true;
    for (void *at = json_object_iter(object); at && !why && !buf->full; at = json_object_iter_next(object, at)) {
        struct value key = value_string(json_object_iter_key(at), json_object_iter_key_len(at));
        struct value value = value_json(json_object_iter_value(at));
        why = print_entry(&key, &value, first, buf, depth);
        first = false;
    }
    return why;
}

static const char *print_map(const struct value *map, struct buf *buf, unsigned depth)
{
    const char *why = NULL;
    buf_putc(buf, '{');
    if (map->json)
        why = print_object(map->json, buf, depth);
    else
        for (size_t i = 0; i < map->count && !why && !buf->full; i++)
            why = print_entry(&map->items[2 * i], &map->items[2 * i + 1], i == 0, buf, depth);
    buf_putc(buf, '}');
    return why;
}

static const char *print_at(const struct value *value, struct buf *buf, unsigned depth)
{
    char text[VALUE_TEXT_MAX];
    if (depth > LIMIT_JSON_DEPTH)
        return TOO_DEEP;
    switch (value->type) {
    case VALUE_NULL:
        buf_puts(buf, "null");
        return NULL;
    case VALUE_BOOL:
        buf_puts(buf, value->truth ? "true" : "false");
        return NULL;
    case VALUE_INT:
        buf_printf(buf, "%lld", (long long)value->integer);
        return NULL;
    case VALUE_DOUBLE:
        return print_double(value->real, buf);
    case VALUE_STRING:
        buf_put_json(buf, value->text, value->count);
        return NULL;
    case VALUE_LIST:
        return print_list(value, buf, depth);
    case VALUE_MAP:
        return print_map(value, buf, depth);
    case VALUE_TIMESTAMP:
    case VALUE_DURATION:
        break;
    }
    value_time_print(value, text);
    buf_printf(buf, "\"%s\"", text);
    return NULL;
}

bool value_print_text(const struct value *value, struct buf *buf)
{
    char text[VALUE_TEXT_MAX];
    switch (value->type) {
    case VALUE_STRING:
        buf_put(buf, value->text, value->count);
        return true;
    case VALUE_BOOL:
        buf_puts(buf, value->truth ? "true" : "false");
        return true;
    case VALUE_INT:
        buf_printf(buf, "%lld", (long long)value->integer);
        return true;
    case VALUE_DOUBLE:
        value_number_print(value->real, text);
        buf_puts(buf, text);
        return true;
    case VALUE_TIMESTAMP:
    case VALUE_DURATION:
        value_time_print(value, text);
        buf_puts(buf, text);
        return true;
    case VALUE_NULL:
    case VALUE_LIST:
    case VALUE_MAP:
        break;
    }
    return false;
}
