/* Loading what is due: after a start everything that had calls out, and from then on what left memory and whose
 * moment comes. In the order of the moments, some in every turn, so that commands are answered in between; as
 * many as there is room for, so that a crowd waits on disk. */
#include "base/mem.h"
#include "engine/inside.h"

#include <assert.h>

struct loading {
    struct engine *engine;
    struct error *error;
    uint32_t seen;
    int code;
};

static bool load(void *context, const struct store_row *row);
static int find_next(struct engine *engine, struct error *error);
static bool next(void *context, const struct store_row *row);

int waking_look(struct engine *engine, struct error *error)
{
    struct store *store = engine->ports.store;
    struct loading loading = {engine, error, 0, 0};
    uint64_t until_ms = engine->now_ms + LIMIT_AHEAD_MS;
    if (engine->now_ms < engine->look_ms)
        return 0;
    engine->crowded = false;
    int code = store->each_waking(store->self, &engine->reached, until_ms, engine->options.batch_max, load,
                                  &loading, error);
    if (code || loading.code)
        return code ? code : loading.code;
    engine->look_ms = engine->crowded ? UINT64_MAX : 0;
    if (engine->crowded || loading.seen == engine->options.batch_max)
        return 0;
    if (until_ms > engine->reached.wake_ms)
        engine->reached = (struct store_waking){until_ms, INT64_MAX};
    return find_next(engine, error);
}

static bool load(void *context, const struct store_row *row)
{
    struct loading *loading = context;
    struct engine *engine = loading->engine;
    if (!opens_find(engine, row->txn)) {
        engine->crowded = !resting_make_room(engine);
        if (engine->crowded)
            return false;
        if (!recovery_load(engine, row, loading->error))
            loading->code = (int)loading->error->code;
    }
    engine->reached = (struct store_waking){row->wake_ms, row->txn};
    loading->seen++;
    return !loading->code;
}

/* Whether or not that one is in memory: it is a moment before which there is nothing to look for. */
static int find_next(struct engine *engine, struct error *error)
{
    struct store *store = engine->ports.store;
    engine->look_ms = UINT64_MAX;
    return store->each_waking(store->self, &engine->reached, INT64_MAX, 1, next, engine, error);
}

static bool next(void *context, const struct store_row *row)
{
    struct engine *engine = context;
    engine->look_ms = row->wake_ms;
    return false;
}
