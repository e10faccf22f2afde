/* What stands around the moves of a plan: when the saga starts by itself, and what it locks. */
#include "adapters/zone_glib.h"
#include "base/time.h"
#include "cli/plan.h"
#include "definition/duration.h"
#include "definition/schedule.h"

#include <string.h>

enum { NEXT = 3 }; /* due times that are shown */

json_t *plan_lock(const struct saga *saga, const json_t *record)
{
    const json_t *key = json_object_get(record, "lock");
    uint64_t wait_ms = saga->definition->plan.lock_wait_ms;
    char text[64];
    if (!key)
        return NULL;
    duration_print(wait_ms, text, sizeof text);
    return wait_ms ? json_pack("{s:O, s:s, s:s}", "key", key, "onConflict", "wait", "timeout", text)
                   : json_pack("{s:O, s:s}", "key", key, "onConflict", "reject");
}

json_t *plan_schedule(const struct saga *saga, uint64_t now_ms)
{
    static const char *const overlaps[] = {
        [OVERLAP_ALLOW] = "allow", [OVERLAP_SKIP] = "skip", [OVERLAP_QUEUE] = "queue"};
    static const char *const misses[] = {[MISSED_ONCE] = "once", [MISSED_SKIP] = "skip", [MISSED_ALL] = "all"};
    const struct schedule *schedule = saga->definition->schedule;
    const struct zone zone = zone_glib();
    if (!schedule)
        return NULL;
    json_t *says = json_object_get(saga->root, "schedule"), *next = json_array();
    json_t *when = json_is_string(says)             ? says
                   : json_object_get(says, "every") ? json_object_get(says, "every")
                                                    : json_object_get(says, "cron");
    bool every = schedule->every_ms && json_is_object(says);
    json_t *told = json_pack("{s:o, s:s, s:s, s:o}", "when",
                             json_sprintf("%s%s", every ? "every " : "", json_string_value(when)), "overlap",
                             overlaps[schedule->overlap], "missed", misses[schedule->missed], "next", next);
    if (schedule->zone)
        json_object_set_new(told, "timeZone", json_string(schedule->zone));
    bool known = !schedule->zone || zone.known(zone.self, schedule->zone);
    for (int i = 0; known && i < NEXT && schedule_next(schedule, zone.offset_s, zone.self, now_ms, &now_ms); i++) {
        char text[TIME_TEXT];
        time_print(now_ms, text);
        json_array_append_new(next, json_string(text));
    }
    return told;
}
