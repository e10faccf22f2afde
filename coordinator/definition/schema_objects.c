/* Keywords about objects and their members. */
#include "definition/schema_keywords.h"

#include <string.h>

enum { BYTES_PER_STEP = 16 }; /* of a name that is looked up */

static void check_member(struct schema_run *run, const struct schema_node *node, const char *name, json_t *value);
static bool listed(struct schema_run *run, const struct schema_node *node, const char *name);
static void check_required(struct schema_run *run, const json_t *names, const json_t *value, const char *because);

void schema_check_required(struct schema_run *run, const struct schema_node *node, const struct schema_rule *rule,
                           json_t *value)
{
    (void)node;
    check_required(run, rule->json, value, NULL);
}

void schema_check_properties(struct schema_run *run, const struct schema_node *node,
                             const struct schema_rule *rule, json_t *value)
{
    const char *name;
    json_t *schema;
    size_t i = 0;
    (void)node;
    json_object_foreach(rule->json, name, schema)
    {
        json_t *member = json_object_get(value, name);
        schema_spend(run, 1 + strlen(name) / BYTES_PER_STEP);
        if (schema_over(run))
            return;
        if (member)
            check_member(run, rule->nodes[i], name, member);
        i++;
    }
}

void schema_check_pattern_properties(struct schema_run *run, const struct schema_node *node,
                                     const struct schema_rule *rule, json_t *value)
{
    const char *name;
    json_t *member;
    (void)node;
    json_object_foreach(value, name, member) for (size_t i = 0; i < rule->patterns_count && !schema_over(run); i++)
    {
        schema_spend(run, 1);
        if (schema_matches(run, rule->patterns[i], name, strlen(name)))
            check_member(run, rule->nodes[i], name, member);
    }
}

void schema_check_additional_properties(struct schema_run *run, const struct schema_node *node,
                                        const struct schema_rule *rule, json_t *value)
{
    const json_t *properties = schema_sibling(node, "properties");
    const char *name, *known;
    json_t *member, *schema;
    json_object_foreach(value, name, member)
    {
        if (listed(run, node, name))
            continue;
        if (schema_over(run))
            return;
        if (!json_is_false(rule->json) || run->quiet) {
            check_member(run, rule->nodes[0], name, member);
            continue;
        }
        char hint[128];
        struct suggest suggest;
        suggest_init(&suggest, name);
        json_object_foreach((json_t *)(uintptr_t)properties, known, schema) suggest_offer(&suggest, known);
        size_t mark = schema_enter(run, name);
        schema_violate(run, suggest_hint(&suggest, hint, sizeof hint, NULL),
                       "expected no member but those of the schema, found \"%.64s\"", name);
        parse_leave(&run->parse, mark);
    }
}

void schema_check_property_names(struct schema_run *run, const struct schema_node *node,
                                 const struct schema_rule *rule, json_t *value)
{
    const char *name;
    json_t *member;
    (void)node;
    json_object_foreach(value, name, member)
    {
        if (schema_over(run))
            return;
        json_t *text = json_string_nocheck(name);
        schema_spend(run, strlen(name) / BYTES_PER_STEP);
        check_member(run, rule->nodes[0], name, text);
        json_decref(text);
    }
}

static void check_size(struct schema_run *run, const struct schema_rule *rule, size_t size, bool least)
{
    int64_t count = (int64_t)size;
    if (least ? count < rule->count : count > rule->count)
        schema_violate(run, NULL, "expected at %s %lld member%s, found %lld", least ? "least" : "most",
                       (long long)rule->count, rule->count == 1 ? "" : "s", (long long)count);
}

void schema_check_min_properties(struct schema_run *run, const struct schema_node *node,
                                 const struct schema_rule *rule, json_t *value)
{
    (void)node;
    check_size(run, rule, json_object_size(value), true);
}

void schema_check_max_properties(struct schema_run *run, const struct schema_node *node,
                                 const struct schema_rule *rule, json_t *value)
{
    (void)node;
    check_size(run, rule, json_object_size(value), false);
}

void schema_check_dependent_required(struct schema_run *run, const struct schema_node *node,
                                     const struct schema_rule *rule, json_t *value)
{
    const char *name;
    json_t *names;
    (void)node;
    json_object_foreach(rule->json, name, names)
    {
        schema_spend(run, 1 + strlen(name) / BYTES_PER_STEP);
        if (json_object_get(value, name))
            check_required(run, names, value, name);
    }
}

void schema_check_dependent_schemas(struct schema_run *run, const struct schema_node *node,
                                    const struct schema_rule *rule, json_t *value)
{
    const char *name;
    json_t *schema;
    size_t i = 0;
    (void)node;
    json_object_foreach(rule->json, name, schema)
    {
        schema_spend(run, 1 + strlen(name) / BYTES_PER_STEP);
        if (json_object_get(value, name))
            schema_apply(run, rule->nodes[i], value);
        i++;
    }
}

static void check_member(struct schema_run *run, const struct schema_node *node, const char *name, json_t *value)
{
    size_t mark = schema_enter(run, name);
    schema_apply(run, node, value);
    parse_leave(&run->parse, mark);
}

/* Do "properties" or "patternProperties" say something about it? */
static bool listed(struct schema_run *run, const struct schema_node *node, const char *name)
{
    const struct schema_rule *patterns = schema_rule_of(node, "patternProperties");
    schema_spend(run, 1 + strlen(name) / BYTES_PER_STEP);
    if (json_object_get(schema_sibling(node, "properties"), name))
        return true;
    for (size_t i = 0; patterns && i < patterns->patterns_count && !schema_over(run); i++)
        if (schema_matches(run, patterns->patterns[i], name, strlen(name)))
            return true;
    return false;
}

/* `because`: the member that asks for them, or NULL. */
static void check_required(struct schema_run *run, const json_t *names, const json_t *value, const char *because)
{
    for (size_t i = 0; i < json_array_size(names) && !schema_over(run); i++) {
        const char *name = json_string_value(json_array_get(names, i));
        schema_spend(run, 1 + strlen(name) / BYTES_PER_STEP);
        if (json_object_get(value, name))
            continue;
        if (because)
            schema_violate(run, NULL, "expected the member \"%.64s\" beside \"%.64s\", found none", name, because);
        else
            schema_violate(run, NULL, "expected the member \"%.64s\", found none", name);
    }
}
