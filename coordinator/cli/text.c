/* Escaping and measuring of text. */
#include "cli/text.h"

#include "base/utf8.h"

#include <string.h>

struct range {
    uint32_t first, last;
};

/* Controls (C0, C1), marks and overrides of direction, line separators, the byte order mark. */
static const struct range ranges_unsafe[] = {
    {0x00, 0x1f},     {0x7f, 0x9f},     {0x61c, 0x61c},   {0x200e, 0x200f},
    {0x2028, 0x202e}, {0x2066, 0x2069}, {0xfeff, 0xfeff},
};

/* East Asian wide and emoji (Unicode TR 11, in blocks), and what takes no column of its own. */
static const struct range ranges_wide[] = {
    {0x1100, 0x115f}, {0x2e80, 0xa4cf}, {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},
    {0xff00, 0xff60}, {0xffe0, 0xffe6}, {0x1f300, 0x1faff}, {0x20000, 0x3fffd},
};
static const struct range ranges_narrow[] = {{0x300, 0x36f}, {0x200b, 0x200d}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}};

#define WITHIN(ranges, code) text_within(ranges, sizeof(ranges) / sizeof *(ranges), code)

static bool text_within(const struct range *ranges, size_t count, uint32_t code)
{
    for (size_t i = 0; i < count; i++)
        if (code >= ranges[i].first && code <= ranges[i].last)
            return true;
    return false;
}

bool text_unsafe(uint32_t code)
{
    return WITHIN(ranges_unsafe, code);
}

void text_put(struct buf *buf, const char *text)
{
    size_t length = strlen(text);
    for (size_t i = 0, width; i < length; i += width ? width : 1) {
        width = utf8_width(text + i, length - i);
        uint32_t code = width ? utf8_code(text + i, width) : 0xfffd;
        if (!text_unsafe(code) && width)
            buf_put(buf, text + i, width);
        else if (!width)
            buf_printf(buf, "\\x%02x", (unsigned char)text[i]);
        else if (code == '\n' || code == '\t' || code == '\r')
            buf_printf(buf, "\\%c", code == '\n' ? 'n' : code == '\t' ? 't' : 'r');
        else
            buf_printf(buf, "\\u%04x", (unsigned)code);
    }
}

void text_put_word(struct buf *buf, const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:@%+=,";
    if (*text && text[strspn(text, plain)] == '\0') {
        buf_puts(buf, text);
        return;
    }
    buf_putc(buf, '\'');
    for (; *text; text++) {
        if (*text == '\'')
            buf_puts(buf, "'\\''");
        else
            buf_putc(buf, *text);
    }
    buf_putc(buf, '\'');
}

static size_t text_columns(uint32_t code)
{
    return WITHIN(ranges_narrow, code) ? 0 : WITHIN(ranges_wide, code) ? 2 : 1;
}

size_t text_width(const char *text)
{
    size_t columns = 0, length = strlen(text);
    for (size_t i = 0, width; i < length; i += width ? width : 1) {
        width = utf8_width(text + i, length - i);
        columns += width ? text_columns(utf8_code(text + i, width)) : 1;
    }
    return columns;
}

void text_put_spaces(struct buf *buf, size_t count)
{
    while (count--)
        buf_putc(buf, ' ');
}

void text_put_cell(struct buf *buf, const char *text, size_t width)
{
    size_t whole = text_width(text), length = strlen(text), used = 0;
    if (whole <= width) {
        buf_put(buf, text, length);
        text_put_spaces(buf, width - whole);
        return;
    }
    for (size_t i = 0, bytes; i < length; i += bytes) {
        bytes = utf8_width(text + i, length - i);
        bytes = bytes ? bytes : 1;
        size_t columns = bytes > 1 ? text_columns(utf8_code(text + i, bytes)) : 1;
        if (used + columns + 1 > width)
            break;
        buf_put(buf, text + i, bytes);
        used += columns;
    }
    if (used < width) {
        buf_putc(buf, '~');
        text_put_spaces(buf, width - used - 1);
    }
}
