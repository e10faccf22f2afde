/* Retention: what has ended is removed when its time is over, some with every commit, so that nobody waits for it:
 * as much as a commit can take along in LIMIT_SWEEP_TOOK_MS, for histories differ, and disks. */
#include "base/mem.h"
#include "engine/inside.h"

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
    if (store->each_expired(store->self, engine->now_ms, engine->sweep_count, add, batch, &error))
        trace_put(&engine->ports.trace, TRACE_WARN, "cannot look for what has expired: %s", error.text);
    bool more = batch->removes_count == engine->sweep_count;
    engine->sweep_ms = more ? engine->now_ms : engine->now_ms + LIMIT_SWEEP_MS;
}

void retention_took(struct engine *engine, uint64_t ms)
{
    uint32_t count = engine->sweep_count;
    if (ms > LIMIT_SWEEP_TOOK_MS)
        engine->sweep_count = count > 1 ? count / 2 : 1;
    else if (ms < LIMIT_SWEEP_TOOK_MS / 2)
        engine->sweep_count = count < LIMIT_SWEEP / 2 ? count * 2 : LIMIT_SWEEP;
}

static bool add(void *context, const struct store_row *row)
{
    struct batch *batch = context;
    batch->removes[batch->removes_count++] = row->txn;
    return true;
}
