/* What a person says with a verb: who it was, and other texts that are recorded. */
#ifndef BELAY_CLI_SAID_H
#define BELAY_CLI_SAID_H

#include "cli/options.h"

#include <jansson.h>

/* Who it was, as far as anyone knows: --actor, BELAY_ACTOR, the user's name. NULL: nobody knows. */
const char *said_who(const struct options *options);

/* Sets a member of the body, when there is something to say. */
void said_set(json_t *body, const char *name, const char *value);

#endif
