/* What every store asserts of a batch before it looks into it: the part of the port's contract that only our
 * own mistakes can break, so that both implementations refuse the same. */
#ifndef BELAY_ADAPTERS_STORE_CHECK_H
#define BELAY_ADAPTERS_STORE_CHECK_H

#include "ports/store.h"

/* Ends the process when the batch is not one (a number out of range, a missing text, tags without their
 * separators). What it cannot know, a contradiction to what is stored, is the commit's to find. */
void store_check_batch(const struct store_batch *batch);
void store_check_query(const struct store_query *query);

#endif
