/* The stores under test, and helpers for their batches. */
#include "contract/store_harness.h"

#include "adapters/store_memory.h"
#include "adapters/store_sqlite.h"
#include "base/mem.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *sqlite_path; /* of the store under test: there is one at a time */

static struct store *memory_make(void)
{
    return store_memory_open(0x1234567890abcdefu);
}

static struct store *memory_again(struct store *store)
{
    return store;
}

static void memory_drop(struct store *store)
{
    store->close(store->self);
}

static struct store *sqlite_make(void)
{
    assert(!sqlite_path);
    sqlite_path = store_scratch_new();
    struct error error = {0};
    struct store *store = store_sqlite_open(sqlite_path, &error);
    if (!store)
        fprintf(stderr, "%s\n", error.text);
    assert(store);
    return store;
}

static struct store *sqlite_again(struct store *store)
{
    struct error error = {0};
    store->close(store->self);
    store = store_sqlite_open(sqlite_path, &error);
    assert(store);
    return store;
}

static void sqlite_drop(struct store *store)
{
    store->close(store->self);
    store_scratch_remove(sqlite_path);
    sqlite_path = NULL;
}

const struct store_kind store_kinds[STORE_KINDS] = {
    {"memory", memory_make, memory_again, memory_drop},
    {"SQLite", sqlite_make, sqlite_again, sqlite_drop},
};
const struct store_kind *store_kind;

int store_use_memory(void)
{
    store_kind = &store_kinds[0];
    return 0;
}

int store_use_sqlite(void)
{
    store_kind = &store_kinds[1];
    return 0;
}

char *store_scratch_new(void)
{
    char path[] = "/tmp/belay-store-XXXXXX";
    char *made = mkdtemp(path);
    assert(made);
    return mem_string(made);
}

void store_scratch_remove(char *path)
{
    static const char *const names[] = {"belay.db", "belay.db-wal", "belay.db-shm", "belay.db-journal",
                                        "lock",     "opened",       "opened.new",   "copy"};
    char file[256];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(file, sizeof file, "%s/%s", path, names[i]);
        unlink(file);
    }
    rmdir(path);
    mem_free(path);
}

struct store_row store_plain_row(uint64_t txn)
{
    return (struct store_row){.txn = txn,
                              .saga = "place-order",
                              .version = 1,
                              .status = 1,
                              .open = true,
                              .wake_ms = 1,
                              .begun_ms = 1700000000000 + txn,
                              .updated_ms = 1700000000000 + txn};
}

void store_end(struct store_row *row)
{
    row->open = false;
    row->wake_ms = 0;
}

struct store_facts store_text_facts(uint64_t txn, uint32_t seq, uint32_t count, const char *text)
{
    return (struct store_facts){txn, seq, count, text, strlen(text)};
}

int store_insert(struct store *store, const struct store_row *row)
{
    struct error error;
    return store->commit(store->self, &(struct store_batch){.inserts = row, .inserts_count = 1}, &error);
}

int store_update(struct store *store, const struct store_row *row)
{
    struct error error;
    return store->commit(store->self, &(struct store_batch){.updates = row, .updates_count = 1}, &error);
}

int store_put_facts(struct store *store, uint64_t txn, uint32_t seq, uint32_t count, const char *text)
{
    struct error error;
    struct store_facts facts = store_text_facts(txn, seq, count, text);
    return store->commit(store->self, &(struct store_batch){.facts = &facts, .facts_count = 1}, &error);
}

int store_define(struct store *store, const char *name, uint32_t version, const char *text)
{
    struct error error;
    struct store_definition definition = {name, version, text, strlen(text), 1700000000000};
    return store->commit(store->self, &(struct store_batch){.definitions = &definition, .definitions_count = 1},
                         &error);
}

int store_register(struct store *store, const char *name, const char *text)
{
    struct error error;
    struct store_participant participant = {name, text, text ? strlen(text) : 0};
    return store->commit(store->self, &(struct store_batch){.participants = &participant, .participants_count = 1},
                         &error);
}

int store_each_waking(struct store *store, store_row_visitor *visit, void *context, struct error *error)
{
    return store->each_waking(store->self, &(struct store_waking){0}, INT64_MAX, UINT32_MAX, visit, context,
                              error);
}

static bool seen_more(struct store_seen *seen, int length)
{
    assert(length > 0);
    seen->length += (size_t)length < sizeof seen->text - seen->length ? (size_t)length : 0;
    return ++seen->count != seen->stop_after;
}

bool store_see_row(void *context, const struct store_row *row)
{
    struct store_seen *seen = context;
    return seen_more(
        seen, snprintf(seen->text + seen->length, sizeof seen->text - seen->length, "%" PRIu64 " ", row->txn));
}

bool store_see_facts(void *context, const struct store_facts *facts)
{
    struct store_seen *seen = context;
    return seen_more(seen, snprintf(seen->text + seen->length, sizeof seen->text - seen->length,
                                    "%" PRIu32 "+%" PRIu32 "=%.*s ", facts->seq, facts->count, (int)facts->length,
                                    (const char *)facts->bytes));
}

bool store_see_definition(void *context, const struct store_definition *definition)
{
    struct store_seen *seen = context;
    assert(definition->length == strlen(definition->text));
    int length = snprintf(seen->text + seen->length, sizeof seen->text - seen->length, "%s/%" PRIu32 "=%s ",
                          definition->name, definition->version, definition->text);
    return seen_more(seen, length);
}

static bool see_participant(void *context, const struct store_participant *participant)
{
    struct store_seen *seen = context;
    return seen_more(seen, snprintf(seen->text + seen->length, sizeof seen->text - seen->length, "%s=%.*s ",
                                    participant->name, (int)participant->length, participant->text));
}

bool store_definitions_are(struct store *store, const char *name, uint32_t version, const char *expected)
{
    struct error error;
    struct store_seen seen = {0};
    int code = store->each_definition(store->self, name, version, store_see_definition, &seen, &error);
    return code == 0 && strcmp(seen.text, expected) == 0;
}

bool store_participants_are(struct store *store, const char *expected)
{
    struct error error;
    struct store_seen seen = {0};
    int code = store->each_participant(store->self, see_participant, &seen, &error);
    return code == 0 && strcmp(seen.text, expected) == 0;
}

static bool see_message(void *context, const struct store_message *message)
{
    struct store_seen *seen = context;
    return seen_more(seen, snprintf(seen->text + seen->length, sizeof seen->text - seen->length,
                                    "%" PRIu64 ".%" PRIu32 "=%.*s ", message->txn, message->seq,
                                    (int)message->length, (const char *)message->bytes));
}

bool store_messages_are(struct store *store, const char *participant, uint32_t limit, const char *expected)
{
    struct error error;
    struct store_seen seen = {0};
    int code = store->each_message(store->self, participant, limit, see_message, &seen, &error);
    return code == 0 && strcmp(seen.text, expected) == 0;
}

bool store_same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : !a && !b;
}

bool store_same_row(const struct store_row *a, const struct store_row *b)
{
    return a->txn == b->txn && store_same_text(a->id, b->id) && store_same_text(a->key, b->key) &&
           store_same_text(a->saga, b->saga) && a->version == b->version && a->status == b->status &&
           a->open == b->open && a->wake_ms == b->wake_ms && a->begun_ms == b->begun_ms &&
           a->updated_ms == b->updated_ms && a->ended_ms == b->ended_ms && store_same_text(a->step, b->step) &&
           store_same_text(a->participant, b->participant) && store_same_text(a->reason, b->reason) &&
           store_same_text(a->tags, b->tags);
}
