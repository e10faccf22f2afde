/* Reading a schema keyword by keyword: which there are, which are refused, which are only misspelt. */
#include "definition/schema_keywords.h"

#include "base/limits.h"
#include "base/mem.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static struct schema_node *add_node(struct schema_reading *reading, json_t *json);
static void read_keyword(struct schema_reading *reading, struct schema_node *node, const char *name,
                         json_t *value);
static void unknown(struct schema_reading *reading, const char *name, struct suggest *suggest);

struct schema_node *schema_read(struct schema_reading *reading, json_t *json)
{
    struct schema_node *node = add_node(reading, json);
    const char *name;
    json_t *value;
    if (reading->full || json_is_boolean(json))
        return node;
    if (!json_is_object(json)) {
        parse_complain(reading->parse, RULE_SCHEMA, NULL, "a schema is an object, true or false, found %s",
                       keys_type_word(json));
        return node;
    }
    node->rules = mem_array(json_object_size(json), sizeof *node->rules);
    json_object_foreach(json, name, value)
    {
        size_t mark = parse_enter(reading->parse, name);
        read_keyword(reading, node, name, value);
        parse_leave(reading->parse, mark);
    }
    return node;
}

static struct schema_node *add_node(struct schema_reading *reading, json_t *json)
{
    struct schema *schema = reading->schema;
    char address[32];
    if (schema->nodes_count == LIMIT_SCHEMA_NODES && !reading->full) {
        reading->full = true;
        parse_complain(reading->parse, RULE_SCHEMA_LIMIT, NULL, "a schema has at most %d schemas in it",
                       LIMIT_SCHEMA_NODES);
    }
    if (reading->full)
        return schema->nodes[0]; /* it will never be used */
    if ((schema->nodes_count & (schema->nodes_count - 1)) == 0) /* full at every power of two */
        schema->nodes =
            mem_grow(schema->nodes, (schema->nodes_count ? 2 * schema->nodes_count : 1) * sizeof *schema->nodes);
    struct schema_node *node = mem_new(sizeof *node);
    node->json = json;
    snprintf(address, sizeof address, "%p", (void *)json);
    json_object_set_new(reading->index, address, json_integer((json_int_t)schema->nodes_count));
    schema->nodes[schema->nodes_count++] = node;
    return node;
}

static void read_keyword(struct schema_reading *reading, struct schema_node *node, const char *name, json_t *value)
{
    struct suggest suggest;
    const char *instead = NULL;
    suggest_init(&suggest, name);
    const struct schema_keyword *keyword = schema_keyword_find(name, &suggest);
    bool inner_id = strcmp(name, "$id") == 0 && node != reading->schema->nodes[0];
    if (inner_id || schema_keyword_refused(name, &instead)) {
        parse_complain(reading->parse, RULE_SCHEMA_REFUSED, instead, "Belay does not support \"%s\"%s", name,
                       inner_id ? " but for the whole schema" : "");
    } else if (keyword) {
        struct schema_rule *rule = &node->rules[node->rules_count++];
        *rule = (struct schema_rule){.keyword = keyword, .json = value};
        schema_form_read(reading, rule);
    } else if (strncmp(name, "x-", 2) != 0) {
        unknown(reading, name, &suggest);
    }
}

/* The standard says: ignore it. That is also how a slip of the pen makes a check disappear. */
static void unknown(struct schema_reading *reading, const char *name, struct suggest *suggest)
{
    char hint[128];
    if (suggest->best)
        parse_complain(reading->parse, RULE_SCHEMA_WORD, suggest_hint(suggest, hint, sizeof hint, NULL),
                       "\"%.64s\" is no keyword of JSON Schema and has no effect", name);
}
