/* Watches over a path while it is rendered: whatever the values are, it must name the kind of resource that
 * its author wrote down. `DELETE /orders/${ id }` with an empty id must not become DELETE /orders/, and with
 * ".." not DELETE /. */
#ifndef BELAY_DEFINITION_TEMPLATE_PATH_H
#define BELAY_DEFINITION_TEMPLATE_PATH_H

#include "base/buf.h"
#include "base/error.h"

struct template_path {
    size_t start;  /* where it begins in the buffer */
    bool hollow;   /* an empty value stood behind a slash, ... */
    size_t at;     /* ... here, ... */
    size_t offset; /* ... from the expression at this place of the template */
};

/* `buf` is about to receive a path. */
void template_path_init(struct template_path *path, const struct buf *buf);

/* A piece was appended at `before`; `offset` is its place in the template. */
int template_path_piece(struct template_path *path, const struct buf *buf, size_t before, size_t offset,
                        struct error *error);

/* Nothing more comes. */
int template_path_finish(struct template_path *path, const struct buf *buf, struct error *error);

#endif
