/* test-e2e: the coordinator, example services and the command line as they are run, over real HTTP, while they are
 * killed. See README.md. */
#include "e2e/modes.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int usage(void);
static bool parse(struct plan *plan, int argc, char **argv);
static bool parse_number(const char *text, uint64_t *number);

int main(int argc, char **argv)
{
    struct plan plan = {
        .seed = 1, .transfers = 300, .items = 10000, .kills = 3, .service_kills = 2, .fail_rate = 3};
    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc < 3)
        return usage();
    const char *mode = argv[1];
    plan.build = argv[2];
    if (strcmp(mode, "faults") == 0)
        plan = (struct plan){.build = argv[2], .seed = 1, .transfers = 24, .kills = 8};
    if (strcmp(mode, "valgrind") == 0)
        plan = (struct plan){
            .build = argv[2], .seed = 1, .transfers = 300, .kills = 1, .service_kills = 1, .fail_rate = 3};
    if (!parse(&plan, argc - 3, argv + 3))
        return usage();
    if (strcmp(mode, "valgrind") == 0)
        plan.valgrind = true;
    if (strcmp(mode, "run") == 0 || plan.valgrind)
        return mode_run(&plan);
    if (strcmp(mode, "examples") == 0)
        return mode_examples(&plan);
    if (strcmp(mode, "items") == 0)
        return mode_items(&plan);
    if (strcmp(mode, "faults") == 0)
        return mode_faults(&plan);
    return usage();
}

static int usage(void)
{
    fprintf(stderr,
            "usage: test-e2e run BUILD [--transfers N] [--kills K] [--service-kills S] [--fail-rate PERCENT]"
            " [--seed X] [--valgrind]\n"
            "       test-e2e valgrind BUILD [the same]\n"
            "       test-e2e faults BUILD [--kills SWEEP] [--transfers N] [--seed X]\n"
            "       test-e2e examples BUILD\n"
            "       test-e2e items BUILD [--items N]\n"
            "BUILD is the directory of the programs, like build/asan\n");
    return 2;
}

static bool parse(struct plan *plan, int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        uint64_t number = 0;
        if (strcmp(argv[i], "--valgrind") == 0) {
            plan->valgrind = true;
            continue;
        }
        if (i + 1 == argc || !parse_number(argv[i + 1], &number))
            return false;
        const char *name = argv[i++];
        if (strcmp(name, "--seed") == 0)
            plan->seed = number;
        else if (strcmp(name, "--transfers") == 0)
            plan->transfers = (unsigned)number;
        else if (strcmp(name, "--items") == 0 && number >= 3 && number <= 10000)
            plan->items = (unsigned)number;
        else if (strcmp(name, "--kills") == 0)
            plan->kills = (unsigned)number;
        else if (strcmp(name, "--service-kills") == 0)
            plan->service_kills = (unsigned)number;
        else if (strcmp(name, "--fail-rate") == 0 && number <= 100)
            plan->fail_rate = (unsigned)number;
        else
            return false;
    }
    return plan->transfers > 0;
}

static bool parse_number(const char *text, uint64_t *number)
{
    char *end;
    errno = 0;
    *number = strtoull(text, &end, 10);
    return end != text && !*end && !errno;
}
