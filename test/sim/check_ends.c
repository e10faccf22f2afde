/* C3, C4, C7, C8, C17: how it ended, as the participants see it. */
#include "sim/check.h"

#include "sim/count.h"

#include <string.h>

static const struct bank_row *find_row(const struct world *world, const struct story *story,
                                       const struct leaf *leaf)
{
    for (size_t i = 0; i < world->banks.rows_count; i++)
        if (world->banks.rows[i]->leaf == leaf && strcmp(world->banks.rows[i]->txn, story->id) == 0)
            return world->banks.rows[i];
    return NULL;
}

static void check_completed(const struct trial *trial, const struct story *story, const struct leaf *leaf)
{
    struct world *world = trial->world;
    const struct bank_row *row = find_row(world, story, leaf);
    bool runs = saga_runs(leaf, story->flags);
    bool skipped = story_last(story, FACT_SKIPPED, story_branch(story, leaf), VERB_DO) != NULL ||
                   story_last(story, FACT_SKIPPED, story_branch(story, leaf), VERB_CHECK) != NULL ||
                   story_last(story, FACT_SKIPPED, story_step(story, leaf), VERB_DO) != NULL;
    unsigned done = row ? row->do_runs : 0;
    unsigned undone = row ? row->undo_runs : 0;
    if (leaf->kind == LEAF_CHILD) /* what became of it is its own story, and check_children.c compares the two */
        return;
    if (leaf->kind != LEAF_CALL) {
        const struct fact *told = story_last(story, FACT_ANSWERED, story_branch(story, leaf), VERB_DO);
        check_that(CHECK_C3, world, runs == (told && told->answer == ANSWER_YES), "%s is completed, and %s was %s",
                   story->id, leaf->id, told ? answer_word(told->answer) : "not waited for");
        return;
    }
    check_that(CHECK_C3, world, undone == 0, "%s is completed, but %s was undone", story->id, leaf->id);
    if (!runs)
        check_that(CHECK_C3, world, done == 0, "%s: %s ran in spite of its condition", story->id, leaf->id);
    else if (!leaf->carry_on && !skipped)
        check_that(CHECK_C3, world, done == 1, "%s is completed, but %s is not effective", story->id, leaf->id);
}

/* What was held is confirmed, unless a person left that out; what had nothing to commit hears nothing of it. */
static void check_confirmed(const struct trial *trial, const struct story *story, const struct leaf *leaf)
{
    const struct bank_row *row = find_row(trial->world, story, leaf);
    uint16_t branch = story_branch(story, leaf);
    bool skipped = story_last(story, FACT_SKIPPED, branch, VERB_CONFIRM) != NULL;
    bool by_hand = story_last(story, FACT_RESOLVED, branch, VERB_DO) != NULL;
    if (leaf->phases == PHASES_SAGA || !row || skipped || (row->reads && by_hand))
        return;
    unsigned owed = row->reads ? 0 : row->do_runs;
    check_that(CHECK_C3, trial->world, row->confirm_runs == owed, "%s is completed, and %s was confirmed %u times",
               story->id, leaf->id, row->confirm_runs);
}

static void check_compensated(const struct trial *trial, const struct story *story, const struct leaf *leaf)
{
    const struct bank_row *row = find_row(trial->world, story, leaf);
    bool given_up = story_last(story, FACT_SKIPPED, story_branch(story, leaf), VERB_UNDO) != NULL;
    if (!leaf->read_only && !given_up)
        check_that(CHECK_C3, trial->world, !row || row->reads || row->do_runs == row->undo_runs,
                   "%s is compensated, but %s is still effective", story->id, leaf->id);
}

static void check_end(const struct trial *trial, const struct story *story)
{
    struct world *world = trial->world;
    unsigned ends = 0;
    for (uint32_t i = 0; i < story->count; i++)
        ends += story->facts[i].type == FACT_ENDED;
    check_that(CHECK_C3, world, ends <= 1, "%s has %u ends", story->id, ends);
    check_that(CHECK_C17, world, !story->row.open, "%s is still %s (%s)", story->id,
               status_word((enum status)story->row.status), story->row.reason ? story->row.reason : "");
    if (story->row.open)
        return;
    count_seen(SEEN_END, story->row.status);
    for (size_t i = 0; i < story->saga->count; i++) {
        if (story->row.status == STATUS_COMPLETED)
            check_completed(trial, story, &story->saga->leaves[i]);
        if (story->row.status == STATUS_COMPLETED)
            check_confirmed(trial, story, &story->saga->leaves[i]);
        if (story->row.status == STATUS_COMPENSATED)
            check_compensated(trial, story, &story->saga->leaves[i]);
    }
}

/* Commit is what the pivot did, what is called behind it, and every confirm; abort is every undo. */
static void check_decision(const struct trial *trial, const struct story *story)
{
    bool commit = false, abort = false, pivot = false;
    for (size_t i = 0; i < trial->evidence->sents_count; i++) {
        const struct sent *sent = trial->evidence->sents[i];
        if (sent->number != story->number)
            continue;
        commit |= sent->leaf->after_pivot || sent->verb == VERB_CONFIRM;
        abort |= sent->verb == VERB_UNDO;
    }
    for (size_t i = 0; i < story->saga->count; i++) {
        const struct bank_row *row = find_row(trial->world, story, &story->saga->leaves[i]);
        pivot |= row && row->leaf->pivot && row->do_runs > 0;
    }
    for (size_t i = 0; i < trial->evidence->seens_count; i++) {
        const struct seen *seen = &trial->evidence->seens[i];
        if (seen->sent->number == story->number && seen->sent->verb == VERB_CONFIRM)
            check_that(CHECK_C4, trial->world, seen->deed != DEED_EMPTY, "%s confirms what is not done",
                       seen->sent->key);
    }
    bool terminated = story->row.status == STATUS_TERMINATED;
    check_that(CHECK_C4, trial->world, !(commit && abort), "%s: called behind the pivot or confirmed, and undone",
               story->id);
    check_that(CHECK_C4, trial->world,
               terminated || !(pivot && (abort || story->row.status == STATUS_COMPENSATED)),
               "%s: its pivot is effective, and it was undone", story->id);
}

static void check_money(const struct trial *trial)
{
    struct world *world = trial->world;
    int64_t cents = 0;
    for (size_t i = 0; i < PARTICIPANTS; i++)
        cents += world->banks.banks[i].free;
    for (size_t i = 0; i < world->banks.rows_count; i++) {
        const struct bank_row *row = world->banks.rows[i];
        cents += row->hold + row->spent;
        check_that(CHECK_C7, world, row->do_runs <= 1 && row->undo_runs + row->confirm_runs <= row->do_runs,
                   "%s/%s was done %u times and undone %u times", row->txn, row->leaf->id, row->do_runs,
                   row->undo_runs);
    }
    check_that(CHECK_C8, world, cents == (int64_t)PARTICIPANTS * BANK_CENTS,
               "there are %lld cents, there were %lld", (long long)cents, (long long)PARTICIPANTS * BANK_CENTS);
}

void check_ends(const struct trial *trial)
{
    for (size_t i = 0; i < trial->stories_count; i++) {
        check_end(trial, &trial->stories[i]);
        check_decision(trial, &trial->stories[i]);
    }
    check_money(trial);
    check_that(CHECK_C17, trial->world, trial->evidence->ended_ms != UINT64_MAX,
               "not everything has ended %u s after the last fault", WORLD_PEACE_MS / 1000);
}
