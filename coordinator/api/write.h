/* Writing JSON members into a buffer: what has no value is left out. */
#ifndef BELAY_API_WRITE_H
#define BELAY_API_WRITE_H

#include "base/buf.h"

#include <stddef.h>
#include <stdint.h>

/* Opens the next element of an array, or the buffer's own value: a comma when one is due, then `open`. */
void write_open(struct buf *buf, char open);

/* A comma when one is due, the name and its colon. Any value may follow. */
void write_key(struct buf *buf, const char *key);

void write_text(struct buf *buf, const char *key, const char *text);                 /* NULL or "": nothing */
void write_bytes(struct buf *buf, const char *key, const char *text, size_t length); /* NULL: nothing */
void write_number(struct buf *buf, const char *key, uint64_t number);
void write_time(struct buf *buf, const char *key, uint64_t ms); /* 0: nothing */
/* `json` is one JSON value, put as it is; NULL or empty: nothing. */
void write_json(struct buf *buf, const char *key, const char *json, size_t length);
/* "\nvip\neu\n" as ["vip","eu"]; NULL: nothing. */
void write_tags(struct buf *buf, const char *key, const char *tags);

#endif
