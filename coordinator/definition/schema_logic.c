/* Keywords that put schemas together. */
#include "definition/schema_keywords.h"

static void none_fits(struct schema_run *run, const struct schema_rule *rule, json_t *value);

/* Also "$ref": one schema that must be satisfied. */
void schema_check_all_of(struct schema_run *run, const struct schema_node *node, const struct schema_rule *rule,
                         json_t *value)
{
    (void)node;
    for (size_t i = 0; i < rule->nodes_count; i++)
        schema_apply(run, rule->nodes[i], value);
}

void schema_check_any_of(struct schema_run *run, const struct schema_node *node, const struct schema_rule *rule,
                         json_t *value)
{
    (void)node;
    for (size_t i = 0; i < rule->nodes_count; i++)
        if (schema_fits(run, rule->nodes[i], value))
            return;
    none_fits(run, rule, value);
}

void schema_check_one_of(struct schema_run *run, const struct schema_node *node, const struct schema_rule *rule,
                         json_t *value)
{
    size_t fitting = 0;
    (void)node;
    for (size_t i = 0; i < rule->nodes_count && !schema_over(run); i++)
        fitting += schema_fits(run, rule->nodes[i], value);
    if (fitting == 0)
        none_fits(run, rule, value);
    else if (fitting > 1)
        schema_violate(run, NULL, "expected to fit one alternative of \"oneOf\" only, found that %zu of %zu fit",
                       fitting, rule->nodes_count);
}

/* An alternative that is the only one for a value of this type says more than that none fits. */
static void none_fits(struct schema_run *run, const struct schema_rule *rule, json_t *value)
{
    const struct schema_node *only = NULL;
    size_t count = 0;
    char found[SCHEMA_FOUND];
    for (size_t i = 0; i < rule->nodes_count && !run->quiet; i++)
        if (schema_type_fits(rule->nodes[i], value)) {
            only = rule->nodes[i];
            count++;
        }
    if (count == 1)
        schema_apply(run, only, value);
    else
        schema_violate(run, NULL, "expected one of the %zu alternatives of \"%s\", found %s", rule->nodes_count,
                       rule->keyword->name, schema_found(value, found));
}

void schema_check_not(struct schema_run *run, const struct schema_node *node, const struct schema_rule *rule,
                      json_t *value)
{
    char found[SCHEMA_FOUND];
    (void)node;
    if (schema_fits(run, rule->nodes[0], value))
        schema_violate(run, NULL, "expected anything but what \"not\" describes, found %s",
                       schema_found(value, found));
}

void schema_check_if(struct schema_run *run, const struct schema_node *node, const struct schema_rule *rule,
                     json_t *value)
{
    const struct schema_rule *then =
        schema_rule_of(node, schema_fits(run, rule->nodes[0], value) ? "then" : "else");
    if (then)
        schema_apply(run, then->nodes[0], value);
}
