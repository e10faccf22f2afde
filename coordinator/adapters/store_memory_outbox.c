/* The memory store's outbox: messages in one order, found by halving. */
#include "adapters/store_memory_inner.h"
#include "base/mem.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

static int compare(const struct store_message *a, const struct store_message *b)
{
    int order = strcmp(a->participant, b->participant);
    if (order)
        return order;
    if (a->txn != b->txn)
        return a->txn < b->txn ? -1 : 1;
    return (a->seq > b->seq) - (a->seq < b->seq);
}

/* The first message that does not come before `message`. */
static size_t place(const struct store_memory *memory, const struct store_message *message)
{
    size_t low = 0, high = memory->messages_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(&memory->messages[middle], message) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_at(const struct store_memory *memory, size_t at, const struct store_message *message)
{
    return at < memory->messages_count && compare(&memory->messages[at], message) == 0;
}

int store_memory_stage_message(const struct store_memory *memory, const struct store_batch *batch, size_t i,
                               struct error *error)
{
    const struct store_message *message = &batch->messages[i];
    bool taken = is_at(memory, place(memory, message), message);
    for (size_t j = 0; !taken && j < i; j++)
        taken = compare(&batch->messages[j], message) == 0;
    if (taken)
        return error_set(error, ERROR_CONFLICT,
                         "a message of transaction %" PRIu64 ", fact %" PRIu32 " waits for %s", message->txn,
                         message->seq, message->participant);
    return 0;
}

static void put(struct store_memory *memory, const struct store_message *message)
{
    if (memory->messages_count == memory->messages_capacity) {
        memory->messages_capacity = memory->messages_capacity ? memory->messages_capacity * 2 : 16;
        memory->messages = mem_grow(memory->messages, memory->messages_capacity * sizeof *memory->messages);
    }
    size_t at = place(memory, message);
    struct store_message *slot = &memory->messages[at];
    memmove(slot + 1, slot, (memory->messages_count++ - at) * sizeof *slot);
    *slot = *message;
    slot->participant = mem_string(message->participant);
    slot->bytes = mem_copy(message->bytes, message->length);
}

static void free_one(const struct store_message *message)
{
    mem_free((char *)message->participant);
    mem_free((void *)message->bytes);
}

static void take(struct store_memory *memory, const struct store_message *message)
{
    size_t at = place(memory, message);
    if (!is_at(memory, at, message))
        return;
    struct store_message *slot = &memory->messages[at];
    free_one(slot);
    memmove(slot, slot + 1, (--memory->messages_count - at) * sizeof *slot);
}

void store_memory_apply_messages(struct store_memory *memory, const struct store_batch *batch)
{
    for (size_t i = 0; i < batch->messages_count; i++)
        put(memory, &batch->messages[i]);
    for (size_t i = 0; i < batch->delivered_count; i++)
        take(memory, &batch->delivered[i]);
}

int store_memory_each_message(void *self, const char *participant, uint32_t limit, store_message_visitor *visit,
                              void *context, struct error *error)
{
    struct store_memory *memory = self;
    (void)error;
    pthread_rwlock_rdlock(&memory->lock);
    size_t at = place(memory, &(struct store_message){.participant = participant});
    for (uint32_t count = 0; count < limit && at < memory->messages_count; count++, at++)
        if (strcmp(memory->messages[at].participant, participant) != 0 || !visit(context, &memory->messages[at]))
            break;
    pthread_rwlock_unlock(&memory->lock);
    return 0;
}

void store_memory_free_messages(struct store_memory *memory)
{
    for (size_t i = 0; i < memory->messages_count; i++)
        free_one(&memory->messages[i]);
    mem_free(memory->messages);
}
