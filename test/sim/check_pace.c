/* C9, C10: when things are called again, by the policies that the saga's text states. */
#include "sim/check.h"

#include "core/retry.h"

#include <string.h>

enum { SLACK_MS = 3000 }; /* a busy coordinator takes its turns late, by less than this */

/* The budget of tries of one branch and verb, as the facts go by. */
struct budget {
    unsigned tries;
    uint64_t first_ms;
    uint64_t due_ms; /* when the next call may be made, 0 = at once */
    bool paused;     /* since then it stood still */
    bool aborted;    /* the transaction was */
};

static uint64_t wait_of(const struct retry *retry, unsigned tries)
{
    uint64_t wait = retry->initial_ms;
    for (unsigned i = 1; i < tries && wait < retry->interval_max_ms; i++) {
        uint64_t next = wait * retry->backoff_permille / 1000;
        if (next <= wait)
            break;
        wait = next;
    }
    return wait < retry->interval_max_ms ? wait : retry->interval_max_ms;
}

static uint64_t retry_after(const struct trial *trial, const struct story *story, const struct leaf *leaf,
                            const struct fact *fact)
{
    const struct evidence *evidence = trial->evidence;
    for (size_t i = 0; i < evidence->sents_count; i++) {
        const struct sent *sent = evidence->sents[i];
        if (sent->number == story->number && sent->leaf == leaf && sent->verb == fact->verb &&
            sent->attempt == fact->attempt)
            return sent->retry_after_ms < RETRY_AFTER_MAX_MS ? sent->retry_after_ms : RETRY_AFTER_MAX_MS;
    }
    return 0;
}

/* An answer after which it is called again: is the wait what the policy says? */
static void check_wait(const struct trial *trial, const struct story *story, const struct leaf *leaf,
                       uint32_t index, const struct budget *budget)
{
    const struct fact *fact = &story->facts[index];
    const struct retry *retry = saga_retry(leaf, fact->verb);
    struct world *world = trial->world;
    uint64_t wait = fact->due_ms - fact->at_ms;
    uint64_t full = wait_of(retry, budget->tries);
    uint64_t after = retry_after(trial, story, leaf, fact);
    uint64_t most = full > after ? full : after;
    uint64_t least = retry->jitter == JITTER_FULL ? (after ? after : 1) : most;
    check_that(CHECK_C9, world, wait >= least && wait <= most,
               "%s/%s %s try %u waits %llu ms, %llu to %llu were promised", story->id, leaf->id,
               verb_word(fact->verb), budget->tries, (unsigned long long)wait, (unsigned long long)least,
               (unsigned long long)most);
}

/* An answer after which it is not called again: had it been tried often or long enough? */
static void check_given_up(const struct trial *trial, const struct story *story, const struct leaf *leaf,
                           uint32_t index, const struct budget *budget)
{
    const struct fact *fact = &story->facts[index];
    if (fact->verb != VERB_UNDO && budget->aborted) /* nothing is done any more */
        return;
    const struct retry *retry = saga_retry(leaf, fact->verb);
    uint64_t most = wait_of(retry, budget->tries) + RETRY_AFTER_MAX_MS;
    bool often = retry->attempts_max && budget->tries >= retry->attempts_max;
    bool late = retry->total_ms && fact->at_ms + most > budget->first_ms + retry->total_ms;
    bool hopeless = fact->code == CALL_UNBUILDABLE || fact->code == CALL_CHILD_TERMINATED ||
                    (leaf->non_retryable && strstr(story->payloads[index], "hopeless"));
    check_that(CHECK_C9, trial->world, often || late || hopeless, "%s/%s %s is given up after try %u", story->id,
               leaf->id, verb_word(fact->verb), budget->tries);
}

/* How long the coordinator could not keep time between two moments of its clock. */
static uint64_t outage(const struct evidence *evidence, uint64_t from_ms, uint64_t to_ms)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < evidence->outages_count; i++) {
        const struct outage *outage = &evidence->outages[i];
        uint64_t from = outage->from_ms > from_ms ? outage->from_ms : from_ms;
        uint64_t to = outage->to_ms < to_ms ? outage->to_ms : to_ms;
        if (from < to)
            sum += to - from;
    }
    return sum;
}

static void check_called(const struct trial *trial, const struct story *story, const struct leaf *leaf,
                         const struct fact *fact, const struct budget *budget)
{
    struct world *world = trial->world;
    const struct retry *retry = saga_retry(leaf, fact->verb);
    check_that(CHECK_C9, world, !retry->attempts_max || budget->tries <= retry->attempts_max,
               "%s/%s %s is tried %u times", story->id, leaf->id, verb_word(fact->verb), budget->tries);
    if (!budget->due_ms)
        return;
    check_that(CHECK_C10, world, fact->at_ms >= budget->due_ms, "%s/%s is called %llu ms too early", story->id,
               leaf->id, (unsigned long long)(budget->due_ms - fact->at_ms));
    if (!budget->paused)
        check_that(CHECK_C10, world,
                   fact->at_ms <= budget->due_ms + SLACK_MS + outage(trial->evidence, budget->due_ms, fact->at_ms),
                   "%s/%s is called %llu ms too late", story->id, leaf->id,
                   (unsigned long long)(fact->at_ms - budget->due_ms));
}

