/* The items of steps with forEach: evaluating the list and the keys, keeping them as text, and showing them to
 * expressions. Each lies in memory as its own compact JSON, so that one item's request costs one item's parsing.
 */
#include "engine/payload_scope.h"

#include "base/limits.h"
#include "base/mem.h"
#include "core/core.h"
#include "definition/value.h"

#include <assert.h>
#include <string.h>

static int evaluate_list(struct payload *payload, uint16_t step, uint64_t now_ms, json_t **list,
                         struct error *error);
static int evaluate_keys(struct payload *payload, uint16_t step, uint64_t now_ms, const json_t *list,
                         json_t **keys, struct error *error);
static int evaluate_key(struct payload *payload, const struct expr *expr, size_t index, uint64_t now_ms,
                        struct buf *key, struct error *error);
static int encode_key(const json_t *value, size_t index, struct buf *key, struct error *error);
static int check_room(const struct payload *payload, size_t count, struct error *error);
static const struct spread *spread_of(const struct payload *payload, uint16_t item, uint16_t *index);

int payload_items(struct payload *payload, uint16_t step, uint64_t now_ms, struct buf *buf, uint16_t *count,
                  struct error *error)
{
    json_t *list = NULL, *keys = NULL;
    assert(payload->definition->plan.steps[step].each && buf->max >= PAYLOAD_ITEMS_BYTES);
    int code = evaluate_list(payload, step, now_ms, &list, error);
    if (!code)
        code = check_room(payload, json_array_size(list), error);
    if (!code)
        code = evaluate_keys(payload, step, now_ms, list, &keys, error);
    if (!code) {
        json_t *both = json_pack("{s:O, s:O}", "keys", keys, "items", list);
        size_t length;
        char *text = value_json_text(both, PAYLOAD_ITEMS_BYTES, &length);
        json_decref(both);
        if (text)
            buf_put(buf, text, length);
        else
            code = error_set(error, ERROR_TOO_LARGE, "/forEach/in: the list is too long to be kept");
        mem_free(text);
        *count = (uint16_t)json_array_size(list);
    }
    json_decref(keys);
    json_decref(list);
    return code;
}

const char *payload_item(const struct payload *payload, uint16_t branch)
{
    uint16_t index;
    const struct spread *spread = spread_of(payload, branch, &index);
    return spread ? spread->keys + spread->places[index].key : NULL;
}

const char *payload_item_text(const struct payload *payload, uint16_t branch)
{
    uint16_t index;
    const struct spread *spread = spread_of(payload, branch, &index);
    return spread ? spread->items + spread->places[index].item : NULL;
}

void payload_name(const struct payload *payload, uint16_t branch, char name[LIMIT_BRANCH_NAME])
{
    const char *item = payload_item(payload, branch);
    snprintf(name, LIMIT_BRANCH_NAME, item ? "%s[%s]" : "%s", payload_spec(payload, branch)->id, item);
}

int payload_find(const struct payload *payload, const char *name)
{
    const char *item = strchr(name, '[');
    size_t length = strlen(name);
    if (!item)
        return definition_find_step(payload->definition, name);
    char step[LIMIT_NAME_BYTES + 1];
    if (name[length - 1] != ']' || (size_t)(item - name) > LIMIT_NAME_BYTES)
        return -1;
    snprintf(step, sizeof step, "%.*s", (int)(item - name), name);
    int index = definition_find_step(payload->definition, step);
    if (index < 0 || !payload->spreads)
        return -1;
    const struct spread *spread = &payload->spreads[index];
    size_t key_length = length - (size_t)(item - name) - 2;
    for (uint16_t i = 0; i < spread->count; i++) {
        const char *key = spread->keys + spread->places[i].key;
        if (strncmp(key, item + 1, key_length) == 0 && !key[key_length])
            return payload->txn->branches[index].items + i;
    }
    return -1;
}

