/* Views: what can be looked at with GET, each a query that makes JSON. */
#ifndef BELAY_COMMON_VIEW_H
#define BELAY_COMMON_VIEW_H

#include <sqlite3.h>
#include <stddef.h>

struct view {
    const char *path; /* "/stock", or "/stock/{}" with the last segment as ?1 of the query */
    const char *sql;  /* the first column of its first row is the answer; no row: 404 */
};

/* Answers GET `path` (percent-encoded) from `views`. 200 and `*json`, to be freed with sqlite3_free; else the
 * HTTP status: 404, or 500 when the query fails. */
int view_get(sqlite3 *db, const struct view *views, size_t count, const char *path, char **json);

#endif
