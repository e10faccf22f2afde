/* C12: the row that is listed says what the facts say. */
#include "sim/check.h"

#include <string.h>

static uint16_t stands_at(const struct txn *txn)
{
    if (status_final(txn->status))
        return BRANCH_NONE;
    if (txn->status == STATUS_PAUSED && txn->pause_branch != BRANCH_NONE)
        return txn->branches[txn->pause_branch].step;
    uint16_t at = BRANCH_NONE;
    for (uint16_t i = 0; i < txn->branches_count; i++) {
        const struct branch *branch = &txn->branches[i];
        bool waits =
            branch->state == BRANCH_WAITING || branch->state == BRANCH_PENDING || branch->state == BRANCH_STUCK;
        if (waits && (branch->verb == VERB_UNDO) == (txn->decision == DECISION_ABORT))
            at = branch->step < at ? branch->step : at;
    }
    return at;
}

/* While a call is out the process must be there, whatever the status; else the first moment at which time alone
 * brings something about. */
static uint64_t wakes(const struct story *story, const struct txn *txn, bool locks)
{
    bool abort = txn->decision == DECISION_ABORT, moves = txn->status != STATUS_PAUSED;
    uint64_t first = UINT64_MAX;
    if (status_final(txn->status))
        return 0;
    if (locks) /* lines are in memory */
        return 1;
    if (moves && txn->deadline_ms && !abort && !txn->ready && txn->expiry == EXPIRY_NONE)
        first = txn->deadline_ms;
    for (uint16_t i = 0; i < txn->branches_count; i++) {
        const struct branch *branch = &txn->branches[i];
        const struct leaf *leaf = story_leaf(story, i);
        if (leaf && leaf->kind == LEAF_CHILD) /* it is heard of in any case */
            continue;
        if (branch->state == BRANCH_CALLING)
            return 1;
        bool waits = branch->state == BRANCH_WAITING || branch->state == BRANCH_PENDING;
        if (moves && waits && (branch->verb == VERB_UNDO) == abort && branch->due_ms < first)
            first = branch->due_ms;
    }
    return first == UINT64_MAX ? 0 : first;
}

static bool same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* The row's reason begins with the cause's word. */
static bool says(const char *reason, enum cause cause)
{
    const char *word = cause_word(cause);
    return reason && strncmp(reason, word, strlen(word)) == 0;
}

static void check_one(struct world *world, const struct story *story)
{
    const struct store_row *row = &story->row;
    const struct txn *txn = story->txn;
    uint16_t at = stands_at(txn);
    const struct step_spec *step = at == BRANCH_NONE ? NULL : &story->definition->steps[at];
    check_that(CHECK_C12, world, row->status == txn->status && row->open == !status_final(txn->status),
               "%s is listed as %s, its facts say %s", story->id, status_word((enum status)row->status),
               status_word(txn->status));
    check_that(CHECK_C12, world, row->ended_ms == txn->ended_ms && row->begun_ms == txn->begun_ms,
               "%s is listed with other times than its facts say", story->id);
    check_that(CHECK_C12, world, same(row->step, step ? step->id : NULL), "%s is listed at %s, its facts say %s",
               story->id, row->step ? row->step : "-", step ? step->id : "-");
    check_that(CHECK_C12, world, same(row->participant, step ? step->participant : NULL),
               "%s is listed at %s, which is not whom its facts name", story->id,
               row->participant ? row->participant : "-");
    uint64_t wake_ms = wakes(story, txn, story->saga->lock != NULL);
    check_that(CHECK_C12, world, row->wake_ms == wake_ms, "%s is listed to wake at %llu, its facts say %llu",
               story->id, (unsigned long long)row->wake_ms, (unsigned long long)wake_ms);
    if (txn->status == STATUS_PAUSED)
        check_that(CHECK_C12, world, says(row->reason, txn->pause_cause), "%s is paused for %s, listed for %s",
                   story->id, cause_word(txn->pause_cause), row->reason ? row->reason : "-");
    else if (txn->decision == DECISION_ABORT)
        check_that(CHECK_C12, world, says(row->reason, txn->cause), "%s was aborted for %s, listed for %s",
                   story->id, cause_word(txn->cause), row->reason ? row->reason : "-");
    else
        check_that(CHECK_C12, world, !row->reason, "%s is listed for %s, and all went well", story->id,
                   row->reason ? row->reason : "-");
}

void check_row(const struct trial *trial)
{
    for (size_t i = 0; i < trial->stories_count; i++)
        if (trial->stories[i].txn)
            check_one(trial->world, &trial->stories[i]);
}
