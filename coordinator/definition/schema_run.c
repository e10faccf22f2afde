/* Walking down a value with a schema. Steps and depth are counted, so that no input and no schema takes long. */
#include "definition/schema_inside.h"

#include "base/limits.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    BYTES_PER_STEP = 16, /* copying and hashing names is fast, but not for nothing */
    MATCHES_PER_STEP = 4,
};

void schema_apply(struct schema_run *run, const struct schema_node *node, json_t *value)
{
    size_t before = run->violations;
    schema_spend(run, 1);
    if (run->depth == LIMIT_SCHEMA_DEPTH)
        run->work = 0;
    if (schema_over(run))
        return;
    if (json_is_false(node->json)) {
        char found[SCHEMA_FOUND];
        schema_violate(run, NULL, "expected nothing here, found %s", schema_found(value, found));
        return;
    }
    run->depth++;
    for (size_t i = 0; i < node->rules_count && !schema_over(run); i++) {
        const struct schema_rule *rule = &node->rules[i];
        if (!rule->keyword->check || !(rule->keyword->about & keys_type(value)))
            continue;
        schema_spend(run, 1);
        rule->keyword->check(run, node, rule, value);
        if (run->quiet && run->violations > before)
            break;
    }
    run->depth--;
}

bool schema_fits(struct schema_run *run, const struct schema_node *node, json_t *value)
{
    size_t before = run->violations;
    run->quiet++;
    schema_apply(run, node, value);
    run->quiet--;
    bool fits = run->violations == before;
    run->violations = before;
    return fits;
}

void schema_spend(struct schema_run *run, size_t steps)
{
    run->work -= steps < run->work ? steps : run->work;
}

bool schema_matches(struct schema_run *run, const struct pattern *pattern, const char *text, size_t length)
{
    size_t most = MATCHES_PER_STEP * run->work, work = most;
    bool matches = pattern_match(pattern, text, length, &work);
    run->work = work / MATCHES_PER_STEP;
    assert(work <= most);
    return matches;
}

bool schema_over(const struct schema_run *run)
{
    return run->work == 0 || (!run->quiet && run->violations >= LIMIT_SCHEMA_VIOLATIONS);
}

size_t schema_enter(struct schema_run *run, const char *key)
{
    if (run->quiet)
        return run->parse.path.length;
    schema_spend(run, strlen(key) / BYTES_PER_STEP);
    return parse_enter(&run->parse, key);
}

size_t schema_enter_index(struct schema_run *run, size_t index)
{
    return run->quiet ? run->parse.path.length : parse_enter_index(&run->parse, index);
}

void schema_violate(struct schema_run *run, const char *hint, const char *format, ...)
{
    char message[FINDING_TEXT_BYTES];
    run->violations++;
    if (run->quiet || run->violations > LIMIT_SCHEMA_VIOLATIONS)
        return;
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    parse_complain(&run->parse, RULE_INPUT, hint, "%s", message);
}

const json_t *schema_sibling(const struct schema_node *node, const char *name)
{
    return json_object_get(node->json, name);
}

const struct schema_rule *schema_rule_of(const struct schema_node *node, const char *name)
{
    for (size_t i = 0; i < node->rules_count; i++)
        if (strcmp(node->rules[i].keyword->name, name) == 0)
            return &node->rules[i];
    return NULL;
}
