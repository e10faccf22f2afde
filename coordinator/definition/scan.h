/* The words of a JSON text, one after the other, with their positions; jansson tells none. Reads only; the
 * grammar (which word may follow which) is the business of syntax.c. */
#ifndef BELAY_DEFINITION_SCAN_H
#define BELAY_DEFINITION_SCAN_H

#include "base/buf.h"

#include <stddef.h>

enum token {
    TOKEN_END, /* of the text */
    TOKEN_OBJECT,
    TOKEN_OBJECT_END,
    TOKEN_ARRAY,
    TOKEN_ARRAY_END,
    TOKEN_COMMA,
    TOKEN_COLON,
    TOKEN_STRING,
    TOKEN_NUMBER,
    TOKEN_WORD, /* true, false, null */
    TOKEN_BAD,  /* no word of JSON */
};

struct scan {
    const char *text;
    size_t length;
    size_t start; /* of the last token */
    size_t next;  /* behind it */
};

/* Reads the next token. After TOKEN_BAD it can go on, but what comes makes no sense. */
enum token scan_next(struct scan *scan);

/* Passes the value that `first`, the last token read, begins; stops early at the end of the text. */
void scan_skip(struct scan *scan, enum token first);

/* Appends what the string token at `start` means to `buf` (escapes resolved). */
void scan_string(const struct scan *scan, size_t start, struct buf *buf);

/* The offset in the text of the byte that means byte `inside` of the string token at `start`. */
size_t scan_inside(const struct scan *scan, size_t start, size_t inside);

#endif
