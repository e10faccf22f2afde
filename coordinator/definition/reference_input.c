/* Fields of the input against its JSON Schema, as far as the schema says which fields there are. */
#include "definition/references.h"

#include "definition/suggest.h"

#include <string.h>

/* With one of these a schema says more about its fields than a list of them: then nothing is known here. */
static const char *const open_words[] = {"$ref",
                                         "$dynamicRef",
                                         "allOf",
                                         "anyOf",
                                         "oneOf",
                                         "if",
                                         "patternProperties",
                                         "dependentSchemas",
                                         "additionalProperties",
                                         "unevaluatedProperties"};

/* The listed properties of a schema, NULL when others are allowed on purpose. */
static const json_t *closed_properties(const json_t *schema)
{
    const json_t *properties = json_object_get(schema, "properties");
    if (!json_is_object(properties))
        return NULL;
    for (size_t i = 0; i < sizeof open_words / sizeof open_words[0]; i++) {
        const json_t *word = json_object_get(schema, open_words[i]);
        if (word && !json_is_false(word))
            return NULL;
    }
    return properties;
}

void reference_input(const struct reader *reader, const char *const *path, size_t length, size_t offset,
                     bool guarded)
{
    const json_t *schema = reader->parse->draft->schema;
    for (size_t i = 1; i < length && schema && !guarded; i++) {
        const json_t *properties = closed_properties(schema);
        schema = json_object_get(properties, path[i]);
        if (!properties || schema)
            continue;
        char hint[128];
        struct suggest suggest;
        suggest_init(&suggest, path[i]);
        const char *name;
        json_t *value;
        json_object_foreach((json_t *)properties, name, value) suggest_offer(&suggest, name);
        reference_complain(
            reader, RULE_INPUT_FIELD, offset,
            suggest_hint(&suggest, hint, sizeof hint, "add it to the \"properties\" of \"input.schema\""),
            "the input has no field \"%.64s\"", path[i]);
    }
}
