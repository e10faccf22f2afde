/* Filling a store with transactions that have ended, as fast as the disk allows and exactly as belayd would have:
 * each is a copy of one that belayd ran (the same facts in the same pieces, inserted open and updated at its end),
 * moved to another time, and written through the store's own commits, only thousands of transactions to one. */
#ifndef BELAY_BENCH_FILLER_H
#define BELAY_BENCH_FILLER_H

#include "base/limits.h"

#include <stdbool.h>
#include <stdint.h>

enum { FILLER_TEMPLATES = 16, FILLER_SAMPLES = 4096 };

struct filler;

/* The newest ended transactions of belayd's store in `directory`, at most FILLER_TEMPLATES; NULL: it said why. */
struct filler *filler_new(const char *directory);
void filler_free(struct filler *filler);

struct filling {
    const char *directory; /* of the store; made if missing. Nobody else has it open */
    uint64_t count;
    uint64_t begun_ms;   /* when the first one began; the others follow until now */
    uint64_t expires_ms; /* 0: never */
    uint64_t middle;     /* the number of one in the middle */
    uint64_t samples_count;
    char samples[FILLER_SAMPLES][LIMIT_ID_TEXT]; /* ids of some, evenly spread; the last one is the last */
};

bool filler_fill(const struct filler *filler, struct filling *filling);

#endif
