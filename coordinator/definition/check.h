/* The third reading: rules about the whole, once it is known what comes before what. */
#ifndef BELAY_DEFINITION_CHECK_H
#define BELAY_DEFINITION_CHECK_H

#include "definition/order.h"
#include "definition/parse.h"
#include "definition/pivots.h"

/* check_pivot.c: the pivot and its place (E403, E404, E409, E410); with it
 * check_undo.c: what must be undoable, what must not be or fail (E401, E402, E405 - E408, E413). */
void check_pivot(struct parse *parse, const struct order *order);
void check_undo(struct parse *parse, const struct pivots *pivots);

/* check_time.c: timeouts, waits and retries against the timeout of the saga (E411, E412, W101, W104). */
void check_time(struct parse *parse, const struct order *order);

/* check_references.c: what expressions refer to (E502 - E507, W102, W103). */
void check_references(struct parse *parse, const struct order *order);

/* Complains about a step, or its member `key` ("/pivot"; "" the step itself). */
void check_complain(struct parse *parse, const struct node *node, const char *key, enum rule rule,
                    const char *hint, const char *format, ...) __attribute__((format(printf, 6, 7)));

/* True when other steps may run beside the node, as it stands inside "parallel". */
bool check_in_parallel(const struct draft *draft, const struct node *node);

#endif
