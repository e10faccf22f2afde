/* Writing into room that is known to suffice: each function writes at `at` and returns the place behind. For what
 * is written so often that asking for room with every piece costs more than the piece; see buf_room. */
#ifndef BELAY_BASE_PUT_H
#define BELAY_BASE_PUT_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { PUT_NUMBER = 20, PUT_HEX = 16 }; /* what they need at most */

static inline char *put_bytes(char *at, const char *bytes, size_t length)
{
    memcpy(at, bytes, length);
    return at + length;
}

/* A string constant, whose length the compiler knows. */
#define put_constant(at, text) put_bytes(at, "" text, sizeof text - 1)

/* A whole text with its NUL, at the beginning of a member of that size. */
static inline void put_text(char *at, size_t size, const char *text)
{
    size_t length = strlen(text);
    assert(length < size);
    memcpy(at, text, length + 1);
}

/* Decimal digits. */
static inline char *put_number(char *at, uint64_t number)
{
    char digits[PUT_NUMBER];
    size_t first = sizeof digits;
    do
        digits[--first] = (char)('0' + number % 10);
    while (number /= 10);
    return put_bytes(at, digits + first, sizeof digits - first);
}

/* Sixteen digits. */
static inline char *put_hex(char *at, uint64_t number)
{
    static const char digits[] = "0123456789abcdef";
    for (unsigned shift = 64; shift; at += 2) { /* two at a time: every call carries 48 of them */
        shift -= 8;
        unsigned byte = (unsigned)(number >> shift) & 0xff;
        at[0] = digits[byte >> 4];
        at[1] = digits[byte & 15];
    }
    return at;
}

#endif
