/* The batch: all facts, rows, definitions and participants of one turn become durable together; then, and only
 * then, calls and replies go out (invariant 1). */
#include "base/mem.h"
#include "engine/inside.h"

#include <assert.h>

static bool row_changed(const struct open *open);
static void committed(struct open *open);

void batch_add(struct engine *engine, struct open *open)
{
    struct batch *batch = &engine->batch;
    if (open->in_batch)
        return;
    resting_leave(engine, open);
    if (batch->opens_count == batch->opens_capacity) {
        batch->opens_capacity = batch->opens_capacity ? batch->opens_capacity * 2 : 64;
        batch->opens = mem_grow(batch->opens, batch->opens_capacity * sizeof(struct open *));
        batch->facts = mem_grow(batch->facts, batch->opens_capacity * sizeof *batch->facts);
        batch->inserts = mem_grow(batch->inserts, batch->opens_capacity * sizeof *batch->inserts);
        batch->updates = mem_grow(batch->updates, batch->opens_capacity * sizeof *batch->updates);
    }
    batch->opens[batch->opens_count++] = open;
    open->in_batch = true;
}

int batch_commit(struct engine *engine, struct error *error)
{
    struct batch *batch = &engine->batch;
    struct store *store = engine->ports.store;
    size_t most = batch->opens_count;
    struct store_batch write = {.facts = batch->facts,
                                .inserts = batch->inserts,
                                .updates = batch->updates,
                                .definitions = batch->definitions,
                                .definitions_count = batch->definitions_count,
                                .participants = batch->participants,
                                .participants_count = batch->participants_count,
                                .removes = batch->removes,
                                .removes_count = batch->removes_count,
                                .schedules = batch->schedules,
                                .schedules_count = batch->schedules_count,
                                .messages = batch->messages,
                                .messages_count = batch->messages_count,
                                .delivered = batch->delivered,
                                .delivered_count = batch->delivered_count};
    for (size_t i = 0; i < most; i++) {
        struct open *open = batch->opens[i];
        if (open->facts_count)
            batch->facts[write.facts_count++] = (struct store_facts){
                open->number, open->facts_seq, open->facts_count, open->facts.data, open->facts.length};
        if (!open->stored)
            batch->inserts[write.inserts_count++] = open_row(open, engine->now_ms);
        else if (row_changed(open))
            batch->updates[write.updates_count++] = open_row(open, engine->now_ms);
    }
    bool empty = !write.facts_count && !write.inserts_count && !write.updates_count && !write.definitions_count &&
                 !write.participants_count && !write.removes_count && !write.messages_count &&
                 !write.schedules_count && !write.delivered_count;
    int code = empty ? 0 : store->commit(store->self, &write, error);
    if (write.removes_count)
        retention_took(engine, engine->ports.clock.now_ms(engine->ports.clock.self) - engine->now_ms);
    engine->counts[COUNT_COMMITS] += !empty && !code;
    for (size_t i = 0; !code && i < most; i++)
        committed(batch->opens[i]);
    batch->definitions_count = batch->participants_count = batch->removes_count = batch->schedules_count = 0;
    if (!code)
        outbox_committed(engine);
    return code;
}

void batch_release(struct engine *engine)
{
    struct batch *batch = &engine->batch;
    for (size_t i = 0; i < batch->opens_count; i++) {
        struct open *open = batch->opens[i];
        enum status status = open->txn->status;
        calls_push(engine, open);
        if (status_final(status) || status == STATUS_PAUSED)
            replies_wake(engine, open);
    }
    replies_send(engine);
    size_t count = batch->opens_count;
    batch->opens_count = 0;
    for (size_t i = 0; i < count; i++) {
        struct open *open = batch->opens[i];
        open->in_batch = false;
        if (status_final(open->txn->status)) {
            engine->counts[COUNT_ENDED]++;
            engine->counts[COUNT_OPEN]--;
            opens_remove(engine, open);
        } else {
            resting_offer(engine, open);
        }
    }
    outbox_send(engine);
    calls_send(engine);
}

/* After a failed commit replies are left: nobody may be told, and the commands stay their submitters'. */
void batch_done(struct batch *batch)
{
    for (size_t i = 0; i < batch->replies_count; i++)
        mem_free(batch->replies[i].owned);
    mem_free(batch->opens);
    mem_free(batch->facts);
    mem_free(batch->inserts);
    mem_free(batch->updates);
    mem_free(batch->replies);
    mem_free(batch->definitions);
    mem_free(batch->participants);
    mem_free(batch->removes);
    for (size_t i = 0; i < batch->messages_count; i++)
        mem_free((char *)batch->messages[i].bytes);
    mem_free(batch->messages);
    mem_free(batch->delivered);
    mem_free(batch->schedules);
}

static bool row_changed(const struct open *open)
{
    return open->row_status != open->txn->status || open->row_step != open_stands_at(open) ||
           open->row_cause != open_cause(open) ||
           open->row_wake_ms != core_wake(&open->definition->plan, open->txn);
}

static void committed(struct open *open)
{
    open->stored = true;
    open->row_status = open->txn->status;
    open->row_step = open_stands_at(open);
    open->row_cause = open_cause(open);
    open->row_wake_ms = core_wake(&open->definition->plan, open->txn);
    open->facts_seq += open->facts_count;
    open->facts_count = 0;
    buf_clear(&open->facts);
    assert(open->facts_seq == open->txn->facts_count);
}
