/* Checking of objects against the same tables that saga files have. */
#include "api/members.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "definition/rules.h"
#include "definition/suggest.h"
#include "definition/value.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const struct key *members_find(const struct key_table *table, const char *name);
static void members_unknown(struct findings *findings, const char *pointer, const struct key_table *table,
                            const char *name);
static void members_type(struct findings *findings, const char *pointer, const struct key *key,
                         const json_t *value);

struct pointer members_pointer(const char *parent, const char *key)
{
    struct pointer pointer;
    struct buf buf;
    buf_init(&buf, sizeof pointer.text - 1);
    buf_puts(&buf, parent);
    buf_putc(&buf, '/');
    for (const char *c = key; *c; c++)
        if (*c == '~' || *c == '/')
            buf_puts(&buf, *c == '~' ? "~0" : "~1");
        else
            buf_putc(&buf, *c);
    snprintf(pointer.text, sizeof pointer.text, "%s", buf.full ? parent : buf_text(&buf));
    buf_done(&buf);
    return pointer;
}

void members_check(struct findings *findings, const char *pointer, const json_t *object,
                   const struct key_table *table)
{
    assert(json_is_object(object));
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)object, name, value)
    {
        const struct key *key = members_find(table, name);
        if (!key)
            members_unknown(findings, pointer, table, name);
        else
            members_type(findings, pointer, key, value);
    }
    for (size_t i = 0; i < table->count; i++)
        if (table->keys[i].flags & KEY_REQUIRED && !json_object_get(object, table->keys[i].name))
            findings_add(findings, rule_code(RULE_MISSING_KEY), pointer, NULL, "%s has no \"%s\"", table->owner,
                         table->keys[i].name);
}

const char *members_text(struct findings *findings, const char *pointer, const json_t *object, const char *name,
                         size_t max)
{
    const json_t *value = json_object_get(object, name);
    if (!json_is_string(value))
        return NULL;
    const char *text = json_string_value(value);
    size_t length = json_string_length(value);
    struct pointer place = members_pointer(pointer, name);
    if (!length || length > max) {
        findings_add(findings, rule_code(RULE_RANGE), place.text, NULL, "\"%s\" has %zu bytes, expected 1 to %zu",
                     name, length, max);
        return NULL;
    }
    if (!utf8_printable(text, length)) {
        findings_add(findings, rule_code(RULE_RANGE), place.text, NULL, "\"%s\" holds control characters", name);
        return NULL;
    }
    return text;
}

unsigned long long members_count(struct findings *findings, const char *pointer, const json_t *object,
                                 const char *name, unsigned long long max)
{
    const json_t *value = json_object_get(object, name);
    if (!json_is_integer(value))
        return 0;
    json_int_t number = json_integer_value(value);
    if (number >= 1 && (unsigned long long)number <= max)
        return (unsigned long long)number;
    struct pointer place = members_pointer(pointer, name);
    findings_add(findings, rule_code(RULE_RANGE), place.text, NULL, "\"%s\" is %lld, expected 1 to %llu", name,
                 (long long)number, max);
    return 0;
}

static const struct key *members_find(const struct key_table *table, const char *name)
{
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(table->keys[i].name, name) == 0)
            return &table->keys[i];
    return NULL;
}

static void members_unknown(struct findings *findings, const char *pointer, const struct key_table *table,
                            const char *name)
{
    char text[128];
    struct suggest suggest;
    suggest_init(&suggest, name);
    for (size_t i = 0; i < table->count; i++)
        suggest_offer(&suggest, table->keys[i].name);
    struct pointer place = members_pointer(pointer, name);
    const char *hint = suggest_hint(&suggest, text, sizeof text, NULL);
    findings_add(findings, rule_code(RULE_UNKNOWN_KEY), place.text, hint, "\"%.64s\" is no member of %s", name,
                 table->owner);
}

static void members_type(struct findings *findings, const char *pointer, const struct key *key,
                         const json_t *value)
{
    static const struct {
        unsigned type;
        const char *word;
    } words[] = {{TYPE_STRING, "a text"},
                 {TYPE_INTEGER, "a whole number"},
                 {TYPE_BOOL, "true or false"},
                 {TYPE_OBJECT, "an object"},
                 {TYPE_ARRAY, "an array"}};
    if (keys_type(value) & key->types)
        return;
    struct pointer place = members_pointer(pointer, key->name);
    char expected[64] = "";
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t length = strlen(expected);
        if (words[i].type & key->types)
            snprintf(expected + length, sizeof expected - length, "%s%s", length ? " or " : "", words[i].word);
    }
    findings_add(findings, rule_code(RULE_TYPE), place.text, NULL, "\"%s\" is %s, found %s", key->name, expected,
                 keys_type_word(value));
}
