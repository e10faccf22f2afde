/* Locks: who holds what, and who waits behind. A lock is a text; it is there as long as somebody holds or wants
 * it. The line behind a lock is ordered by the numbers of the transactions, which is the order in which they
 * began, and its first is the holder: so it follows from the open transactions alone, and needs no table in the
 * store. All of the line is in memory.
 *
 * Who is nobody's child does nothing before it has its lock, and wants no other: it never waits while it holds. A
 * child wants its lock while its relatives hold theirs, to the end of the outermost; so before a child stands in a
 * line, it is asked whether those in it wait, through children of their own, for its relatives. Then it is not let
 * in, and there never is a circle. */
#ifndef BELAY_ENGINE_LOCKS_H
#define BELAY_ENGINE_LOCKS_H

#include "base/limits.h"
#include "engine/ranks.h"
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
    uint32_t place; /* in the lock's ranks, once it has any */
    struct link by_root; /* of a child: among its relatives, by the number of the outermost */
    uint64_t seen;       /* by which search for a circle */
};

struct locks {
    struct table by_key;
    struct table by_root;
    size_t stands_count;  /* of transactions that hold one or stand in its line */
    uint64_t searches;    /* for circles, so far */
    struct lock *touched; /* the first of its line may have to be granted it */
};

void locks_done(struct locks *locks);

/* The one who holds the lock, or is about to; NULL: nobody. */
const struct open *locks_holder(const struct locks *locks, const char *key);

/* True when somebody who holds the lock or stands in its line is a relative of the outermost transaction `root`,
 * or waits for one. */
bool locks_circle(struct locks *locks, const char *key, uint64_t root);

/* Stands at the end of the line, and leaves it, from wherever. */
void locks_join(struct locks *locks, struct open *open, const char *key);
void locks_leave(struct locks *locks, struct open *open);

/* How many stand before it, the first of them being the holder, whose id is copied; 0: it holds or wants nothing.
 */
size_t locks_before(const struct open *open, char holder[LIMIT_ID_TEXT]);

/* Grants what became free, in the batch in which it did. */
void locks_grant(struct engine *engine);

#endif
