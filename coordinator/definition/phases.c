/* The table of phases, by verb. */
#include "definition/phases.h"

const char *phase_word(enum phases phases, enum verb verb)
{
    static const char *const words[][VERB_CONFIRM + 1] = {
#define X(name, action, undo, confirm)                                                                        \
    [name] = {[VERB_DO] = action, [VERB_UNDO] = undo, [VERB_CONFIRM] = confirm},
        PHASES(X)
#undef X
    };
    return verb == VERB_CHECK ? "check" : words[phases][verb];
}
