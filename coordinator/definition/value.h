/* Values of the expression language. Small ones live in the struct; strings, lists and maps point into the
 * scope's JSON, the syntax tree or the evaluation's memory, and are borrowed for as long as it lasts. */
#ifndef BELAY_DEFINITION_VALUE_H
#define BELAY_DEFINITION_VALUE_H

#include "base/buf.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* name, what users read in messages */
#define VALUE_TYPES(X)                                                                                            \
    X(VALUE_NULL, "null")                                                                                         \
    X(VALUE_BOOL, "bool")                                                                                         \
    X(VALUE_INT, "int")                                                                                           \
    X(VALUE_DOUBLE, "double")                                                                                     \
    X(VALUE_STRING, "string")                                                                                     \
    X(VALUE_LIST, "list")                                                                                         \
    X(VALUE_MAP, "map")                                                                                           \
    X(VALUE_TIMESTAMP, "timestamp")                                                                               \
    X(VALUE_DURATION, "duration")

enum value_type {
#define X(name, word) name,
    VALUE_TYPES(X)
#undef X
};

struct value {
    enum value_type type;
    uint32_t nanos; /* timestamp: 0 .. 999,999,999 after the second */
    union {
        bool truth;
        int64_t integer; /* int; seconds since 1970 of a timestamp; nanoseconds of a duration */
        double real;
        const char *text;          /* UTF-8, not NUL-terminated */
        const struct value *items; /* a made list; a made map: key, value, key, value ... */
    };
    size_t count; /* bytes of a string, items of a list, entries of a map */
    json_t *json; /* the JSON that this value is, borrowed; NULL when an expression made it */
};

enum { VALUE_TEXT_MAX = 40 }; /* bytes of any number's, timestamp's or duration's text, with its NUL */

const char *value_type_name(enum value_type type);

struct value value_null(void);
struct value value_bool(bool truth);
struct value value_int(int64_t integer);
struct value value_double(double real);
struct value value_string(const char *text, size_t length);
struct value value_list(const struct value *items, size_t count);
struct value value_map(const struct value *pairs, size_t count);
struct value value_json(json_t *json);

/* Item `index` of a list; it must exist. */
struct value value_item(const struct value *list, size_t index);

/* The value of a key; false when the map has none. Numbers find each other across int and double. */
bool value_find(const struct value *map, const struct value *key, struct value *found);

/* Writes the keys of a map, in its order, to `keys`, which has room for `map->count`. */
void value_keys(const struct value *map, struct value *keys);

/* Equality over all types: different types are unequal, except that int and double compare exactly by
 * number. NaN equals nothing. `*work` is lowered by the number of things compared and stops at 0; what
 * is returned then means nothing. */
bool value_equal(const struct value *a, const struct value *b, size_t *work);

enum value_order { VALUE_LESS, VALUE_SAME, VALUE_GREATER, VALUE_UNORDERED };

/* The order of two values. False when their types have no order among each other; a NaN is
 * VALUE_UNORDERED. Strings compare by code point. */
bool value_compare(const struct value *a, const struct value *b, enum value_order *order);

/* Writes compact JSON. NULL, or why the value cannot be JSON (a NaN, a key that is no string, too deep). A
 * full buffer is the caller's to notice. Timestamps and durations become strings. */
const char *value_print_json(const struct value *value, struct buf *buf);

/* Writes a string as it is, and a number, bool, timestamp or duration in its string form. False, and
 * nothing written, for any other type. */
bool value_print_text(const struct value *value, struct buf *buf);

/* JSON data as compact text, numbers in their shortest form that reads back the same, so that printing what was
 * read from such a text gives the same bytes. For mem_free; NULL when it is over `max` bytes. */
char *value_json_text(json_t *json, size_t max, size_t *length);

/* The same as JSON data: a new reference in `*json`, or NULL and why not. JSON that was borrowed is shared,
 * not copied. */
const char *value_to_json(const struct value *value, json_t **json);

#endif
