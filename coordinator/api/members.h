/* Members of JSON objects that clients and operators write: strict, and every mistake is told at once. */
#ifndef BELAY_API_MEMBERS_H
#define BELAY_API_MEMBERS_H

#include "definition/findings.h"
#include "definition/keys.h"

#include <jansson.h>
#include <stddef.h>

/* A JSON Pointer on its way down; what is too long for it is cut. */
struct pointer {
    char text[FINDING_POINTER_BYTES + 1];
};

/* `parent` ("" = the root) and one more key, escaped. */
struct pointer members_pointer(const char *parent, const char *key);

/* Complains about unknown members (did you mean), wrong types and missing ones. */
void members_check(struct findings *findings, const char *pointer, const json_t *object,
                   const struct key_table *table);

/* The text of a member: NULL when there is none. One that is empty, longer than `max` bytes or not printable is
 * complained about, and NULL too. Borrowed from the object. */
const char *members_text(struct findings *findings, const char *pointer, const json_t *object, const char *name,
                         size_t max);

/* The whole number of a member, or 0 when there is none or it is outside 1 .. `max` (then with a complaint). */
unsigned long long members_count(struct findings *findings, const char *pointer, const json_t *object,
                                 const char *name, unsigned long long max);

#endif
