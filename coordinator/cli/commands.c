/* The tables, as data. */
#include "cli/commands.h"

#include "definition/suggest.h"

#include <string.h>

const struct command_spec commands[COMMANDS_COUNT] = {
#define X(group, id, word, run, fewest, most, arguments, offers, summary)                                         \
    [COMMAND_##id] = {group, word, run, fewest, most, arguments, offers, summary},
    COMMANDS(X)
#undef X
};

const struct option_spec command_options[OPTIONS_COUNT] = {
#define X(id, name, letter, value, offers, of, summary) [OPTION_##id] = {name, letter, value, offers, of, summary},
    OPTIONS(X)
#undef X
};

_Static_assert(COMMANDS_COUNT < 64, "a set of commands is 64 bits");

enum command_id commands_find(const char *word)
{
    int id = 0;
    while (id < COMMANDS_COUNT && strcmp(commands[id].word, word) != 0)
        id++;
    return (enum command_id)id;
}

int commands_unknown(const char *word, struct error *error)
{
    char hint[128];
    struct suggest suggest;
    suggest_init(&suggest, word);
    for (int id = 0; id < COMMANDS_COUNT; id++)
        suggest_offer(&suggest, commands[id].word);
    const char *text = suggest_hint(&suggest, hint, sizeof hint, NULL);
    return error_set(error, ERROR_USAGE, "there is no command \"%s\"%s%s", word, text ? "; " : "",
                     text ? text : "");
}
