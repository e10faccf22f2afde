/* The memory store's commit: first everything of a batch that could contradict what is stored is staged and
 * checked, then it is applied, which cannot fail. So a refused batch leaves nothing behind. */
#include "adapters/store_check.h"
#include "adapters/store_memory_inner.h"
#include "base/mem.h"

#include <assert.h>
#include <inttypes.h>
#include <search.h>
#include <string.h>

static int stage(struct store_memory *memory, const struct store_batch *batch, struct error *error);
static void unstage(struct store_memory *memory, const struct store_batch *batch, size_t before);
static void apply(struct store_memory *memory, const struct store_batch *batch);

int store_memory_commit(void *self, const struct store_batch *batch, struct error *error)
{
    struct store_memory *memory = self;
    store_check_batch(batch);
    pthread_rwlock_wrlock(&memory->lock);
    size_t before = memory->txns_count;
    int code = stage(memory, batch, error);
    if (code)
        unstage(memory, batch, before);
    else
        apply(memory, batch);
    pthread_rwlock_unlock(&memory->lock);
    return code ? error_wrap(error, "commit") : 0;
}

static char *copy_text(const char *text)
{
    return text ? mem_string(text) : NULL;
}

/* Enters a transaction into a tree; false when its text is taken. */
static bool enter(void **tree, struct memory_txn *txn, int (*order)(const void *, const void *))
{
    struct memory_txn **node = tsearch(txn, tree, order);
    assert(node); /* NULL means no memory, which mem.h would not survive either */
    return *node == txn;
}

static void leave(void **tree, struct memory_txn *txn, int (*order)(const void *, const void *))
{
    struct memory_txn **node = tfind(txn, tree, order);
    if (node && *node == txn)
        tdelete(txn, tree, order);
}

static void append(struct store_memory *memory, const struct store_row *row)
{
    struct memory_txn *txn = mem_new(sizeof *txn);
    txn->row = *row;
    txn->row.id = copy_text(row->id);
    txn->row.key = copy_text(row->key);
    txn->row.saga = copy_text(row->saga);
    txn->row.step = copy_text(row->step);
    txn->row.participant = copy_text(row->participant);
    txn->row.reason = copy_text(row->reason);
    txn->row.tags = copy_text(row->tags);
    if (memory->txns_count == memory->txns_capacity) {
        memory->txns_capacity = memory->txns_capacity ? memory->txns_capacity * 2 : 64;
        memory->txns = mem_grow(memory->txns, memory->txns_capacity * sizeof *memory->txns);
    }
    memory->txns[memory->txns_count++] = txn;
}

static int stage_insert(struct store_memory *memory, const struct store_row *row, struct error *error)
{
    uint64_t last = memory->txns_count ? memory->txns[memory->txns_count - 1]->row.txn : 0;
    if (row->txn <= last)
        return error_set(error, ERROR_CONFLICT, "transaction %" PRIu64 " does not come after %" PRIu64, row->txn,
                         last);
    append(memory, row);
    struct memory_txn *txn = memory->txns[memory->txns_count - 1];
    if (row->id && !enter(&memory->ids, txn, store_memory_by_id))
        return error_set(error, ERROR_CONFLICT, "the id \"%s\" is taken", row->id);
    if (row->key && !enter(&memory->keys, txn, store_memory_by_key))
        return error_set(error, ERROR_CONFLICT, "the key \"%s\" is taken", row->key);
    return 0;
}

static int stage_facts(struct store_memory *memory, const struct store_facts *facts, struct error *error)
{
    struct memory_txn *txn = store_memory_find(memory, facts->txn);
    if (!txn)
        return error_set(error, ERROR_CONFLICT, "facts of transaction %" PRIu64 ", which does not exist",
                         facts->txn);
    if (facts->seq != txn->staged)
        return error_set(error, ERROR_CONFLICT,
                         "facts of transaction %" PRIu64 " start at %" PRIu32 ", expected %" PRIu32, facts->txn,
                         facts->seq, txn->staged);
    txn->staged += facts->count;
    return 0;
}

/* Where a definition stands or belongs: by name, then newest version first. */
static size_t place(const struct store_memory *memory, const struct store_definition *definition)
{
    size_t at = 0;
    for (; at < memory->definitions_count; at++) {
        const struct store_definition *other = &memory->definitions[at];
        int order = strcmp(other->name, definition->name);
        if (order > 0 || (order == 0 && other->version <= definition->version))
            break;
    }
    return at;
}

static bool same(const struct store_definition *a, const struct store_definition *b)
{
    return a->version == b->version && strcmp(a->name, b->name) == 0;
}

static int stage_definition(struct store_memory *memory, const struct store_batch *batch, size_t i,
                            struct error *error)
{
    const struct store_definition *definition = &batch->definitions[i];
    size_t at = place(memory, definition);
    bool taken = at < memory->definitions_count && same(&memory->definitions[at], definition);
    for (size_t j = 0; j < i; j++)
        taken |= same(&batch->definitions[j], definition);
    if (taken)
        return error_set(error, ERROR_CONFLICT, "definition %s version %" PRIu32 " exists", definition->name,
                         definition->version);
    return 0;
}

