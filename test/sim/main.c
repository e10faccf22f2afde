/* test-sim: runs the real engine in a simulated world, seed after seed, and lets the checkers read what happened.
 *
 *   test-sim --seeds N [--seed S] [--trace]           N seeds from S on (1), with everything that happens
 *   test-sim --seeds N [--mutant NAME] --expect C5    stops well as soon as that checker complains, else badly
 *   test-sim --list                                   checkers, and mutants at the simulator's own seams */
#include "sim/check.h"
#include "sim/count.h"
#include "sim/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct options {
    uint64_t seeds;
    uint64_t seed;
    bool trace;
    bool list;
    const char *expect; /* NULL: no complaint */
    enum mutant mutant;
};

static const struct {
    const char *word;
    const char *check;
    const char *text;
} mutants[] = {
#define X(name, word, check, text) {word, check, text},
    MUTANTS(X)
#undef X
};

enum { MUTANTS_COUNT = sizeof mutants / sizeof mutants[0], VACUOUS_SEEDS = 3000 };

static bool parse(int argc, char **argv, struct options *options);
static bool run_seed(const struct options *options, uint64_t seed, uint64_t *hash);
static void list(void);

int main(int argc, char **argv)
{
    struct options options = {.seeds = 1000, .seed = 1};
    if (!parse(argc, argv, &options)) {
        fprintf(stderr,
                "usage: test-sim [--seeds N] [--seed S] [--trace] [--mutant NAME] [--expect CHECK] | --list\n");
        return 2;
    }
    if (options.list) {
        list();
        return 0;
    }
    uint64_t passed = 0, failed = 0, all = 0;
    for (uint64_t i = 0; i < options.seeds; i++) {
        uint64_t hash;
        bool good = run_seed(&options, options.seed + i, &hash);
        passed += good;
        failed += !good;
        all = all * 31 + hash;
        if (options.expect && check_violated(options.expect)) {
            printf("seed %llu: %s complains, as expected\n", (unsigned long long)(options.seed + i),
                   options.expect);
            return 0;
        }
    }
    check_report();
    /* C18: a few seeds cannot show everything, many must. */
    unsigned missing = options.seeds >= VACUOUS_SEEDS && !options.mutant ? count_report(true) : 0;
    if (missing)
        printf("C18: %u rows of the tables were never seen: the run was vacuous\n", missing);
    printf("trace %016llx\n", (unsigned long long)all);
    printf("%llu passed, %llu failed\n", (unsigned long long)passed, (unsigned long long)(failed + (missing > 0)));
    return failed || missing || options.expect ? 1 : 0;
}

/* Every hundredth seed is run twice: the same seed is the same run. */
static bool run_seed(const struct options *options, uint64_t seed, uint64_t *hash)
{
    static struct world world;
    world_run(&world, seed, options->mutant, options->trace);
    bool good = check_run(&world);
    *hash = world.hash;
    if (options->trace)
        printf("seed %llu trace %016llx\n", (unsigned long long)seed, (unsigned long long)world.hash);
    world_done(&world);
    if (seed % 100 != 0 || options->trace)
        return good;
    world_run(&world, seed, options->mutant, false);
    bool same = world.hash == *hash;
    world_done(&world);
    if (!same)
        printf("seed %llu: its replay is another run\n", (unsigned long long)seed);
    return good && same;
}

static void list(void)
{
    check_list();
    for (unsigned i = MUTANT_NONE + 1; i < MUTANTS_COUNT; i++)
        printf("mutant %-12s %-4s %s\n", mutants[i].word, mutants[i].check, mutants[i].text);
}

static bool number(const char *text, uint64_t *value)
{
    char *end;
    *value = strtoull(text, &end, 10);
    return end != text && !*end;
}

static bool mutant(const char *word, enum mutant *value)
{
    for (unsigned i = 0; i < MUTANTS_COUNT; i++)
        if (strcmp(mutants[i].word, word) == 0) {
            *value = (enum mutant)i;
            return true;
        }
    return false;
}

static bool parse(int argc, char **argv, struct options *options)
{
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        bool takes = true, good = true;
        if (strcmp(argv[i], "--seeds") == 0)
            good = number(value, &options->seeds);
        else if (strcmp(argv[i], "--seed") == 0)
            good = number(value, &options->seed);
        else if (strcmp(argv[i], "--expect") == 0)
            options->expect = value;
        else if (strcmp(argv[i], "--mutant") == 0)
            good = mutant(value, &options->mutant);
        else
            takes = false;
        if (strcmp(argv[i], "--trace") == 0)
            options->trace = true;
        else if (strcmp(argv[i], "--list") == 0)
            options->list = true;
        else if (!takes)
            return false;
        if (!good)
            return false;
        i += takes;
    }
    return true;
}
