/* Values and types as messages name them. */
#include "definition/schema_inside.h"

#include "base/utf8.h"
#include "definition/value_number.h"

#include <stdio.h>
#include <string.h>

enum { QUOTED_BYTES = 48 }; /* of a text: a person recognises it by its beginning */

static const struct {
    const char *name;
    const char *words;
    unsigned mask;
} types[] = {
    {"string", "a text", TYPE_STRING},
    {"number", "a number", TYPE_NUMBER},
    {"integer", "a whole number", TYPE_INTEGER},
    {"boolean", "true or false", TYPE_BOOL},
    {"object", "an object", TYPE_OBJECT},
    {"array", "an array", TYPE_ARRAY},
    {"null", "null", TYPE_NULL},
};

static void quote(const json_t *value, char text[SCHEMA_FOUND]);

const char *schema_found(const json_t *value, char text[SCHEMA_FOUND])
{
    char number[VALUE_TEXT_MAX];
    switch (json_typeof(value)) {
    case JSON_STRING:
        quote(value, text);
        break;
    case JSON_INTEGER:
        snprintf(text, SCHEMA_FOUND, "%lld", (long long)json_integer_value(value));
        break;
    case JSON_REAL:
        value_number_print(json_real_value(value), number);
        snprintf(text, SCHEMA_FOUND, "%s", number);
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        snprintf(text, SCHEMA_FOUND, "%s", json_is_true(value) ? "true" : "false");
        break;
    default:
        snprintf(text, SCHEMA_FOUND, "%s", keys_type_word(value));
    }
    return text;
}

static void quote(const json_t *value, char text[SCHEMA_FOUND])
{
    const char *string = json_string_value(value);
    size_t length = json_string_length(value), used = 0;
    while (used < length && used + utf8_width(string + used, length - used) <= QUOTED_BYTES)
        used += utf8_width(string + used, length - used);
    snprintf(text, SCHEMA_FOUND, "\"%.*s%s\"", (int)used, string, used < length ? "..." : "");
}

unsigned schema_type_mask(const char *name)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strcmp(types[i].name, name) == 0)
            return types[i].mask;
    return 0;
}

const char *schema_type_words(unsigned mask, char text[SCHEMA_FOUND])
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < sizeof types / sizeof types[0] && used < SCHEMA_FOUND; i++) {
        if ((mask & types[i].mask) != types[i].mask)
            continue;
        used += (size_t)snprintf(text + used, SCHEMA_FOUND - used, "%s%s", used ? " or " : "", types[i].words);
        mask &= ~types[i].mask;
    }
    return text;
}
