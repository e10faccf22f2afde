/* The tables of open transactions: by number, by the client's id, by Idempotency-Key. */
#include "base/mem.h"
#include "engine/inside.h"

#include <assert.h>
#include <string.h>

void opens_add(struct engine *engine, struct open *open)
{
    assert(!opens_find(engine, open->number));
    open->payload.public_url = engine->options.public_url;
    uint64_t own_ms = open->definition->retention_ms;
    open->retention_ms = own_ms ? own_ms : engine->options.retention_ms;
    open->row_tags = open_tags(open->definition->tags, open->tags);
    table_put(&engine->by_number, &open->by_number, open->number);
    if (open->own_id)
        table_put(&engine->by_id, &open->by_id, table_hash(&engine->by_id, open->id));
    if (open->key)
        table_put(&engine->by_key, &open->by_key, table_hash(&engine->by_key, open->key));
    engine->counts[COUNT_OPEN]++;
}

void opens_remove(struct engine *engine, struct open *open)
{
    timers_set(&engine->timers, &open->timer, 0);
    table_remove(&engine->by_number, &open->by_number);
    if (open->own_id)
        table_remove(&engine->by_id, &open->by_id);
    if (open->key)
        table_remove(&engine->by_key, &open->by_key);
    engine->counts[COUNT_OPEN]--;
    open_free(open);
}

struct open *opens_find(struct engine *engine, uint64_t number)
{
    struct link *link = table_first(&engine->by_number, number);
    return link ? table_owner(link, struct open, by_number) : NULL;
}

struct open *opens_find_id(struct engine *engine, const char *id)
{
    struct link *link = table_first(&engine->by_id, table_hash(&engine->by_id, id));
    for (; link; link = table_next(link))
        if (strcmp(table_owner(link, struct open, by_id)->id, id) == 0)
            return table_owner(link, struct open, by_id);
    return NULL;
}

struct open *opens_find_key(struct engine *engine, const char *key)
{
    struct link *link = table_first(&engine->by_key, table_hash(&engine->by_key, key));
    for (; link; link = table_next(link))
        if (strcmp(table_owner(link, struct open, by_key)->key, key) == 0)
            return table_owner(link, struct open, by_key);
    return NULL;
}
