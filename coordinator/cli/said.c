/* Who, and what. */
#include "cli/said.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

const char *said_who(const struct options *options)
{
    const char *actor = options_value(options, OPTION_ACTOR);
    actor = actor ? actor : getenv("BELAY_ACTOR");
    if (actor && *actor)
        return actor;
    const struct passwd *user = getpwuid(getuid());
    return user ? user->pw_name : NULL;
}

void said_set(json_t *body, const char *name, const char *value)
{
    json_t *text = value && *value ? json_string(value) : NULL;
    if (value && *value && !text)
        text = json_string("(not UTF-8)");
    if (text)
        json_object_set_new(body, name, text);
}
