/* The store in memory: opening, closing and the look-ups that both halves need. It says what the port means,
 * in the plainest way there is; what it holds lives as long as the store, whoever uses it. */
#include "adapters/store_memory.h"

#include "adapters/store_memory_inner.h"
#include "base/mem.h"

#include <assert.h>
#include <search.h>
#include <string.h>

static uint64_t memory_secret(void *self);
static void memory_close(void *self);

struct store *store_memory_open(uint64_t secret)
{
    struct store_memory *memory = mem_new(sizeof *memory);
    memory->secret = secret;
    int code = pthread_rwlock_init(&memory->lock, NULL);
    assert(code == 0);
    (void)code;
    memory->port.self = memory;
    memory->port.commit = store_memory_commit;
    memory->port.secret = memory_secret;
    memory->port.close = memory_close;
    store_memory_reading(&memory->port);
    return &memory->port;
}

struct memory_txn *store_memory_find(const struct store_memory *memory, uint64_t txn)
{
    size_t low = 0, high = memory->txns_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memory->txns[middle]->row.txn < txn)
            low = middle + 1;
        else
            high = middle;
    }
    assert(low == high && low <= memory->txns_count);
    return low < memory->txns_count && memory->txns[low]->row.txn == txn ? memory->txns[low] : NULL;
}

int store_memory_by_id(const void *a, const void *b)
{
    return strcmp(((const struct memory_txn *)a)->row.id, ((const struct memory_txn *)b)->row.id);
}

int store_memory_by_key(const void *a, const void *b)
{
    return strcmp(((const struct memory_txn *)a)->row.key, ((const struct memory_txn *)b)->row.key);
}

void store_memory_free_txn(struct memory_txn *txn)
{
    const char *texts[] = {txn->row.id,          txn->row.key,    txn->row.saga, txn->row.step,
                           txn->row.participant, txn->row.reason, txn->row.tags};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        mem_free((char *)texts[i]);
    for (size_t i = 0; i < txn->facts_count; i++)
        mem_free((void *)txn->facts[i].bytes);
    mem_free(txn->facts);
    mem_free(txn);
}

static uint64_t memory_secret(void *self)
{
    return ((struct store_memory *)self)->secret;
}

/* tdestroy wants a function for the leaves; they belong to `txns`. */
static void keep(void *leaf)
{
    (void)leaf;
}

static void memory_close(void *self)
{
    struct store_memory *memory = self;
    tdestroy(memory->ids, keep);
    tdestroy(memory->keys, keep);
    for (size_t i = 0; i < memory->txns_count; i++)
        store_memory_free_txn(memory->txns[i]);
    mem_free(memory->txns);
    for (size_t i = 0; i < memory->definitions_count; i++) {
        mem_free((char *)memory->definitions[i].name);
        mem_free((char *)memory->definitions[i].text);
    }
    mem_free(memory->definitions);
    for (size_t i = 0; i < memory->participants_count; i++) {
        mem_free((char *)memory->participants[i].name);
        mem_free((char *)memory->participants[i].text);
    }
    mem_free(memory->participants);
    store_memory_free_schedules(memory);
    store_memory_free_messages(memory);
    pthread_rwlock_destroy(&memory->lock);
    mem_free(memory);
}
