/* "uniqueItems": equal items have equal hashes, so only those need a closer look; comparing all with all would
 * take the square of their number. */
#include "definition/schema_keywords.h"

#include "base/mem.h"
#include "definition/value.h"

#include <stdlib.h>
#include <string.h>

struct item {
    uint64_t hash;
    size_t index;
};

static uint64_t hash_value(struct schema_run *run, const json_t *value);
static int compare(const void *a, const void *b);
static void complain(struct schema_run *run, size_t a, size_t b);

void schema_check_unique_items(struct schema_run *run, const struct schema_node *node,
                               const struct schema_rule *rule, json_t *value)
{
    size_t count = json_array_size(value);
    (void)node;
    if (!json_is_true(rule->json) || count < 2)
        return;
    struct item *items = mem_array(count, sizeof *items);
    for (size_t i = 0; i < count && !schema_over(run); i++)
        items[i] = (struct item){hash_value(run, json_array_get(value, i)), i};
    qsort(items, count, sizeof *items, compare);
    for (size_t i = 0, same; i < count && !schema_over(run); i = same) {
        bool told = false;
        for (same = i + 1; same < count && items[same].hash == items[i].hash; same++)
            for (size_t k = i; k < same && !told && !schema_over(run); k++) {
                struct value left = value_json(json_array_get(value, items[k].index));
                struct value right = value_json(json_array_get(value, items[same].index));
                told = value_equal(&left, &right, &run->work);
                if (told)
                    complain(run, items[k].index, items[same].index);
            }
    }
    mem_free(items);
}

static void complain(struct schema_run *run, size_t a, size_t b)
{
    size_t mark = schema_enter_index(run, b);
    schema_violate(run, NULL, "expected every item once, found items %zu and %zu equal", a, b);
    parse_leave(&run->parse, mark);
}

static int compare(const void *a, const void *b)
{
    const struct item *left = a;
    const struct item *right = b;
    if (left->hash != right->hash)
        return left->hash < right->hash ? -1 : 1;
    return (left->index > right->index) - (left->index < right->index);
}

/* FNV-1a. Who makes texts collide on purpose uses up the steps of his own start. */
static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t length)
{
    const unsigned char *at = bytes;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ at[i]) * 0x100000001b3;
    return hash;
}

static uint64_t hash_value(struct schema_run *run, const json_t *value)
{
    static const uint64_t start = 0xcbf29ce484222325;
    uint64_t hash = start + (uint64_t)json_typeof(value);
    const char *name;
    json_t *member;
    schema_spend(run, 1);
    if (json_is_number(value)) { /* 1 and 1.0 are equal; + 0.0 makes one of both zeros */
        double number = json_number_value(value) + 0.0;
        return hash_bytes(start, &number, sizeof number);
    }
    if (json_is_string(value)) {
        schema_spend(run, json_string_length(value) / 16);
        return hash_bytes(hash, json_string_value(value), json_string_length(value));
    }
    for (size_t i = 0; i < json_array_size(value) && !schema_over(run); i++) {
        uint64_t inner = hash_value(run, json_array_get(value, i));
        hash = hash_bytes(hash, &inner, sizeof inner);
    }
    json_object_foreach((json_t *)(uintptr_t)value, name, member) /* in any order */
    {
        uint64_t inner = hash_value(run, member);
        hash += hash_bytes(hash_bytes(start, name, strlen(name)), &inner, sizeof inner);
    }
    return hash;
}
