/* Questions about one branch that the decision asks as well as the record itself. */
#ifndef BELAY_CORE_BRANCH_H
#define BELAY_CORE_BRANCH_H

#include "core/core.h"

/* Its do was given up without a definite answer, and a read-only request can still tell. */
bool branch_is_checkable(const struct plan *plan, const struct txn *txn, uint16_t branch);

/* Nothing is to be done forward any more, and what comes after it may go on. */
bool branch_is_over(const struct plan *plan, const struct txn *txn, uint16_t branch);

/* It was given up forward, and that fails the transaction. */
bool branch_is_failed(const struct plan *plan, const struct txn *txn, uint16_t branch);

/* Invariant 4: it may have been done and can be undone, and is not yet. Of a parent: one of its items is. */
bool branch_is_owed(const struct plan *plan, const struct txn *txn, uint16_t branch);

#endif
