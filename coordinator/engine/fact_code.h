/* How facts lie on disk: a byte for the type, then variable-length numbers (LEB128) for the rest, then the
 * payload. Versioned by the fact's type: a type's fields never change. */
#ifndef BELAY_ENGINE_FACT_CODE_H
#define BELAY_ENGINE_FACT_CODE_H

#include "base/buf.h"
#include "core/fact.h"

#include <stdbool.h>

/* Appends one fact and its payload (length 0: none). */
void fact_encode(struct buf *buf, const struct fact *fact, const void *payload, size_t length);

/* Reads the fact at `*at` and moves `*at` behind it; `*payload` points into `bytes`. False when what stands
 * there is no fact (the store is corrupt). */
bool fact_decode(const void *bytes, size_t length, size_t *at, struct fact *fact, const char **payload,
                 size_t *payload_length);

#endif
