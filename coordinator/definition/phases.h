/* What the parts of a step that calls a participant are called: keys of the saga file, Belay-Phase on the wire;
 * and those of a child, which show in histories only. */
#ifndef BELAY_DEFINITION_PHASES_H
#define BELAY_DEFINITION_PHASES_H

#include "core/fact.h"

#include <stddef.h>

/* do, undo, confirm */
#define PHASES(X)                                                                                             \
    X(PHASES_SAGA, "action", "compensation", NULL)                                                            \
    X(PHASES_TCC, "try", "cancel", "confirm")                                                                 \
    X(PHASES_VOTE, "prepare", "rollback", "commit") /* two-phase commit */                                    \
    X(PHASES_CHILD, "start", "compensation", "completion")

enum phases {
#define X(name, action, undo, confirm) name,
    PHASES(X)
#undef X
};

/* The word of a verb; NULL when these phases have none for it. */
const char *phase_word(enum phases phases, enum verb verb);

#endif
