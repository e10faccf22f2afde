/* Memory of one seed: handed out, never given back before the seed is over. A simulation has too many things
 * that refer to each other to say who owns what. */
#ifndef BELAY_SIM_KEEP_H
#define BELAY_SIM_KEEP_H

#include <stddef.h>

struct keep {
    struct keep_block *blocks;
    size_t used; /* of the first block */
};

void *keep_new(struct keep *keep, size_t size); /* zeroed */
char *keep_bytes(struct keep *keep, const void *bytes, size_t length); /* with a NUL behind them */
char *keep_text(struct keep *keep, const char *text);
/* Room for one more than `count` elements of `size` bytes in an array that doubles; the array may move. */
void *keep_grow(struct keep *keep, void *array, size_t count, size_t size);
void keep_done(struct keep *keep);

#endif
