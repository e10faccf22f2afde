/* Keywords about any value: its type, and what it equals. */
#include "definition/schema_keywords.h"

#include "definition/value.h"

#include <math.h>
#include <stdio.h>

static bool equal(struct schema_run *run, json_t *a, json_t *b);
static bool mask_fits(unsigned mask, const json_t *value);

void schema_check_type(struct schema_run *run, const struct schema_node *node, const struct schema_rule *rule,
                       json_t *value)
{
    (void)node;
    if (mask_fits((unsigned)rule->count, value))
        return;
    char found[SCHEMA_FOUND], expected[SCHEMA_FOUND];
    schema_violate(run, NULL, "expected %s, found %s", schema_type_words((unsigned)rule->count, expected),
                   schema_found(value, found));
}

bool schema_type_fits(const struct schema_node *node, const json_t *value)
{
    const struct schema_rule *type = schema_rule_of(node, "type");
    const struct schema_rule *reference = schema_rule_of(node, "$ref"); /* ends: there are no loops */
    if (json_is_false(node->json) || (type && !mask_fits((unsigned)type->count, value)))
        return false;
    return !reference || schema_type_fits(reference->nodes[0], value);
}

/* 1.0 is a whole number too. */
static bool mask_fits(unsigned mask, const json_t *value)
{
    unsigned type = keys_type(value);
    double real = type == TYPE_REAL ? json_real_value(value) : 0.5;
    return mask & type || (mask & TYPE_INTEGER && real == trunc(real));
}

void schema_check_enum(struct schema_run *run, const struct schema_node *node, const struct schema_rule *rule,
                       json_t *value)
{
    char found[SCHEMA_FOUND], list[256] = "", hint[128];
    size_t used = 0, count = json_array_size(rule->json);
    struct suggest suggest;
    (void)node;
    for (size_t i = 0; i < count && !schema_over(run); i++)
        if (equal(run, json_array_get(rule->json, i), value))
            return;
    suggest_init(&suggest, json_is_string(value) ? json_string_value(value) : "");
    for (size_t i = 0; i < count && used < sizeof list && !run->quiet; i++) {
        const json_t *item = json_array_get(rule->json, i);
        if (json_is_string(item))
            suggest_offer(&suggest, json_string_value(item));
        if (used < 160)
            used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "",
                                     schema_found(item, found));
        else if (list[used - 1] != '.')
            used += (size_t)snprintf(list + used, sizeof list - used, " ...");
    }
    schema_violate(run, suggest_hint(&suggest, hint, sizeof hint, NULL), "expected %s%s, found %s",
                   count > 1 ? "one of " : "", list, schema_found(value, found));
}

void schema_check_const(struct schema_run *run, const struct schema_node *node, const struct schema_rule *rule,
                        json_t *value)
{
    char expected[SCHEMA_FOUND], found[SCHEMA_FOUND];
    (void)node;
    if (equal(run, rule->json, value))
        return;
    bool whole = json_is_object(rule->json) || json_is_array(rule->json);
    schema_violate(run, NULL, "expected %s%s, found %s", whole ? "exactly what stands in \"const\": " : "",
                   schema_found(rule->json, expected), schema_found(value, found));
}

/* As JSON Schema has it: 1 equals 1.0, the order of members does not matter. */
static bool equal(struct schema_run *run, json_t *a, json_t *b)
{
    struct value left = value_json(a), right = value_json(b);
    return value_equal(&left, &right, &run->work);
}
