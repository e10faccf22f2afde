/* The error table's look-ups and the formatting of messages. */
#include "base/error.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int error_set(struct error *error, enum error_code code, const char *format, ...)
{
    assert(code != ERROR_NONE);
    if (error) {
        va_list args;
        va_start(args, format);
        vsnprintf(error->text, sizeof error->text, format, args);
        va_end(args);
        error->code = code;
    }
    return (int)code;
}

int error_wrap(struct error *error, const char *format, ...)
{
    assert(error && error->code != ERROR_NONE);
    char inner[ERROR_TEXT_MAX];
    memcpy(inner, error->text, sizeof inner);
    va_list args;
    va_start(args, format);
    int length = vsnprintf(error->text, sizeof error->text, format, args);
    va_end(args);
    if (length >= 0 && (size_t)length < sizeof error->text)
        snprintf(error->text + length, sizeof error->text - (size_t)length, ": %s", inner);
    return (int)error->code;
}

const char *error_word(int code)
{
    switch (code) {
#define X(name, word, status)                                                                                 \
    case name:                                                                                                \
        return word;
        ERRORS(X)
#undef X
    default:
        return "ok";
    }
}

int error_status(int code)
{
    switch (code) {
#define X(name, word, status)                                                                                 \
    case name:                                                                                                \
        return status;
        ERRORS(X)
#undef X
    default:
        return 200;
    }
}
