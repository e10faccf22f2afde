/* The life of a schema, and the check of a value from its top. */
#include "definition/schema.h"

#include "base/limits.h"
#include "base/mem.h"
#include "definition/schema_inside.h"

#include <assert.h>
#include <string.h>

static void node_free(struct schema_node *node);

struct schema *schema_compile(struct parse *parse, json_t *json)
{
    size_t errors = parse->findings->errors_count;
    struct schema *schema = mem_new(sizeof *schema);
    struct schema_reading reading = {.parse = parse, .schema = schema, .index = json_object()};
    schema->root = json_incref(json);
    schema_read(&reading, json);
    schema_references_resolve(&reading);
    schema_references_check(&reading);
    schema_references_done(&reading);
    json_decref(reading.index);
    if (parse->findings->errors_count == errors)
        return schema;
    schema_free(schema);
    return NULL;
}

void schema_free(struct schema *schema)
{
    if (!schema)
        return;
    for (size_t i = 0; i < schema->nodes_count; i++)
        node_free(schema->nodes[i]);
    mem_free(schema->nodes);
    json_decref(schema->root);
    mem_free(schema);
}

bool schema_check(const struct schema *schema, json_t *value, const char *pointer, struct findings *findings)
{
    assert(schema->nodes_count > 0);
    struct schema_run run = {.parse = {.findings = findings}, .work = LIMIT_SCHEMA_STEPS};
    buf_init(&run.parse.path, (size_t)4 * LIMIT_BODY_BYTES);
    buf_puts(&run.parse.path, pointer);
    schema_apply(&run, schema->nodes[0], value);
    if (run.work == 0) {
        parse_leave(&run.parse, strlen(pointer));
        parse_complain(&run.parse, RULE_INPUT_WORK, "a smaller input, or a simpler schema",
                       "expected to be done with \"input.schema\" within %d steps", LIMIT_SCHEMA_STEPS);
        run.violations++;
    }
    buf_done(&run.parse.path);
    return run.violations == 0;
}

static void node_free(struct schema_node *node)
{
    for (size_t i = 0; i < node->rules_count; i++) {
        for (size_t k = 0; k < node->rules[i].patterns_count; k++)
            pattern_free(node->rules[i].patterns[k]);
        mem_free(node->rules[i].patterns);
        mem_free(node->rules[i].nodes);
    }
    mem_free(node->rules);
    mem_free(node);
}
