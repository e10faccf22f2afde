/* RFC 3339, both ways, by the civil calendar of the Gregorian rules (no time zone database, no locale). */
#include "base/time.h"

#include <assert.h>
#include <string.h>
#include <time.h>

enum { SECOND_MS = 1000, MINUTE_S = 60, HOUR_S = 3600, DAY_S = 86400 };

static bool time_digits(const char **at, int count, int *value);
static int64_t time_days(int year, int month, int day);
static bool time_fraction(const char **at, int *ms);
static bool time_offset(const char **at, int *seconds);

/* Without snprintf: every call to a participant carries a time. */
void time_print(uint64_t ms, char text[TIME_TEXT])
{
    time_t seconds = (time_t)(ms / SECOND_MS);
    struct tm tm;
    if (!gmtime_r(&seconds, &tm))
        memset(&tm, 0, sizeof tm); /* a year that int cannot hold: no clock of ours gives one */
    int year = (tm.tm_year + 1900) % 100000;
    const struct {
        int value, digits;
        char after;
    } fields[] = {{year, year > 9999 ? 5 : 4, '-'},
                  {tm.tm_mon + 1, 2, '-'},
                  {tm.tm_mday, 2, 'T'},
                  {tm.tm_hour, 2, ':'},
                  {tm.tm_min, 2, ':'},
                  {tm.tm_sec, 2, '.'},
                  {(int)(ms % SECOND_MS), 3, 'Z'}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        int value = fields[i].value;
        for (int digit = fields[i].digits; digit--; value /= 10)
            text[digit] = (char)('0' + value % 10);
        text += fields[i].digits;
        *text++ = fields[i].after;
    }
    *text = '\0';
}

bool time_parse(const char *text, uint64_t *ms)
{
    const char *at = text;
    int year, month, day, hour, minute, second, fraction = 0, offset = 0;
    bool date = time_digits(&at, 4, &year) && *at++ == '-' && time_digits(&at, 2, &month) && *at++ == '-' &&
                time_digits(&at, 2, &day) && (*at == 'T' || *at == 't');
    if (!date)
        return false;
    at++;
    bool clock = time_digits(&at, 2, &hour) && *at++ == ':' && time_digits(&at, 2, &minute) && *at++ == ':' &&
                 time_digits(&at, 2, &second);
    if (!clock || !time_fraction(&at, &fraction) || !time_offset(&at, &offset) || *at)
        return false;
    static const int month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (year < 1970 || month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 60)
        return false;
    if (day > month_days[month - 1] + (leap && month == 2))
        return false;
    int64_t seconds = time_days(year, month, day) * DAY_S + hour * HOUR_S + minute * MINUTE_S + second - offset;
    if (seconds < 0)
        return false;
    *ms = (uint64_t)seconds * SECOND_MS + (uint64_t)fraction;
    return true;
}

/* Exactly `count` digits; moves behind them. */
static bool time_digits(const char **at, int count, int *value)
{
    assert(count > 0 && count < 10);
    *value = 0;
    for (int i = 0; i < count; i++, (*at)++) {
        if (**at < '0' || **at > '9')
            return false;
        *value = *value * 10 + (**at - '0');
    }
    return true;
}

/* Days since 1970-01-01: whole years, their leap days, whole months (March first: the leap day comes last). */
static int64_t time_days(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t m = month <= 2 ? month + 9 : month - 3;
    int64_t days = y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 1;
    const int64_t epoch = 719468; /* the same sum for 1970-01-01 */
    return days - epoch;
}

static bool time_fraction(const char **at, int *ms)
{
    if (**at != '.')
        return true;
    int digits = 0;
    for ((*at)++; **at >= '0' && **at <= '9'; (*at)++, digits++)
        if (digits < 3)
            *ms = *ms * 10 + (**at - '0');
    for (int i = digits; i < 3; i++)
        *ms *= 10;
    return digits > 0;
}

static bool time_offset(const char **at, int *seconds)
{
    char sign = *(*at)++;
    if (sign == 'Z' || sign == 'z')
        return true;
    int hours, minutes;
    if (sign != '+' && sign != '-') {
        (*at)--; /* it may be the end */
        return false;
    }
    if (!time_digits(at, 2, &hours) || *(*at)++ != ':' || !time_digits(at, 2, &minutes) || hours > 23 ||
        minutes > 59)
        return false;
    *seconds = (hours * HOUR_S + minutes * MINUTE_S) * (sign == '-' ? -1 : 1);
    return true;
}
