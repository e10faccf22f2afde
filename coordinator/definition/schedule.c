/* From one due moment to the next: minute by minute, and in great steps over days that do not match. */
#include "definition/schedule.h"

#include "base/mem.h"

enum {
    MINUTE_S = 60,
    DAY_S = 24 * 60 * MINUTE_S,
    SHIFT_S = 3 * 60 * MINUTE_S, /* more than clocks are ever set by at once, but for whole days */
};
#define HORIZON_S (INT64_C(9) * 366 * DAY_S)

/* Local time around one minute. */
struct wall {
    schedule_offset *offset;
    void *self;
    const char *zone;
};

static bool is_due(const struct schedule *schedule, const struct wall *wall, int64_t at_s);
static bool was_there(const struct wall *wall, int64_t at_s);
static bool in_gap(const struct schedule *schedule, const struct wall *wall, int64_t at_s);
static int64_t step(const struct schedule *schedule, const struct wall *wall, int64_t at_s);
static int64_t local(const struct wall *wall, int64_t at_s);

void schedule_free(struct schedule *schedule)
{
    if (!schedule)
        return;
    mem_free(schedule->zone);
    mem_free(schedule->input);
    mem_free(schedule);
}

bool schedule_next(const struct schedule *schedule, schedule_offset *offset, void *self, uint64_t after_ms,
                   uint64_t *due_ms)
{
    if (schedule->every_ms) {
        *due_ms = (after_ms / schedule->every_ms + 1) * schedule->every_ms;
        return true;
    }
    struct wall wall = {offset, self, schedule->zone};
    int64_t first_s = ((int64_t)(after_ms / 1000) / MINUTE_S + 1) * MINUTE_S;
    for (int64_t at_s = first_s; at_s < first_s + HORIZON_S; at_s += step(schedule, &wall, at_s))
        if (is_due(schedule, &wall, at_s)) {
            *due_ms = (uint64_t)at_s * 1000;
            return true;
        }
    return false;
}

static bool is_due(const struct schedule *schedule, const struct wall *wall, int64_t at_s)
{
    const struct cron *cron = &schedule->cron;
    bool matches = cron_matches(cron, local(wall, at_s));
    if (!wall->zone || cron->every_hour)
        return matches;
    return matches ? !was_there(wall, at_s) : in_gap(schedule, wall, at_s);
}

/* Clocks were set back, and the wall showed this minute before. */
static bool was_there(const struct wall *wall, int64_t at_s)
{
    int64_t back_s = (local(wall, at_s - SHIFT_S) - (at_s - SHIFT_S)) - (local(wall, at_s) - at_s);
    return back_s > 0 && local(wall, at_s - back_s) == local(wall, at_s);
}

/* Clocks were set forward to this minute, over one that matches. */
static bool in_gap(const struct schedule *schedule, const struct wall *wall, int64_t at_s)
{
    int64_t before_s = local(wall, at_s - MINUTE_S), now_s = local(wall, at_s);
    for (int64_t missed_s = before_s + MINUTE_S; missed_s < now_s && missed_s < before_s + DAY_S;
         missed_s += MINUTE_S)
        if (cron_matches(&schedule->cron, missed_s))
            return true;
    return false;
}

/* A minute; or most of a day that does not match, so that a leap day is found in thousands of steps. */
static int64_t step(const struct schedule *schedule, const struct wall *wall, int64_t at_s)
{
    int64_t now_s = local(wall, at_s), left_s = DAY_S - now_s % DAY_S;
    if (cron_day(&schedule->cron, now_s) || left_s <= 2 * SHIFT_S)
        return MINUTE_S;
    return left_s - SHIFT_S;
}

static int64_t local(const struct wall *wall, int64_t at_s)
{
    return wall->zone ? at_s + wall->offset(wall->self, wall->zone, at_s) : at_s;
}
