/* How many stand before one in a line from whose middle others leave: counting them anew for each who asks is
 * slow when all of a long line ask. A Fenwick tree over the places in which they joined: 4 bytes for each, and a
 * step for each binary digit. It is made when somebody asks; a line that nobody asks about costs nothing. */
#ifndef BELAY_ENGINE_RANKS_H
#define BELAY_ENGINE_RANKS_H

#include <stdbool.h>
#include <stdint.h>

struct ranks {
    uint32_t *sums; /* NULL: not made. Behind the first one, which is not used */
    uint32_t size;  /* places there is room for */
    uint32_t last;  /* place that was given */
};

/* Makes it for a line of `count`, whose places are 1 to `count`, with room for as many again. */
void ranks_make(struct ranks *ranks, uint32_t count);
void ranks_done(struct ranks *ranks); /* it is not made, again */

/* The place of one more at the end. When it is not made 0, which is no place; it is so too when the room is used
 * up. */
uint32_t ranks_join(struct ranks *ranks);
void ranks_leave(struct ranks *ranks, uint32_t place);

/* How many there are before a place. */
uint32_t ranks_before(const struct ranks *ranks, uint32_t place);

#endif
