/* Making values, and looking into lists and maps, whether they are JSON or were made by an expression. */
#include "definition/value.h"

#include <assert.h>
#include <string.h>

const char *value_type_name(enum value_type type)
{
    static const char *const names[] = {
#define X(name, word) [name] = word,
        VALUE_TYPES(X)
#undef X
    };
    assert((size_t)type < sizeof names / sizeof names[0]);
    return names[type];
}

struct value value_null(void)
{
    return (struct value){.type = VALUE_NULL};
}

struct value value_bool(bool truth)
{
    return (struct value){.type = VALUE_BOOL, .truth = truth};
}

struct value value_int(int64_t integer)
{
    return (struct value){.type = VALUE_INT, .integer = integer};
}

struct value value_double(double real)
{
    return (struct value){.type = VALUE_DOUBLE, .real = real};
}

struct value value_string(const char *text, size_t length)
{
    return (struct value){.type = VALUE_STRING, .text = text, .count = length};
}

struct value value_list(const struct value *items, size_t count)
{
    return (struct value){.type = VALUE_LIST, .items = items, .count = count};
}

struct value value_map(const struct value *pairs, size_t count)
{
    return (struct value){.type = VALUE_MAP, .items = pairs, .count = count};
}

struct value value_json(json_t *json)
{
    assert(json);
    struct value value = {.json = json};
    switch (json_typeof(json)) {
    case JSON_OBJECT:
        value.type = VALUE_MAP;
        value.count = json_object_size(json);
        break;
    case JSON_ARRAY:
        value.type = VALUE_LIST;
        value.count = json_array_size(json);
        break;
    case JSON_STRING:
        value.type = VALUE_STRING;
        value.text = json_string_value(json);
        value.count = json_string_length(json);
        break;
    case JSON_INTEGER:
        value.type = VALUE_INT;
        value.integer = json_integer_value(json);
        break;
    case JSON_REAL:
        value.type = VALUE_DOUBLE;
        value.real = json_real_value(json);
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        value.type = VALUE_BOOL;
        value.truth = json_is_true(json);
        break;
    case JSON_NULL:
        value.type = VALUE_NULL;
        break;
    }
    return value;
}

struct value value_item(const struct value *list, size_t index)
{
    assert(list->type == VALUE_LIST);
    assert(index < list->count);
    return list->json ? value_json(json_array_get(list->json, index)) : list->items[index];
}

bool value_find(const struct value *map, const struct value *key, struct value *found)
{
    assert(map->type == VALUE_MAP);
    if (map->json) {
        json_t *json = key->type == VALUE_STRING ? json_object_getn(map->json, key->text, key->count) : NULL;
        if (json)
            *found = value_json(json);
        return json != NULL;
    }
    for (size_t i = 0; i < map->count; i++) {
        size_t work = 8; /* keys are small: int, bool or string */
        if (value_equal(&map->items[2 * i], key, &work)) {
            *found = map->items[2 * i + 1];
            return true;
        }
    }
    return false;
}

void value_keys(const struct value *map, struct value *keys)
{
    assert(map->type == VALUE_MAP);
    size_t count = 0;
    if (!map->json) {
        for (; count < map->count; count++)
            keys[count] = map->items[2 * count];
        return;
    }
    for (void *at = json_object_iter(map->json); at; at = json_object_iter_next(map->json, at))
        keys[count++] = value_string(json_object_iter_key(at), json_object_iter_key_len(at));
    assert(count == map->count);
}
