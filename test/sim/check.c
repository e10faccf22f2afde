/* Running the checkers, and keeping count of what they assert. */
#include "sim/check.h"

#include "sim/count.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SHOWN = 20 }; /* the rest of the complaints says the same */

static struct {
    uint64_t asserted;
    uint64_t violated;
} results[CHECKS_COUNT];

static const struct {
    const char *name;
    const char *text;
} texts[] = {
#define X(name, text) {#name, text},
    CHECKS(X)
#undef X
};

static uint64_t blames; /* of the seed at work */
static uint64_t shown;

static void complain(enum check check, const struct world *world, const char *format, va_list args);

void check_that(enum check check, struct world *world, bool truth, const char *format, ...)
{
    results[check].asserted++;
    if (truth)
        return;
    va_list args;
    va_start(args, format);
    complain(check, world, format, args);
    va_end(args);
}

void check_blame(enum check check, struct world *world, const char *format, ...)
{
    va_list args;
    results[check].asserted++;
    va_start(args, format);
    complain(check, world, format, args);
    va_end(args);
}

bool check_run(struct world *world)
{
    struct trial trial = {.world = world, .evidence = &world->evidence};
    trial.stories_count = story_read_all(world, &world->keep, &trial.stories);
    if (!world->dead) {
        check_live(world);
        check_clients(&trial);
        check_outside(&trial);
        check_letters(&trial);
        check_ends(&trial);
        check_calls(&trial);
        check_order(&trial);
        check_pace(&trial);
        check_facts(&trial);
        check_locks(&trial);
        check_row(&trial);
        check_children(&trial);
        check_schedules(&trial);
    }
    bool clean = blames == 0;
    blames = 0;
    return clean;
}

bool check_violated(const char *name)
{
    for (unsigned i = 0; i < CHECKS_COUNT; i++)
        if (strcmp(texts[i].name, name) == 0)
            return results[i].violated > 0;
    return false;
}

void check_report(void)
{
    for (unsigned i = 0; i < CHECKS_COUNT; i++)
        printf("%-4s %-66s %12llu asserted %6llu violated\n", texts[i].name, texts[i].text,
               (unsigned long long)results[i].asserted, (unsigned long long)results[i].violated);
}

void check_list(void)
{
    for (unsigned i = 0; i < CHECKS_COUNT; i++)
        printf("%-4s %s\n", texts[i].name, texts[i].text);
}

static void complain(enum check check, const struct world *world, const char *format, va_list args)
{
    results[check].violated++;
    blames++;
    if (shown++ >= SHOWN)
        return;
    printf("seed %llu %s: ", (unsigned long long)world->seed, texts[check].name);
    vprintf(format, args);
    printf("\n");
    fflush(stdout); /* the next seed may end in an assertion */
}
