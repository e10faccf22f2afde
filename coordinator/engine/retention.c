/* Retention: what has ended is removed when its time is over, some with every commit, so that nobody waits for it:
 * as much as a commit can take along in LIMIT_SWEEP_TOOK_MS, for histories differ, and disks. Not less than is at
 * work, lest the store grow on a slow disk. */
#include "base/mem.h"
#include "engine/inside.h"

static uint32_t slice(const struct engine *engine);
static bool add(void *context, const struct store_row *row);

void retention_sweep(struct engine *engine)
{
    struct store *store = engine->ports.store;
    struct batch *batch = &engine->batch;
    struct error error;
    if (engine->now_ms < engine->sweep_ms)
        return;
    if (!batch->removes)
        batch->removes = mem_array(LIMIT_SWEEP, sizeof *batch->removes);
    uint32_t count = slice(engine);
    if (store->each_expired(store->self, engine->now_ms, count, add, batch, &error))
        trace_put(&engine->ports.trace, TRACE_WARN, "cannot look for what has expired: %s", error.text);
    bool more = batch->removes_count == count;
    engine->sweep_ms = more ? engine->now_ms : engine->now_ms + LIMIT_SWEEP_MS;
}

void retention_took(struct engine *engine, uint64_t ms)
{
    uint32_t count = engine->sweep_count;
    if (ms > LIMIT_SWEEP_TOOK_MS)
        engine->sweep_count = count / 2 > LIMIT_SWEEP_LEAST ? count / 2 : LIMIT_SWEEP_LEAST;
    else if (ms < LIMIT_SWEEP_TOOK_MS / 2)
        engine->sweep_count = count < LIMIT_SWEEP / 2 ? count * 2 : LIMIT_SWEEP;
}

static uint32_t slice(const struct engine *engine)
{
    size_t work = engine->batch.opens_count;
    if (work < engine->sweep_count)
        return engine->sweep_count;
    return work < LIMIT_SWEEP ? (uint32_t)work : LIMIT_SWEEP;
}

static bool add(void *context, const struct store_row *row)
{
    struct batch *batch = context;
    batch->removes[batch->removes_count++] = row->txn;
    return true;
}
