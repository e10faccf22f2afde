/* Equality and order of values, as CEL defines them. */
#include "definition/value.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* The int64 range as doubles: -2^63 is one, 2^63 is the first above it. */
static const double INT_FLOOR = -9223372036854775808.0;
static const double INT_CEILING = 9223372036854775808.0;

static enum value_order order_of(int sign)
{
    return sign < 0 ? VALUE_LESS : sign > 0 ? VALUE_GREATER : VALUE_SAME;
}

static enum value_order compare_ints(int64_t a, int64_t b)
{
    return order_of((a > b) - (a < b));
}

static enum value_order compare_doubles(double a, double b)
{
    if (isnan(a) || isnan(b))
        return VALUE_UNORDERED;
    return order_of((a > b) - (a < b));
}

/* Exact, where a cast to double would round: 2^53 + 1 is more than 2^53. */
static enum value_order compare_int_double(int64_t a, double b)
{
    if (isnan(b))
        return VALUE_UNORDERED;
    if (b < INT_FLOOR)
        return VALUE_GREATER;
    if (b >= INT_CEILING)
        return VALUE_LESS;
    double whole = trunc(b);
    enum value_order order = compare_ints(a, (int64_t)whole);
    return order == VALUE_SAME ? compare_doubles(whole, b) : order;
}

static enum value_order compare_strings(const struct value *a, const struct value *b)
{
    size_t shared = a->count < b->count ? a->count : b->count;
    int sign = shared ? memcmp(a->text, b->text, shared) : 0;
    return sign ? order_of(sign) : order_of((a->count > b->count) - (a->count < b->count));
}

static enum value_order reversed(enum value_order order)
{
    return order == VALUE_LESS ? VALUE_GREATER : order == VALUE_GREATER ? VALUE_LESS : order;
}

bool value_compare(const struct value *a, const struct value *b, enum value_order *order)
{
    if (a->type == VALUE_INT && b->type == VALUE_DOUBLE) {
        *order = compare_int_double(a->integer, b->real);
        return true;
    }
    if (a->type == VALUE_DOUBLE && b->type == VALUE_INT) {
        *order = reversed(compare_int_double(b->integer, a->real));
        return true;
    }
    if (a->type != b->type)
        return false;
    switch (a->type) {
    case VALUE_BOOL:
        *order = order_of(a->truth - b->truth);
        return true;
    case VALUE_INT:
    case VALUE_DURATION:
        *order = compare_ints(a->integer, b->integer);
        return true;
    case VALUE_DOUBLE:
        *order = compare_doubles(a->real, b->real);
        return true;
    case VALUE_STRING:
        *order = compare_strings(a, b);
        return true;
    case VALUE_TIMESTAMP:
        *order = compare_ints(a->integer, b->integer);
        if (*order == VALUE_SAME)
            *order = compare_ints(a->nanos, b->nanos);
        return true;
    case VALUE_NULL:
    case VALUE_LIST:
    case VALUE_MAP:
        break;
    }
    return false;
}

static bool lists_equal(const struct value *a, const struct value *b, size_t *work)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count && *work; i++) {
        struct value left = value_item(a, i), right = value_item(b, i);
        if (!value_equal(&left, &right, work))
            return false;
    }
    return true;
}

static bool entry_equal(const struct value *key, const struct value *value, const struct value *map, size_t *work)
{
    struct value other;
    size_t search = map->json ? 1 : map->count;
    *work -= search < *work ? search : *work;
    return *work && value_find(map, key, &other) && value_equal(value, &other, work);
}

static bool maps_equal(const struct value *a, const struct value *b, size_t *work)
{
    if (a->count != b->count)
        return false;
    if (!a->json) {
        for (size_t i = 0; i < a->count && *work; i++)
            if (!entry_equal(&a->items[2 * i], &a->items[2 * i + 1], b, work))
                return false;
        return true;
    }
    for (void *at = json_object_iter(a->json); at && *work; at = json_object_iter_next(a->json, at)) {
        struct value key = value_string(json_object_iter_key(at), json_object_iter_key_len(at));
        struct value value = value_json(json_object_iter_value(at));
        if (!entry_equal(&key, &value, b, work))
            return false;
    }
    return true;
}

bool value_equal(const struct value *a, const struct value *b, size_t *work)
{
    if (!*work)
        return false;
    --*work;
    enum value_order order;
    if (value_compare(a, b, &order))
        return order == VALUE_SAME;
    if (a->type != b->type)
        return false;
    if (a->type == VALUE_LIST)
        return lists_equal(a, b, work);
    if (a->type == VALUE_MAP)
        return maps_equal(a, b, work);
    assert(a->type == VALUE_NULL);
    return true;
}
