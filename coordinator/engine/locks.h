/* Locks: who holds what, and who waits behind. A lock is a text; it is there as long as somebody holds or wants
 * it. The line behind a lock is ordered by the numbers of the transactions, which is the order in which they
 * began, and its first is the holder: so it follows from the open transactions alone, and needs no table in the
 * store. Nobody waits for a lock while holding one, so nobody can wait in a circle. All of the line is in memory.
 */
#ifndef BELAY_ENGINE_LOCKS_H
#define BELAY_ENGINE_LOCKS_H

#include "base/limits.h"
#include "engine/table.h"

#include <stdbool.h>

struct engine;
struct lock;
struct open;

/* A transaction's place in a line. */
struct stand {
    struct lock *lock; /* NULL: it locks nothing, or does not any more */
    struct open *before;
    struct open *behind;
};

struct locks {
    struct table by_key;
    struct lock *touched; /* the first of its line may have to be granted it */
};

void locks_done(struct locks *locks);

/* The one who holds the lock, or is about to; NULL: nobody. */
const struct open *locks_holder(const struct locks *locks, const char *key);

/* Stands at the end of the line, and leaves it, from wherever. */
void locks_join(struct locks *locks, struct open *open, const char *key);
void locks_leave(struct locks *locks, struct open *open);

/* How many stand before it, the first of them being the holder, whose id is copied; 0: it holds or wants nothing.
 */
size_t locks_before(const struct open *open, char holder[LIMIT_ID_TEXT]);

/* Grants what became free, in the batch in which it did. */
void locks_grant(struct engine *engine);

#endif
