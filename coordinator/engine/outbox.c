/* Which messages are here, which are on their way, and when the others are due. */
#include "engine/outbox.h"

#include "base/mem.h"
#include "core/retry.h"
#include "engine/answer.h"
#include "engine/inside.h"

#include <assert.h>
#include <string.h>

/* For ever: what was announced is due to its participant. A second at first, a minute at most. */
static const struct retry patience = {
    .backoff_permille = 2000, .initial_ms = 1000, .interval_max_ms = 60 * 1000, .jitter = JITTER_FULL};

enum { ROOM_MS = 20 }; /* until calls of steps may have made room */

struct loading {
    struct outbox *outbox;
    uint32_t count; /* messages that the store has shown */
};

static void send_due(struct engine *engine, struct participant *participant);
static void come_again(struct engine *engine, uint64_t due_ms);
static void load(struct engine *engine, struct participant *participant);
static bool load_one(void *context, const struct store_message *message);
static struct letter *find(struct outbox *outbox, uint64_t txn, uint32_t seq);
static void add(struct outbox *outbox, uint64_t txn, uint32_t seq, char *bytes, size_t length);
static void drop(struct outbox *outbox, struct letter *letter);
static bool is_first(const struct outbox *outbox, const struct letter *letter);

void outbox_done(struct outbox *outbox)
{
    for (uint32_t i = 0; i < outbox->count; i++)
        mem_free(outbox->letters[i].bytes);
    mem_free(outbox->letters);
}

void outbox_committed(struct engine *engine)
{
    struct batch *batch = &engine->batch;
    for (size_t i = 0; i < batch->messages_count; i++) {
        struct store_message *message = &batch->messages[i];
        struct outbox *outbox = &registry_get(&engine->registry, message->participant)->outbox;
        engine->outbox_due_ms = engine->now_ms;
        if (!outbox->more && outbox->count < LIMIT_OUTBOX_WINDOW) {
            add(outbox, message->txn, message->seq, (char *)message->bytes, message->length);
            continue;
        }
        outbox->more = true;
        mem_free((char *)message->bytes);
    }
    batch->messages_count = batch->delivered_count = 0;
}

void outbox_send(struct engine *engine)
{
    if (engine->now_ms < engine->outbox_due_ms)
        return;
    engine->outbox_due_ms = UINT64_MAX;
    for (uint32_t i = 0; i < engine->registry.count; i++) {
        struct participant *participant = engine->registry.slots[i];
        struct outbox *outbox = &participant->outbox;
        if (outbox->more && outbox->count < LIMIT_OUTBOX_WINDOW / 2)
            load(engine, participant);
        if (outbox->count && participant->registered) /* else when it is */
            send_due(engine, participant);
    }
}

void outbox_answered(struct engine *engine, struct participant *participant, const struct response *response)
{
    struct batch *batch = &engine->batch;
    struct outbox *outbox = &participant->outbox;
    struct letter *letter = find(outbox, response->tag.txn, response->tag.attempt);
    assert(letter && letter->out && outbox->out_count > 0);
    letter->out = false;
    outbox->out_count--;
    engine->outbox_due_ms = engine->now_ms;
    enum answer answer = answer_bare(response);
    if (answer == ANSWER_UNKNOWN) {
        letter->due_ms = retry_due(
            &patience,
            &(struct retry_use){.tries = letter->tries,
                                .first_ms = letter->first_ms,
                                .now_ms = engine->now_ms,
                                .after_ms = response->retry_after_ms,
                                .noise = retry_noise(engine->secret ^ letter->txn, letter->seq, letter->tries)});
        return;
    }
    if (answer == ANSWER_NO)
        trace_put(&engine->ports.trace, TRACE_WARN,
                  "participant=%s refused what it was told (%d), so it is not told again: does it serve POST "
                  "/events?",
                  participant->name, response->status);
    batch->delivered = mem_grow(batch->delivered, (batch->delivered_count + 1) * sizeof *batch->delivered);
    batch->delivered[batch->delivered_count++] =
        (struct store_message){.participant = participant->name, .txn = letter->txn, .seq = letter->seq};
    drop(outbox, letter);
}

