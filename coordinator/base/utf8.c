/* Decoding and checking of UTF-8. */
#include "base/utf8.h"

#include <assert.h>

uint32_t utf8_code(const char *text, size_t width)
{
    const unsigned char *s = (const unsigned char *)text;
    assert(width >= 1 && width <= 4);
    if (width == 1)
        return s[0];
    uint32_t code = s[0] & (0xffu >> (width + 1));
    for (size_t i = 1; i < width; i++)
        code = code << 6 | (s[i] & 0x3fu);
    return code;
}

size_t utf8_width(const char *text, size_t length)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (length == 0)
        return 0;
    unsigned char first = (unsigned char)text[0];
    size_t width = first < 0x80 ? 1 : first >= 0xc2 && first < 0xe0 ? 2 : (first & 0xf0u) == 0xe0 ? 3
                   : first >= 0xf0 && first < 0xf5                  ? 4
                                                                    : 0;
    if (width < 2)
        return width;
    if (width > length)
        return 0;
    for (size_t i = 1; i < width; i++)
        if (((unsigned char)text[i] & 0xc0u) != 0x80)
            return 0;
    uint32_t code = utf8_code(text, width);
    bool surrogate = code >= 0xd800 && code <= 0xdfff;
    return code < smallest[width] || surrogate || code > 0x10ffff ? 0 : width;
}

bool utf8_printable(const char *text, size_t length)
{
    for (size_t i = 0; i < length;) {
        size_t width = utf8_width(text + i, length - i);
        if (width == 0)
            return false;
        uint32_t code = utf8_code(text + i, width);
        if (code < 0x20 || (code >= 0x7f && code < 0xa0))
            return false;
        i += width;
    }
    return true;
}
