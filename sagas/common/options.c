/* Options come from one table: parsing, defaults and help. */
#include "common/options.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool set_listen(struct options *options, const char *value)
{
    options->listen = value;
    return true;
}

static bool set_db(struct options *options, const char *value)
{
    options->db = value;
    return value[0] != '\0';
}

static bool set_fail_rate(struct options *options, const char *value)
{
    char *end;
    long rate = strtol(value, &end, 10);
    if (end == value || *end || rate < 0 || rate > 100)
        return false;
    options->fail_rate = (unsigned)rate;
    return true;
}

static const struct {
    const char *name;
    const char *value; /* how it is called in messages */
    bool (*set)(struct options *options, const char *value);
    const char *help;
} table[] = {
    {"--listen", "ADDR:PORT", set_listen, "where to serve; port 0 picks a free one"},
    {"--db", "FILE", set_db, "the SQLite database; made, and filled with samples, when it is not there"},
    {"--fail-rate", "PERCENT", set_fail_rate, "so many calls fail, before or after they were done"},
};

static void print_help(const struct options *defaults, const char *name)
{
    printf("%s [OPTION]...\n", name);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        printf("  %s %-*s %s\n", table[i].name, 22 - (int)strlen(table[i].name), table[i].value, table[i].help);
    printf("Without options: --listen %s --db %s --fail-rate %u\n", defaults->listen, defaults->db,
           defaults->fail_rate);
}

static enum options_result complain(const char *name, const char *what, const char *argument)
{
    fprintf(stderr, "%s: %s \"%s\"; see %s --help\n", name, what, argument, name);
    return OPTIONS_WRONG;
}

enum options_result options_parse(struct options *options, const char *name, int argc, char **argv)
{
    for (int i = 1; i < argc; i += 2) {
        if (!strcmp(argv[i], "--help")) {
            print_help(options, name);
            return OPTIONS_HELP;
        }
        size_t option = 0;
        while (option < sizeof table / sizeof *table && strcmp(argv[i], table[option].name))
            option++;
        if (option == sizeof table / sizeof *table)
            return complain(name, "no such option:", argv[i]);
        if (i + 1 == argc)
            return complain(name, "a value is missing behind", argv[i]);
        if (!table[option].set(options, argv[i + 1]))
            return complain(name, "not a value for that option:", argv[i + 1]);
    }
    return OPTIONS_OK;
}
