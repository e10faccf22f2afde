/* Reading and writing numbers. The process never leaves the C locale, so strtod and printf use a point. */
#include "definition/value_number.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool value_number_int(const char *text, size_t length, int64_t *integer)
{
    size_t at = length && (text[0] == '-' || text[0] == '+');
    bool negative = at && text[0] == '-';
    if (at == length)
        return false;
    int64_t sum = 0;
    for (; at < length; at++) {
        if (text[at] < '0' || text[at] > '9')
            return false;
        int digit = text[at] - '0';
        if (__builtin_mul_overflow(sum, 10, &sum) || __builtin_sub_overflow(sum, digit, &sum))
            return false; /* counted downwards, since -2^63 has no positive twin */
    }
    if (!negative && sum == INT64_MIN)
        return false;
    *integer = negative ? sum : -sum;
    return true;
}

static size_t digits(const char *text, size_t length, size_t at)
{
    while (at < length && text[at] >= '0' && text[at] <= '9')
        at++;
    return at;
}

/* True when all of `text` is a decimal number without sign. */
static bool decimal(const char *text, size_t length)
{
    size_t at = digits(text, length, 0);
    size_t seen = at;
    if (at < length && text[at] == '.') {
        size_t end = digits(text, length, at + 1);
        seen += end - at - 1;
        at = end;
    }
    if (!seen)
        return false;
    if (at < length && (text[at] == 'e' || text[at] == 'E')) {
        at++;
        at += at < length && (text[at] == '+' || text[at] == '-');
        size_t end = digits(text, length, at);
        if (end == at)
            return false;
        at = end;
    }
    return at == length;
}

bool value_number_double(const char *text, size_t length, double *real)
{
    if (length == 3 && !memcmp(text, "NaN", 3)) {
        *real = (double)NAN;
        return true;
    }
    size_t sign = length && (text[0] == '-' || text[0] == '+');
    if (length - sign == 8 && !memcmp(text + sign, "Infinity", 8)) {
        *real = text[0] == '-' ? -(double)INFINITY : (double)INFINITY;
        return true;
    }
    char copy[512]; /* more digits than that change nothing, and nobody writes them */
    if (length >= sizeof copy || !decimal(text + sign, length - sign))
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    double read = strtod(copy, NULL);
    if (isinf(read))
        return false;
    *real = read;
    return true;
}

bool value_number_truncate(double real, int64_t *integer)
{
    if (!(real > -9223372036854775808.0 && real < 9223372036854775808.0))
        return false;
    *integer = (int64_t)real;
    return true;
}

void value_number_print(double real, char text[VALUE_TEXT_MAX])
{
    if (isnan(real)) {
        snprintf(text, VALUE_TEXT_MAX, "NaN");
        return;
    }
    if (isinf(real)) {
        snprintf(text, VALUE_TEXT_MAX, real < 0 ? "-Infinity" : "Infinity");
        return;
    }
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(text, VALUE_TEXT_MAX, "%.*g", precision, real);
        if (strtod(text, NULL) == real)
            return;
    }
    assert(0 && "17 digits tell every double from every other");
}
