/* One call through the barrier: decides what becomes of it, and runs its hook within the back end's transaction.
 */
#ifndef BELAY_SRC_PASSAGE_H
#define BELAY_SRC_PASSAGE_H

#include "call.h"

/* Runs `call`, whose headers were read, and fills `response` (initialised, empty). Returns, and fills `error` (not
 * NULL), as belay_handle does. */
int belay_passage_run(const struct belay_barrier *barrier, struct belay_call *call,
                      struct belay_response *response, struct belay_error *error);

#endif
