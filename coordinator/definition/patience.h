/* How patiently a step is called: what it says itself, laid over what the saga says, laid over what is usual
 * (defaults.h). */
#ifndef BELAY_DEFINITION_PATIENCE_H
#define BELAY_DEFINITION_PATIENCE_H

#include "definition/draft.h"

/* Of one attempt of the action, of the undo, of the confirm. */
uint64_t patience_do_ms(const struct draft *draft, const struct node *node);
uint64_t patience_undo_ms(const struct draft *draft, const struct node *node);
uint64_t patience_confirm_ms(const struct draft *draft, const struct node *node);

/* When to try again. What runs after the pivot can only go forward: for ever, unless it says otherwise
 * itself. */
struct retry patience_do(const struct draft *draft, const struct node *node, bool after_pivot);
struct retry patience_undo(const struct draft *draft, const struct node *node);
struct retry patience_confirm(const struct node *node);

#endif
