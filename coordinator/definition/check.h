/* The third reading: rules about the whole, once it is known what comes before what. */
#ifndef BELAY_DEFINITION_CHECK_H
#define BELAY_DEFINITION_CHECK_H

#include "definition/order.h"
#include "definition/parse.h"

/* check_pivot.c: the pivot and its place, what must be undoable, what must not be (E401 - E410). */
void check_pivot(struct parse *parse, const struct order *order);

/* check_time.c: timeouts and retries against the timeout of the saga (E411, W101, W104). */
void check_time(struct parse *parse, const struct order *order);

/* check_references.c: what expressions refer to (E502 - E507, W102, W103). */
void check_references(struct parse *parse, const struct order *order);

/* The first step that is a pivot, or NODE_NONE. */
int check_find_pivot(const struct draft *draft);

#endif
