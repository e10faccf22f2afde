/* Findings: everything that is wrong with a saga file, collected in one pass and sorted by position. */
#ifndef BELAY_DEFINITION_FINDINGS_H
#define BELAY_DEFINITION_FINDINGS_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    FINDING_POINTER_BYTES = 1024, /* a longer pointer is cut to an ancestor: it has to fit on a screen */
    FINDING_TEXT_BYTES = 400,     /* one line for a person */
};

#define FINDING_WHOLE SIZE_MAX /* `inside` of a finding about a whole value */

struct finding {
    const char *code; /* stable: "E401", "W101" (a warning) */
    char *pointer;    /* JSON Pointer into the file */
    size_t inside;    /* byte offset into the string there, FINDING_WHOLE */
    unsigned line;    /* 1, 2, ... */
    unsigned column;  /* in characters, 1, 2, ... */
    char *message;    /* what was expected, what was found */
    char *hint;       /* what to do; NULL when there is nothing to say */
};

struct findings {
    struct finding *list;
    size_t count;
    size_t errors_count; /* without the warnings; counts also those that were cut */
    bool cut;            /* there were more than LIMIT_FINDINGS */
};

void findings_init(struct findings *findings);
void findings_done(struct findings *findings);

/* `format` is the message; a hint may be NULL. Positions are filled in later, by findings_place. Control
 * characters become "?" and long texts are cut. Returns the finding, valid until the next one is added, so
 * that `inside`, or line and column, can be set where they are known; NULL when there are too many. */
struct finding *findings_add(struct findings *findings, const char *code, const char *pointer, const char *hint,
                             const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Finds line and column of every finding's pointer in `text` (unless it has them) and sorts by position. A
 * member of an object stands where its key does; what is not there stands where the nearest thing around
 * it does. */
void findings_place(struct findings *findings, const char *text, size_t length);

/* One line each: `FILE:9:3: E401 "reserve" runs before the pivot and cannot be undone (add ...)`. */
void findings_print(const struct findings *findings, const char *file, struct buf *buf);

/* A JSON array of {code, pointer, line, column, message, hint?}. */
void findings_print_json(const struct findings *findings, struct buf *buf);

#endif
