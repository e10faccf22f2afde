/* The values of keywords: each has one form, whatever the keyword means. */
#include "definition/schema_inside.h"

#include "base/limits.h"
#include "base/mem.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static bool expect(struct schema_reading *reading, const struct schema_rule *rule, bool good,
                   const char *expected);
static void read_types(struct schema_reading *reading, struct schema_rule *rule);
static unsigned read_type(struct schema_reading *reading, const json_t *name);
static void read_count(struct schema_reading *reading, struct schema_rule *rule);
static void read_number(struct schema_reading *reading, const struct schema_rule *rule);
static void read_names(struct schema_reading *reading, const json_t *names);
static void read_names_map(struct schema_reading *reading, const struct schema_rule *rule);
static void read_pattern(struct schema_reading *reading, struct schema_rule *rule, const char *text,
                         size_t length);
static void read_format(struct schema_reading *reading, const char *name);
static void read_list(struct schema_reading *reading, struct schema_rule *rule);
static void read_map(struct schema_reading *reading, struct schema_rule *rule);

void schema_form_read(struct schema_reading *reading, struct schema_rule *rule)
{
    json_t *json = rule->json;
    switch (rule->keyword->form) {
    case FORM_ANY:
        return;
    case FORM_TYPES:
        read_types(reading, rule);
        return;
    case FORM_VALUES:
        expect(reading, rule, json_is_array(json) && json_array_size(json), "a list of values");
        return;
    case FORM_COUNT:
        read_count(reading, rule);
        return;
    case FORM_NUMBER:
    case FORM_DIVISOR:
        read_number(reading, rule);
        return;
    case FORM_FLAG:
        expect(reading, rule, json_is_boolean(json), "true or false");
        return;
    case FORM_NAMES:
        read_names(reading, json);
        return;
    case FORM_NAMES_MAP:
        read_names_map(reading, rule);
        return;
    case FORM_PATTERN:
        if (expect(reading, rule, json_is_string(json), "a text"))
            read_pattern(reading, rule, json_string_value(json), json_string_length(json));
        return;
    case FORM_FORMAT:
        if (expect(reading, rule, json_is_string(json), "a text"))
            read_format(reading, json_string_value(json));
        return;
    case FORM_REFERENCE:
        if (expect(reading, rule, json_is_string(json), "a text"))
            schema_reference_add(reading, rule);
        return;
    case FORM_SCHEMA:
        if (json_is_array(json) && strcmp(rule->keyword->name, "items") == 0) {
            parse_complain(reading->parse, RULE_SCHEMA_REFUSED, "since 2020-12 the list is called \"prefixItems\"",
                           "\"items\" is one schema for all items, found an array");
            return;
        }
        rule->nodes = mem_array(1, sizeof *rule->nodes);
        rule->nodes[rule->nodes_count++] = schema_read(reading, json);
        return;
    case FORM_SCHEMAS:
        read_list(reading, rule);
        return;
    case FORM_SCHEMA_MAP:
    case FORM_PATTERN_MAP:
        read_map(reading, rule);
        return;
    }
}

static bool expect(struct schema_reading *reading, const struct schema_rule *rule, bool good, const char *expected)
{
    char found[SCHEMA_FOUND];
    if (!good)
        parse_complain(reading->parse, RULE_SCHEMA, NULL, "\"%s\" is %s, found %s", rule->keyword->name, expected,
                       schema_found(rule->json, found));
    return good;
}

static void read_types(struct schema_reading *reading, struct schema_rule *rule)
{
    if (json_is_string(rule->json)) {
        rule->count = read_type(reading, rule->json);
        return;
    }
    if (!expect(reading, rule, json_is_array(rule->json) && json_array_size(rule->json),
                "a type or a list of types"))
        return;
    for (size_t i = 0; i < json_array_size(rule->json); i++) {
        size_t mark = parse_enter_index(reading->parse, i);
        rule->count |= read_type(reading, json_array_get(rule->json, i));
        parse_leave(reading->parse, mark);
    }
}

static unsigned read_type(struct schema_reading *reading, const json_t *name)
{
    static const char *const names[] = {"string", "integer", "number", "boolean", "object", "array", "null"};
    unsigned mask = json_is_string(name) ? schema_type_mask(json_string_value(name)) : 0;
    if (mask)
        return mask;
    char found[SCHEMA_FOUND], hint[128];
    struct suggest suggest;
    suggest_init(&suggest, json_is_string(name) ? json_string_value(name) : "");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        suggest_offer(&suggest, names[i]);
    parse_complain(
        reading->parse, RULE_SCHEMA,
        suggest_hint(&suggest, hint, sizeof hint, "string, integer, number, boolean, object, array or null"),
        "a type is one of seven names, found %s", schema_found(name, found));
    return 0;
}

