/* Items of steps with forEach, told as steps of their own: "reserve[SKU-1]". */
#ifndef BELAY_CLI_ITEMS_H
#define BELAY_CLI_ITEMS_H

#include "base/buf.h"

#include <jansson.h>

/* A copy of a transaction, as GET /v1/transactions/{id} has it: every step with items is followed by those
 * that are listed, each as a step of that name. */
json_t *items_unfold(const json_t *txn);

/* "9990 of 10000 items done, 10 calling"; false, and nothing, for a step without items. */
bool items_put_count(struct buf *buf, const json_t *step);

/* The step of a fact, or the item: a new string. */
json_t *items_name(const json_t *fact);

#endif
