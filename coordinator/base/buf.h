/* A byte buffer that grows up to a stated maximum. Going over the maximum marks the buffer as full and
 * drops what does not fit; the owner asks `buf.full` once at the end instead of after every call. */
#ifndef BELAY_BASE_BUF_H
#define BELAY_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
    char *data; /* NULL until something was put; not NUL-terminated, see buf_text */
    size_t length;
    size_t capacity;
    size_t max;
    bool full;
};

/* An empty buffer that refuses to grow over `max` bytes. Owns nothing yet. */
void buf_init(struct buf *buf, size_t max);

/* Frees the bytes; the buffer may be used again (empty, same maximum). */
void buf_done(struct buf *buf);

/* Forgets the content, keeps the memory. */
void buf_clear(struct buf *buf);

void buf_put(struct buf *buf, const void *bytes, size_t length);
void buf_puts(struct buf *buf, const char *text);
void buf_putc(struct buf *buf, char byte);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Room for `length` bytes behind the content, to be written there (base/put.h); what was, up to `end`, becomes
 * content by buf_fill. NULL when it is over the maximum. */
char *buf_room(struct buf *buf, size_t length);
void buf_fill(struct buf *buf, const char *end);

/* A number as decimal digits. */
void buf_put_number(struct buf *buf, uint64_t number);

/* Puts `length` bytes as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD. */
void buf_put_json(struct buf *buf, const char *text, size_t length);

/* Puts `length` bytes with all but RFC 3986 "unreserved" percent-encoded. */
void buf_put_percent(struct buf *buf, const char *text, size_t length);

/* The content with a NUL behind it; valid until the next change. */
const char *buf_text(struct buf *buf);

/* Hands the content (NUL-terminated) over to the caller, who frees it with mem_free; the buffer is empty. */
char *buf_take(struct buf *buf, size_t *length);

#endif
