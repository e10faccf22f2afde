/* An input, held to the schema of its saga before anything is made of it. */
#include "definition/schema.h"
#include "engine/payload.h"

#include <assert.h>

int payload_check_input(const struct definition *definition, const char *input, size_t length,
                        struct findings *findings, struct error *error)
{
    assert(findings->count == 0);
    if (!definition->schema)
        return 0;
    json_t *value = input ? json_loadb(input, length, JSON_DECODE_ANY, NULL) : json_object();
    if (!value)
        return error_set(error, ERROR_INVALID, "the input is no JSON");
    bool fits = schema_check(definition->schema, value, "/input", findings);
    json_decref(value);
    if (fits)
        return 0;
    assert(findings->count > 0);
    const struct finding *first = findings->list;
    if (findings->count == 1)
        return error_set(error, ERROR_INVALID, "the input is not as %s version %u wants it: %s: %s",
                         definition->name, definition->version, first->pointer, first->message);
    return error_set(error, ERROR_INVALID, "the input is not as %s version %u wants it, in %zu places",
                     definition->name, definition->version, findings->count);
}
