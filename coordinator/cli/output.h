/* How output looks to whoever reads it: format, colour, width, and JSON that is safe on a terminal. */
#ifndef BELAY_CLI_OUTPUT_H
#define BELAY_CLI_OUTPUT_H

#include "base/buf.h"
#include "base/error.h"
#include "cli/options.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* What one command may hold before it is written. */
enum { OUTPUT_BYTES = 256 << 20 };

#define FORMATS(X)                                                                                            \
    X(FORMAT_TABLE, "table")                                                                                  \
    X(FORMAT_WIDE, "wide")                                                                                    \
    X(FORMAT_JSON, "json")                                                                                    \
    X(FORMAT_JSONL, "jsonl")

enum format {
#define X(name, word) name,
    FORMATS(X)
#undef X
};

/* name, SGR parameters (ECMA-48) */
#define PAINTS(X)                                                                                             \
    X(PAINT_NONE, "")                                                                                         \
    X(PAINT_GOOD, "32")                                                                                       \
    X(PAINT_BAD, "31")                                                                                        \
    X(PAINT_ALARM, "1;31")                                                                                    \
    X(PAINT_UNDO, "33")                                                                                       \
    X(PAINT_BUSY, "36")                                                                                       \
    X(PAINT_FAINT, "2")                                                                                       \
    X(PAINT_BOLD, "1")

enum paint {
#define X(name, parameters) name,
    PAINTS(X)
#undef X
};

struct output {
    enum format format;
    bool colour;
    bool terminal;
    size_t width;    /* columns; 0 = no terminal: nothing is cut */
    uint64_t now_ms; /* for ages */
};

/* From the options, the environment (NO_COLOR, TERM, COLUMNS) and what `file` is. ERROR_USAGE for a format
 * that does not exist. */
int output_detect(struct output *output, const struct options *options, FILE *file, struct error *error);

bool output_json_wanted(const struct output *output); /* json or jsonl */

/* Puts a text made safe, in that colour when there is colour. */
void output_paint(const struct output *output, struct buf *buf, enum paint paint, const char *text);

/* The colour of a status or of an answer, by its word. */
enum paint output_paint_of(const char *word);

/* Puts a JSON value (NULL is null) as one line (jsonl) or indented (anything else), with a newline. Valid JSON,
 * and safe. */
void output_put_json(const struct output *output, struct buf *buf, const json_t *value);
void output_put_json_line(struct buf *buf, const json_t *value); /* without the newline */

/* A member as text; "" when it is missing or no string. */
const char *output_member(const json_t *object, const char *name);

/* Writes and empties `buf`. */
void output_flush(struct buf *buf, FILE *file);

#endif
