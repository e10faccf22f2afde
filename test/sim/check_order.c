/* C5: the order in which things are undone, and that nothing is undone too early, in vain, or not at all. */
#include "sim/check.h"

#include <string.h>

/* What the facts before one moment say of a leaf. */
struct past {
    bool called;   /* its do */
    bool out;      /* a do that was not answered yet */
    uint32_t first; /* index of its first call */
    bool maybe;    /* its do may have been done */
    bool undone;   /* or given up, or put right by hand */
};

static struct past look(const struct story *story, const struct leaf *leaf, uint32_t until)
{
    struct past past = {0};
    uint16_t branch = story_branch(story, leaf);
    for (uint32_t i = 0; i < until; i++) {
        const struct fact *fact = &story->facts[i];
        if (fact->branch != branch)
            continue;
        bool undo = fact->verb == VERB_UNDO, check = fact->verb == VERB_CHECK;
        bool reads = fact->verb == VERB_DO && fact->answer == ANSWER_YES && fact->value;
        if (fact->type == FACT_CALLED && !undo) {
            past.first = past.called ? past.first : i;
            past.called = past.out = true;
        } else if (fact->type == FACT_ANSWERED && !undo) {
            past.out = false;
            past.maybe |= !check && fact->answer != ANSWER_NO;
            past.maybe &= !reads;
            past.maybe &= check || fact->answer != ANSWER_NO || fact->attempt != 1; /* the only one did nothing */
        } else if (fact->type == FACT_RESOLVED && !undo) {
            past.maybe = fact->answer == ANSWER_YES;
        } else if (undo && (fact->type == FACT_SKIPPED || fact->type == FACT_RESOLVED ||
                            (fact->type == FACT_ANSWERED && fact->answer == ANSWER_YES))) {
            past.undone = true;
        }
    }
    return past;
}

/* Must `other` be undone before `leaf` is? */
static bool goes_first(const struct story *story, const struct leaf *leaf, const struct past *past,
                       const struct leaf *other, const struct past *others)
{
    switch (story->saga->order) {
    case UNDO_REVERSE:
        return other->before >> (leaf - story->saga->leaves) & 1;
    case UNDO_SEQUENTIAL:
        return others->called && others->first > past->first;
    case UNDO_PARALLEL:
        break;
    }
    return false;
}

static void check_undo(const struct trial *trial, const struct story *story, uint32_t index)
{
    struct world *world = trial->world;
    const struct saga *saga = story->saga;
    const struct leaf *leaf = story_leaf(story, story->facts[index].branch);
    struct past past = look(story, leaf, index);
    check_that(CHECK_C5, world, leaf->undoable, "%s: %s has no undo", story->id, leaf->id);
    check_that(CHECK_C5, world, past.maybe, "%s: %s is undone, though it did nothing", story->id, leaf->id);
    for (size_t i = 0; i < saga->count; i++) {
        const struct leaf *other = &saga->leaves[i];
        struct past others = look(story, other, index);
        check_that(CHECK_C5, world, !others.out, "%s: %s is undone while %s is being called", story->id, leaf->id,
                   other->id);
        if (other != leaf && other->undoable && others.maybe && goes_first(story, leaf, &past, other, &others))
            check_that(CHECK_C5, world, others.undone, "%s: %s is undone before %s", story->id, leaf->id,
                       other->id);
    }
}

static void check_all_undone(const struct trial *trial, const struct story *story)
{
    for (size_t i = 0; i < story->saga->count; i++) {
        const struct leaf *leaf = &story->saga->leaves[i];
        struct past past = look(story, leaf, story->count);
        check_that(CHECK_C5, trial->world, !leaf->undoable || !past.maybe || past.undone,
                   "%s: %s may have been done, and was not undone", story->id, leaf->id);
    }
}

/* At the participant: after its undo, a do takes no effect. On the wire: nothing is done once undoing began. */
static void check_seen(const struct trial *trial)
{
    const struct evidence *evidence = trial->evidence;
    for (size_t i = 0; i < evidence->seens_count; i++) {
        const struct seen *seen = &evidence->seens[i];
        if (seen->sent->verb != VERB_DO || seen->deed != DEED_RAN)
            continue;
        bool undone = false;
        for (size_t k = 0; k < i; k++) {
            const struct seen *other = &evidence->seens[k];
            undone |= other->sent->leaf == seen->sent->leaf && other->sent->number == seen->sent->number &&
                      other->sent->verb == VERB_UNDO && other->deed != DEED_FAILED;
        }
        check_that(CHECK_C5, trial->world, !undone, "%s ran after its undo", seen->sent->key);
    }
    for (size_t i = 0; i < evidence->sents_count; i++)
        for (size_t k = i + 1; evidence->sents[i]->verb == VERB_UNDO && k < evidence->sents_count; k++)
            if (evidence->sents[k]->number == evidence->sents[i]->number)
                check_that(CHECK_C5, trial->world, evidence->sents[k]->verb == VERB_UNDO,
                           "%s is called after undoing began", evidence->sents[k]->key);
}

void check_order(const struct trial *trial)
{
    for (size_t i = 0; i < trial->stories_count; i++) {
        const struct story *story = &trial->stories[i];
        for (uint32_t k = 0; k < story->count; k++)
            if (story->facts[k].type == FACT_CALLED && story->facts[k].verb == VERB_UNDO &&
                story->facts[k].attempt == 1)
                check_undo(trial, story, k);
        if (story->row.status == STATUS_COMPENSATED)
            check_all_undone(trial, story);
    }
    check_seen(trial);
}