static void read_count(struct schema_reading *reading, struct schema_rule *rule)
{
    double real = json_is_real(rule->json) ? json_real_value(rule->json) : 0;
    bool whole = json_is_integer(rule->json) || (json_is_real(rule->json) && real == trunc(real) && real < 1e15);
    rule->count = json_is_integer(rule->json) ? json_integer_value(rule->json) : whole ? (int64_t)real : 0;
    expect(reading, rule, whole && rule->count >= 0 && real >= 0, "a whole number from 0 on");
}

static void read_number(struct schema_reading *reading, const struct schema_rule *rule)
{
    bool divisor = rule->keyword->form == FORM_DIVISOR;
    bool good = json_is_number(rule->json) && (!divisor || json_number_value(rule->json) > 0);
    expect(reading, rule, good, divisor ? "a number above 0" : "a number");
}

static void read_names(struct schema_reading *reading, const json_t *names)
{
    if (!json_is_array(names))
        parse_complain(reading->parse, RULE_SCHEMA, NULL, "expected a list of names, found %s",
                       keys_type_word(names));
    for (size_t i = 0; i < json_array_size(names); i++) {
        const json_t *name = json_array_get(names, i);
        size_t mark = parse_enter_index(reading->parse, i);
        if (!json_is_string(name))
            parse_complain(reading->parse, RULE_SCHEMA, NULL, "a member's name is a text, found %s",
                           keys_type_word(name));
        parse_leave(reading->parse, mark);
    }
}

static void read_names_map(struct schema_reading *reading, const struct schema_rule *rule)
{
    const char *name;
    json_t *names;
    if (!expect(reading, rule, json_is_object(rule->json), "an object"))
        return;
    json_object_foreach(rule->json, name, names)
    {
        size_t mark = parse_enter(reading->parse, name);
        read_names(reading, names);
        parse_leave(reading->parse, mark);
    }
}

/* `rule->patterns` has room for it. */
static void read_pattern(struct schema_reading *reading, struct schema_rule *rule, const char *text, size_t length)
{
    struct pattern_fault fault;
    struct pattern *pattern = pattern_compile(text, length, &fault);
    if (!pattern) {
        struct finding *finding = parse_complain(reading->parse, RULE_PATTERN, fault.hint,
                                                 "the pattern cannot be used: %s", fault.message);
        if (finding && rule->keyword->form == FORM_PATTERN) /* a key has no inside */
            finding->inside = fault.offset;
        return;
    }
    if (!rule->patterns)
        rule->patterns = mem_array(rule->keyword->form == FORM_PATTERN ? 1 : json_object_size(rule->json),
                                   sizeof *rule->patterns);
    rule->patterns[rule->patterns_count++] = pattern;
    bool fitted = reading->patterns_size <= LIMIT_SCHEMA_PATTERNS_SIZE;
    reading->patterns_size += pattern_size(pattern);
    if (fitted && reading->patterns_size > LIMIT_SCHEMA_PATTERNS_SIZE) {
        reading->full = true;
        parse_complain(reading->parse, RULE_SCHEMA_LIMIT, NULL, "the patterns of a schema are too large together");
    }
}

static void read_format(struct schema_reading *reading, const char *name)
{
    char hint[128];
    struct suggest suggest;
    suggest_init(&suggest, name);
    enum schema_format known = schema_format_known(name, &suggest);
    if (known == FORMAT_UNCHECKED)
        parse_complain(reading->parse, RULE_SCHEMA_WORD, "date-time, date, time, uuid and email are",
                       "the format \"%.32s\" is not checked", name);
    else if (known == FORMAT_UNKNOWN && suggest.best)
        parse_complain(reading->parse, RULE_SCHEMA_WORD, suggest_hint(&suggest, hint, sizeof hint, NULL),
                       "the format \"%.32s\" has no effect", name);
}

static void read_list(struct schema_reading *reading, struct schema_rule *rule)
{
    if (!expect(reading, rule, json_is_array(rule->json) && json_array_size(rule->json), "a list of schemas"))
        return;
    rule->nodes = mem_array(json_array_size(rule->json), sizeof *rule->nodes);
    for (size_t i = 0; i < json_array_size(rule->json); i++) {
        size_t mark = parse_enter_index(reading->parse, i);
        rule->nodes[rule->nodes_count++] = schema_read(reading, json_array_get(rule->json, i));
        parse_leave(reading->parse, mark);
    }
}

static void read_map(struct schema_reading *reading, struct schema_rule *rule)
{
    const char *name;
    json_t *json;
    if (!expect(reading, rule, json_is_object(rule->json), "an object"))
        return;
    rule->nodes = mem_array(json_object_size(rule->json), sizeof *rule->nodes);
    json_object_foreach(rule->json, name, json)
    {
        size_t mark = parse_enter(reading->parse, name);
        if (rule->keyword->form == FORM_PATTERN_MAP)
            read_pattern(reading, rule, name, strlen(name));
        rule->nodes[rule->nodes_count++] = schema_read(reading, json);
        parse_leave(reading->parse, mark);
    }
}