void outbox_wake(struct engine *engine, struct outbox *outbox)
{
    for (uint32_t i = 0; i < outbox->count; i++)
        outbox->letters[i].due_ms = 0;
    engine->outbox_due_ms = 0;
}

static void send_due(struct engine *engine, struct participant *participant)
{
    struct outbox *outbox = &participant->outbox;
    for (uint32_t i = 0; i < outbox->count; i++) {
        struct letter *letter = &outbox->letters[i];
        if (letter->out || !is_first(outbox, letter))
            continue;
        bool due = letter->due_ms <= engine->now_ms && outbox->out_count < LIMIT_OUTBOX_CALLS;
        if (due && calls_room(engine, participant)) {
            letter->first_ms = letter->tries++ ? letter->first_ms : engine->now_ms;
            letter->out = true;
            outbox->out_count++;
            calls_put(engine, participant, requests_letter(engine, letter, participant));
        } else {
            come_again(engine, due ? engine->now_ms + ROOM_MS : letter->due_ms);
        }
    }
}

/* What waits for the answer to another letter is looked at when that one comes. */
static void come_again(struct engine *engine, uint64_t due_ms)
{
    if (due_ms > engine->now_ms && due_ms < engine->outbox_due_ms)
        engine->outbox_due_ms = due_ms;
}

static void load(struct engine *engine, struct participant *participant)
{
    struct store *store = engine->ports.store;
    struct outbox *outbox = &participant->outbox;
    struct error error;
    struct loading loading = {.outbox = outbox};
    if (store->each_message(store->self, participant->name, LIMIT_OUTBOX_WINDOW, load_one, &loading, &error)) {
        trace_put(&engine->ports.trace, TRACE_WARN, "cannot read what waits for participant=%s: %s",
                  participant->name, error.text);
        come_again(engine, engine->now_ms + patience.initial_ms);
        return;
    }
    outbox->more = loading.count == LIMIT_OUTBOX_WINDOW;
}

static bool load_one(void *context, const struct store_message *message)
{
    struct loading *loading = context;
    struct outbox *outbox = loading->outbox;
    loading->count++;
    if (find(outbox, message->txn, message->seq))
        return true;
    if (outbox->count == LIMIT_OUTBOX_WINDOW) { /* some that are here come behind those that are not */
        loading->count = LIMIT_OUTBOX_WINDOW;
        return false;
    }
    add(outbox, message->txn, message->seq, mem_copy(message->bytes, message->length), message->length);
    return true;
}

static struct letter *find(struct outbox *outbox, uint64_t txn, uint32_t seq)
{
    for (uint32_t i = 0; i < outbox->count; i++)
        if (outbox->letters[i].txn == txn && outbox->letters[i].seq == seq)
            return &outbox->letters[i];
    return NULL;
}

static void add(struct outbox *outbox, uint64_t txn, uint32_t seq, char *bytes, size_t length)
{
    assert(outbox->count < LIMIT_OUTBOX_WINDOW);
    if (!outbox->letters)
        outbox->letters = mem_array(LIMIT_OUTBOX_WINDOW, sizeof *outbox->letters);
    outbox->letters[outbox->count++] = (struct letter){.txn = txn, .seq = seq, .bytes = bytes, .length = length};
}

static void drop(struct outbox *outbox, struct letter *letter)
{
    size_t behind = (size_t)(&outbox->letters[outbox->count] - letter) - 1;
    mem_free(letter->bytes);
    memmove(letter, letter + 1, behind * sizeof *letter);
    outbox->count--;
}

/* Nothing that the same transaction announced before is still here. */
static bool is_first(const struct outbox *outbox, const struct letter *letter)
{
    for (uint32_t i = 0; i < outbox->count; i++)
        if (outbox->letters[i].txn == letter->txn && outbox->letters[i].seq < letter->seq)
            return false;
    return true;
}
