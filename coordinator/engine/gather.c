/* When waiting for company is worth it. */
#include "engine/gather.h"

#include <assert.h>

size_t gather_enough(struct gather *gather, uint32_t calls_count)
{
    if (calls_count < GATHER_CALLS)
        return 0;
    if (gather->left) {
        gather->left--;
        return 0;
    }
    size_t most = calls_count - calls_count / 4; /* the last ones are not worth it: a slow one would hold up all */
    return most < GATHER_ENOUGH ? most : GATHER_ENOUGH;
}

void gather_learn(struct gather *gather, bool came)
{
    assert(!gather->left);
    if (came)
        gather->skip = 0;
    else if (!gather->skip)
        gather->skip = 1;
    else if (gather->skip < GATHER_SKIP_MOST)
        gather->skip *= 2;
    gather->left = gather->skip;
}
