/* The yardstick: what belayd does on this machine.
 *
 *   test-bench COMMAND [OPTION...]
 *
 * Every command runs belayd on directories of its own below build/run (a real disk), with its participants and the
 * load on the same machine, and leaves nothing behind. Exit status 1: a bar was missed, or something went wrong.
 */
#include "bench/commands.h"
#include "bench/sweep.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static const struct {
    const char *name;
    const char *help;
    bool (*run)(const struct options *options);
} commands[] = {
#define X(name, help) {#name, help, command_##name},
    COMMANDS(X)
#undef X
};

static void allow_files(void);
static int usage(void);

int main(int argc, char **argv)
{
    struct options options;
    if (argc < 2)
        return usage();
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(argv[1], commands[i].name) != 0)
            continue;
        if (!options_parse(&options, argc - 1, argv + 1))
            return 2;
        setvbuf(stdout, NULL, _IOLBF, 0);
        allow_files();
        sweep_after();
        signal(SIGPIPE, SIG_IGN);
        return commands[i].run(&options) ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    return usage();
}

/* Thousands of clients are more than the usual soft limit of 1024. */
static void allow_files(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static int usage(void)
{
    puts("usage: test-bench COMMAND [OPTION...]");
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        printf("  %-11s %s\n", commands[i].name, commands[i].help);
    options_print();
    return 2;
}
