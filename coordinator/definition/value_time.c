/* Timestamps and durations: text and arithmetic. The calendar is the proleptic Gregorian one, and leap
 * seconds do not exist, as in RFC 3339's own examples of time arithmetic and in every CEL. */
#include "definition/value_time.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const int64_t SECOND_FIRST = -62135596800; /* 0001-01-01T00:00:00Z */
static const int64_t SECOND_LAST = 253402300799;  /* 9999-12-31T23:59:59Z */
static const int64_t NANOS = 1000000000;

/* Days since 1970-01-01 of a date, and back; years start in March so that the leap day is the last. */
static int64_t days_from_date(int year, int month, int day)
{
    int64_t shifted = month <= 2 ? year - 1 : year;
    int64_t era = (shifted >= 0 ? shifted : shifted - 399) / 400;
    int64_t of_era = shifted - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void date_from_days(int64_t days, int *year, int *month, int *day)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t of_era = days - era * 146097;
    int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t march = (5 * of_year + 2) / 153;
    *day = (int)(of_year - (153 * march + 2) / 5 + 1);
    *month = (int)(march < 10 ? march + 3 : march - 9);
    *year = (int)(year_of_era + era * 400 + (*month <= 2));
}

static int days_of_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

struct cursor {
    const char *at;
    const char *end;
};

/* Exactly `count` digits; -1 when they are not there. */
static int cursor_number(struct cursor *cursor, int count)
{
    int number = 0;
    for (; count > 0; count--, cursor->at++) {
        if (cursor->at == cursor->end || *cursor->at < '0' || *cursor->at > '9')
            return -1;
        number = number * 10 + (*cursor->at - '0');
    }
    return number;
}

static bool cursor_take(struct cursor *cursor, const char *set)
{
    if (cursor->at == cursor->end || !*cursor->at || !strchr(set, *cursor->at))
        return false;
    cursor->at++;
    return true;
}

/* ".5" as nanoseconds, 0 when there is none, -1 when it is empty or longer than nine digits. */
static int64_t cursor_fraction(struct cursor *cursor)
{
    if (!cursor_take(cursor, "."))
        return 0;
    int64_t nanos = 0, scale = NANOS;
    while (cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9' && scale > 1) {
        scale /= 10;
        nanos += (*cursor->at++ - '0') * scale;
    }
    return scale == NANOS ? -1 : nanos;
}

/* "Z" or "+01:00" as seconds east of UTC; false when it is neither. */
static bool cursor_zone(struct cursor *cursor, int64_t *east)
{
    *east = 0;
    if (cursor_take(cursor, "Zz"))
        return true;
    bool west = cursor->at < cursor->end && *cursor->at == '-';
    if (!cursor_take(cursor, "+-"))
        return false;
    int hours = cursor_number(cursor, 2);
    if (hours < 0 || hours > 23 || !cursor_take(cursor, ":"))
        return false;
    int minutes = cursor_number(cursor, 2);
    if (minutes < 0 || minutes > 59)
        return false;
    *east = (west ? -1 : 1) * (hours * 3600 + minutes * 60);
    return true;
}

