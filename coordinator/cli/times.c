/* Reading of clocks; spans and points in words. */
#include "cli/times.h"

#include "base/time.h"
#include "definition/duration.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static uint64_t times_read(clockid_t clock)
{
    struct timespec now = {0};
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

uint64_t times_now_ms(void)
{
    return times_read(CLOCK_REALTIME);
}

uint64_t times_monotonic_ms(void)
{
    return times_read(CLOCK_MONOTONIC);
}

void times_sleep_ms(uint64_t ms)
{
    struct timespec span = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};
    nanosleep(&span, NULL);
}

void times_print_span(uint64_t ms, char text[TIMES_TEXT])
{
    unsigned long long s = ms / 1000;
    if (ms < 1000)
        snprintf(text, TIMES_TEXT, "%ums", (unsigned)ms);
    else if (s < 60)
        snprintf(text, TIMES_TEXT, "%llu.%02us", s, (unsigned)(ms % 1000 / 10));
    else if (s < 3600)
        snprintf(text, TIMES_TEXT, "%llum%02llus", s / 60, s % 60);
    else if (s < 86400)
        snprintf(text, TIMES_TEXT, "%lluh%02llum", s / 3600, s / 60 % 60);
    else
        snprintf(text, TIMES_TEXT, "%llud%02lluh", s / 86400, s / 3600 % 24);
}

int times_parse_point(const char *name, const char *text, uint64_t now_ms, uint64_t *ms, struct error *error)
{
    uint64_t point;
    if (time_parse(text, &point))
        *ms = point;
    else if (duration_parse(text, strlen(text), &point))
        *ms = point < now_ms ? now_ms - point : 0;
    else
        return error_set(
            error, ERROR_USAGE,
            "%s takes a time such as 2026-01-02T03:04:05Z, or a span before now such as 2h or 7d, not "
            "\"%s\"",
            name, text);
    return 0;
}
