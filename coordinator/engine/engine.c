/* The engine's life: open, turn after turn, close. */
#include "engine/engine.h"

#include "base/limits.h"
#include "base/mem.h"
#include "engine/inside.h"

#include <assert.h>

static void defaults(struct engine_options *options);
static int load(struct engine *engine, struct error *error);
static void draw_keys(struct engine *engine);
static uint64_t patience(const struct engine *engine, uint64_t wait_ms);
static int work(struct engine *engine, size_t count, struct error *error);
static void wake_due(struct engine *engine);
static int settle(struct engine *engine, struct error *error);
static void free_open(struct link *link, void *context);

struct engine *engine_new(const struct engine_ports *ports, const struct engine_options *options,
                          struct error *error)
{
    struct engine *engine = mem_new(sizeof *engine);
    engine->ports = *ports;
    engine->options = *options;
    defaults(&engine->options);
    engine->inbox = inbox_new(engine->options.inbox_max);
    engine->items = mem_array(engine->options.batch_max, sizeof *engine->items);
    engine->sweep_count = LIMIT_SWEEP;
    buf_init(&engine->texts, SIZE_MAX);
    buf_init(&engine->value, LIMIT_HEAD_BYTES);
    draw_keys(engine);
    if (load(engine, error)) {
        engine_free(engine);
        return NULL;
    }
    return engine;
}

void engine_free(struct engine *engine)
{
    if (!engine)
        return;
    inbox_free(engine->inbox);
    table_each(&engine->by_number, free_open, engine);
    table_done(&engine->by_number);
    table_done(&engine->by_id);
    table_done(&engine->by_key);
    locks_done(&engine->locks);
    timers_done(&engine->timers);
    timers_done(&engine->patience);
    registry_done(&engine->registry);
    schedules_done(&engine->schedules);
    definitions_done(&engine->definitions);
    batch_done(&engine->batch);
    buf_done(&engine->texts);
    buf_done(&engine->value);
    mem_free(engine->kin);
    mem_free(engine->requests);
    mem_free(engine->out.facts);
    mem_free(engine->out.calls);
    mem_free(engine->out.asks);
    mem_free(engine->items);
    mem_free(engine);
}

bool engine_submit(struct engine *engine, struct command *command)
{
    assert(command->reply);
    return inbox_put(engine->inbox, command, engine->ports.clock.now_ms(engine->ports.clock.self));
}

void engine_answered(void *self, struct response **responses, size_t count)
{
    struct engine *engine = self;
    inbox_put_responses(engine->inbox, responses, count, engine->ports.clock.now_ms(engine->ports.clock.self));
}

int engine_turn(struct engine *engine, uint64_t wait_ms, struct error *error)
{
    engine->now_ms = engine->ports.clock.now_ms(engine->ports.clock.self);
    size_t count = inbox_take(engine->inbox, engine->items, engine->options.batch_max, patience(engine, wait_ms));
    engine->now_ms = engine->ports.clock.now_ms(engine->ports.clock.self);
    int code = work(engine, count, error);
    if (!code)
        code = batch_commit(engine, error);
    if (!code)
        batch_release(engine);
    return code;
}

int engine_run(struct engine *engine, struct error *error)
{
    const uint64_t long_ms = 60 * 1000; /* timers and the inbox wake it earlier */
    int code = 0;
    while (!code && !inbox_closed(engine->inbox)) {
        size_t enough = gather_enough(&engine->gather, calls_moving(engine), engine->released_count);
        engine->released_count = 0;
        if (enough)
            gather_learn(&engine->gather, inbox_await(engine->inbox, enough, GATHER_US) >= enough);
        code = engine_turn(engine, long_ms, error);
    }
    while (!code && (inbox_count(engine->inbox) || engine->patience.count)) {
        replies_expire(engine, UINT64_MAX);
        code = engine_turn(engine, 0, error);
    }
    return code;
}

void engine_stop(struct engine *engine)
{
    inbox_close(engine->inbox);
}

void engine_counts(struct engine *engine, struct engine_counts *counts)
{
    counts->open = engine->counts[COUNT_OPEN];
    counts->loaded = engine->counts[COUNT_LOADED];
    counts->started = engine->counts[COUNT_STARTED];
    counts->ended = engine->counts[COUNT_ENDED];
    counts->commits = engine->counts[COUNT_COMMITS];
    counts->facts = engine->counts[COUNT_FACTS];
    counts->calls = engine->counts[COUNT_CALLS];
    counts->inbox = inbox_count(engine->inbox);
}

