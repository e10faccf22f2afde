/* Splitting, decoding and matching of paths. */
#include "api/path.h"

#include "api/percent.h"

#include <assert.h>
#include <string.h>

static int path_segment(const char *raw, size_t length, char segment[LIMIT_ID_TEXT], struct error *error);

int path_parse(const char *raw, struct path *path, struct error *error)
{
    path->count = 0;
    if (raw[0] != '/')
        return error_set(error, ERROR_SYNTAX, "the path does not start with \"/\"");
    if (!raw[1])
        return 0; /* the root has no segments */
    for (const char *at = raw; *at && path->count < PATH_SEGMENTS;) {
        size_t length = strcspn(at + 1, "/");
        if (path_segment(at + 1, length, path->segments[path->count], error))
            return error_wrap(error, "path segment %zu", path->count + 1);
        path->count++;
        at += 1 + length;
    }
    return 0;
}

bool path_matches(const struct path *path, const char *pattern)
{
    assert(pattern[0] == '/');
    size_t i = 0;
    for (const char *at = pattern; *at; i++) {
        size_t length = strcspn(at + 1, "/");
        if (i == path->count)
            return false;
        const char *segment = path->segments[i];
        if (at[1] != '{' && (strlen(segment) != length || memcmp(segment, at + 1, length) != 0))
            return false;
        at += 1 + length;
    }
    return i == path->count;
}

static int path_segment(const char *raw, size_t length, char segment[LIMIT_ID_TEXT], struct error *error)
{
    if (!length)
        return error_set(error, ERROR_SYNTAX, "empty (\"//\", or a \"/\" at the end)");
    if (percent_decode(raw, length, false, segment, LIMIT_ID_TEXT, error))
        return (int)error->code;
    if (strcmp(segment, ".") == 0 || strcmp(segment, "..") == 0)
        return error_set(error, ERROR_SYNTAX, "\".\" and \"..\" are not followed");
    return 0;
}
