/* C19, C2, C10 for locks. Who holds one is told by the requests that went out: they have the times of the world,
 * which never goes back; the coordinator's clock may stand earlier after a restart. */
#include "sim/check.h"

#include "sim/count.h"

#include <string.h>

enum { SLACK_MS = 3000 }; /* a busy coordinator takes its turns late, by less than this */

/* From a transaction's first request to its last. */
struct span {
    uint64_t from_ms;
    uint64_t to_ms;
};

static bool find_span(const struct trial *trial, const struct story *story, struct span *span)
{
    *span = (struct span){.from_ms = UINT64_MAX};
    for (size_t i = 0; i < trial->evidence->sents_count; i++) {
        const struct sent *sent = trial->evidence->sents[i];
        if (sent->number != story->number)
            continue;
        span->from_ms = sent->at_ms < span->from_ms ? sent->at_ms : span->from_ms;
        span->to_ms = sent->at_ms > span->to_ms ? sent->at_ms : span->to_ms;
    }
    return span->from_ms != UINT64_MAX;
}

static bool same_lock(const struct story *a, const struct story *b)
{
    return a->saga->lock && b->saga->lock && strcmp(a->saga->lock, b->saga->lock) == 0;
}

static void check_pair(const struct trial *trial, const struct story *earlier, const struct story *later)
{
    struct span first, second;
    if (!find_span(trial, earlier, &first) || !find_span(trial, later, &second))
        return;
    check_that(CHECK_C19, trial->world, first.to_ms <= second.from_ms,
               "%s still called somebody when %s held the lock \"%s\", or had it afterwards", earlier->id,
               later->id, later->saga->lock);
}

/* The last fact of that type, about whatever branch; NULL. */
static const struct fact *last_of(const struct story *story, enum fact_type type)
{
    const struct fact *last = NULL;
    for (uint32_t i = 0; i < story->count; i++)
        if (story->facts[i].type == type)
            last = &story->facts[i];
    return last;
}

/* Its lock is what its saga says, it waits as long as that says, and gives up neither early nor late. */
static void check_wait(const struct trial *trial, const struct story *story)
{
    const struct saga *saga = story->saga;
    const struct fact *queued = last_of(story, FACT_QUEUED);
    const struct fact *granted = last_of(story, FACT_GRANTED);
    const struct fact *decided = last_of(story, FACT_DECIDED);
    const struct fact *paused = last_of(story, FACT_PAUSED);
    struct world *world = trial->world;
    check_that(CHECK_C12, world, (queued != NULL) == (saga->lock != NULL), "%s wants a lock, or should",
               story->id);
    if (!queued)
        return;
    uint64_t due_ms = saga->lock_rejects ? 0 : queued->at_ms + saga->lock_wait_ms;
    check_that(CHECK_C10, world, queued->due_ms == due_ms, "%s waits for its lock until %llu", story->id,
               (unsigned long long)queued->due_ms);
    check_that(CHECK_C2, world,
               granted || !saga->lock_rejects || story->row.status == STATUS_TERMINATED || decided,
               "%s does not wait, and waited", story->id);
    if (granted && granted->at_ms > queued->at_ms)
        count(COUNT_LOCK_WAITED);
    bool gave_up = decided && decided->code == CAUSE_LOCK_TIMEOUT;
    check_that(CHECK_C10, world, !gave_up || (!granted && decided->at_ms >= due_ms),
               "%s gave up its lock too early", story->id);
    uint64_t latest_ms = due_ms + SLACK_MS;
    for (size_t i = 0; i < trial->evidence->outages_count; i++)
        latest_ms += trial->evidence->outages[i].to_ms - trial->evidence->outages[i].from_ms;
    check_that(CHECK_C10, world, !gave_up || paused || decided->at_ms <= latest_ms,
               "%s waited for its lock for too long", story->id);
}

/* Who was refused came when another one was there. */
static void check_refused(const struct trial *trial, const struct telling *telling)
{
    bool there = false;
    for (size_t i = 0; i < trial->stories_count; i++) {
        const struct saga *saga = trial->stories[i].saga;
        there |= saga->lock && strcmp(saga->lock, telling->wish->saga->lock) == 0;
    }
    check_that(CHECK_C2, trial->world, there && telling->wish->saga->lock_rejects,
               "submission %u was refused for a lock that nobody held", telling->wish->nonce);
}

void check_locks(const struct trial *trial)
{
    for (size_t i = 0; i < trial->stories_count; i++) { /* newest first */
        const struct story *later = &trial->stories[i];
        check_wait(trial, later);
        for (size_t k = i + 1; k < trial->stories_count; k++)
            if (same_lock(&trial->stories[k], later))
                check_pair(trial, &trial->stories[k], later);
    }
    for (size_t i = 0; i < trial->evidence->tellings_count; i++) {
        const struct telling *telling = trial->evidence->tellings[i];
        if (telling->told && telling->code == ERROR_LOCK_HELD)
            check_refused(trial, telling);
    }
}
