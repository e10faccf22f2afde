/* Finding a transaction by the id that clients see. */
#ifndef BELAY_API_FIND_H
#define BELAY_API_FIND_H

#include "base/error.h"
#include "base/limits.h"
#include "definition/definition.h"
#include "ports/store.h"

/* A row, copied out of the store. */
struct found {
    uint64_t txn;
    bool open; /* when it was read: it may end any moment */
    char id[LIMIT_ID_TEXT];
    char saga[LIMIT_NAME_BYTES + 1];
    uint32_t version;
    char tags[2 * LIMIT_TAGS * (LIMIT_TAG_BYTES + 1) + 2]; /* the saga's and its own; "" without any */
};

/* The client's own id, or the UUID that was made from the number. ERROR_NOT_FOUND, or the store's error. */
int find_transaction(struct store *store, const char *id, struct found *found, struct error *error);

/* The definition that a transaction runs by, compiled; yours to free. NULL and `*error`: ERROR_CORRUPT when the
 * store does not have it, or has what this version cannot read. */
struct definition *find_definition(struct store *store, const struct found *found, struct error *error);

/* The id of a row as clients see it. */
void find_id(uint64_t secret, const struct store_row *row, char id[LIMIT_ID_TEXT]);

#endif
