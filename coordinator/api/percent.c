/* Percent-decoding that refuses what it cannot decode, and its opposite. */
#include "api/percent.h"

#include "base/utf8.h"

#include <assert.h>
#include <string.h>

static int percent_digit(char c);

int percent_decode(const char *raw, size_t length, bool plus, char *text, size_t size, struct error *error)
{
    assert(size > 0);
    size_t out = 0;
    for (size_t i = 0; i < length; i++) {
        char c = raw[i];
        if (c == '%') {
            int high = i + 2 < length ? percent_digit(raw[i + 1]) : -1;
            int low = i + 2 < length ? percent_digit(raw[i + 2]) : -1;
            if (high < 0 || low < 0)
                return error_set(error, ERROR_SYNTAX, "\"%%\" must be followed by two hexadecimal digits");
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        if (!c)
            return error_set(error, ERROR_SYNTAX, "an escaped NUL byte (%%00) is not allowed");
        if (out + 1 >= size)
            return error_set(error, ERROR_SYNTAX, "longer than %zu bytes", size - 1);
        text[out++] = c;
    }
    text[out] = '\0';
    if (!utf8_printable(text, out))
        return error_set(error, ERROR_SYNTAX, "not printable UTF-8 once it is decoded");
    return 0;
}

static int percent_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}
