/* Reads and writes durations. Both notations are a row of amounts whose units only become smaller. */
#include "definition/duration.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const uint64_t MS_MAX = (uint64_t)3650 * 24 * 3600 * 1000;

enum { DIGITS_MAX = 18 }; /* of one amount, before and behind the point: fits into 64 bits */

struct unit {
    const char *name;
    uint64_t ms;
};

static const struct unit OWN[] = {{"d", 86400000}, {"h", 3600000}, {"m", 60000},
                                  {"s", 1000},     {"ms", 1},      {NULL, 0}};
static const struct unit ISO_WEEKS[] = {{"W", 604800000}, {NULL, 0}};
static const struct unit ISO_DATE[] = {{"D", 86400000}, {NULL, 0}};
static const struct unit ISO_TIME[] = {{"H", 3600000}, {"M", 60000}, {"S", 1000}, {NULL, 0}};

struct cursor {
    const char *at;
    const char *end;
};

static bool parse_iso(struct cursor *cursor, uint64_t *ms);
static bool parse_amounts(struct cursor *cursor, const struct unit *units, uint64_t *ms);

bool duration_parse(const char *text, size_t length, uint64_t *ms)
{
    struct cursor cursor = {text, text + length};
    uint64_t sum = 0;
    bool good = length && *text == 'P' ? parse_iso(&cursor, &sum) : parse_amounts(&cursor, OWN, &sum);
    if (!good || cursor.at != cursor.end || sum > MS_MAX)
        return false;
    *ms = sum;
    return true;
}

void duration_print(uint64_t ms, char *text, size_t size)
{
    assert(size >= 32);
    size_t used = 0;
    for (const struct unit *unit = OWN; unit->name; unit++) {
        uint64_t count = ms / unit->ms;
        ms %= unit->ms;
        if (count)
            used += (size_t)snprintf(text + used, size - used, "%llu%s", (unsigned long long)count, unit->name);
    }
    if (used == 0)
        used = (size_t)snprintf(text, size, "0s");
    assert(used < size);
}

static bool cursor_digit(const struct cursor *cursor)
{
    return cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9';
}

static bool cursor_take(struct cursor *cursor, char c)
{
    if (cursor->at == cursor->end || *cursor->at != c)
        return false;
    cursor->at++;
    return true;
}

/* A row of digits; false when there are none or too many. `*scale` becomes 10 to the power of their number. */
static bool parse_digits(struct cursor *cursor, uint64_t *number, uint64_t *scale)
{
    unsigned count = 0;
    *number = 0;
    *scale = 1;
    for (; cursor_digit(cursor); cursor->at++, count++) {
        if (count == DIGITS_MAX)
            return false;
        *number = *number * 10 + (uint64_t)(*cursor->at - '0');
        *scale *= 10;
    }
    return count > 0;
}

/* The unit under the cursor, which is moved behind it; NULL when it is none of `units`. The longest one that
 * fits is meant: "ms" is not "m". */
static const struct unit *parse_unit(struct cursor *cursor, const struct unit *units)
{
    const struct unit *found = NULL;
    for (; units->name; units++) {
        size_t length = strlen(units->name);
        if ((size_t)(cursor->end - cursor->at) >= length && !memcmp(cursor->at, units->name, length) &&
            (!found || length > strlen(found->name)))
            found = units;
    }
    if (found)
        cursor->at += strlen(found->name);
    return found;
}

/* One amount or more, "1h30m" or "1.5s", each unit smaller than the one before. */
static bool parse_amounts(struct cursor *cursor, const struct unit *units, uint64_t *ms)
{
    do {
        uint64_t whole, fraction = 0, scale;
        if (!parse_digits(cursor, &whole, &scale))
            return false;
        scale = 1;
        if ((cursor_take(cursor, '.') || cursor_take(cursor, ',')) && !parse_digits(cursor, &fraction, &scale))
            return false;
        const struct unit *unit = parse_unit(cursor, units);
        if (!unit || whole > MS_MAX)
            return false;
        unsigned __int128 part = (unsigned __int128)fraction * unit->ms;
        if (part % scale != 0)
            return false;
        *ms += whole * unit->ms + (uint64_t)(part / scale);
        if (*ms > MS_MAX)
            return false;
        units = unit + 1;
    } while (cursor_digit(cursor));
    return true;
}

/* "P" then weeks, or days and "T" and a time. Years and months have no fixed length. */
static bool parse_iso(struct cursor *cursor, uint64_t *ms)
{
    cursor->at++;
    if (memchr(cursor->at, 'W', (size_t)(cursor->end - cursor->at)))
        return parse_amounts(cursor, ISO_WEEKS, ms);
    bool days = cursor_digit(cursor);
    if (days && !parse_amounts(cursor, ISO_DATE, ms))
        return false;
    if (!cursor_take(cursor, 'T'))
        return days;
    return parse_amounts(cursor, ISO_TIME, ms);
}
