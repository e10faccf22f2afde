/* Cron expressions: five fields that say at which minutes of local time something is due, as in crontab(5). */
#ifndef BELAY_DEFINITION_CRON_H
#define BELAY_DEFINITION_CRON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cron {
    uint64_t minutes;  /* bits 0 .. 59 */
    uint32_t hours;    /* 0 .. 23 */
    uint32_t days;     /* of the month, 1 .. 31 */
    uint32_t months;   /* 1 .. 12 */
    uint32_t weekdays; /* 0 .. 6, Sunday is 0 */
    bool any_day;      /* "*": only the weekday counts; with both restricted either is enough */
    bool any_weekday;
    bool every_hour;   /* by the clock on the wall or by real time is the same then */
};

enum { CRON_WHY = 128 };

/* Reads "minute hour day month weekday": numbers, names of months and weekdays (jan, mon), lists, ranges, steps
 * ("0,30 8-18/2 * * mon-fri"). False, and why not, when it is none or no day of any year matches. */
bool cron_parse(const char *text, struct cron *cron, char why[CRON_WHY]);

/* True when the minute of local time `local_s` (seconds since 1970 as if it were UTC) matches. */
bool cron_matches(const struct cron *cron, int64_t local_s);

/* True when its day matches. */
bool cron_day(const struct cron *cron, int64_t local_s);

#endif
