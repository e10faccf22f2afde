/* The options that every example service has. */
#ifndef BELAY_COMMON_OPTIONS_H
#define BELAY_COMMON_OPTIONS_H

struct options {
    const char *listen;
    const char *db;
    unsigned fail_rate; /* percent */
};

enum options_result { OPTIONS_OK, OPTIONS_HELP, OPTIONS_WRONG };

/* Reads the command line into `options`, whose defaults the caller has set. OPTIONS_HELP: the list was printed and
 * the program should end; OPTIONS_WRONG: what is wrong was printed, and it should end with EXIT_USAGE. */
enum options_result options_parse(struct options *options, const char *name, int argc, char **argv);

enum { EXIT_USAGE = 2 };

#endif
