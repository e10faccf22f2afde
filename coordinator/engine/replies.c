/* Replies: filled in from what is durable, sent after the commit, or when the end that somebody waits for
 * comes. */
#include "base/mem.h"
#include "base/put.h"
#include "engine/history.h"
#include "engine/id.h"
#include "engine/inside.h"

#include <assert.h>
#include <string.h>

struct stored {
    struct command *command;
    const struct engine *engine;
    char **owned;
    bool found;
};

static void release(struct engine *engine, struct waiter *waiter);
static bool fill_row(void *context, const struct store_row *row);
static bool fill_end(void *context, const struct history_entry *entry);

void replies_add(struct engine *engine, struct command *command, char *owned)
{
    struct batch *batch = &engine->batch;
    if (batch->replies_count == batch->replies_capacity) {
        batch->replies_capacity = batch->replies_capacity ? batch->replies_capacity * 2 : 64;
        batch->replies = mem_grow(batch->replies, batch->replies_capacity * sizeof *batch->replies);
    }
    batch->replies[batch->replies_count++] = (struct answered){command, owned};
}

void replies_wait(struct engine *engine, struct open *open, struct command *command)
{
    struct waiter *waiter = mem_new(sizeof *waiter);
    waiter->open = open;
    waiter->command = command;
    waiter->next = open->waiters;
    open->waiters = waiter;
    timers_set(&engine->patience, &waiter->timer, engine->now_ms + command->wait_ms);
    batch_add(engine, open); /* it may have ended in this very batch */
}

void replies_fill(struct open *open, struct command *command)
{
    const struct txn *txn = open->txn;
    bool paused = txn->status == STATUS_PAUSED;
    uint16_t branch = paused ? txn->pause_branch : txn->cause_branch;
    command->result_txn = open->number;
    put_text(command->result_id, sizeof command->result_id, open->id);
    put_text(command->result_saga, sizeof command->result_saga, open->definition->name);
    command->result_version = open->definition->version;
    command->result_status = txn->status;
    command->result_cause = paused ? txn->pause_cause : txn->cause;
    if (branch != BRANCH_NONE)
        payload_name(&open->payload, branch, command->result_step);
    bool completed = txn->status == STATUS_COMPLETED; /* what is only ready shows its result to its parent */
    command->result_output = completed ? open->result : NULL;
    command->result_output_length = completed ? open->result_length : 0;
}

void replies_fill_stored(struct engine *engine, uint64_t number, struct command *command, char **owned)
{
    struct store *store = engine->ports.store;
    struct stored stored = {command, engine, owned, false};
    int code = store->row(store->self, number, fill_row, &stored, &command->error);
    if (!code && !stored.found)
        error_set(&command->error, ERROR_NOT_FOUND, "there is no such transaction");
    if (!code && stored.found)
        history_read(store, number, 0, fill_end, &stored, &command->error);
}

void replies_wake(struct engine *engine, struct open *open)
{
    while (open->waiters)
        release(engine, open->waiters);
}

void replies_expire(struct engine *engine, uint64_t now_ms)
{
    struct timer *timer;
    while ((timer = timers_due(&engine->patience, now_ms)))
        release(engine, table_owner(timer, struct waiter, timer));
}

void replies_send(struct engine *engine)
{
    struct batch *batch = &engine->batch;
    for (size_t i = 0; i < batch->replies_count; i++) {
        struct answered *answered = &batch->replies[i];
        answered->command->reply(answered->command);
        mem_free(answered->owned);
    }
    batch->replies_count = 0;
}

static void release(struct engine *engine, struct waiter *waiter)
{
    struct waiter **at = &waiter->open->waiters;
    while (*at != waiter)
        at = &(*at)->next;
    *at = waiter->next;
    timers_set(&engine->patience, &waiter->timer, 0);
    replies_fill(waiter->open, waiter->command);
    replies_add(engine, waiter->command, NULL);
    engine->released_count++;
    resting_offer(engine, waiter->open);
    mem_free(waiter);
}

static bool fill_row(void *context, const struct store_row *row)
{
    struct stored *stored = context;
    struct command *command = stored->command;
    stored->found = true;
    command->result_txn = row->txn;
    if (row->id)
        snprintf(command->result_id, sizeof command->result_id, "%s", row->id);
    else
        id_print(row->txn, stored->engine->secret, command->result_id);
    snprintf(command->result_saga, sizeof command->result_saga, "%s", row->saga);
    command->result_version = row->version;
    command->result_status = (enum status)row->status;
    return false;
}

/* The decision's cause and the result; the step's name is not in the facts, so it stays empty here. */
static bool fill_end(void *context, const struct history_entry *entry)
{
    struct stored *stored = context;
    struct command *command = stored->command;
    if (entry->fact.type == FACT_DECIDED)
        command->result_cause = (enum cause)entry->fact.code;
    if (entry->fact.type == FACT_ENDED && entry->payload_length) {
        *stored->owned = mem_copy(entry->payload, entry->payload_length);
        command->result_output = *stored->owned;
        command->result_output_length = entry->payload_length;
    }
    return true;
}
