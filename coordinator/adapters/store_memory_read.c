/* The reading half of the memory store. Visitors run under the read lock, which nests. */
#include "adapters/store_check.h"
#include "adapters/store_memory_inner.h"

#include <assert.h>
#include <search.h>
#include <string.h>

static bool matches(const struct store_query *query, const struct store_row *row);

static int memory_last(void *self, uint64_t *txn, struct error *error)
{
    struct store_memory *memory = self;
    (void)error;
    pthread_rwlock_rdlock(&memory->lock);
    *txn = memory->txns_count ? memory->txns[memory->txns_count - 1]->row.txn : 0;
    pthread_rwlock_unlock(&memory->lock);
    return 0;
}

static int memory_open_count(void *self, uint64_t *count, struct error *error)
{
    struct store_memory *memory = self;
    (void)error;
    *count = 0;
    pthread_rwlock_rdlock(&memory->lock);
    for (size_t i = 0; i < memory->txns_count; i++)
        *count += memory->txns[i]->row.open;
    pthread_rwlock_unlock(&memory->lock);
    return 0;
}

static bool wakes_behind(const struct store_row *row, const struct store_waking *place)
{
    return row->wake_ms > place->wake_ms || (row->wake_ms == place->wake_ms && row->txn > place->txn);
}

/* The first one behind a place, NULL when none wakes by then. */
static const struct store_row *next_waking(const struct store_memory *memory, const struct store_waking *after,
                                           uint64_t until_ms)
{
    const struct store_row *first = NULL;
    for (size_t i = 0; i < memory->txns_count; i++) {
        const struct store_row *row = &memory->txns[i]->row;
        bool wakes = row->wake_ms && row->wake_ms <= until_ms && wakes_behind(row, after);
        if (wakes && (!first || row->wake_ms < first->wake_ms))
            first = row;
    }
    return first;
}

static int memory_each_waking(void *self, const struct store_waking *after, uint64_t until_ms, uint32_t limit,
                              store_row_visitor *visit, void *context, struct error *error)
{
    struct store_memory *memory = self;
    (void)error;
    assert(limit > 0);
    pthread_rwlock_rdlock(&memory->lock);
    const struct store_row *row = next_waking(memory, after, until_ms);
    while (row && limit-- > 0 && visit(context, row))
        row = next_waking(memory, &(struct store_waking){row->wake_ms, row->txn}, until_ms);
    pthread_rwlock_unlock(&memory->lock);
    return 0;
}

/* The one that expired longest ago of those after (`expires_ms`, `txn`), NULL when there is none. */
static const struct store_row *next_expired(const struct store_memory *memory, uint64_t now_ms,
                                            uint64_t expires_ms, uint64_t txn)
{
    const struct store_row *first = NULL;
    for (size_t i = 0; i + 1 < memory->txns_count; i++) {
        const struct store_row *row = &memory->txns[i]->row;
        bool expired = row->expires_ms && row->expires_ms <= now_ms;
        bool after = row->expires_ms > expires_ms || (row->expires_ms == expires_ms && row->txn > txn);
        if (expired && after && (!first || row->expires_ms < first->expires_ms))
            first = row;
    }
    return first;
}

static int memory_each_expired(void *self, uint64_t now_ms, uint32_t limit, store_row_visitor *visit,
                               void *context, struct error *error)
{
    struct store_memory *memory = self;
    (void)error;
    assert(limit > 0);
    pthread_rwlock_rdlock(&memory->lock);
    const struct store_row *row = next_expired(memory, now_ms, 0, 0);
    while (row && limit-- > 0 && visit(context, row))
        row = next_expired(memory, now_ms, row->expires_ms, row->txn);
    pthread_rwlock_unlock(&memory->lock);
    return 0;
}

static int memory_each_fact(void *self, uint64_t txn, uint32_t from_seq, store_facts_visitor *visit, void *context,
                            struct error *error)
{
    struct store_memory *memory = self;
    (void)error;
    pthread_rwlock_rdlock(&memory->lock);
    const struct memory_txn *found = store_memory_find(memory, txn);
    for (size_t i = 0; found && i < found->facts_count; i++) {
        const struct store_facts *facts = &found->facts[i];
        if (facts->seq + facts->count > from_seq && !visit(context, facts))
            break;
    }
    pthread_rwlock_unlock(&memory->lock);
    return 0;
}

