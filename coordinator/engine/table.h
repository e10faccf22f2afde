/* A hash table of things that embed their link: the table owns only its array. Who looks up compares what it
 * finds, because hashes may collide. */
#ifndef BELAY_ENGINE_TABLE_H
#define BELAY_ENGINE_TABLE_H

#include "base/siphash.h"

#include <stddef.h>
#include <stdint.h>

struct link {
    struct link *next;
    uint64_t hash;
};

struct table {
    struct link **chains;
    size_t chains_count; /* a power of two */
    size_t count;
    unsigned char key[SIPHASH_KEY]; /* of table_hash; draw it where strangers choose the texts */
};

/* The hash of a text for this table. */
uint64_t table_hash(const struct table *table, const char *text);

void table_done(struct table *table);
void table_put(struct table *table, struct link *link, uint64_t hash);
void table_remove(struct table *table, struct link *link); /* which must be in it */

/* The first link with that hash, and the next one behind `link`; NULL at the end. */
struct link *table_first(const struct table *table, uint64_t hash);
struct link *table_next(const struct link *link);

/* Calls `visit` for every link, which may free it. */
void table_each(struct table *table, void (*visit)(struct link *link, void *context), void *context);

/* What a link is embedded in. */
#define table_owner(link, type, member) ((type *)(void *)((char *)(link) - offsetof(type, member)))

#endif
