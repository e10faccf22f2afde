/* Reading, writing and taking of times. */
#include "cli/times.h"

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

/* The offset behind the seconds, in minutes: "Z", "+02:00". False when it is neither. */
static bool times_offset(const char *text, int *minutes)
{
    int hour, minute, length = 0;
    char sign;
    *minutes = 0;
    if (strcmp(text, "Z") == 0 || strcmp(text, "z") == 0)
        return true;
    if (sscanf(text, "%c%2d:%2d%n", &sign, &hour, &minute, &length) != 3 || text[length] || length != 6)
        return false;
    if ((sign != '+' && sign != '-') || hour > 23 || minute > 59)
        return false;
    *minutes = (hour * 60 + minute) * (sign == '-' ? -1 : 1);
    return true;
}

bool times_parse(const char *text, uint64_t *ms)
{
    struct tm tm = {0};
    int length = 0, minutes;
    static const char form[] = "dddd-dd-ddTdd:dd:dd";
    for (size_t i = 0; i < sizeof form - 1; i++)
        if (form[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
            return false;
    if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min,
               &tm.tm_sec, &length) != 6)
        return false;
    const char *rest = text + length;
    uint64_t fraction = 0;
    if (*rest == '.') {
        size_t digits = strspn(rest + 1, "0123456789");
        for (size_t i = 0; i < 3; i++)
            fraction = fraction * 10 + (i < digits ? (uint64_t)(rest[1 + i] - '0') : 0);
        rest += 1 + digits;
        if (!digits)
            return false;
    }
    bool sane = tm.tm_year >= 1970 && tm.tm_mon >= 1 && tm.tm_mon <= 12 && tm.tm_mday >= 1 && tm.tm_mday <= 31 &&
                tm.tm_hour <= 23 && tm.tm_min <= 59 && tm.tm_sec <= 60;
    if (!sane || !times_offset(rest, &minutes))
        return false;
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    int64_t seconds = timegm(&tm) - minutes * 60;
    if (seconds < 0)
        return false;
    *ms = (uint64_t)seconds * 1000 + fraction;
    return true;
}

void times_print(uint64_t ms, char text[TIMES_TEXT])
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm tm = {0};
    gmtime_r(&seconds, &tm);
    snprintf(text, TIMES_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d.%03uZ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
             tm.tm_hour, tm.tm_min, tm.tm_sec, (unsigned)(ms % 1000));
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
    if (times_parse(text, &point))
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
