/* Small values: durations, words, counts, names. */
#include "base/limits.h"
#include "base/mem.h"
#include "definition/duration.h"
#include "definition/keys.h"
#include "definition/parse.h"
#include "definition/suggest.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

bool parse_duration(struct parse *parse, const json_t *object, const char *key, uint64_t *ms)
{
    const json_t *value = keys_get(object, key, TYPE_STRING);
    if (!value)
        return false;
    uint64_t read = 0;
    if (!duration_parse(json_string_value(value), json_string_length(value), &read)) {
        parse_complain_at(parse, key, RULE_DURATION, "write 500ms, 30s, 5m, 2h, 7d, 1h30m or PT1H30M",
                          "\"%s\" is a duration, found \"%.40s\"", key, json_string_value(value));
        return false;
    }
    if (read == 0) {
        parse_complain_at(parse, key, RULE_RANGE, NULL, "\"%s\" is longer than zero", key);
        return false;
    }
    *ms = read;
    return true;
}

bool parse_word(struct parse *parse, const json_t *object, const char *key, const char *const *words, size_t count,
                size_t *choice)
{
    const json_t *value = keys_get(object, key, TYPE_STRING);
    if (!value)
        return false;
    char expected[128] = "";
    size_t used = 0;
    struct suggest suggest;
    suggest_init(&suggest, json_string_value(value));
    for (size_t i = 0; i < count; i++) {
        if (strcmp(json_string_value(value), words[i]) == 0) {
            *choice = i;
            return true;
        }
        suggest_offer(&suggest, words[i]);
        if (used < sizeof expected)
            used +=
                (size_t)snprintf(expected + used, sizeof expected - used, "%s\"%s\"", i ? " or " : "", words[i]);
    }
    char hint[128];
    parse_complain_at(parse, key, RULE_WORD, suggest_hint(&suggest, hint, sizeof hint, NULL),
                      "\"%s\" is %s, found \"%.40s\"", key, expected, json_string_value(value));
    return false;
}

bool parse_count(struct parse *parse, const json_t *object, const char *key, int64_t min, int64_t max,
                 uint32_t *count)
{
    assert(min >= 0 && min < max && max <= UINT32_MAX);
    const json_t *value = keys_get(object, key, TYPE_INTEGER);
    if (!value)
        return false;
    json_int_t read = json_integer_value(value);
    if (read < min || read > max) {
        parse_complain_at(parse, key, RULE_RANGE, NULL, "\"%s\" is from %lld to %lld, found %lld", key,
                          (long long)min, (long long)max, (long long)read);
        return false;
    }
    *count = (uint32_t)read;
    return true;
}

/* Names travel in URLs, file names and headers: none of them gives these characters a meaning. */
static bool is_name(const char *text)
{
    size_t length = strlen(text);
    if (length == 0 || length > LIMIT_NAME_BYTES || !isalnum((unsigned char)text[0]))
        return false;
    for (size_t i = 0; i < length; i++)
        if (!isalnum((unsigned char)text[i]) && !strchr("-_.", text[i]))
            return false;
    return true;
}

bool parse_name(struct parse *parse, const json_t *object, const char *key, char **name)
{
    const json_t *value = keys_get(object, key, TYPE_STRING);
    if (!value)
        return false;
    const char *text = json_string_value(value);
    if (!is_name(text)) {
        parse_complain_at(
            parse, key, RULE_IDENTIFIER, NULL,
            "\"%s\" is a name of at most %d letters, digits, \"-\", \"_\" and \".\", found \"%.64s\"", key,
            LIMIT_NAME_BYTES, text);
        return false;
    }
    *name = mem_string(text);
    return true;
}

bool parse_name_element(struct parse *parse, const json_t *array, size_t index, const char *what, char **name)
{
    const json_t *value = json_array_get(array, index);
    const char *text = json_is_string(value) ? json_string_value(value) : "";
    bool right = is_name(text);
    size_t mark = parse_enter_index(parse, index);
    if (!json_is_string(value))
        parse_complain(parse, RULE_TYPE, NULL, "%s is a text, found %s", what, keys_type_word(value));
    else if (!right)
        parse_complain(parse, RULE_IDENTIFIER, NULL,
                       "%s is a name of at most %d letters, digits, \"-\", \"_\" and \".\", found \"%.64s\"", what,
                       LIMIT_NAME_BYTES, text);
    else
        *name = mem_string(text);
    parse_leave(parse, mark);
    return right;
}

bool parse_flag(const json_t *object, const char *key)
{
    const json_t *value = keys_get(object, key, TYPE_BOOL);
    return value && json_is_true(value);
}
