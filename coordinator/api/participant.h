/* What a participant's registration may say, wherever it comes from: the API or a file of the operator's. */
#ifndef BELAY_API_PARTICIPANT_H
#define BELAY_API_PARTICIPANT_H

#include "base/buf.h"
#include "definition/findings.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* The members of a registration. */
struct key_table;
extern const struct key_table participant_keys;

/* True when `name` can be a participant's: 1 to LIMIT_NAME_BYTES letters, digits, "-", "_", ".", the first one
 * a letter or digit. */
bool participant_name(const char *name);

/* Checks the values of a registration that stands at `pointer`; its members were checked against
 * participant_keys before. */
void participant_check(struct findings *findings, const char *pointer, const json_t *object);

/* A good registration as it is stored: compact JSON, yours to free. */
char *participant_print(const json_t *object, size_t *length);

/* Writes the members of a stored registration, with the values of its headers masked. */
void participant_write(struct buf *buf, const char *name, const char *text, size_t length);

#endif
