/* Base64 (RFC 4648, section 4), strictly: padded, no blanks, no bits left over. */
#ifndef BELAY_SRC_SIGN_BASE64_H
#define BELAY_SRC_SIGN_BASE64_H

#include <stdbool.h>
#include <stddef.h>

/* Decodes `length` characters into at most `max` bytes. False when they are not base64, or are more. */
bool belay_base64_decode(const char *text, size_t length, unsigned char *bytes, size_t max, size_t *bytes_length);

/* Writes 4 characters for every 3 bytes begun, and a NUL. */
void belay_base64_encode(const unsigned char *bytes, size_t length, char *text);

#endif
