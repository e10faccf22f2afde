/* Histories: the stored facts of a transaction, decoded, for whoever wants to read them (the API, recovery,
 * checkers). Any thread. */
#ifndef BELAY_ENGINE_HISTORY_H
#define BELAY_ENGINE_HISTORY_H

#include "core/txn.h"
#include "ports/store.h"

/* One fact and the bytes that ride in it, always JSON or nothing:
 *   begun     {"saga","version","id"?,"key"?,"tags"?,"input"}
 *   answered  yes: the step's output. Else {"code"?,"detail"?,"transport"?}
 *   cancelled, paused, resumed, retried, skipped, terminated  {"actor"?,"reason"?}
 *   resolved  {"actor"?,"reason"?,"output"?}
 *   spread    {"keys": [...], "items": [...]}
 *   ended     completed: the transaction's output */
struct history_entry {
    uint32_t seq;
    struct fact fact;
    const char *payload;
    size_t payload_length;
};

typedef bool history_visitor(void *context, const struct history_entry *entry);

/* Visits the facts from `from_seq` on, in order. 0; ERROR_CORRUPT when they have a gap or cannot be decoded; the
 * store's error. */
int history_read(struct store *store, uint64_t txn, uint32_t from_seq, history_visitor *visit, void *context,
                 struct error *error);

#endif
