/* The items of a step with `each`: branches of their own behind the steps' (one behind the other, in the order of
 * the list). Their parent, the step's branch, calls nobody; it knows where its items stand, how far they were
 * started, and which of them are at work: so no event looks at all of ten thousand items.
 *
 *      items           items + reach                items + items_count
 *        | . . . . . . . . | . . . . . . . . . . . . . . |        forward: started | not yet
 *        | . . . . . . . . | . . . . . . . . . . . . . . |        undo: not looked at yet | nothing more to start
 *
 * Items at work are chained from `head` to `tail`. Forward they are those that were started and are not over; in
 * the undo, those with a call out and those whose undo was started and is not over. Only core_apply changes any of
 * this. */
#ifndef BELAY_CORE_ITEMS_H
#define BELAY_CORE_ITEMS_H

#include "core/core.h"

/* FACT_SPREAD: `branch` becomes the parent of so many items. False when that cannot be. */
bool items_spread(const struct plan *plan, struct txn *txn, uint16_t branch, uint64_t count);

/* A first call of an item can only be that of the next one in the direction the transaction goes. */
bool items_is_next(const struct txn *txn, uint16_t item);

/* After a fact about an item: whether it is at work, how far the parent has come, whether all are over. */
void items_follow(const struct plan *plan, struct txn *txn, uint16_t item);

/* After the decision to abort: what is at work and what is next mean something else now. */
void items_turn(const struct plan *plan, struct txn *txn);

/* The next item of a parent whose undo is owed, BRANCH_NONE when there is none (yet). */
uint16_t items_next_owed(const struct plan *plan, const struct txn *txn, uint16_t parent);

/* How many of a parent's items are at work. */
uint16_t items_at_work(const struct txn *txn, uint16_t parent);

#endif
