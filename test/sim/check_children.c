/* C20: what a parent says and what its child heard is one commit. So whatever the store holds, at whatever moment,
 * the two fit together, and in the end they are decided alike. */
#include "sim/check.h"

#include "sim/count.h"

#include <string.h>

static const struct story *find(const struct trial *trial, uint64_t number)
{
    for (size_t i = 0; i < trial->stories_count; i++)
        if (trial->stories[i].number == number)
            return &trial->stories[i];
    return NULL;
}

/* The child that a branch started last; 0. */
static uint64_t current_child(const struct story *story, uint16_t branch)
{
    uint64_t current = 0;
    for (uint32_t i = 0; i < story->count; i++)
        if (story->facts[i].branch == branch && story_child(story, i))
            current = story_child(story, i);
    return current;
}

/* A person said what became of it, or left it out. */
static bool is_by_hand(const struct story *story, uint16_t branch)
{
    for (uint32_t i = 0; i < story->count; i++)
        if (story->facts[i].branch == branch &&
            (story->facts[i].type == FACT_RESOLVED || story->facts[i].type == FACT_SKIPPED))
            return true;
    return false;
}

/* It is the child that its saga's text describes. */
static void check_kinship(const struct trial *trial, const struct story *parent, const struct story *child)
{
    const struct leaf *leaf = story_leaf(parent, child->parent_branch);
    bool named = false;
    for (uint32_t i = 0; i < parent->count; i++)
        named |= story_child(parent, i) == child->number && parent->facts[i].branch == child->parent_branch;
    check_that(CHECK_C20, trial->world, named, "%s is a child of %s, which has not heard of it", child->id,
               parent->id);
    check_that(CHECK_C20, trial->world, leaf && leaf->kind == LEAF_CHILD && leaf->child == child->saga,
               "%s is no child that %s may have", child->id, parent->id);
    if (!leaf || leaf->kind != LEAF_CHILD)
        return;
    check_that(CHECK_C20, trial->world,
               child->nonce == parent->nonce && child->flags == (parent->flags ^ leaf->flips),
               "%s has the input %s, %s has %s", child->id, child->input, parent->id, parent->input);
}

/* While it is open somebody waits for it, and what that one said has been heard. */
static void check_open(const struct trial *trial, const struct story *parent, const struct branch *branch,
                       const struct story *child)
{
    const struct txn *txn = child->txn;
    bool paused = txn->status == STATUS_PAUSED, abort = parent->txn->decision == DECISION_ABORT;
    bool calls = branch->state == BRANCH_CALLING;
    struct world *world = trial->world;
    check_that(CHECK_C20, world, parent->row.open, "%s is open, and its parent %s is %s", child->id, parent->id,
               status_word((enum status)parent->row.status));
    if (!parent->row.open)
        return;
    check_that(CHECK_C20, world, calls || branch->state == BRANCH_PENDING || branch->state == BRANCH_DONE,
               "%s is open, and to its parent it is %s", child->id,
               branch_state_word((enum branch_state)branch->state));
    if (branch->state == BRANCH_DONE)
        check_that(CHECK_C20, world, txn->ready && txn->decision == DECISION_NONE,
                   "%s is not ready, and its parent believes so", child->id);
    if (branch->state == BRANCH_PENDING)
        check_that(CHECK_C20, world, !txn->ready || abort, "%s is ready, and its parent has not heard it",
                   child->id);
    if (calls && branch->verb == VERB_CONFIRM)
        check_that(CHECK_C20, world, txn->decision == DECISION_COMMIT || paused,
                   "%s has not heard that its parent commits", child->id);
    if (calls && branch->verb == VERB_UNDO)
        check_that(CHECK_C20, world, txn->decision == DECISION_ABORT, "%s has not heard that its parent aborts",
                   child->id);
}

/* Its end was heard, and is what its parent decided. */
static void check_ended(const struct trial *trial, const struct story *parent, const struct branch *branch,
                        const struct story *child)
{
    enum status end = (enum status)child->row.status;
    bool abort = parent->txn->decision == DECISION_ABORT, over = !parent->row.open;
    bool waited_for = branch->state == BRANCH_CALLING || (branch->state == BRANCH_PENDING && !abort);
    struct world *world = trial->world;
    check_that(CHECK_C20, world, over || !waited_for, "%s is %s, and its parent %s still waits", child->id,
               status_word(end), parent->id);
    if (end == STATUS_COMPLETED)
        check_that(CHECK_C20, world, branch->state == BRANCH_CONFIRMED && parent->txn->decision == DECISION_COMMIT,
                   "%s is completed, and to its parent it is %s", child->id,
                   branch_state_word((enum branch_state)branch->state));
    if (end == STATUS_COMPENSATED)
        check_that(CHECK_C20, world, branch->state != BRANCH_DONE && branch->state != BRANCH_CONFIRMED,
                   "%s is compensated, and to its parent it is %s", child->id,
                   branch_state_word((enum branch_state)branch->state));
}

static void check_child(const struct trial *trial, const struct story *child)
{
    const struct story *parent = find(trial, child->parent);
    check_that(CHECK_C20, trial->world, parent != NULL, "%s has no parent", child->id);
    if (!parent || !parent->txn || !child->txn)
        return;
    check_kinship(trial, parent, child);
    const struct branch *branch = &parent->txn->branches[child->parent_branch];
    bool current = current_child(parent, child->parent_branch) == child->number;
    if (!current)
        check_that(CHECK_C20, trial->world, !child->row.open, "%s is open beside the child that took its place",
                   child->id);
    else if (child->row.open)
        check_open(trial, parent, branch, child);
    else if (!is_by_hand(parent, child->parent_branch))
        check_ended(trial, parent, branch, child);
}

/* Who is said to have been started was. */
static void check_parent(const struct trial *trial, const struct story *parent)
{
    for (uint32_t i = 0; i < parent->count; i++) {
        uint64_t number = story_child(parent, i);
        const struct story *child = number ? find(trial, number) : NULL;
        if (number)
            check_that(CHECK_C20, trial->world, child && child->parent == parent->number,
                       "%s has a child that is not there", parent->id);
    }
}

/* Once a run: what there was. */
static void tally(const struct trial *trial, const struct story *story)
{
    const struct story *parent = story->parent ? find(trial, story->parent) : NULL;
    if (parent)
        count(parent->parent ? COUNT_GRANDCHILD : COUNT_CHILD);
    if (parent && current_child(parent, story->parent_branch) != story->number)
        count(COUNT_CHILD_AGAIN);
    for (uint32_t i = 0; i < story->count; i++)
        if (story->facts[i].code == CALL_CHILD_NOT_STARTED && strstr(story->payloads[i], "\"deadlock\""))
            count(COUNT_DEADLOCK);
}

void check_children(const struct trial *trial)
{
    for (size_t i = 0; i < trial->stories_count; i++) {
        const struct story *story = &trial->stories[i];
        check_parent(trial, story);
        if (story->parent)
            check_child(trial, story);
        if (trial->world->evidence.ended_ms != UINT64_MAX)
            tally(trial, story);
    }
}
