/* A byte buffer for a library in someone else's process: it takes its memory from the participant's allocator, and
 * running out of it, or over the maximum, is an answer. What does not fit is dropped and `failed` says so. */
#ifndef BELAY_SRC_BYTES_H
#define BELAY_SRC_BYTES_H

#include "belay/http.h"

#include <stdbool.h>
#include <stddef.h>

struct belay_bytes {
    struct belay_allocator allocator;
    char *data; /* NULL until something was put; not NUL-terminated */
    size_t length;
    size_t capacity;
    size_t max;
    bool failed;
};

/* The allocator that is used when none is given. */
extern const struct belay_allocator belay_allocator_default;

void belay_bytes_init(struct belay_bytes *bytes, const struct belay_allocator *allocator, size_t max);
void belay_bytes_done(struct belay_bytes *bytes);
void belay_bytes_clear(struct belay_bytes *bytes);

void belay_bytes_put(struct belay_bytes *bytes, const void *data, size_t length);
void belay_bytes_puts(struct belay_bytes *bytes, const char *text);
/* As a JSON string with its quotes; bytes that are not UTF-8 become U+FFFD. */
void belay_bytes_put_json(struct belay_bytes *bytes, const char *text);

/* Bytes (1 to 4) of the valid UTF-8 character at `text`, a NUL-terminated string; 0 when there is none. */
size_t belay_bytes_utf8_width(const char *text);

/* True when `text` is UTF-8 without control characters. */
bool belay_bytes_printable(const char *text);

#endif
