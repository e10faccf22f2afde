/* When a saga starts by itself: "schedule". */
#ifndef BELAY_DEFINITION_SCHEDULE_H
#define BELAY_DEFINITION_SCHEDULE_H

#include "definition/cron.h"

/* What happens when a run is due and the one before it has not ended. */
enum overlap { OVERLAP_ALLOW, OVERLAP_SKIP, OVERLAP_QUEUE };

/* What happens to the runs that were due while the coordinator was away. */
enum missed { MISSED_ONCE, MISSED_SKIP, MISSED_ALL };

struct schedule {
    uint64_t every_ms; /* at the multiples of this since 1970; 0: by `cron` */
    struct cron cron;
    char *zone; /* of the time on the wall, "Europe/Berlin"; NULL: UTC */
    enum overlap overlap;
    enum missed missed;
    char *input; /* JSON of every run; NULL: {} */
    size_t input_length;
};

void schedule_free(struct schedule *schedule); /* NULL is allowed */

/* Seconds that local time is ahead of UTC at `at_s`; `zone` is one that is known. */
typedef int32_t schedule_offset(void *self, const char *zone, int64_t at_s);

/* The first moment after `after_ms` at which a run is due. `offset` is asked only for a zone. A time on the wall
 * that does not exist (clocks go forward) is due when the gap is over; one that comes twice is due the first time,
 * unless the hour is "*". False when none is due within the next nine years: no leap day is further away. */
bool schedule_next(const struct schedule *schedule, schedule_offset *offset, void *self, uint64_t after_ms,
                   uint64_t *due_ms);

#endif
