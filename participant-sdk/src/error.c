/* Errors: filling them, and their words. */
#include "belay/error.h"

#include <stdarg.h>
#include <stdio.h>

int belay_error_set(struct belay_error *error, int code, const char *format, ...)
{
    if (error) {
        va_list args;
        va_start(args, format);
        vsnprintf(error->text, sizeof error->text, format, args);
        va_end(args);
        error->code = code;
    }
    return code;
}

const char *belay_error_word(int code)
{
    switch (code) {
#define X(name, word)                                                                                             \
    case BELAY_ERROR_##name:                                                                                      \
        return word;
        BELAY_ERRORS(X)
#undef X
    default:
        return "ok";
    }
}
