/* JSON Schema, as far as an input is held to it: the keywords of draft 2020-12 but for those that look at other
 * files (`$id`, `$anchor`, remote `$ref`), `$dynamicRef` and `unevaluated*`. Compiled once, with the saga;
 * checking takes bounded time and memory whatever the schema and the input. All keywords stand in
 * schema_keywords.h. */
#ifndef BELAY_DEFINITION_SCHEMA_H
#define BELAY_DEFINITION_SCHEMA_H

#include "definition/parse.h"

#include <jansson.h>
#include <stdbool.h>

struct schema;

/* Compiles the schema that stands at parse->path; it is kept, not copied. Complains about what is wrong with it
 * (E601 to E605, W601); NULL when that was an error. `parse` needs no draft. */
struct schema *schema_compile(struct parse *parse, json_t *json);

/* NULL is allowed. */
void schema_free(struct schema *schema);

/* True when `value` satisfies the schema. If not, `findings` gets what it violates (E606, the first
 * LIMIT_SCHEMA_VIOLATIONS, without line and column), or that it takes too long to tell (E607). `pointer` is what
 * their pointers begin with: where the value stands. */
bool schema_check(const struct schema *schema, json_t *value, const char *pointer, struct findings *findings);

#endif
