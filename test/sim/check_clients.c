/* C1, C2: what clients were told against what the store has. */
#include "sim/check.h"

#include "sim/count.h"

#include <stdio.h>
#include <string.h>

static const struct story *find(const struct trial *trial, uint64_t number)
{
    for (size_t i = 0; i < trial->stories_count; i++)
        if (trial->stories[i].number == number)
            return &trial->stories[i];
    return NULL;
}

/* The fact that an operator's verb leaves, when it was accepted. */
static enum fact_type fact_of(enum event_type verb)
{
    switch (verb) {
    case EVENT_CANCEL:
        return FACT_CANCELLED;
    case EVENT_PAUSE:
        return FACT_PAUSED;
    case EVENT_RESUME:
        return FACT_RESUMED;
    case EVENT_RETRY:
        return FACT_RETRIED;
    case EVENT_SKIP:
        return FACT_SKIPPED;
    case EVENT_RESOLVE:
        return FACT_RESOLVED;
    default:
        return FACT_TERMINATED;
    }
}

/* In its own history, or in that of a child that it reached. */
static bool has_fact(const struct trial *trial, const struct story *story, enum fact_type type)
{
    for (uint32_t i = 0; i < story->count; i++)
        if (story->facts[i].type == type && strstr(story->payloads[i], "somebody"))
            return true;
    for (size_t i = 0; i < trial->stories_count; i++)
        if (trial->stories[i].parent == story->number && has_fact(trial, &trial->stories[i], type))
            return true;
    return false;
}

static void check_told(const struct trial *trial, const struct telling *telling)
{
    struct world *world = trial->world;
    const struct story *story = find(trial, telling->number);
    bool start = telling->command.type == COMMAND_START;
    bool operate = telling->command.type == COMMAND_OPERATE;
    check_that(CHECK_C1, world, story != NULL, "transaction %s was accepted and is not there", telling->id);
    if (!story)
        return;
    check_that(CHECK_C1, world, strcmp(story->id, telling->id) == 0, "%s is stored as %s", telling->id, story->id);
    if (start)
        check_that(CHECK_C1, world,
                   story->nonce == telling->wish->nonce && story->saga == telling->wish->saga &&
                       story->flags == telling->wish->flags,
                   "%s is there with other content", telling->id);
    if (operate)
        check_that(CHECK_C1, world, has_fact(trial, story, fact_of(telling->command.verb)),
                   "%s: an accepted %s left no fact", telling->id, event_word(telling->command.verb));
    if (status_final(telling->status))
        check_that(CHECK_C1, world, story->row.status == telling->status, "%s was told to be %s, and is %s",
                   telling->id, status_word(telling->status), status_word((enum status)story->row.status));
    char output[32];
    snprintf(output, sizeof output, "{\"n\":%u}", story->nonce);
    if (telling->status == STATUS_COMPLETED && telling->told)
        check_that(CHECK_C1, world, telling->output && strcmp(telling->output, output) == 0,
                   "%s was completed with the output %s", telling->id,
                   telling->output ? telling->output : "(none)");
}

/* What became of one wish, over all its submissions. */
static void check_wish(const struct trial *trial, const struct wish *wish)
{
    struct world *world = trial->world;
    unsigned asked = 0, refused = 0, runs = 0;
    uint64_t number = 0;
    bool repeatable = wish->id || wish->key;
    for (size_t i = 0; i < trial->evidence->tellings_count; i++) {
        const struct telling *telling = trial->evidence->tellings[i];
        if (telling->wish != wish)
            continue;
        asked++;
        refused += telling->shown || (telling->told && telling->code != ERROR_NONE);
        if (!repeatable || !telling->told || telling->code)
            continue;
        check_that(CHECK_C2, world, !number || number == telling->number,
                   "the same submission %u was told to be two transactions", wish->nonce);
        number = telling->number;
    }
    for (size_t i = 0; i < trial->stories_count; i++)
        runs += trial->stories[i].nonce == wish->nonce && trial->stories[i].origin == ORIGIN_CLIENT;
    check_that(CHECK_C2, world, runs <= asked - refused, "submission %u was refused and runs", wish->nonce);
    check_that(CHECK_C2, world, !repeatable || runs <= 1, "submission %u runs %u times", wish->nonce, runs);
}

void check_clients(const struct trial *trial)
{
    for (size_t i = 0; i < trial->evidence->tellings_count; i++) {
        const struct telling *telling = trial->evidence->tellings[i];
        bool about = telling->command.type != COMMAND_PARTICIPANT && telling->command.type != COMMAND_DEFINE;
        if (about && telling->told && telling->code == ERROR_NONE)
            check_told(trial, telling);
        if (telling->wish && !telling->told && !telling->shown)
            count(COUNT_START_UNTOLD);
    }
    for (size_t i = 0; i < trial->stories_count; i++) {
        const struct story *story = &trial->stories[i];
        bool wished = story->nonce >= 1 && story->nonce <= trial->world->wishes_count;
        check_that(CHECK_C2, trial->world, story->origin != ORIGIN_CLIENT || wished, "nobody wanted %s",
                   story->id);
    }
    for (size_t i = 0; i < trial->world->wishes_count; i++)
        check_wish(trial, trial->world->wishes[i]);
}
