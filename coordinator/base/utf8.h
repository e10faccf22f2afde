/* UTF-8 (RFC 3629) at the door: what is not valid never gets in. */
#ifndef BELAY_BASE_UTF8_H
#define BELAY_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes (1 to 4) of the valid character at `text`, 0 when there is none within `length` bytes.
 * Overlong forms, surrogates and values over U+10FFFF are not valid. */
size_t utf8_width(const char *text, size_t length);

/* The character at `text`, whose width is not 0. */
uint32_t utf8_code(const char *text, size_t width);

/* True when all bytes are valid and none is a control character (U+0000-U+001F, U+007F-U+009F). */
bool utf8_printable(const char *text, size_t length);

#endif
