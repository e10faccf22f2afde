/* The growable, bounded byte buffer. */
#include "base/buf.h"

#include "base/mem.h"
#include "base/put.h"
#include "base/utf8.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { BUF_FIRST = 256 }; /* most documents fit after one doubling or two */

void buf_init(struct buf *buf, size_t max)
{
    *buf = (struct buf){.max = max};
}

void buf_done(struct buf *buf)
{
    mem_free(buf->data);
    buf_init(buf, buf->max);
}

void buf_clear(struct buf *buf)
{
    buf->length = 0;
    buf->full = false;
}

/* Room for `length` more bytes and a NUL; false when that is over the maximum. */
static bool buf_reserve(struct buf *buf, size_t length)
{
    assert(buf->length <= buf->max);
    if (length > buf->max - buf->length) {
        buf->full = true;
        return false;
    }
    size_t need = buf->length + length + 1;
    if (need > buf->capacity) {
        size_t capacity = buf->capacity ? buf->capacity : BUF_FIRST;
        while (capacity < need)
            capacity *= 2;
        buf->data = mem_grow(buf->data, capacity);
        buf->capacity = capacity;
    }
    return true;
}

char *buf_room(struct buf *buf, size_t length)
{
    return buf_reserve(buf, length) ? buf->data + buf->length : NULL;
}

void buf_fill(struct buf *buf, const char *end)
{
    size_t length = (size_t)(end - buf->data);
    assert(buf->length <= length && length < buf->capacity && length <= buf->max);
    buf->length = length;
}

void buf_put(struct buf *buf, const void *bytes, size_t length)
{
    if (!length || !buf_reserve(buf, length))
        return;
    memcpy(buf->data + buf->length, bytes, length);
    buf->length += length;
}

void buf_puts(struct buf *buf, const char *text)
{
    buf_put(buf, text, strlen(text));
}

void buf_putc(struct buf *buf, char byte)
{
    buf_put(buf, &byte, 1);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    assert(length >= 0);
    if (buf_reserve(buf, (size_t)length)) {
        vsnprintf(buf->data + buf->length, (size_t)length + 1, format, again);
        buf->length += (size_t)length;
    }
    va_end(again);
}

void buf_put_number(struct buf *buf, uint64_t number)
{
    char digits[PUT_NUMBER];
    buf_put(buf, digits, (size_t)(put_number(digits, number) - digits));
}

/* How many bytes stand in a JSON string as they are, and are one character each. */
static size_t buf_plain(const char *text, size_t length)
{
    size_t i = 0;
    while (i < length && text[i] >= ' ' && text[i] <= '~' && text[i] != '"' && text[i] != '\\')
        i++;
    return i;
}

/* Between quotes, as it is: as almost every text can stand. */
static void buf_put_quoted(struct buf *buf, const char *text, size_t length)
{
    char *at = buf_room(buf, length + 2);
    if (!at)
        return;
    *at++ = '"';
    at = put_bytes(at, text, length);
    *at++ = '"';
    buf_fill(buf, at);
}

void buf_put_json(struct buf *buf, const char *text, size_t length)
{
    if (buf_plain(text, length) == length) {
        buf_put_quoted(buf, text, length);
        return;
    }
    buf_putc(buf, '"');
    for (size_t i = 0; i < length;) {
        size_t plain = buf_plain(text + i, length - i);
        buf_put(buf, text + i, plain);
        i += plain;
        if (i == length)
            break;
        unsigned char c = (unsigned char)text[i];
        size_t width = utf8_width(text + i, length - i);
        if (c == '"' || c == '\\')
            buf_printf(buf, "\\%c", c);
        else if (c == '\n')
            buf_puts(buf, "\\n");
        else if (c < 0x20 || c == 0x7f)
            buf_printf(buf, "\\u%04x", c);
        else if (width == 0)
            buf_puts(buf, "\\ufffd");
        else
            buf_put(buf, text + i, width);
        i += width ? width : 1;
    }
    buf_putc(buf, '"');
}

static bool buf_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_' || c == '~';
}

void buf_put_percent(struct buf *buf, const char *text, size_t length)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < length; i++) {
        size_t first = i;
        while (i < length && buf_unreserved(text[i]))
            i++;
        buf_put(buf, text + first, i - first);
        if (i == length)
            break;
        unsigned char c = (unsigned char)text[i];
        buf_put(buf, (char[]){'%', hex[c >> 4], hex[c & 15]}, 3);
    }
}

const char *buf_text(struct buf *buf)
{
    if (!buf->data)
        buf_reserve(buf, 0);
    buf->data[buf->length] = '\0';
    return buf->data;
}

char *buf_take(struct buf *buf, size_t *length)
{
    buf_text(buf);
    char *data = buf->data;
    if (length)
        *length = buf->length;
    buf_init(buf, buf->max);
    return data;
}
