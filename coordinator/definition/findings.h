/* Findings: everything that is wrong with a saga file, collected in one pass and sorted by position. */
#ifndef BELAY_DEFINITION_FINDINGS_H
#define BELAY_DEFINITION_FINDINGS_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

struct finding {
    const char *code; /* stable: "E401", "W101" (a warning) */
    char *pointer;    /* JSON Pointer into the file */
    unsigned line;    /* 1, 2, ... */
    unsigned column;  /* in characters, 1, 2, ... */
    char *message;    /* what was expected, what was found */
    char *hint;       /* what to do; NULL when there is nothing to say */
};

struct findings {
    struct finding *list;
    size_t count;
    size_t errors_count; /* without the warnings */
    bool cut;            /* there were more than LIMIT_FINDINGS */
};

void findings_init(struct findings *findings);
void findings_done(struct findings *findings);

/* `format` is the message; a hint may be NULL. Positions are filled in later, by findings_place. */
void findings_add(struct findings *findings, const char *code, const char *pointer, const char *hint,
                  const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Finds line and column of every finding's pointer in `text` and sorts by position. */
void findings_place(struct findings *findings, const char *text, size_t length);

/* One line each: `FILE:9:3: E401 "reserve" runs before the pivot and cannot be undone (add ...)`. */
void findings_print(const struct findings *findings, const char *file, struct buf *buf);

/* A JSON array of {code, pointer, line, column, message, hint?}. */
void findings_print_json(const struct findings *findings, struct buf *buf);

#endif