static int memory_each_row(void *self, const struct store_query *query, store_row_visitor *visit, void *context,
                           struct error *error)
{
    struct store_memory *memory = self;
    (void)error;
    store_check_query(query);
    uint32_t left = query->limit;
    pthread_rwlock_rdlock(&memory->lock);
    for (size_t i = memory->txns_count; i > 0 && left > 0; i--) {
        const struct store_row *row = &memory->txns[i - 1]->row;
        if (!matches(query, row))
            continue;
        left--;
        if (!visit(context, row))
            break;
    }
    pthread_rwlock_unlock(&memory->lock);
    return 0;
}

static int memory_row(void *self, uint64_t txn, store_row_visitor *visit, void *context, struct error *error)
{
    struct store_memory *memory = self;
    (void)error;
    pthread_rwlock_rdlock(&memory->lock);
    const struct memory_txn *found = store_memory_find(memory, txn);
    if (found)
        visit(context, &found->row);
    pthread_rwlock_unlock(&memory->lock);
    return 0;
}

static int memory_find(void *self, const char *id, const char *key, store_row_visitor *visit, void *context,
                       struct error *error)
{
    struct store_memory *memory = self;
    (void)error;
    const struct memory_txn wanted = {.row = {.id = id, .key = key}};
    pthread_rwlock_rdlock(&memory->lock);
    struct memory_txn **by_id = id ? tfind(&wanted, &memory->ids, store_memory_by_id) : NULL;
    struct memory_txn **by_key = key ? tfind(&wanted, &memory->keys, store_memory_by_key) : NULL;
    bool more = true;
    if (by_id)
        more = visit(context, &(*by_id)->row);
    if (more && by_key && !(by_id && *by_id == *by_key))
        visit(context, &(*by_key)->row);
    pthread_rwlock_unlock(&memory->lock);
    return 0;
}

static int memory_each_definition(void *self, const char *name, uint32_t version, store_definition_visitor *visit,
                                  void *context, struct error *error)
{
    struct store_memory *memory = self;
    (void)error;
    pthread_rwlock_rdlock(&memory->lock);
    for (size_t i = 0; i < memory->definitions_count; i++) {
        const struct store_definition *definition = &memory->definitions[i];
        bool named = !name || strcmp(name, definition->name) == 0;
        if (named && (!version || version == definition->version) && !visit(context, definition))
            break;
    }
    pthread_rwlock_unlock(&memory->lock);
    return 0;
}

static int memory_each_participant(void *self, store_participant_visitor *visit, void *context,
                                   struct error *error)
{
    struct store_memory *memory = self;
    (void)error;
    pthread_rwlock_rdlock(&memory->lock);
    for (size_t i = 0; i < memory->participants_count; i++)
        if (!visit(context, &memory->participants[i]))
            break;
    pthread_rwlock_unlock(&memory->lock);
    return 0;
}

void store_memory_reading(struct store *port)
{
    assert(port->self && !port->row);
    port->last = memory_last;
    port->open_count = memory_open_count;
    port->each_waking = memory_each_waking;
    port->each_expired = memory_each_expired;
    port->each_fact = memory_each_fact;
    port->each_row = memory_each_row;
    port->row = memory_row;
    port->find = memory_find;
    port->each_definition = memory_each_definition;
    port->each_participant = memory_each_participant;
    port->each_schedule = store_memory_each_schedule;
    port->each_message = store_memory_each_message;
}

/* True when `tag` is one of "\na\nb\n"; a tag that cannot be one (empty, or of two lines) never is. */
static bool has_tag(const char *tags, const char *tag)
{
    size_t length = strlen(tag);
    if (!tags || !length || strchr(tag, '\n'))
        return false;
    for (const char *at = strstr(tags, tag); at; at = strstr(at + 1, tag))
        if (at > tags && at[-1] == '\n' && at[length] == '\n')
            return true;
    return false;
}

static bool same(const char *wanted, const char *text)
{
    return !wanted || (text && strcmp(wanted, text) == 0);
}

static bool matches(const struct store_query *query, const struct store_row *row)
{
    return (!query->statuses || query->statuses >> row->status & 1) && same(query->saga, row->saga) &&
           same(query->step, row->step) && same(query->participant, row->participant) &&
           (!query->tag || has_tag(row->tags, query->tag)) && row->begun_ms >= query->since_ms &&
           (!query->until_ms || row->begun_ms < query->until_ms) && (!query->before || row->txn < query->before);
}
