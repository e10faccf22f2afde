/* See sign_base64.h. The text of a secret goes through here: no table is indexed by it. */
#include "sign_base64.h"

/* 0 to 63, or -1. */
static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool belay_base64_decode(const char *text, size_t length, unsigned char *bytes, size_t max, size_t *bytes_length)
{
    size_t padding = length >= 2 && text[length - 1] == '=' ? 1u + (text[length - 2] == '=') : 0;
    unsigned bits = 0, bits_count = 0;
    size_t count = 0;
    if (length % 4)
        return false;
    for (size_t i = 0; i < length - padding; i++) {
        int value = value_of(text[i]);
        if (value < 0)
            return false;
        bits = (bits << 6 | (unsigned)value) & 0xffffff;
        bits_count += 6;
        if (bits_count < 8)
            continue;
        bits_count -= 8;
        if (count == max)
            return false;
        bytes[count++] = (unsigned char)(bits >> bits_count);
    }
    *bytes_length = count;
    return (bits & ((1u << bits_count) - 1)) == 0; /* else two texts would mean the same bytes */
}

void belay_base64_encode(const unsigned char *bytes, size_t length, char *text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < length; i += 3) {
        size_t left = length - i;
        unsigned bits = (unsigned)bytes[i] << 16;
        if (left > 1)
            bits |= (unsigned)bytes[i + 1] << 8;
        if (left > 2)
            bits |= bytes[i + 2];
        *text++ = digits[bits >> 18];
        *text++ = digits[bits >> 12 & 63];
        *text++ = left > 1 ? digits[bits >> 6 & 63] : '=';
        *text++ = left > 2 ? digits[bits & 63] : '=';
    }
    *text = '\0';
}
