/* JSON members. Whether a comma is due shows in the last byte: after an opening bracket and a colon it is not. */
#include "api/write.h"

#include "base/time.h"

#include <assert.h>
#include <string.h>

static void write_comma(struct buf *buf)
{
    if (buf->length && !strchr("{[:", buf->data[buf->length - 1]))
        buf_putc(buf, ',');
}

void write_open(struct buf *buf, char open)
{
    assert(open == '{' || open == '[');
    write_comma(buf);
    buf_putc(buf, open);
}

void write_key(struct buf *buf, const char *key)
{
    assert(buf->length || buf->full);
    write_comma(buf);
    buf_put_json(buf, key, strlen(key));
    buf_putc(buf, ':');
}

void write_text(struct buf *buf, const char *key, const char *text)
{
    if (text && *text)
        write_bytes(buf, key, text, strlen(text));
}

void write_bytes(struct buf *buf, const char *key, const char *text, size_t length)
{
    if (!text)
        return;
    write_key(buf, key);
    buf_put_json(buf, text, length);
}

void write_number(struct buf *buf, const char *key, uint64_t number)
{
    write_key(buf, key);
    buf_put_number(buf, number);
}

void write_time(struct buf *buf, const char *key, uint64_t ms)
{
    if (!ms)
        return;
    char text[TIME_TEXT];
    time_print(ms, text);
    write_text(buf, key, text);
}

void write_json(struct buf *buf, const char *key, const char *json, size_t length)
{
    if (!json || !length)
        return;
    write_key(buf, key);
    buf_put(buf, json, length);
}

void write_tags(struct buf *buf, const char *key, const char *tags)
{
    if (!tags)
        return;
    assert(tags[0] == '\n');
    write_key(buf, key);
    write_open(buf, '[');
    for (const char *at = tags + 1; *at;) {
        size_t length = strcspn(at, "\n");
        write_comma(buf);
        buf_put_json(buf, at, length);
        at += length + (at[length] == '\n');
    }
    buf_putc(buf, ']');
}
