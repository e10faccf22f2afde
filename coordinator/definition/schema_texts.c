/* Keywords about texts. Lengths are counted in characters (code points), not bytes. */
#include "definition/schema_keywords.h"

static int64_t characters(struct schema_run *run, const json_t *value)
{
    const char *text = json_string_value(value);
    size_t length = json_string_length(value);
    int64_t count = 0;
    schema_spend(run, length / 16); /* counting is fast, but not for nothing */
    for (size_t i = 0; i < length; i++)
        count += ((unsigned char)text[i] & 0xc0) != 0x80;
    return count;
}

static void check_length(struct schema_run *run, const struct schema_rule *rule, const json_t *value, bool least)
{
    int64_t length = characters(run, value);
    if (least ? length < rule->count : length > rule->count)
        schema_violate(run, NULL, "expected at %s %lld character%s, found %lld", least ? "least" : "most",
                       (long long)rule->count, rule->count == 1 ? "" : "s", (long long)length);
}

void schema_check_min_length(struct schema_run *run, const struct schema_node *node,
                             const struct schema_rule *rule, json_t *value)
{
    (void)node;
    check_length(run, rule, value, true);
}

void schema_check_max_length(struct schema_run *run, const struct schema_node *node,
                             const struct schema_rule *rule, json_t *value)
{
    (void)node;
    check_length(run, rule, value, false);
}

void schema_check_pattern(struct schema_run *run, const struct schema_node *node, const struct schema_rule *rule,
                          json_t *value)
{
    char found[SCHEMA_FOUND];
    (void)node;
    if (!schema_matches(run, rule->patterns[0], json_string_value(value), json_string_length(value)))
        schema_violate(run, NULL, "expected a text that matches %.160s, found %s", json_string_value(rule->json),
                       schema_found(value, found));
}

void schema_check_format(struct schema_run *run, const struct schema_node *node, const struct schema_rule *rule,
                         json_t *value)
{
    const char *name = json_string_value(rule->json), *example = NULL;
    char found[SCHEMA_FOUND];
    (void)node;
    schema_spend(run, json_string_length(value) / 16);
    if (!schema_format_fits(name, json_string_value(value), json_string_length(value), &example))
        schema_violate(run, NULL, "expected a text of the format \"%s\", such as %s, found %s", name, example,
                       schema_found(value, found));
}