const char *value_time_read(const char *text, size_t length, struct value *value)
{
    static const char *const wrong = "is not a timestamp as in RFC 3339, like 2025-01-31T12:00:00Z";
    struct cursor cursor = {text, text + length};
    int year = cursor_number(&cursor, 4);
    int month = cursor_take(&cursor, "-") ? cursor_number(&cursor, 2) : -1;
    int day = cursor_take(&cursor, "-") ? cursor_number(&cursor, 2) : -1;
    int hour = cursor_take(&cursor, "Tt") ? cursor_number(&cursor, 2) : -1;
    int minute = cursor_take(&cursor, ":") ? cursor_number(&cursor, 2) : -1;
    int second = cursor_take(&cursor, ":") ? cursor_number(&cursor, 2) : -1;
    if (year < 0 || month < 1 || month > 12 || day < 1 || day > days_of_month(year, month))
        return wrong;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
        return wrong;
    int64_t east, nanos = cursor_fraction(&cursor);
    if (nanos < 0 || !cursor_zone(&cursor, &east) || cursor.at != cursor.end)
        return wrong;
    int64_t seconds = days_from_date(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - east;
    return value_time_make(seconds, (uint32_t)nanos, value) ? NULL : "is out of range (years 1 to 9999)";
}

bool value_time_make(int64_t seconds, uint32_t nanos, struct value *value)
{
    assert(nanos < NANOS);
    if (seconds < SECOND_FIRST || seconds > SECOND_LAST)
        return false;
    *value = (struct value){.type = VALUE_TIMESTAMP, .integer = seconds, .nanos = nanos};
    return true;
}

/* Nanoseconds of the unit under the cursor, which is moved behind it; 0 when there is none. */
static int64_t cursor_unit(struct cursor *cursor)
{
    static const struct {
        const char *name;
        int64_t nanos;
    } units[] = {{"ns", 1},          {"us", 1000},         {"ms", 1000000},      {"s", 1000000000},
                 {"m", 60000000000}, {"h", 3600000000000}, {"d", 86400000000000}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        size_t length = strlen(units[i].name);
        if ((size_t)(cursor->end - cursor->at) >= length && !memcmp(cursor->at, units[i].name, length)) {
            cursor->at += length;
            return units[i].nanos;
        }
    }
    return 0;
}

/* One "1.5h". Sets `*nanos` (cut off where it is surely out of range); false when it is malformed. */
static bool cursor_amount(struct cursor *cursor, __int128 *nanos)
{
    const __int128 huge = (__int128)1 << 96;
    __int128 whole = 0, fraction = 0, scale = 1;
    const char *start = cursor->at;
    for (; cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9'; cursor->at++)
        whole = whole > huge ? huge : whole * 10 + (*cursor->at - '0');
    size_t seen = (size_t)(cursor->at - start);
    if (cursor_take(cursor, ".")) {
        for (; cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9'; cursor->at++, seen++) {
            if (scale < (__int128)1000000000000000000)
                fraction = fraction * 10 + (*cursor->at - '0'), scale *= 10;
        }
    }
    int64_t unit = seen ? cursor_unit(cursor) : 0;
    if (!unit)
        return false;
    *nanos = whole > (__int128)INT64_MAX ? huge : whole * unit + fraction * unit / scale;
    return true;
}

const char *value_time_read_duration(const char *text, size_t length, struct value *value)
{
    static const char *const wrong = "is not a duration, like 90s, 1h30m or 250ms";
    struct cursor cursor = {text, text + length};
    bool negative = length && text[0] == '-';
    cursor_take(&cursor, "+-");
    __int128 sum = 0;
    if (cursor.at == cursor.end)
        return wrong;
    if (cursor.end - cursor.at == 1 && *cursor.at == '0')
        cursor.at++;
    while (cursor.at < cursor.end) {
        __int128 nanos;
        if (!cursor_amount(&cursor, &nanos))
            return wrong;
        sum = sum > INT64_MAX ? sum : sum + nanos;
    }
    if (negative)
        sum = -sum;
    if (sum > INT64_MAX || sum < INT64_MIN)
        return "is out of range (about 292 years)";
    *value = (struct value){.type = VALUE_DURATION, .integer = (int64_t)sum};
    return NULL;
}

/* Appends ".5" for half a second, nothing for none. */
static void print_fraction(char *text, size_t size, uint64_t nanos)
{
    if (!nanos)
        return;
    snprintf(text, size, ".%09llu", (unsigned long long)nanos);
    for (char *last = text + 9; *last == '0'; last--)
        *last = '\0';
}

void value_time_print(const struct value *value, char text[VALUE_TEXT_MAX])
{
    int length;
    if (value->type == VALUE_DURATION) {
        uint64_t nanos = value->integer < 0 ? 0 - (uint64_t)value->integer : (uint64_t)value->integer;
        length = snprintf(text, VALUE_TEXT_MAX, "%s%llu", value->integer < 0 ? "-" : "",
                          (unsigned long long)(nanos / (uint64_t)NANOS));
        print_fraction(text + length, VALUE_TEXT_MAX - (size_t)length, nanos % (uint64_t)NANOS);
        snprintf(text + strlen(text), VALUE_TEXT_MAX - strlen(text), "s");
        return;
    }
    assert(value->type == VALUE_TIMESTAMP);
    int64_t days = (value->integer - SECOND_FIRST) / 86400 + SECOND_FIRST / 86400;
    int64_t second = value->integer - days * 86400;
    int year, month, day;
    date_from_days(days, &year, &month, &day);
    length = snprintf(text, VALUE_TEXT_MAX, "%04d-%02d-%02dT%02d:%02d:%02d", year, month, day,
                      (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60));
    print_fraction(text + length, VALUE_TEXT_MAX - (size_t)length, value->nanos);
    snprintf(text + strlen(text), VALUE_TEXT_MAX - strlen(text), "Z");
}

bool value_time_adds(enum value_type a, enum value_type b, bool minus)
{
    if (a == VALUE_TIMESTAMP)
        return b == VALUE_DURATION || (minus && b == VALUE_TIMESTAMP);
    return a == VALUE_DURATION && (b == VALUE_DURATION || (!minus && b == VALUE_TIMESTAMP));
}

static __int128 nanos_of(const struct value *value)
{
    return value->type == VALUE_DURATION ? (__int128)value->integer
                                         : (__int128)value->integer * NANOS + value->nanos;
}

bool value_time_add(const struct value *a, const struct value *b, bool minus, struct value *result)
{
    assert(value_time_adds(a->type, b->type, minus));
    __int128 sum = minus ? nanos_of(a) - nanos_of(b) : nanos_of(a) + nanos_of(b);
    if (a->type == b->type) { /* the distance of two timestamps is a duration too */
        if (sum > INT64_MAX || sum < INT64_MIN)
            return false;
        *result = (struct value){.type = VALUE_DURATION, .integer = (int64_t)sum};
        return true;
    }
    __int128 seconds = sum / NANOS, nanos = sum % NANOS;
    if (nanos < 0) {
        seconds--;
        nanos += NANOS;
    }
    return value_time_make((int64_t)seconds, (uint32_t)nanos, result);
}
