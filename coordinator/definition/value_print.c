/* Values as JSON text, as plain text and as JSON data. */
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
static const char *const TOO_LARGE = "is too large";

static const char *print_at(const struct value *value, struct buf *buf, unsigned depth);

const char *value_print_json(const struct value *value, struct buf *buf)
{
    return print_at(value, buf, 0);
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

/* What is left of the result cap; and how deep it may still go. */
struct room {
    size_t bytes;
    unsigned depth;
};

static const char *convert(const struct value *value, struct room *room, json_t **json);

static bool room_take(struct room *room, size_t bytes)
{
    bool fits = bytes <= room->bytes;
    room->bytes = fits ? room->bytes - bytes : 0;
    return fits;
}

/* Counts borrowed JSON without copying it; it stops at the cap, however large the rest is. */
static const char *measure(json_t *json, struct room *room)
{
    if (!room_take(room, 8 + json_string_length(json)))
        return TOO_LARGE;
    if (!json_is_object(json) && !json_is_array(json))
        return NULL;
    if (!room->depth)
        return TOO_DEEP;
    room->depth--;
    const char *why = NULL;
    for (size_t i = 0; i < json_array_size(json) && !why; i++)
        why = measure(json_array_get(json, i), room);
    for (void *at = json_object_iter(json); at && !why; at = json_object_iter_next(json, at)) {
        if (!room_take(room, json_object_iter_key_len(at)))
            why = TOO_LARGE;
        else
            why = measure(json_object_iter_value(at), room);
    }
    room->depth++;
    return why;
}

static const char *convert_list(const struct value *list, struct room *room, json_t **json)
{
    *json = json_array();
    for (size_t i = 0; i < list->count; i++) {
        json_t *item = NULL;
        const char *why = convert(&list->items[i], room, &item);
        if (why)
            return why;
        json_array_append_new(*json, item);
    }
    return NULL;
}

static const char *convert_map(const struct value *map, struct room *room, json_t **json)
{
    *json = json_object();
    for (size_t i = 0; i < map->count; i++) {
        const struct value *key = &map->items[2 * i];
        json_t *item = NULL;
        if (key->type != VALUE_STRING)
            return BAD_KEY;
        const char *why = room_take(room, key->count) ? convert(key + 1, room, &item) : TOO_LARGE;
        if (why)
            return why;
        json_object_setn_new(*json, key->text, key->count, item);
    }
    return NULL;
}

static json_t *convert_scalar(const struct value *value)
{
    char text[VALUE_TEXT_MAX];
    switch (value->type) {
    case VALUE_BOOL:
        return json_boolean(value->truth);
    case VALUE_INT:
        return json_integer(value->integer);
    case VALUE_DOUBLE:
        return json_real(value->real);
    case VALUE_STRING:
        return json_stringn(value->text, value->count);
    case VALUE_TIMESTAMP:
    case VALUE_DURATION:
        value_time_print(value, text);
        return json_string(text);
    default:
        assert(value->type == VALUE_NULL);
        return json_null();
    }
}

/* On failure what was built so far is released here. */
static const char *convert(const struct value *value, struct room *room, json_t **json)
{
    const char *why = NULL;
    if (value->json) {
        why = measure(value->json, room);
        *json = why ? NULL : json_incref(value->json);
        return why;
    }
    if (!room_take(room, 8 + (value->type == VALUE_STRING ? value->count : 0)))
        return TOO_LARGE;
    if (value->type == VALUE_DOUBLE && !isfinite(value->real))
        return NOT_FINITE;
    if (value->type != VALUE_LIST && value->type != VALUE_MAP) {
        *json = convert_scalar(value);
        assert(*json);
        return NULL;
    }
    if (!room->depth)
        return TOO_DEEP;
    room->depth--;
    why = value->type == VALUE_LIST ? convert_list(value, room, json) : convert_map(value, room, json);
    room->depth++;
    if (why) {
        json_decref(*json);
        *json = NULL;
    }
    return why;
}

const char *value_to_json(const struct value *value, json_t **json)
{
    struct room room = {.bytes = LIMIT_EXPR_RESULT_BYTES, .depth = LIMIT_JSON_DEPTH};
    if (value->json) { /* already within the limits of what came in */
        *json = json_incref(value->json);
        return NULL;
    }
    return convert(value, &room, json);
}
