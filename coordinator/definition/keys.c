/* The check of an object against the table of its keys. */
#include "definition/keys.h"

#include "definition/suggest.h"

#include <stdio.h>
#include <string.h>

static void check_value(struct parse *parse, const json_t *value, const struct key *key, unsigned place);
static void print_types(unsigned types, char *text, size_t size);

static const struct key *find(const struct key_table *table, const char *name)
{
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(table->keys[i].name, name) == 0)
            return &table->keys[i];
    return NULL;
}

static void unknown_key(struct parse *parse, const struct key_table *table, const char *name)
{
    char text[128];
    struct suggest suggest;
    suggest_init(&suggest, name);
    for (size_t i = 0; i < table->count; i++)
        suggest_offer(&suggest, table->keys[i].name);
    const char *hint = suggest_hint(&suggest, text, sizeof text, "your own keys begin with \"x-\"");
    parse_complain(parse, RULE_UNKNOWN_KEY, hint, "\"%.64s\" is no key of %s", name, table->owner);
}

void keys_check(struct parse *parse, const json_t *object, const struct key_table *table, unsigned place)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)object, name, value)
    {
        if (strncmp(name, "x-", 2) == 0)
            continue;
        const struct key *key = find(table, name);
        size_t mark = parse_enter(parse, name);
        if (!key)
            unknown_key(parse, table, name);
        else
            check_value(parse, value, key, place);
        parse_leave(parse, mark);
    }
    for (size_t i = 0; i < table->count; i++)
        if (table->keys[i].flags & KEY_REQUIRED && !json_object_get(object, table->keys[i].name))
            parse_complain(parse, RULE_MISSING_KEY, NULL, "%s has no \"%s\"", table->owner, table->keys[i].name);
}

const json_t *keys_get(const json_t *object, const char *name, unsigned types)
{
    const json_t *value = json_object_get(object, name);
    return value && keys_type(value) & types ? value : NULL;
}

unsigned keys_type(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return TYPE_OBJECT;
    case JSON_ARRAY:
        return TYPE_ARRAY;
    case JSON_STRING:
        return TYPE_STRING;
    case JSON_INTEGER:
        return TYPE_INTEGER;
    case JSON_REAL:
        return TYPE_REAL;
    case JSON_TRUE:
    case JSON_FALSE:
        return TYPE_BOOL;
    case JSON_NULL:
        return TYPE_NULL;
    }
    return TYPE_NULL;
}

static const struct {
    unsigned type;
    const char *word;
} type_words[] = {
    {TYPE_STRING, "a text"},      {TYPE_INTEGER, "a whole number"}, {TYPE_REAL, "a number"},
    {TYPE_BOOL, "true or false"}, {TYPE_OBJECT, "an object"},       {TYPE_ARRAY, "an array"},
    {TYPE_NULL, "null"},
};

const char *keys_type_word(const json_t *value)
{
    unsigned type = keys_type(value);
    for (size_t i = 0; i < sizeof type_words / sizeof type_words[0]; i++)
        if (type_words[i].type == type)
            return type_words[i].word;
    return "null";
}

static void check_value(struct parse *parse, const json_t *value, const struct key *key, unsigned place)
{
    unsigned places = key->flags & ON_ANY;
    if (places && !(places & place)) {
        const char *whose = places == ON_DO          ? "the retry policy of an action"
                            : places == ON_OPERATION ? "\"operation\"; an action has its own"
                            : places == ON_TCC       ? "a step with \"try\""
                            : places == ON_VOTE      ? "a step with \"prepare\""
                            : places == ON_PLAIN     ? "a step with \"action\" or \"operation\""
                                                     : "a step that calls a participant";
        parse_complain(parse, RULE_MISPLACED, NULL, "\"%s\" belongs to %s", key->name, whose);
    } else if (!(key->types & keys_type(value))) {
        char expected[96];
        print_types(key->types, expected, sizeof expected);
        parse_complain(parse, RULE_TYPE, NULL, "\"%s\" is %s, found %s", key->name, expected,
                       keys_type_word(value));
    }
}

static void print_types(unsigned types, char *text, size_t size)
{
    size_t used = 0;
    if ((types & TYPE_NUMBER) == TYPE_NUMBER)
        types &= ~(unsigned)TYPE_INTEGER;
    for (size_t i = 0; i < sizeof type_words / sizeof type_words[0]; i++)
        if (types & type_words[i].type && used < size)
            used += (size_t)snprintf(text + used, size - used, "%s%s", used ? " or " : "", type_words[i].word);
}
