/* Finding a view by its path, and running its query. */
#include "common/view.h"

#include <stdbool.h>
#include <string.h>

enum { SEGMENT_MAX = 128 };

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Decodes a path segment. False when it is empty, too long, or not percent-encoded. */
static bool decode(const char *from, char to[SEGMENT_MAX])
{
    size_t length = 0;
    for (; *from; from++) {
        int byte = (unsigned char)*from;
        if (*from == '%') {
            int high = hex(from[1]), low = high < 0 ? -1 : hex(from[2]);
            if (low < 0)
                return false;
            byte = high * 16 + low;
            from += 2;
        }
        if (length + 1 == SEGMENT_MAX)
            return false;
        to[length++] = (char)byte;
    }
    to[length] = '\0';
    return length > 0;
}

/* True when `path` is this view's; `segment` is then what stands for {}, "" without one. */
static bool matches(const struct view *view, const char *path, char segment[SEGMENT_MAX])
{
    segment[0] = '\0';
    const char *hole = strstr(view->path, "{}");
    if (!hole)
        return !strcmp(path, view->path);
    size_t prefix = (size_t)(hole - view->path);
    return !strncmp(path, view->path, prefix) && !strchr(path + prefix, '/') && decode(path + prefix, segment);
}

static int query(sqlite3 *db, const char *sql, const char *segment, char **json)
{
    sqlite3_stmt *stmt = NULL;
    int status = 500;
    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK &&
        (sqlite3_bind_parameter_count(stmt) == 0 ||
         sqlite3_bind_text(stmt, 1, segment, -1, SQLITE_STATIC) == SQLITE_OK)) {
        int rc = sqlite3_step(stmt);
        if (rc == SQLITE_DONE)
            status = 404;
        if (rc == SQLITE_ROW)
            *json = sqlite3_mprintf("%s", sqlite3_column_text(stmt, 0));
        if (rc == SQLITE_ROW && *json)
            status = 200;
    }
    sqlite3_finalize(stmt);
    return status;
}

int view_get(sqlite3 *db, const struct view *views, size_t count, const char *path, char **json)
{
    char segment[SEGMENT_MAX];
    for (size_t i = 0; i < count; i++)
        if (matches(&views[i], path, segment))
            return query(db, views[i].sql, segment, json);
    return 404;
}
