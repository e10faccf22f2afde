/* Callbacks: where a participant reports later, and how a stranger is told from it. */
#ifndef BELAY_ENGINE_CALLBACK_H
#define BELAY_ENGINE_CALLBACK_H

#include "base/buf.h"
#include "core/txn.h"

#include <stdbool.h>
#include <stdint.h>

enum { CALLBACK_TOKEN = 33 }; /* 128 bits in hexadecimal, with a NUL */

/* The token of one branch of one transaction. Made from the transaction's random seed, which never leaves, so it
 * needs no storage and stays the same over every attempt and restart. */
void callback_token(const struct txn *txn, uint64_t number, uint16_t branch, char token[CALLBACK_TOKEN]);

/* Compares in constant time. */
bool callback_token_right(const struct txn *txn, uint64_t number, uint16_t branch, const char *token);

/* Puts the URL: BASE/v1/transactions/ID/steps/STEP[/items/ITEM]/complete?token=TOKEN, id and item percent-encoded;
 * `item` NULL for a step without. */
void callback_url(struct buf *buf, const char *base, const char *id, const char *step, const char *item,
                  const char *token);

#endif
