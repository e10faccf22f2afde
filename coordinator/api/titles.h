/* What approvals ask, in the words of the saga filled in with what has happened. */
#ifndef BELAY_API_TITLES_H
#define BELAY_API_TITLES_H

#include "api/find.h"
#include "api/fold.h"
#include "engine/payload.h"

struct titles {
    const struct fold *fold;
    struct payload payload; /* only with `ready` */
    bool ready;             /* there is something to render, and all that it may need */
    size_t kept_bytes;
};

/* Reads what the titles of the approvals that were asked so far are made of. Nothing is read when there are none.
 * `fold` and `found` are borrowed. */
void titles_read(struct titles *titles, struct store *store, const struct fold *fold, const struct found *found);
void titles_done(struct titles *titles);

/* The title of a step, yours to free. NULL: it asks nobody, or nobody yet; or the title cannot be rendered (an
 * expression fails, it is over LIMIT_DETAIL_BYTES, or outputs over LIMIT_OUTPUTS_BYTES would have to be read). */
char *titles_text(struct titles *titles, uint16_t step);

#endif
