/* The tables of open transactions: by number, by the client's id, by Idempotency-Key. */
#include "base/mem.h"
#include "engine/inside.h"

#include <assert.h>
#include <string.h>

struct getting {
    struct engine *engine;
    struct open *open;
    bool anyway;         /* whether or not there is room */
    enum status *status; /* how it ended; NULL: nobody asks */
    struct error *error;
};

static bool get_row(void *context, const struct store_row *row);

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
    engine->counts[COUNT_LOADED]++;
}

void opens_remove(struct engine *engine, struct open *open)
{
    resting_leave(engine, open);
    timers_set(&engine->timers, &open->timer, 0);
    table_remove(&engine->by_number, &open->by_number);
    if (open->own_id)
        table_remove(&engine->by_id, &open->by_id);
    if (open->key)
        table_remove(&engine->by_key, &open->by_key);
    engine->counts[COUNT_LOADED]--;
    resting_room(engine);
    open_free(open);
}

struct open *opens_find(struct engine *engine, uint64_t number)
{
    struct link *link = table_first(&engine->by_number, number);
    return link ? table_owner(link, struct open, by_number) : NULL;
}

struct open *opens_get(struct engine *engine, uint64_t number, struct error *error)
{
    struct store *store = engine->ports.store;
    struct open *open = opens_find(engine, number);
    struct getting getting = {.engine = engine, .error = error};
    error->code = ERROR_NONE;
    if (open || store->row(store->self, number, get_row, &getting, error))
        return open;
    return getting.open;
}

int opens_need(struct engine *engine, uint64_t number, struct open **open, enum status *status,
               struct error *error)
{
    struct store *store = engine->ports.store;
    struct getting getting = {.engine = engine, .anyway = true, .status = status, .error = error};
    error->code = ERROR_NONE;
    *open = opens_find(engine, number);
    if (*open || !number)
        return 0;
    int code = store->row(store->self, number, get_row, &getting, error);
    *open = getting.open;
    return code ? code : (int)error->code;
}

static bool get_row(void *context, const struct store_row *row)
{
    struct getting *getting = context;
    struct engine *engine = getting->engine;
    if (!row->open && getting->status)
        *getting->status = (enum status)row->status;
    if (!row->open)
        return false;
    if (getting->anyway || resting_make_room_again(engine))
        getting->open = recovery_load(engine, row, getting->error);
    else
        error_set(getting->error, ERROR_BUSY, "%u transactions are at work, which is the limit: try again later",
                  engine->options.open_max);
    return false;
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
