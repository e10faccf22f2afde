/* Where things stand: JSON Pointer (RFC 6901) to line and column, found by one walk over the raw text. */
#ifndef BELAY_DEFINITION_LOCATE_H
#define BELAY_DEFINITION_LOCATE_H

#include <stddef.h>

struct place {
    const char *pointer;
    size_t inside; /* byte offset into the string there; FINDING_WHOLE: the whole value */
    size_t owner;  /* the caller's; comes back untouched */
    size_t offset; /* found: in bytes */
    unsigned line;
    unsigned column; /* in characters */
};

/* Fills offset, line and column of `count` places and leaves them in any order. A member of an object
 * stands where its key does (with `inside`: within its value), an element where its value does. What is not
 * there stands where the nearest thing around it does. Of a key that stands twice the last one counts. */
void locate(const char *text, size_t length, struct place *places, size_t count);

/* Line and column of one byte. Begin with POSITION_FIRST. */
struct position {
    size_t offset;
    unsigned line;
    unsigned column;
};

#define POSITION_FIRST ((struct position){0, 1, 1})

/* Moves on to `offset`, which is not before where the position stands: many in a row cost one pass. */
void locate_forward(const char *text, size_t length, size_t offset, struct position *position);

#endif
