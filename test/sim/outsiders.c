/* They speak early, in time, late, twice, and some without the right to. */
#include "sim/outsiders.h"

#include "sim/clients.h"
#include "sim/count.h"
#include "sim/story.h"

#include <string.h>

static void knock(struct world *world, void *what);
static const struct leaf *choose(struct dice *dice, const struct story *story);
static void signal(struct world *world, const struct story *story, const struct leaf *leaf);
static void approve(struct world *world, const struct story *story, const struct leaf *leaf);

void outsiders_plan(struct world *world)
{
    struct dice *dice = &world->dice[DICE_OUTSIDER];
    for (unsigned i = 0; i < world->weather.knocks; i++)
        world_later(world, dice_tail(dice, 0, world->weather.faults_ms), knock, NULL);
}

static void knock(struct world *world, void *what)
{
    struct dice *dice = &world->dice[DICE_OUTSIDER];
    struct story *stories;
    struct keep keep = {0};
    (void)what;
    size_t stories_count = story_read_all(world, &keep, &stories);
    const struct story *story = stories_count ? &stories[dice_below(dice, stories_count)] : NULL;
    const struct leaf *leaf = story && story->txn ? choose(dice, story) : NULL;
    for (unsigned i = leaf && dice_hit(dice, 200) ? 2 : 1; leaf && i > 0; i--) {
        if (leaf->kind == LEAF_SIGNAL)
            signal(world, story, leaf);
        else
            approve(world, story, leaf);
    }
    keep_done(&keep);
}

static bool listens(const struct leaf *leaf)
{
    return leaf->kind == LEAF_SIGNAL || leaf->kind == LEAF_APPROVAL;
}

/* One that is being waited for, mostly. */
static const struct leaf *choose(struct dice *dice, const struct story *story)
{
    const struct saga *saga = story->saga;
    size_t start = dice_below(dice, saga->count);
    bool any = dice_hit(dice, 250);
    const struct leaf *found = NULL;
    for (size_t i = 0; i < saga->count; i++) {
        const struct leaf *leaf = &saga->leaves[(start + i) % saga->count];
        if (!listens(leaf))
            continue;
        if (any || story->txn->branches[story_branch(story, leaf)].state == BRANCH_PENDING)
            return leaf;
        found = leaf;
    }
    return found;
}

static void signal(struct world *world, const struct story *story, const struct leaf *leaf)
{
    static const char output[] = "{\"ref\":\"signal\"}";
    struct command command = {.type = COMMAND_SIGNAL,
                              .txn = story->number,
                              .name = leaf->id,
                              .step = leaf->id,
                              .answer = ANSWER_YES,
                              .output = output,
                              .output_length = strlen(output)};
    count_seen(SEEN_EVENT, EVENT_SIGNAL);
    world_note(world, "outside: signal %s of %s", leaf->id, story->id);
    clients_submit(world, &command, NULL);
}

static void approve(struct world *world, const struct story *story, const struct leaf *leaf)
{
    static const char *const roles[] = {"boss", "owner", "guest", NULL};
    struct dice *dice = &world->dice[DICE_OUTSIDER];
    size_t role = dice_below(dice, sizeof roles / sizeof roles[0]);
    struct command command = {.type = COMMAND_TELL,
                              .txn = story->number,
                              .verb = EVENT_TELL,
                              .step = leaf->id,
                              .approval = true,
                              .answer = dice_hit(dice, 700) ? ANSWER_YES : ANSWER_NO,
                              .role = roles[role],
                              .actor = "a person",
                              .reason = "simulated"};
    count_seen(SEEN_EVENT, EVENT_TELL);
    world_note(world, "outside: a person (%s) about %s of %s", roles[role] ? roles[role] : "-", leaf->id,
               story->id);
    struct telling *telling = clients_submit(world, &command, NULL);
    if (telling)
        telling->lie = leaf->role && role > 1;
}
