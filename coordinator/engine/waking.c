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

static bool load_stand(void *context, const struct store_row *row);
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

/* In the order in which they began: theirs is the first moment of all, and the same for all. */
int waking_lines(struct engine *engine, struct error *error)
{
    struct store *store = engine->ports.store;
    struct loading loading = {.engine = engine, .error = error, .seen = engine->options.batch_max};
    struct store_waking before = engine->reached;
    int code = 0;
    while (!code && !loading.code && loading.seen == engine->options.batch_max) {
        loading.seen = 0;
        code = store->each_waking(store->self, &engine->reached, CORE_AT_WORK, engine->options.batch_max,
                                  load_stand, &loading, error);
    }
    engine->reached = before;
    return code ? code : loading.code;
}

static bool load_stand(void *context, const struct store_row *row)
{
    struct loading *loading = context;
    struct engine *engine = loading->engine;
    const struct definition *definition = NULL;
    loading->code = definitions_get(&engine->definitions, row->saga, row->version, &definition, loading->error);
    if (!loading->code && definition->plan.locks && !recovery_load(engine, row, loading->error))
        loading->code = (int)loading->error->code;
    engine->reached = (struct store_waking){row->wake_ms, row->txn};
    loading->seen++;
    return !loading->code;
}

static bool load(void *context, const struct store_row *row)
{
    struct loading *loading = context;
    struct engine *engine = loading->engine;
    if (!opens_find(engine, row->txn)) {
        engine->crowded = !resting_make_room_again(engine);
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
