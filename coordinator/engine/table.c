/* Chained hashing that doubles when it is full. */
#include "engine/table.h"

#include "base/mem.h"

#include <assert.h>
#include <string.h>

enum { TABLE_FIRST = 64 };

static struct link **chain(const struct table *table, uint64_t hash);
static void grow(struct table *table);

uint64_t table_hash(const struct table *table, const char *text)
{
    return siphash(table->key, text, strlen(text));
}

void table_done(struct table *table)
{
    mem_free(table->chains);
    *table = (struct table){0};
}

void table_put(struct table *table, struct link *link, uint64_t hash)
{
    if (table->count >= table->chains_count)
        grow(table);
    struct link **first = chain(table, hash);
    link->hash = hash;
    link->next = *first;
    *first = link;
    table->count++;
}

void table_remove(struct table *table, struct link *link)
{
    assert(table->count > 0);
    struct link **at = chain(table, link->hash);
    while (*at != link) {
        assert(*at);
        at = &(*at)->next;
    }
    *at = link->next;
    link->next = NULL;
    table->count--;
}

struct link *table_first(const struct table *table, uint64_t hash)
{
    if (!table->count)
        return NULL;
    struct link *link = *chain(table, hash);
    while (link && link->hash != hash)
        link = link->next;
    return link;
}

struct link *table_next(const struct link *link)
{
    uint64_t hash = link->hash;
    do
        link = link->next;
    while (link && link->hash != hash);
    return (struct link *)link;
}

void table_each(struct table *table, void (*visit)(struct link *link, void *context), void *context)
{
    for (size_t i = 0; i < table->chains_count; i++)
        for (struct link *link = table->chains[i], *next; link; link = next) {
            next = link->next;
            visit(link, context);
        }
}

/* Multiplying spreads hashes that differ in their upper bits only (numbers that grow with time). */
static struct link **chain(const struct table *table, uint64_t hash)
{
    uint64_t spread = hash * 0x9e3779b97f4a7c15u;
    return &table->chains[(spread >> 32) & (table->chains_count - 1)];
}

static void grow(struct table *table)
{
    struct table larger = *table;
    larger.chains_count = table->chains_count ? table->chains_count * 2 : TABLE_FIRST;
    larger.chains = mem_array(larger.chains_count, sizeof *larger.chains);
    for (size_t i = 0; i < table->chains_count; i++)
        for (struct link *link = table->chains[i], *next; link; link = next) {
            next = link->next;
            struct link **first = chain(&larger, link->hash);
            link->next = *first;
            *first = link;
        }
    mem_free(table->chains);
    *table = larger;
}