/* False when the bytes are not what payload_items made for so many items. */
bool payload_items_learn(struct payload *payload, const struct fact *fact, const char *bytes, size_t length)
{
    uint16_t steps_count = payload->definition->plan.steps_count;
    size_t count = (size_t)fact->value;
    json_t *both = length ? payload_parse(bytes, length) : NULL;
    const json_t *keys = json_object_get(both, "keys"), *items = json_object_get(both, "items");
    bool right = json_array_size(keys) == count && json_array_size(items) == count;
    struct buf item_texts, key_texts;
    buf_init(&item_texts, PAYLOAD_ITEMS_BYTES);
    buf_init(&key_texts, PAYLOAD_ITEMS_BYTES);
    struct place *places = mem_array(count ? count : 1, sizeof *places);
    for (size_t i = 0; right && i < count; i++) {
        const char *key = json_string_value(json_array_get(keys, i));
        size_t text_length;
        char *text = value_json_text(json_array_get(items, i), PAYLOAD_ITEMS_BYTES, &text_length);
        right = key && text;
        places[i] = (struct place){(uint32_t)item_texts.length, (uint32_t)key_texts.length};
        if (right) {
            buf_put(&item_texts, text, text_length + 1); /* with its NUL */
            buf_put(&key_texts, key, strlen(key) + 1);
        }
        mem_free(text);
    }
    json_decref(both);
    right = right && !item_texts.full && !key_texts.full;
    if (right) {
        if (!payload->spreads)
            payload->spreads = mem_array(steps_count, sizeof *payload->spreads);
        payload->spreads[fact->branch] =
            (struct spread){buf_take(&item_texts, NULL), buf_take(&key_texts, NULL), places, (uint16_t)count};
        size_t before = payload->outcomes_count, after = payload->txn->branches_count;
        payload->outcomes = mem_grow(payload->outcomes, after * sizeof *payload->outcomes);
        memset(payload->outcomes + before, 0, (after - before) * sizeof *payload->outcomes);
        payload->outcomes_count = (uint16_t)after;
    } else {
        mem_free(places);
    }
    buf_done(&key_texts);
    buf_done(&item_texts);
    return right;
}

void payload_items_done(struct payload *payload)
{
    for (uint16_t i = 0; payload->spreads && i < payload->definition->plan.steps_count; i++) {
        mem_free(payload->spreads[i].items);
        mem_free(payload->spreads[i].keys);
        mem_free(payload->spreads[i].places);
    }
    mem_free(payload->spreads);
}

/* `item` (or what the step calls it) and `index`: while a key is made, and for the item whose request it is. */
json_t *payload_items_variable(struct payload *payload, const char *name)
{
    uint16_t index = 0;
    const struct spread *spread = NULL;
    const char *called = NULL;
    if (payload->item) {
        called = payload->definition->steps[payload->item_step].item_name;
        index = payload->item_index;
    } else if (payload->step != BRANCH_NONE && (spread = spread_of(payload, payload->step, &index))) {
        called = payload_spec(payload, payload->step)->item_name;
    }
    if (!called)
        return NULL;
    if (strcmp(name, "index") == 0)
        return payload_scope_keep(payload, json_integer(index));
    if (strcmp(name, called) != 0)
        return NULL;
    if (payload->item)
        return payload->item;
    const char *text = spread->items + spread->places[index].item;
    return payload_scope_keep(payload, payload_parse(text, strlen(text)));
}

/* All items: [{name, item, output?, status, key}]. */
json_t *payload_items_value(struct payload *payload, uint16_t parent)
{
    const struct branch *branch = &payload->txn->branches[parent];
    json_t *list = json_array();
    for (uint16_t i = 0; i < branch->items_count; i++) {
        const struct spread *spread = &payload->spreads[parent];
        const char *text = spread->items + spread->places[i].item;
        json_t *value = payload_branch_value(payload, (uint16_t)(branch->items + i));
        json_object_set_new(value, "name", json_string(spread->keys + spread->places[i].key));
        json_object_set_new(value, "item", payload_parse(text, strlen(text)));
        json_array_append_new(list, value);
    }
    return list;
}

static int evaluate_list(struct payload *payload, uint16_t step, uint64_t now_ms, json_t **list,
                         struct error *error)
{
    struct scope scope = payload_scope_open(payload, BRANCH_NONE, now_ms);
    int code = expr_eval(payload->definition->steps[step].items, &scope, list, error);
    payload_scope_close(payload);
    if (code)
        return error_wrap(error, "/forEach/in");
    if (json_is_array(*list) && json_array_size(*list) <= LIMIT_ITEMS)
        return 0;
    if (json_is_array(*list))
        return error_set(error, ERROR_INVALID, "/forEach/in: %zu items, and a step has at most %d",
                         json_array_size(*list), LIMIT_ITEMS);
    return error_set(error, ERROR_INVALID, "/forEach/in: a list was expected, found %s",
                     value_type_name(value_json(*list).type));
}

