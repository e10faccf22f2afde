/* RFC 3339, both ways, by the civil calendar of the Gregorian rules (no time zone database, no locale). */
#include "base/time.h"

#include <assert.h>
#include <string.h>

enum { SECOND_MS = 1000, MINUTE_S = 60, HOUR_S = 3600, DAY_S = 86400 };
enum { EPOCH_DAYS = 719468, ERA_DAYS = 146097 }; /* to 1970-01-01 by the sum of time_days; in 400 years */

static char *time_put(char *at, uint32_t value, char after);
static void time_date(uint64_t days, uint32_t *year, uint32_t *month, uint32_t *day);
static bool time_digits(const char **at, int count, int *value);
static int64_t time_days(int year, int month, int day);
static bool time_fraction(const char **at, int *ms);
static bool time_offset(const char **at, int *seconds);

/* Without snprintf and gmtime_r: every call to a participant carries a time. */
void time_print(uint64_t ms, char text[TIME_TEXT])
{
    uint64_t seconds = ms / SECOND_MS;
    uint32_t year, month, day, second = (uint32_t)(seconds % DAY_S);
    time_date(seconds / DAY_S, &year, &month, &day);
    year %= 100000;
    char *at = text;
    if (year > 9999)
        *at++ = (char)('0' + year / 10000);
    at = time_put(at, year / 100 % 100, 0);
    at = time_put(at, year % 100, '-');
    at = time_put(at, month, '-');
    at = time_put(at, day, 'T');
    at = time_put(at, second / HOUR_S, ':');
    at = time_put(at, second / MINUTE_S % 60, ':');
    at = time_put(at, second % MINUTE_S, '.');
    uint32_t fraction = (uint32_t)(ms % SECOND_MS);
    *at++ = (char)('0' + fraction / 100);
    at = time_put(at, fraction % 100, 'Z');
    *at = '\0';
}

/* Two digits, and what stands behind them; 0 is nothing. */
static char *time_put(char *at, uint32_t value, char after)
{
    at[0] = (char)('0' + value / 10);
    at[1] = (char)('0' + value % 10);
    at[2] = after;
    return at + 2 + (after != '\0');
}

/* The way back from time_days: eras of 400 years, years that begin with March. */
static void time_date(uint64_t days, uint32_t *year, uint32_t *month, uint32_t *day)
{
    days += EPOCH_DAYS;
    uint64_t era = days / ERA_DAYS;
    uint32_t of_era = (uint32_t)(days % ERA_DAYS);
    uint32_t years = (of_era - of_era / 1460 + of_era / 36524 - of_era / (ERA_DAYS - 1)) / 365;
    uint32_t of_year = of_era - (years * 365 + years / 4 - years / 100);
    uint32_t march = (of_year * 5 + 2) / 153; /* months since then */
    *day = of_year - (march * 153 + 2) / 5 + 1;
    *month = march < 10 ? march + 3 : march - 9;
    *year = (uint32_t)(era * 400 + years + (*month <= 2));
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
    return days - EPOCH_DAYS;
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