/* One branch through its history. */
static void check_branch(const struct trial *trial, const struct story *story, const struct leaf *leaf)
{
    uint16_t branch = story_branch(story, leaf);
    struct budget budget = {0};
    enum verb verb = VERB_NONE;
    for (uint32_t i = 0; i < story->count; i++) {
        const struct fact *fact = &story->facts[i];
        budget.paused |= fact->type == FACT_PAUSED;
        budget.aborted |= fact->type == FACT_DECIDED && fact->value == DECISION_ABORT;
        if (fact->branch != branch)
            continue;
        if (fact->type == FACT_RETRIED)
            budget = (struct budget){.paused = budget.paused, .aborted = budget.aborted};
        if (fact->type == FACT_CALLED) {
            if (fact->verb != verb)
                budget = (struct budget){.aborted = budget.aborted};
            verb = fact->verb;
            if (budget.tries++ == 0)
                budget.first_ms = fact->at_ms;
            check_called(trial, story, leaf, fact, &budget);
        }
        if (fact->type != FACT_ANSWERED || fact->attempt == 0)
            continue;
        bool second = fact->verb == VERB_UNDO || fact->verb == VERB_CONFIRM;
        bool again = fact->answer == ANSWER_UNKNOWN || (fact->answer == ANSWER_NO && second);
        budget.due_ms = fact->due_ms;
        budget.paused = false;
        for (uint32_t k = 0; k < i; k++) /* did it stand still already? */
            budget.paused =
                story->facts[k].type == FACT_PAUSED ||
                (budget.paused && story->facts[k].type != FACT_RESUMED && story->facts[k].type != FACT_DECIDED);
        if (again && fact->due_ms && fact->code != CALL_LOST)
            check_wait(trial, story, leaf, i, &budget);
        if (again && !fact->due_ms)
            check_given_up(trial, story, leaf, i, &budget);
    }
}

/* Was it paused at some time between two facts? */
static bool stood_still(const struct story *story, uint32_t from, uint32_t until)
{
    bool paused = false;
    for (uint32_t i = 0; i < until; i++) {
        enum fact_type type = story->facts[i].type;
        if (type == FACT_PAUSED)
            paused = true;
        if (i < from && (type == FACT_RESUMED || type == FACT_DECIDED))
            paused = false;
    }
    return paused;
}

/* When it is overdue: not a moment too early, and soon. */
static void check_overdue(const struct trial *trial, const struct story *story, uint32_t index, uint32_t since,
                          uint64_t due_ms)
{
    const struct fact *fact = &story->facts[index];
    uint64_t latest_ms = due_ms + SLACK_MS + outage(trial->evidence, due_ms, fact->at_ms);
    check_that(CHECK_C10, trial->world, due_ms && fact->at_ms >= due_ms, "%s: branch %u is overdue too early",
               story->id, fact->branch);
    check_that(CHECK_C10, trial->world, fact->at_ms <= latest_ms || stood_still(story, since, index),
               "%s: branch %u is overdue %llu ms too late", story->id, fact->branch,
               (unsigned long long)(fact->at_ms - due_ms));
}

/* What is awaited: as long as the saga's text says, counted from the last sign of life. */
static void check_patience(const struct trial *trial, const struct story *story, const struct leaf *leaf)
{
    if (leaf->kind == LEAF_CHILD) /* takes as long as it takes */
        return;
    uint16_t branch = story_branch(story, leaf);
    uint64_t due_ms = 0, limit_ms = 0;
    uint32_t since = 0;
    for (uint32_t i = 0; i < story->count; i++) {
        const struct fact *fact = &story->facts[i];
        bool pending = fact->type == FACT_ANSWERED && fact->answer == ANSWER_PENDING;
        bool waits = pending || fact->type == FACT_AWAITED;
        if (fact->branch != branch)
            continue;
        bool timed = leaf->kind == LEAF_DELAY || fact->code == CALL_OVERDUE;
        if (fact->type == FACT_ANSWERED && fact->attempt && timed)
            check_overdue(trial, story, i, since, due_ms);
        if (waits) {
            since = i;
            limit_ms = fact->at_ms + (pending ? leaf->async_ms : leaf->wait_ms);
        }
        if (waits || fact->type == FACT_BEAT) {
            uint64_t beat_ms = leaf->heartbeat_ms ? fact->at_ms + leaf->heartbeat_ms : limit_ms;
            due_ms = beat_ms < limit_ms ? beat_ms : limit_ms;
            check_that(CHECK_C10, trial->world, fact->due_ms == due_ms,
                       "%s/%s is awaited %lld ms longer than promised", story->id, leaf->id,
                       (long long)(fact->due_ms - due_ms));
        }
    }
}

/* The deadline of the whole: never early, and soon after, unless it stood still then. */
static void check_deadline(const struct trial *trial, const struct story *story)
{
    bool paused = false;
    uint64_t deadline = story->facts[0].due_ms;
    check_that(CHECK_C10, trial->world,
               story->saga->timeout_ms ? deadline == story->facts[0].at_ms + story->saga->timeout_ms : !deadline,
               "%s has another deadline than its saga says", story->id);
    for (uint32_t i = 1; i < story->count; i++) {
        const struct fact *fact = &story->facts[i];
        paused |= fact->type == FACT_PAUSED;
        if (fact->type != FACT_EXPIRED)
            continue;
        check_that(CHECK_C10, trial->world, deadline && fact->at_ms >= deadline, "%s expires too early",
                   story->id);
        if (!paused)
            check_that(CHECK_C10, trial->world,
                       fact->at_ms <= deadline + SLACK_MS + outage(trial->evidence, deadline, fact->at_ms),
                       "%s expires %llu ms too late", story->id, (unsigned long long)(fact->at_ms - deadline));
    }
}

void check_pace(const struct trial *trial)
{
    for (size_t i = 0; i < trial->stories_count; i++) {
        const struct story *story = &trial->stories[i];
        if (!story->count)
            continue;
        check_deadline(trial, story);
        for (size_t k = 0; k < story->saga->count; k++) {
            check_branch(trial, story, &story->saga->leaves[k]);
            check_patience(trial, story, &story->saga->leaves[k]);
        }
    }
}
