/* Refuses paths that values have turned into other paths. The query is free to hold anything. */
#include "definition/template_path.h"

#include <assert.h>
#include <string.h>

static int check_hollow(struct template_path *path, const struct buf *buf, struct error *error);
static int check_segments(const char *text, size_t length, struct error *error);

void template_path_init(struct template_path *path, const struct buf *buf)
{
    *path = (struct template_path){.start = buf->length};
}

/* The bytes of the path so far, without the query. */
static size_t path_length(const struct template_path *path, const struct buf *buf)
{
    size_t length = buf->length - path->start;
    const char *query = length ? memchr(buf->data + path->start, '?', length) : NULL;
    return query ? (size_t)(query - (buf->data + path->start)) : length;
}

int template_path_piece(struct template_path *path, const struct buf *buf, size_t before, size_t offset,
                        struct error *error)
{
    assert(path->start <= before && before <= buf->length);
    if (buf->length > before)
        return check_hollow(path, buf, error);
    bool in_path = before > path->start && path_length(path, buf) == before - path->start;
    if (in_path && !path->hollow && buf->data[before - 1] == '/') {
        path->hollow = true;
        path->at = before;
        path->offset = offset;
    }
    return 0;
}

int template_path_finish(struct template_path *path, const struct buf *buf, struct error *error)
{
    int code = check_hollow(path, buf, error);
    size_t length = path_length(path, buf);
    return code || !length ? code : check_segments(buf->data + path->start, length, error);
}

/* An empty value does no harm when something else filled the segment. */
static int check_hollow(struct template_path *path, const struct buf *buf, struct error *error)
{
    if (!path->hollow)
        return 0;
    path->hollow = false;
    if (path->at < buf->length && buf->data[path->at] != '/' && buf->data[path->at] != '?')
        return 0;
    return error_set(error, ERROR_INVALID,
                     "at %zu: the value is empty and would leave a segment of the path empty", path->offset);
}

/* "." and ".." are taken out by clients and servers, and another resource would be called. */
static int check_segments(const char *text, size_t length, struct error *error)
{
    const char *end = text + length;
    for (const char *at = text; at < end;) {
        const char *slash = memchr(at, '/', (size_t)(end - at));
        size_t size = (size_t)((slash ? slash : end) - at);
        if ((size == 1 || size == 2) && at[0] == '.' && at[size - 1] == '.')
            return error_set(error, ERROR_INVALID, "the path would have a segment \"%.*s\"", (int)size, at);
        at = slash ? slash + 1 : end;
    }
    return 0;
}
