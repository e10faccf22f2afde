/* Transactions that belayd ran, to be copied. */
#ifndef BELAY_BENCH_TEMPLATES_H
#define BELAY_BENCH_TEMPLATES_H

#include "base/buf.h"
#include "core/txn.h"
#include "ports/store.h"

#include <stddef.h>
#include <stdint.h>

enum { TEMPLATE_PIECES = 16, TEMPLATE_BYTES = 1 << 16 };

/* The facts of one of its commits. */
struct piece {
    uint32_t seq, count;
    struct buf bytes;
};

struct template
{
    struct store_row row; /* its texts are owned */
    size_t pieces_count;
    struct piece pieces[TEMPLATE_PIECES];
};

/* The newest that have ended, at most `most`; how many there are, 0 also on an error. */
size_t templates_load(struct template *templates, size_t most, struct store *store, struct error *error);
void template_done(struct template *template);

/* The same facts for another transaction, at another time; the bytes are put into `bytes`. */
struct store_facts template_move(const struct piece *piece, uint64_t txn, int64_t shift_ms, struct buf *bytes);

#endif
