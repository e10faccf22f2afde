/* The path of a request. It is split at its raw "/" and only then decoded: a "%2f" is part of an id, never a
 * border between segments. */
#ifndef BELAY_API_PATH_H
#define BELAY_API_PATH_H

#include "base/error.h"
#include "base/limits.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    PATH_SEGMENTS = 10, /* one more than the longest route, so that a longer path is no route's */
    PATH_ID = 2,       /* where the id or name stands: /v1/transactions/{id} */
    PATH_VERB = 3,
    PATH_PART = 4, /* a step, or a signal: /v1/transactions/{id}/steps/{step} */
    PATH_ITEM = 6, /* an item of a step: .../steps/{step}/items/{item} */
};

struct path {
    size_t count;
    char segments[PATH_SEGMENTS][LIMIT_ID_TEXT]; /* decoded, printable UTF-8, not empty */
};

/* ERROR_SYNTAX with the reason: an empty segment, "." or "..", a broken escape, a byte that is not printable,
 * a segment longer than an id can be. Segments behind the last that a route can have are only counted. */
int path_parse(const char *raw, struct path *path, struct error *error);

/* Patterns are "/v1/transactions/{id}": a segment in braces takes any text. */
bool path_matches(const struct path *path, const char *pattern);

#endif
