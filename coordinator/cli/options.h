/* The command line, taken apart by the tables of commands.h. */
#ifndef BELAY_CLI_OPTIONS_H
#define BELAY_CLI_OPTIONS_H

#include "base/error.h"
#include "cli/commands.h"

#include <stdbool.h>
#include <stddef.h>

struct option_given {
    enum option_id id;
    const char *value; /* "" for a flag */
};

struct options {
    enum command_id command;
    bool version;  /* --version stood where a command was expected */
    const char **arguments; /* what is neither command nor option */
    size_t arguments_count;
    struct option_given *given; /* in their order */
    size_t given_count;
};

/* Takes `argv` apart (argv[0] is the program). Options may stand before, between and after arguments; `--` ends
 * them. Without a command, or with --help, the command is `help`, its argument the command that was named.
 * ERROR_USAGE names what was not understood, why, and what was probably meant. Strings stay argv's; free
 * with options_done in any case. */
int options_parse(struct options *options, int argc, char **argv, struct error *error);
void options_done(struct options *options);

/* The last value given, or NULL. */
const char *options_value(const struct options *options, enum option_id id);
bool options_has(const struct options *options, enum option_id id);

/* The number an option or argument holds, between `least` and `most`; ERROR_USAGE otherwise. `name` is for
 * the message. */
int options_number(const char *name, const char *text, long least, long most, long *number, struct error *error);

/* The time span of an option in milliseconds: "30s", "5m", or a bare number of seconds. */
int options_duration(const char *name, const char *text, unsigned long *ms, struct error *error);

#endif
