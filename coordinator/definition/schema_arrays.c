/* Keywords about arrays, but for uniqueItems. */
#include "definition/schema_keywords.h"

static void check_size(struct schema_run *run, const struct schema_rule *rule, size_t size, bool least)
{
    int64_t count = (int64_t)size;
    if (least ? count < rule->count : count > rule->count)
        schema_violate(run, NULL, "expected at %s %lld item%s, found %lld", least ? "least" : "most",
                       (long long)rule->count, rule->count == 1 ? "" : "s", (long long)count);
}

void schema_check_min_items(struct schema_run *run, const struct schema_node *node, const struct schema_rule *rule,
                            json_t *value)
{
    (void)node;
    check_size(run, rule, json_array_size(value), true);
}

void schema_check_max_items(struct schema_run *run, const struct schema_node *node, const struct schema_rule *rule,
                            json_t *value)
{
    (void)node;
    check_size(run, rule, json_array_size(value), false);
}

static void check_item(struct schema_run *run, const struct schema_node *node, json_t *value, size_t index)
{
    size_t mark = schema_enter_index(run, index);
    schema_apply(run, node, json_array_get(value, index));
    parse_leave(&run->parse, mark);
}

void schema_check_prefix_items(struct schema_run *run, const struct schema_node *node,
                               const struct schema_rule *rule, json_t *value)
{
    (void)node;
    for (size_t i = 0; i < rule->nodes_count && i < json_array_size(value) && !schema_over(run); i++)
        check_item(run, rule->nodes[i], value, i);
}

void schema_check_items(struct schema_run *run, const struct schema_node *node, const struct schema_rule *rule,
                        json_t *value)
{
    size_t first = json_array_size(schema_sibling(node, "prefixItems"));
    for (size_t i = first; i < json_array_size(value) && !schema_over(run); i++)
        check_item(run, rule->nodes[0], value, i);
}

void schema_check_contains(struct schema_run *run, const struct schema_node *node, const struct schema_rule *rule,
                           json_t *value)
{
    const struct schema_rule *least = schema_rule_of(node, "minContains");
    const struct schema_rule *most = schema_rule_of(node, "maxContains");
    int64_t min = least ? least->count : 1, count = 0;
    for (size_t i = 0; i < json_array_size(value) && !schema_over(run); i++)
        count += schema_fits(run, rule->nodes[0], json_array_get(value, i));
    if (count < min)
        schema_violate(run, NULL, "expected at least %lld item%s as \"contains\" describes, found %lld",
                       (long long)min, min == 1 ? "" : "s", (long long)count);
    else if (most && count > most->count)
        schema_violate(run, NULL, "expected at most %lld item%s as \"contains\" describes, found %lld",
                       (long long)most->count, most->count == 1 ? "" : "s", (long long)count);
}
