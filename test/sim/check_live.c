/* C12, while it runs: what lives in memory and what is listed is what the facts say, and no stale answer can move
 * it. The caller answers every request once, so the simulated network cannot bring a stale answer; copies of the
 * records get them here instead. */
#include "core/core.h"
#include "engine/inside.h"
#include "sim/check.h"

#include <string.h>

static void check_open(struct link *link, void *context);
static void check_stale(struct world *world, struct keep *keep, const struct open *open);

void check_live(struct world *world)
{
    struct engine *engine = world->engine;
    struct keep keep = {0};
    struct trial trial = {.world = world, .evidence = &world->evidence};
    if (engine && !world->disk.failed)
        table_each(&engine->by_number, check_open, world);
    trial.stories_count = story_read_all(world, &keep, &trial.stories);
    check_row(&trial);
    check_children(&trial);
    keep_done(&keep);
}

/* What is not durable yet is for the next commit to tell. */
static void check_open(struct link *link, void *context)
{
    struct world *world = context;
    const struct open *open = table_owner(link, struct open, by_number);
    struct story story;
    struct keep keep = {0};
    if (open->facts_count || !open->stored)
        return;
    bool found = story_read(world, &keep, open->number, &story);
    check_that(CHECK_C12, world, found && story.txn && core_equal(story.txn, open->txn),
               "%s in memory is not what its facts say", open->id);
    check_stale(world, &keep, open);
    keep_done(&keep);
}

static void check_unmoved(struct world *world, struct keep *keep, const struct open *open, struct event event)
{
    const struct plan *plan = &open->definition->plan;
    size_t size = txn_size(open->txn->branches_capacity), needs = core_needs(plan);
    struct txn *copy = keep_new(keep, size);
    struct out out = {.facts = keep_new(keep, needs * sizeof *out.facts),
                      .calls = keep_new(keep, needs * sizeof *out.calls),
                      .asks = keep_new(keep, needs * sizeof *out.asks)};
    memcpy(copy, open->txn, size);
    event.type = EVENT_ANSWER;
    event.answer = ANSWER_YES;
    event.code = 200;
    event.now_ms = world_clock(world);
    core_step(plan, copy, &event, &out);
    char name[LIMIT_BRANCH_NAME];
    payload_name(&open->payload, event.branch, name);
    check_that(CHECK_C12, world, out.facts_count == 0 && out.calls_count == 0 && core_equal(copy, open->txn),
               "%s: a stale answer to %s attempt %u moves it", open->id, name, event.attempt);
}

static void check_stale(struct world *world, struct keep *keep, const struct open *open)
{
    for (uint16_t i = 0; i < open->txn->branches_count; i++) {
        const struct branch *branch = &open->txn->branches[i];
        enum verb verb = (enum verb)branch->verb;
        if (verb == VERB_NONE || !branch->attempt)
            continue;
        if (branch->state != BRANCH_CALLING)
            check_unmoved(world, keep, open,
                          (struct event){.branch = i, .verb = verb, .attempt = branch->attempt});
        if (branch->attempt > 1)
            check_unmoved(world, keep, open,
                          (struct event){.branch = i, .verb = verb, .attempt = branch->attempt - 1});
        if (verb == VERB_UNDO || verb == VERB_CONFIRM)
            check_unmoved(world, keep, open,
                          (struct event){.branch = i, .verb = VERB_DO, .attempt = branch->attempt});
    }
}
