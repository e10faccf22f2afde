/* Values as JSON data. What came from JSON is shared, what an expression made is built, within the limits of a
 * result. */
#include "definition/value.h"

#include "base/limits.h"
#include "definition/value_time.h"

#include <assert.h>
#include <math.h>

static const char *const NOT_FINITE = "is not a finite number, which JSON cannot hold";
static const char *const BAD_KEY = "has a key that is not a string, which JSON cannot hold";
static const char *const TOO_DEEP = "is nested too deeply to become JSON";
static const char *const TOO_LARGE = "is too large";

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
