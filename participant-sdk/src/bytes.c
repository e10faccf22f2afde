/* The growing buffer, JSON strings, and UTF-8 (RFC 3629). */
#include "bytes.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 256 };

static void *default_resize(void *context, void *old_memory, size_t size)
{
    (void)context;
    if (size > 0)
        return realloc(old_memory, size);
    free(old_memory);
    return NULL;
}

const struct belay_allocator belay_allocator_default = {.resize = default_resize};

void belay_bytes_init(struct belay_bytes *bytes, const struct belay_allocator *allocator, size_t max)
{
    assert(allocator->resize);
    *bytes = (struct belay_bytes){.allocator = *allocator, .max = max};
}

void belay_bytes_done(struct belay_bytes *bytes)
{
    bytes->allocator.resize(bytes->allocator.context, bytes->data, 0);
    belay_bytes_init(bytes, &bytes->allocator, bytes->max);
}

void belay_bytes_clear(struct belay_bytes *bytes)
{
    bytes->length = 0;
    bytes->failed = false;
}

static bool grow(struct belay_bytes *bytes, size_t needed)
{
    if (needed <= bytes->capacity)
        return true;
    size_t capacity = bytes->capacity ? bytes->capacity : FIRST_CAPACITY;
    while (capacity < needed)
        capacity *= 2;
    char *data = bytes->allocator.resize(bytes->allocator.context, bytes->data, capacity);
    if (!data)
        return false;
    bytes->data = data;
    bytes->capacity = capacity;
    return true;
}

void belay_bytes_put(struct belay_bytes *bytes, const void *data, size_t length)
{
    assert(bytes->length <= bytes->max);
    if (bytes->failed || length == 0)
        return;
    if (length > bytes->max - bytes->length || !grow(bytes, bytes->length + length)) {
        bytes->failed = true;
        return;
    }
    memcpy(bytes->data + bytes->length, data, length);
    bytes->length += length;
}

void belay_bytes_puts(struct belay_bytes *bytes, const char *text)
{
    belay_bytes_put(bytes, text, strlen(text));
}

static void put_character(struct belay_bytes *bytes, const char *text, size_t width)
{
    if (width == 0) {
        belay_bytes_puts(bytes, "\\ufffd");
    } else if (*text == '"' || *text == '\\') {
        belay_bytes_put(bytes, "\\", 1);
        belay_bytes_put(bytes, text, 1);
    } else if ((unsigned char)*text < 0x20) {
        char escaped[8];
        snprintf(escaped, sizeof escaped, "\\u%04x", (unsigned)*text);
        belay_bytes_puts(bytes, escaped);
    } else {
        belay_bytes_put(bytes, text, width);
    }
}

void belay_bytes_put_json(struct belay_bytes *bytes, const char *text)
{
    belay_bytes_put(bytes, "\"", 1);
    while (*text) {
        size_t width = belay_bytes_utf8_width(text);
        put_character(bytes, text, width);
        text += width ? width : 1;
    }
    belay_bytes_put(bytes, "\"", 1);
}

size_t belay_bytes_utf8_width(const char *text)
{
    const unsigned char *c = (const unsigned char *)text;
    if (c[0] == 0)
        return 0;
    if (c[0] < 0x80)
        return 1;
    size_t width = c[0] >= 0xc2 && c[0] < 0xe0   ? 2
                   : c[0] >= 0xe0 && c[0] < 0xf0 ? 3
                   : c[0] >= 0xf0 && c[0] < 0xf5 ? 4
                                                 : 0;
    for (size_t i = 1; i < width; i++)
        if ((c[i] & 0xc0) != 0x80) /* also stops at the NUL */
            return 0;
    if ((c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xed && c[1] > 0x9f) || /* overlong, surrogate */
        (c[0] == 0xf0 && c[1] < 0x90) || (c[0] == 0xf4 && c[1] > 0x8f))   /* overlong, over U+10FFFF */
        return 0;
    return width;
}

bool belay_bytes_printable(const char *text)
{
    while (*text) {
        size_t width = belay_bytes_utf8_width(text);
        unsigned char first = (unsigned char)text[0];
        if (width == 0 || first < 0x20 || first == 0x7f || (first == 0xc2 && (unsigned char)text[1] < 0xa0))
            return false;
        text += width;
    }
    return true;
}
