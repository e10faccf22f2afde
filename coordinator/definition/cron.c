/* Fields to bits, and bits against minutes. */
#include "definition/cron.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

static const char *const months[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                     "jul", "aug", "sep", "oct", "nov", "dec"};
static const char *const weekdays[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

struct field {
    const char *name;
    unsigned low, high;
    const char *const *words; /* of the numbers from `low` on; NULL */
    unsigned words_count;
};

static const struct field fields[] = {
    {"minute", 0, 59, NULL, 0},   {"hour", 0, 23, NULL, 0},       {"day of the month", 1, 31, NULL, 0},
    {"month", 1, 12, months, 12}, {"weekday", 0, 7, weekdays, 7},
};

enum { FIELDS = sizeof fields / sizeof fields[0], FIELD_BYTES = 64 };

static bool parse_field(const struct field *field, const char *text, uint64_t *bits, char why[CRON_WHY]);
static bool parse_part(const struct field *field, char *text, uint64_t *bits);
static bool parse_number(const struct field *field, const char *text, size_t length, unsigned *number);
static bool has_a_day(const struct cron *cron);

bool cron_parse(const char *text, struct cron *cron, char why[CRON_WHY])
{
    uint64_t bits[FIELDS];
    char words[FIELDS][FIELD_BYTES], rest[2];
    int count =
        sscanf(text, "%63s %63s %63s %63s %63s %1s", words[0], words[1], words[2], words[3], words[4], rest);
    if (count != FIELDS) {
        snprintf(why, CRON_WHY, "it has five fields: minute, hour, day of the month, month, weekday");
        return false;
    }
    for (size_t i = 0; i < FIELDS; i++)
        if (!parse_field(&fields[i], words[i], &bits[i], why))
            return false;
    struct cron parsed = {.minutes = bits[0],
                          .hours = (uint32_t)bits[1],
                          .days = (uint32_t)bits[2],
                          .months = (uint32_t)bits[3],
                          .weekdays = (uint32_t)(bits[4] & 0x7f) | (uint32_t)(bits[4] >> 7 & 1),
                          .any_day = words[2][0] == '*',
                          .any_weekday = words[4][0] == '*',
                          .every_hour = words[1][0] == '*'};
    if (!has_a_day(&parsed)) {
        snprintf(why, CRON_WHY, "no year has such a day");
        return false;
    }
    *cron = parsed;
    return true;
}

bool cron_matches(const struct cron *cron, int64_t local_s)
{
    struct tm tm;
    time_t time = (time_t)local_s;
    gmtime_r(&time, &tm);
    return (cron->minutes >> tm.tm_min & 1) && (cron->hours >> tm.tm_hour & 1) && cron_day(cron, local_s);
}

bool cron_day(const struct cron *cron, int64_t local_s)
{
    struct tm tm;
    time_t time = (time_t)local_s;
    gmtime_r(&time, &tm);
    bool day = cron->days >> tm.tm_mday & 1, weekday = cron->weekdays >> tm.tm_wday & 1;
    bool either = !cron->any_day && !cron->any_weekday;
    return (cron->months >> (tm.tm_mon + 1) & 1) && (either ? day || weekday : day && weekday);
}

static bool parse_field(const struct field *field, const char *text, uint64_t *bits, char why[CRON_WHY])
{
    char copy[FIELD_BYTES];
    char *rest = copy;
    *bits = 0;
    snprintf(copy, sizeof copy, "%s", text);
    for (char *part = strsep(&rest, ","); part; part = strsep(&rest, ","))
        if (!parse_part(field, part, bits)) {
            snprintf(why, CRON_WHY, "the %s is from %u to %u, found \"%.40s\"", field->name, field->low,
                     field->high, text);
            return false;
        }
    return true;
}

/* "*", "5", "mon-fri", each with an optional "/2". */
static bool parse_part(const struct field *field, char *text, uint64_t *bits)
{
    unsigned first = field->low, last = field->high, step = 1;
    char *slash = strchr(text, '/');
    if (slash) {
        char *end;
        *slash = '\0';
        unsigned long value = isdigit((unsigned char)slash[1]) ? strtoul(slash + 1, &end, 10) : 0;
        if (!value || *end || value > field->high)
            return false;
        step = (unsigned)value;
    }
    if (strcmp(text, "*") != 0) {
        size_t length = strcspn(text, "-");
        if (!parse_number(field, text, length, &first))
            return false;
        last = slash ? last : first;
        if (text[length] && !parse_number(field, text + length + 1, strlen(text + length + 1), &last))
            return false;
    }
    for (unsigned number = first; number <= last; number += step)
        *bits |= UINT64_C(1) << number;
    return first <= last;
}

static bool parse_number(const struct field *field, const char *text, size_t length, unsigned *number)
{
    for (unsigned i = 0; i < field->words_count; i++)
        if (length == 3 && strncasecmp(text, field->words[i], 3) == 0) {
            *number = field->low + i;
            return true;
        }
    unsigned value = 0;
    for (size_t i = 0; i < length; i++) {
        if (!isdigit((unsigned char)text[i]) || length > 2)
            return false;
        value = value * 10 + (unsigned)(text[i] - '0');
    }
    *number = value;
    return length > 0 && value >= field->low && value <= field->high;
}

/* The 30th of February never comes; a weekday always does. */
static bool has_a_day(const struct cron *cron)
{
    static const unsigned char lengths[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (!cron->any_weekday)
        return !cron->any_day || cron->weekdays;
    for (unsigned month = 1; month <= 12; month++)
        for (unsigned day = 1; (cron->months >> month & 1) && day <= lengths[month - 1]; day++)
            if (cron->days >> day & 1)
                return true;
    return false;
}