static int evaluate_keys(struct payload *payload, uint16_t step, uint64_t now_ms, const json_t *list,
                         json_t **keys, struct error *error)
{
    const struct expr *expr = payload->definition->steps[step].item_key;
    json_t *first = json_object(); /* key -> where */
    int code = 0;
    *keys = json_array();
    payload->item_step = step;
    for (size_t i = 0; !code && i < json_array_size(list); i++) {
        struct buf key;
        buf_init(&key, LIMIT_ITEM_BYTES);
        payload->item = json_array_get(list, i);
        payload->item_index = (uint16_t)i;
        code = evaluate_key(payload, expr, i, now_ms, &key, error);
        const char *text = buf_text(&key);
        const json_t *twin = code ? NULL : json_object_get(first, text);
        if (twin)
            code =
                error_set(error, ERROR_INVALID,
                          "/forEach/key: items %zu and %zu both have the key \"%s\", which must tell them apart",
                          (size_t)json_integer_value(twin), i, text);
        json_object_set_new(first, text, json_integer((json_int_t)i));
        json_array_append_new(*keys, json_string(text));
        buf_done(&key);
    }
    payload->item = NULL;
    json_decref(first);
    return code;
}

/* Without a key the place in the list is one. */
static int evaluate_key(struct payload *payload, const struct expr *expr, size_t index, uint64_t now_ms,
                        struct buf *key, struct error *error)
{
    if (!expr) {
        buf_printf(key, "%zu", index);
        return 0;
    }
    json_t *value = NULL;
    struct scope scope = payload_scope_open(payload, BRANCH_NONE, now_ms);
    int code = expr_eval(expr, &scope, &value, error);
    payload_scope_close(payload);
    if (code)
        error_wrap(error, "/forEach/key of item %zu", index);
    else
        code = encode_key(value, index, key, error);
    json_decref(value);
    return code;
}

/* As it travels in headers, idempotency keys and URLs: what is not visible ASCII, and what has a meaning there,
 * is percent-encoded; so is a key that a path would take for a step up. */
static int encode_key(const json_t *value, size_t index, struct buf *key, struct error *error)
{
    if (json_is_integer(value)) {
        buf_printf(key, "%lld", (long long)json_integer_value(value));
        return 0;
    }
    if (!json_is_string(value))
        return error_set(error, ERROR_INVALID, "/forEach/key of item %zu: a string or int was expected, found %s",
                         index, value_type_name(value_json((json_t *)(uintptr_t)value).type));
    const char *text = json_string_value(value);
    size_t length = json_string_length(value);
    bool dots = strcmp(text, ".") == 0 || strcmp(text, "..") == 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte <= ' ' || byte > '~' || byte == '/' || byte == '%' || dots)
            buf_printf(key, "%%%02X", byte);
        else
            buf_putc(key, (char)byte);
    }
    if (!length)
        return error_set(error, ERROR_INVALID, "/forEach/key of item %zu: it is empty", index);
    if (key->full)
        return error_set(error, ERROR_INVALID, "/forEach/key of item %zu: it is longer than %d bytes", index,
                         LIMIT_ITEM_BYTES);
    return 0;
}

static int check_room(const struct payload *payload, size_t count, struct error *error)
{
    if (core_room(payload->txn, &(struct fact){.type = FACT_SPREAD, .value = count}))
        return 0;
    return error_set(error, ERROR_INVALID, "/forEach/in: %zu more items, and a transaction has at most %d in all",
                     count, LIMIT_ITEMS_ALL);
}

/* The list that a branch is an item of; NULL when it is none. */
static const struct spread *spread_of(const struct payload *payload, uint16_t branch, uint16_t *index)
{
    const struct txn *txn = payload->txn;
    assert(branch < txn->branches_count);
    if (branch < txn->steps_count)
        return NULL;
    uint16_t parent = txn->branches[branch].step;
    *index = (uint16_t)(branch - txn->branches[parent].items);
    return &payload->spreads[parent];
}
