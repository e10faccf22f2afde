/* What the tests of schemas share. */
#ifndef BELAY_UNIT_SCHEMA_SUPPORT_H
#define BELAY_UNIT_SCHEMA_SUPPORT_H

#include "definition/schema.h"

/* Compiles; `*findings` (may be NULL) are one line each, "POINTER CODE MESSAGE (HINT)"; free it with mem_free. */
struct schema *support_schema(json_t *json, char **findings);

/* The same from text with single quotes for double ones; it must be JSON. */
struct schema *support_schema_text(const char *text, char **findings);

/* What a value violates, in the same form, "" when it fits. */
char *support_violations(const struct schema *schema, json_t *value);
bool support_fits(const struct schema *schema, json_t *value);

/* JSON from text with single quotes for double ones. */
json_t *support_json(const char *text);

/* The bytes of a file of the tree, or NULL. */
char *support_file(const char *path, size_t *length);

#endif