static int stage(struct store_memory *memory, const struct store_batch *batch, struct error *error)
{
    int code = 0;
    for (size_t i = 0; !code && i < batch->inserts_count; i++)
        code = stage_insert(memory, &batch->inserts[i], error);
    for (size_t i = 0; !code && i < batch->updates_count; i++)
        if (!store_memory_find(memory, batch->updates[i].txn))
            code = error_set(error, ERROR_CONFLICT, "update of transaction %" PRIu64 ", which does not exist",
                             batch->updates[i].txn);
    for (size_t i = 0; !code && i < batch->facts_count; i++)
        code = stage_facts(memory, &batch->facts[i], error);
    for (size_t i = 0; !code && i < batch->definitions_count; i++)
        code = stage_definition(memory, batch, i, error);
    for (size_t i = 0; !code && i < batch->messages_count; i++)
        code = store_memory_stage_message(memory, batch, i, error);
    for (size_t i = 0; !code && i < batch->removes_count; i++) {
        const struct memory_txn *txn = store_memory_find(memory, batch->removes[i]);
        if (txn && txn->row.open)
            code = error_set(error, ERROR_CONFLICT, "removal of transaction %" PRIu64 ", which is open",
                             batch->removes[i]);
    }
    return code;
}

/* Takes a transaction that is no longer in `txns` out of the trees and frees it. */
static void forget(struct store_memory *memory, struct memory_txn *txn)
{
    if (txn->row.id)
        leave(&memory->ids, txn, store_memory_by_id);
    if (txn->row.key)
        leave(&memory->keys, txn, store_memory_by_key);
    store_memory_free_txn(txn);
}

static void unstage(struct store_memory *memory, const struct store_batch *batch, size_t before)
{
    for (size_t i = 0; i < batch->facts_count; i++) {
        struct memory_txn *txn = store_memory_find(memory, batch->facts[i].txn);
        if (txn)
            txn->staged = txn->next;
    }
    while (memory->txns_count > before) {
        struct memory_txn *txn = memory->txns[--memory->txns_count];
        forget(memory, txn);
    }
}

static void replace_text(const char **text, const char *with)
{
    char *copy = copy_text(with);
    mem_free((char *)*text);
    *text = copy;
}

static void update(struct memory_txn *txn, const struct store_row *row)
{
    assert(txn && txn->row.txn == row->txn);
    txn->row.status = row->status;
    txn->row.open = row->open;
    txn->row.updated_ms = row->updated_ms;
    txn->row.ended_ms = row->ended_ms;
    txn->row.expires_ms = row->expires_ms;
    txn->row.wake_ms = row->wake_ms;
    replace_text(&txn->row.step, row->step);
    replace_text(&txn->row.participant, row->participant);
    replace_text(&txn->row.reason, row->reason);
}

static void put_facts(struct memory_txn *txn, const struct store_facts *facts)
{
    assert(txn && txn->next == facts->seq);
    if (txn->facts_count == txn->facts_capacity) {
        txn->facts_capacity = txn->facts_capacity ? txn->facts_capacity * 2 : 4;
        txn->facts = mem_grow(txn->facts, txn->facts_capacity * sizeof *txn->facts);
    }
    txn->facts[txn->facts_count] = *facts;
    txn->facts[txn->facts_count++].bytes = mem_copy(facts->bytes, facts->length);
    txn->next += facts->count;
}

static void put_definition(struct store_memory *memory, const struct store_definition *definition)
{
    size_t at = place(memory, definition), after = memory->definitions_count - at;
    memory->definitions = mem_grow(memory->definitions, ++memory->definitions_count * sizeof *definition);
    struct store_definition *slot = &memory->definitions[at];
    memmove(slot + 1, slot, after * sizeof *slot);
    *slot = *definition;
    slot->name = mem_string(definition->name);
    slot->text = mem_copy(definition->text, definition->length);
}

static void put_participant(struct store_memory *memory, const struct store_participant *participant)
{
    size_t at = 0;
    while (at < memory->participants_count && strcmp(memory->participants[at].name, participant->name) < 0)
        at++;
    struct store_participant *slot = memory->participants ? &memory->participants[at] : NULL;
    if (at < memory->participants_count && strcmp(slot->name, participant->name) == 0) {
        mem_free((char *)slot->name);
        mem_free((char *)slot->text);
        memory->participants_count--;
        memmove(slot, slot + 1, (memory->participants_count - at) * sizeof *slot);
    }
    if (!participant->text)
        return;
    size_t after = memory->participants_count - at;
    memory->participants = mem_grow(memory->participants, ++memory->participants_count * sizeof *slot);
    slot = &memory->participants[at];
    memmove(slot + 1, slot, after * sizeof *slot);
    slot->name = mem_string(participant->name);
    slot->text = mem_copy(participant->text, participant->length);
    slot->length = participant->length;
}

static void remove_txn(struct store_memory *memory, uint64_t number)
{
    struct memory_txn *txn = store_memory_find(memory, number);
    if (!txn)
        return;
    size_t at = 0;
    while (memory->txns[at] != txn)
        at++;
    memmove(&memory->txns[at], &memory->txns[at + 1], (memory->txns_count - at - 1) * sizeof *memory->txns);
    memory->txns_count--;
    forget(memory, txn);
}

static void apply(struct store_memory *memory, const struct store_batch *batch)
{
    for (size_t i = 0; i < batch->updates_count; i++)
        update(store_memory_find(memory, batch->updates[i].txn), &batch->updates[i]);
    for (size_t i = 0; i < batch->facts_count; i++)
        put_facts(store_memory_find(memory, batch->facts[i].txn), &batch->facts[i]);
    for (size_t i = 0; i < batch->definitions_count; i++)
        put_definition(memory, &batch->definitions[i]);
    for (size_t i = 0; i < batch->participants_count; i++)
        put_participant(memory, &batch->participants[i]);
    for (size_t i = 0; i < batch->removes_count; i++)
        remove_txn(memory, batch->removes[i]);
    for (size_t i = 0; i < batch->schedules_count; i++)
        store_memory_put_schedule(memory, &batch->schedules[i]);
    store_memory_apply_messages(memory, batch);
}