static void defaults(struct engine_options *options)
{
    if (!options->inbox_max)
        options->inbox_max = LIMIT_INBOX;
    if (!options->batch_max)
        options->batch_max = LIMIT_BATCH;
    if (!options->open_max)
        options->open_max = LIMIT_OPEN;
    if (!options->rest_ms)
        options->rest_ms = LIMIT_REST_MS;
    if (!options->calls_max)
        options->calls_max = LIMIT_CALLS;
    if (!options->calls_participant_max)
        options->calls_participant_max = LIMIT_CALLS_PARTICIPANT;
}

static int load(struct engine *engine, struct error *error)
{
    struct store *store = engine->ports.store;
    engine->secret = store->secret(store->self);
    engine->now_ms = engine->ports.clock.now_ms(engine->ports.clock.self);
    uint64_t open = 0;
    int code = store->last(store->self, &engine->last, error);
    if (!code)
        code = definitions_open(&engine->definitions, store, error);
    if (!code)
        code = registry_open(&engine->registry, store, error);
    engine->schedule_due_ms = UINT64_MAX;
    if (!code)
        code = schedules_open(engine, error);
    if (!code)
        code = store->open_count(store->self, &open, error);
    engine->counts[COUNT_OPEN] = open;
    return code ? code : waking_lines(engine, error);
}

static void draw_keys(struct engine *engine)
{
    struct table *tables[] = {&engine->by_id, &engine->by_key, &engine->locks.by_key};
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        for (size_t byte = 0; byte < sizeof tables[i]->key; byte++)
            tables[i]->key[byte] = (unsigned char)engine->ports.entropy.next(engine->ports.entropy.self);
}

/* How long there is nothing to do. */
static uint64_t patience(const struct engine *engine, uint64_t wait_ms)
{
    if (engine->batch.opens_count || engine->batch.replies_count)
        return 0;
    uint64_t next = timers_next(&engine->timers);
    if (timers_next(&engine->patience) < next)
        next = timers_next(&engine->patience);
    if (engine->sweep_ms < next)
        next = engine->sweep_ms;
    if (engine->outbox_due_ms < next)
        next = engine->outbox_due_ms;
    if (engine->schedule_due_ms < next)
        next = engine->schedule_due_ms;
    if (engine->look_ms < next)
        next = engine->look_ms;
    if (engine->pace_ms < next)
        next = engine->pace_ms;
    if (resting_due_ms(engine) < next)
        next = resting_due_ms(engine);
    uint64_t rest = next > engine->now_ms ? next - engine->now_ms : 0;
    return rest < wait_ms ? rest : wait_ms;
}

static int work(struct engine *engine, size_t count, struct error *error)
{
    for (size_t i = 0; i < count; i++) {
        if (engine->items[i].command)
            commands_do(engine, engine->items[i].command);
        else
            calls_answered(engine, engine->items[i].response);
    }
    int code = waking_look(engine, error);
    schedules_run(engine);
    wake_due(engine);
    code = code ? code : settle(engine, error);
    retention_sweep(engine);
    replies_expire(engine, engine->now_ms);
    resting_evict(engine);
    return code;
}

/* At most a batch: what is left is still due in the next turn. */
static void wake_due(struct engine *engine)
{
    struct timer *timer;
    uint32_t count = 0;
    while (count++ < engine->options.batch_max && (timer = timers_due(&engine->timers, engine->now_ms)))
        steps_feed(engine, table_owner(timer, struct open, timer), &(struct event){.type = EVENT_TIMER}, NULL, 0);
}

/* Who gets a lock may call its child, and a child that ends may leave one. */
static int settle(struct engine *engine, struct error *error)
{
    int code = 0;
    do {
        locks_grant(engine);
        code = children_settle(engine, error);
    } while (!code && engine->locks.touched);
    return code;
}

/* Only what the process still holds is freed; what a transaction is lies in the store. */
static void free_open(struct link *link, void *context)
{
    struct engine *engine = context;
    struct open *open = table_owner(link, struct open, by_number);
    timers_set(&engine->timers, &open->timer, 0);
    open->in_batch = open->resting = false;
    while (open->waiters) {
        struct waiter *waiter = open->waiters;
        open->waiters = waiter->next;
        timers_set(&engine->patience, &waiter->timer, 0);
        mem_free(waiter);
    }
    open_free(open);
}
