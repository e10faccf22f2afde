/* Listings: an array of JSON objects as a table that fits its reader, or as JSON. */
#ifndef BELAY_CLI_LISTING_H
#define BELAY_CLI_LISTING_H

#include "cli/output.h"

enum column_kind {
    COLUMN_TEXT,
    COLUMN_STATUS, /* coloured by its word */
    COLUMN_AGE,    /* a time; how long ago. In wide: the time itself */
    COLUMN_LIST,   /* an array of strings, with commas */
    COLUMN_JSON,   /* any value, in one line */
};

struct column {
    const char *title;
    const char *member;
    enum column_kind kind;
    bool wide;    /* only in wide tables */
    bool flexible; /* may be cut when the terminal is narrow; others are not */
};

/* Puts the rows in the output's format. A column without a value in any row is left out. On a terminal that is
 * too narrow the flexible columns give way, the widest first. */
void listing_put(const struct output *output, struct buf *buf, const struct column *columns, size_t columns_count,
               const json_t *rows);

#endif
