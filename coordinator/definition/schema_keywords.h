/* Every keyword of JSON Schema 2020-12 that Belay knows, once. Name, form of its value, what values it is about
 * (of TYPE_...), whether its schemas look at the same value, the function that checks it (schema_NAME; none for
 * annotations and for what a sibling reads). */
#ifndef BELAY_DEFINITION_SCHEMA_KEYWORDS_H
#define BELAY_DEFINITION_SCHEMA_KEYWORDS_H

#include "definition/schema_inside.h"

/* clang-format off */
#define SCHEMA_CHECKED(X)                                                                                         \
    X("type", FORM_TYPES, TYPE_ANY, false, type)                                                                  \
    X("enum", FORM_VALUES, TYPE_ANY, false, enum)                                                                 \
    X("const", FORM_ANY, TYPE_ANY, false, const)                                                                  \
    X("minimum", FORM_NUMBER, TYPE_NUMBER, false, minimum)                                                        \
    X("maximum", FORM_NUMBER, TYPE_NUMBER, false, maximum)                                                        \
    X("exclusiveMinimum", FORM_NUMBER, TYPE_NUMBER, false, exclusive_minimum)                                     \
    X("exclusiveMaximum", FORM_NUMBER, TYPE_NUMBER, false, exclusive_maximum)                                     \
    X("multipleOf", FORM_DIVISOR, TYPE_NUMBER, false, multiple_of)                                                \
    X("minLength", FORM_COUNT, TYPE_STRING, false, min_length)                                                    \
    X("maxLength", FORM_COUNT, TYPE_STRING, false, max_length)                                                    \
    X("pattern", FORM_PATTERN, TYPE_STRING, false, pattern)                                                       \
    X("format", FORM_FORMAT, TYPE_STRING, false, format)                                                          \
    X("minItems", FORM_COUNT, TYPE_ARRAY, false, min_items)                                                       \
    X("maxItems", FORM_COUNT, TYPE_ARRAY, false, max_items)                                                       \
    X("uniqueItems", FORM_FLAG, TYPE_ARRAY, false, unique_items)                                                  \
    X("prefixItems", FORM_SCHEMAS, TYPE_ARRAY, false, prefix_items)                                               \
    X("items", FORM_SCHEMA, TYPE_ARRAY, false, items)                                                             \
    X("contains", FORM_SCHEMA, TYPE_ARRAY, false, contains)                                                       \
    X("required", FORM_NAMES, TYPE_OBJECT, false, required)                                                       \
    X("properties", FORM_SCHEMA_MAP, TYPE_OBJECT, false, properties)                                              \
    X("patternProperties", FORM_PATTERN_MAP, TYPE_OBJECT, false, pattern_properties)                              \
    X("additionalProperties", FORM_SCHEMA, TYPE_OBJECT, false, additional_properties)                             \
    X("propertyNames", FORM_SCHEMA, TYPE_OBJECT, false, property_names)                                           \
    X("minProperties", FORM_COUNT, TYPE_OBJECT, false, min_properties)                                            \
    X("maxProperties", FORM_COUNT, TYPE_OBJECT, false, max_properties)                                            \
    X("dependentRequired", FORM_NAMES_MAP, TYPE_OBJECT, false, dependent_required)                                \
    X("dependentSchemas", FORM_SCHEMA_MAP, TYPE_OBJECT, true, dependent_schemas)                                  \
    X("$ref", FORM_REFERENCE, TYPE_ANY, true, all_of)                                                             \
    X("allOf", FORM_SCHEMAS, TYPE_ANY, true, all_of)                                                              \
    X("anyOf", FORM_SCHEMAS, TYPE_ANY, true, any_of)                                                              \
    X("oneOf", FORM_SCHEMAS, TYPE_ANY, true, one_of)                                                              \
    X("not", FORM_SCHEMA, TYPE_ANY, true, not)                                                                    \
    X("if", FORM_SCHEMA, TYPE_ANY, true, if)

/* Said about a sibling, or to people and tools. */
#define SCHEMA_SILENT(X)                                                                                          \
    X("then", FORM_SCHEMA, true)                                                                                  \
    X("else", FORM_SCHEMA, true)                                                                                  \
    X("minContains", FORM_COUNT, false)                                                                           \
    X("maxContains", FORM_COUNT, false)                                                                           \
    X("$defs", FORM_SCHEMA_MAP, false)                                                                            \
    X("definitions", FORM_SCHEMA_MAP, false)                                                                      \
    X("$id", FORM_ANY, false) /* of the whole; schema_read.c refuses it further in */                             \
    X("$schema", FORM_ANY, false)                                                                                 \
    X("$comment", FORM_ANY, false)                                                                                \
    X("$anchor", FORM_ANY, false)                                                                                 \
    X("title", FORM_ANY, false)                                                                                   \
    X("description", FORM_ANY, false)                                                                             \
    X("default", FORM_ANY, false)                                                                                 \
    X("examples", FORM_ANY, false)                                                                                \
    X("deprecated", FORM_ANY, false)                                                                              \
    X("readOnly", FORM_ANY, false)                                                                                \
    X("writeOnly", FORM_ANY, false)                                                                               \
    X("contentEncoding", FORM_ANY, false)                                                                         \
    X("contentMediaType", FORM_ANY, false)                                                                        \
    X("contentSchema", FORM_ANY, false)

/* What would not be checked, so that nobody relies on it. Name, what to write instead or NULL. */
#define SCHEMA_REFUSED(X)                                                                                         \
    X("$dynamicRef", "\"$ref\" leads to a schema of this file")                                                   \
    X("$recursiveRef", "\"$ref\": \"#\" leads to the whole schema")                                               \
    X("unevaluatedItems", "\"items\" is for the items behind \"prefixItems\"")                                    \
    X("unevaluatedProperties", "\"additionalProperties\" is for what \"properties\" does not list")               \
    X("additionalItems", "since 2020-12: \"prefixItems\" for the first ones, \"items\" for the rest")             \
    X("dependencies", "since 2019-09: \"dependentRequired\" or \"dependentSchemas\"")
/* clang-format on */

#define X(name, form, about, in_place, function)                                                                  \
    void schema_check_##function(struct schema_run *run, const struct schema_node *node,                          \
                                 const struct schema_rule *rule, json_t *value);
SCHEMA_CHECKED(X)
#undef X

/* NULL when there is no such keyword; then `suggest`, if it is not NULL, was offered all that there are. */
const struct schema_keyword *schema_keyword_find(const char *name, struct suggest *suggest);

/* True for a keyword that is refused. `*instead` may be NULL. */
bool schema_keyword_refused(const char *name, const char **instead);

#endif
