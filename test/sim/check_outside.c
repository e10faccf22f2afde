/* C1, C2 for what comes from outside: whoever was heard left a fact, and whoever was refused left none. */
#include "sim/check.h"

#include "sim/count.h"

#include <string.h>

static bool is_heard(const struct telling *telling)
{
    return telling->told && telling->code == ERROR_NONE;
}

static bool same(const struct telling *a, const struct telling *b)
{
    return a->command.type == b->command.type && a->command.txn == b->command.txn &&
           a->command.answer == b->command.answer && strcmp(a->command.step, b->command.step) == 0;
}

/* An answer that has no status and was not brought by time came from outside. */
static unsigned facts(const struct story *story, const struct telling *telling)
{
    const struct leaf *leaf = saga_find(story->saga, telling->command.step);
    uint16_t branch = leaf ? story_branch(story, leaf) : STORY_NOWHERE;
    unsigned found = 0;
    for (uint32_t i = 0; i < story->count; i++) {
        const struct fact *fact = &story->facts[i];
        bool early = fact->type == FACT_SIGNALLED;
        bool answered = fact->type == FACT_ANSWERED && fact->code == 0 && fact->answer == telling->command.answer;
        if (fact->branch == branch && (early || answered))
            found++;
        if (fact->branch == branch && answered && i > 0 && story_last(story, FACT_SIGNALLED, branch, VERB_NONE))
            found--; /* the one signal */
    }
    return found;
}

static void check_one(const struct trial *trial, const struct telling *telling)
{
    struct world *world = trial->world;
    unsigned heard = 0, untold = 0, found = 0;
    for (size_t i = 0; i < trial->evidence->tellings_count; i++) {
        const struct telling *other = trial->evidence->tellings[i];
        bool outside = other->command.type == COMMAND_TELL || other->command.type == COMMAND_SIGNAL;
        if (!outside || other->command.verb == EVENT_BEAT || !same(telling, other))
            continue;
        heard += is_heard(other);
        untold += !other->told && !other->shown && !other->lie;
    }
    for (size_t i = 0; i < trial->stories_count; i++)
        if (trial->stories[i].number == telling->command.txn)
            found = facts(&trial->stories[i], telling);
    check_that(CHECK_C1, world, found >= heard, "%s of transaction %llu was heard %u times and left %u facts",
               telling->command.step, (unsigned long long)telling->command.txn, heard, found);
    check_that(CHECK_C2, world, found <= heard + untold,
               "%s of transaction %llu was heard %u times and left %u facts", telling->command.step,
               (unsigned long long)telling->command.txn, heard, found);
}

static void tally(const struct telling *telling)
{
    bool signal = telling->command.type == COMMAND_SIGNAL, person = telling->command.approval;
    if (is_heard(telling))
        count(signal ? COUNT_SIGNAL : person ? COUNT_PERSON : COUNT_TELL);
    if (telling->told && telling->code == ERROR_GONE)
        count(signal ? COUNT_SIGNAL_LATE : person ? COUNT_PERSON_LATE : COUNT_TELL_LATE);
    if (telling->told && telling->code == ERROR_FORBIDDEN)
        count(person ? COUNT_PERSON_WRONG : COUNT_TELL_WRONG);
}

void check_outside(const struct trial *trial)
{
    for (size_t i = 0; i < trial->evidence->tellings_count; i++) {
        const struct telling *telling = trial->evidence->tellings[i];
        bool tell = telling->command.type == COMMAND_TELL;
        if (!tell && telling->command.type != COMMAND_SIGNAL)
            continue;
        check_that(CHECK_C2, trial->world, !telling->lie || !is_heard(telling),
                   "%s was heard without the right to", telling->command.step);
        if (tell && telling->command.verb == EVENT_BEAT) {
            if (is_heard(telling))
                count(COUNT_BEAT);
            continue;
        }
        tally(telling);
        check_one(trial, telling);
    }
}
