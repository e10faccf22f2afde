/* C21: sagas that start by themselves. Every turn whose commit was kept is a look at the clock; this goes from
 * look to look and knows of each due time whether it has to be started then, or may not be. */
#include "sim/check.h"

#include "sim/count.h"

enum {
    LATE_MS = 60000, /* a run that is later was missed */
    AGAIN_MS = 1000, /* what cannot be started is tried again so much later */
    MADE_UP = 100,   /* of what was missed, at the most */
    RUNS = 2 * MADE_UP,
};

/* How far a saga's schedule was followed. */
struct follow {
    const struct saga *saga;
    uint64_t done_ms; /* the last due time that was dealt with */
    bool waited;      /* what is due waits for the end of the run before it */
    uint64_t again_ms;
    unsigned life;
    bool over;
};

/* Due times, rising. */
struct times {
    uint64_t list[RUNS];
    size_t count;
};

static void follow_look(const struct trial *trial, struct follow *follow, const struct look *look);
static struct times started_at(const struct trial *trial, const struct look *look);
static void check_started(const struct trial *trial, struct follow *follow, const struct look *look,
                          const struct times *started);
static struct times expected_at(const struct follow *follow, const struct look *look);
static size_t first_wanted(const struct routine *routine, const struct times *due, uint64_t clock_ms);
static void compare(const struct trial *trial, struct follow *follow, const struct look *look,
                    const struct times *started);
static void check_run_of(const struct trial *trial, const struct story *story);

void check_schedules(const struct trial *trial)
{
    const struct evidence *evidence = trial->evidence;
    for (size_t i = 0; i < evidence->sagas_count; i++) {
        struct follow follow = {.saga = evidence->sagas[i]};
        for (size_t k = 0; k < evidence->looks_count; k++)
            if (evidence->looks[k].saga == follow.saga && follow.done_ms)
                follow_look(trial, &follow, &evidence->looks[k]);
            else if (evidence->looks[k].saga == follow.saga)
                follow.done_ms = evidence->looks[k].clock_ms; /* when it was registered */
    }
    for (size_t i = 0; i < trial->stories_count; i++)
        if (trial->stories[i].origin == ORIGIN_SCHEDULE)
            check_run_of(trial, &trial->stories[i]);
}

static void follow_look(const struct trial *trial, struct follow *follow, const struct look *look)
{
    const struct routine *routine = &follow->saga->routine;
    struct times started = started_at(trial, look);
    if (follow->life != look->life) {
        follow->life = look->life;
        follow->waited = false;
        follow->again_ms = 0;
    }
    check_started(trial, follow, look, &started);
    follow->over |= look->stopped;
    bool due = follow->done_ms / routine->every_ms < look->clock_ms / routine->every_ms;
    if (follow->over || !due || (look->clock_ms < follow->again_ms && !started.count))
        return;
    if (routine->overlap == OVERLAP_QUEUE && look->running) {
        count(COUNT_SCHEDULE_WAITED);
        follow->waited = true;
        follow->again_ms = look->clock_ms + AGAIN_MS;
        return;
    }
    compare(trial, follow, look, &started);
}

/* What the look left in the store; stories are told newest first. */
static struct times started_at(const struct trial *trial, const struct look *look)
{
    struct times started = {.count = 0};
    for (size_t i = trial->stories_count; i-- > 0 && started.count < RUNS;) {
        const struct story *story = &trial->stories[i];
        if (story->origin == ORIGIN_SCHEDULE && story->saga == look->saga && story->number > look->before &&
            story->number <= look->after)
            started.list[started.count++] = story->due_ms;
    }
    return started;
}

/* Whatever it leaves out, it starts nothing twice, nothing too early, and nothing beside a run that it must not
 * overlap. */
static void check_started(const struct trial *trial, struct follow *follow, const struct look *look,
                          const struct times *started)
{
    const struct routine *routine = &follow->saga->routine;
    bool alone = routine->overlap != OVERLAP_ALLOW;
    struct world *world = trial->world;
    uint64_t before_ms = follow->done_ms;
    for (size_t i = 0; i < started->count; i++) {
        uint64_t due_ms = started->list[i];
        check_that(CHECK_C21, world, due_ms % routine->every_ms == 0, "%s starts for %llu, when nothing is due",
                   follow->saga->name, (unsigned long long)due_ms);
        check_that(CHECK_C21, world, due_ms > before_ms, "%s starts for %llu, which was dealt with",
                   follow->saga->name, (unsigned long long)due_ms);
        check_that(CHECK_C21, world, due_ms <= look->clock_ms, "%s starts for %llu too early", follow->saga->name,
                   (unsigned long long)due_ms);
        before_ms = due_ms;
    }
    if (follow->over)
        follow->done_ms = before_ms;
    check_that(CHECK_C21, world, !alone || started->count <= !look->running,
               "%s starts %zu runs, and they must not overlap", follow->saga->name, started->count);
}

