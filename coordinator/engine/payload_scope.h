/* What the files of the payload share: the scope of an evaluation. Not for anybody else. */
#ifndef BELAY_ENGINE_PAYLOAD_SCOPE_H
#define BELAY_ENGINE_PAYLOAD_SCOPE_H

#include "engine/payload.h"

/* Of a branch's expressions, BRANCH_NONE: of nobody's. Values made on the way live until it is closed. */
struct scope payload_scope_open(struct payload *payload, uint16_t branch, uint64_t now_ms);
void payload_scope_close(struct payload *payload);

/* Gives a value to the evaluation that runs, and returns it. */
json_t *payload_scope_keep(struct payload *payload, json_t *value);

/* Bytes as JSON; NULL when they are none. */
json_t *payload_parse(const char *bytes, size_t length);

/* payload_items.c: `item` and `index`, NULL for another name; all items of a step, a new reference. */
json_t *payload_items_variable(struct payload *payload, const char *name);
json_t *payload_items_value(struct payload *payload, uint16_t parent);
bool payload_items_learn(struct payload *payload, const struct fact *fact, const char *bytes, size_t length);
void payload_items_done(struct payload *payload);

/* payload.c: {output?, status, key} of one branch; a new reference. */
json_t *payload_branch_value(struct payload *payload, uint16_t branch);

#endif