/* Everything that is due, as far as the text wants it started now. */
static struct times expected_at(const struct follow *follow, const struct look *look)
{
    const struct routine *routine = &follow->saga->routine;
    uint64_t every_ms = routine->every_ms, last = look->clock_ms / every_ms,
             first = follow->done_ms / every_ms + 1;
    struct times due = {.count = 0}, wanted = {.count = 0};
    if (last - first >= MADE_UP)
        first = last - MADE_UP + 1;
    for (uint64_t n = first; n <= last; n++)
        due.list[due.count++] = n * every_ms;
    bool none = (routine->overlap == OVERLAP_SKIP && look->running);
    for (size_t i = follow->waited ? due.count - 1 : first_wanted(routine, &due, look->clock_ms);
         i < due.count && !none; i++)
        wanted.list[wanted.count++] = due.list[i];
    if (routine->overlap == OVERLAP_QUEUE && wanted.count)
        wanted.list[0] = wanted.list[wanted.count - 1];
    if (routine->overlap != OVERLAP_ALLOW && wanted.count)
        wanted.count = 1;
    return wanted;
}

/* What comes in time is started; what was missed, by what the text says. */
static size_t first_wanted(const struct routine *routine, const struct times *due, uint64_t clock_ms)
{
    size_t in_time = 0;
    while (in_time < due->count && due->list[in_time] + LATE_MS < clock_ms)
        in_time++;
    if (in_time && routine->missed == MISSED_ALL)
        count(COUNT_SCHEDULE_ALL);
    else if (in_time == due->count && routine->missed == MISSED_ONCE)
        count(COUNT_SCHEDULE_ONCE);
    else if (in_time == due->count)
        count(COUNT_SCHEDULE_LEFT_OUT);
    if (routine->missed == MISSED_ALL)
        return 0;
    return in_time == due->count && routine->missed == MISSED_ONCE ? due->count - 1 : in_time;
}

/* Full is an answer, and what it kept out comes again; a lock that is held is one too, and what it keeps out does
 * not. Where both may be, only what never may happen is checked from then on. */
static void compare(const struct trial *trial, struct follow *follow, const struct look *look,
                    const struct times *started)
{
    struct times wanted = expected_at(follow, look);
    bool full = trial->world->weather.options.open_max > 0, held = follow->saga->lock_rejects;
    size_t same = 0;
    while (same < started->count && same < wanted.count && started->list[same] == wanted.list[same])
        same++;
    bool less = same == started->count && same < wanted.count;
    if ((held && started->count < wanted.count) || (less && full)) {
        count(COUNT_SCHEDULE_REFUSED);
        follow->over = held && full;
    }
    if (follow->over)
        return;
    if (less && full && !held) {
        follow->done_ms = wanted.list[same] - 1;
        follow->again_ms = look->clock_ms + AGAIN_MS;
        return;
    }
    check_that(CHECK_C21, trial->world, held || (same == started->count && same == wanted.count),
               "%s: of what was due until %llu, %zu runs were to start, not %zu", follow->saga->name,
               (unsigned long long)look->clock_ms, wanted.count, started->count);
    follow->done_ms = look->clock_ms / follow->saga->routine.every_ms * follow->saga->routine.every_ms;
    follow->waited = false;
}

/* It has the schedule's input, and begins when it was found to be due. */
static void check_run_of(const struct trial *trial, const struct story *story)
{
    const struct routine *routine = &story->saga->routine;
    bool seen = false;
    for (size_t i = 0; i < trial->evidence->looks_count; i++) {
        const struct look *look = &trial->evidence->looks[i];
        seen |= look->saga == story->saga && story->number > look->before && story->number <= look->after &&
                story->row.begun_ms == look->clock_ms;
    }
    count(COUNT_SCHEDULED);
    check_that(CHECK_C21, trial->world, seen, "%s begins at a moment of its own", story->id);
    check_that(CHECK_C21, trial->world,
               routine->every_ms && story->nonce == routine->nonce && story->flags == routine->flags,
               "%s has the input %s", story->id, story->input);
}
