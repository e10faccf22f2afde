/* The one connection that writes: commits and checkpoints. */
#include "adapters/store_check.h"
#include "adapters/store_sqlite_inner.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

enum { WAL_OVERDUE = 8 }; /* times the usual length of the log: then readers are waited for */

static int commit(struct store_sqlite *store, const struct store_batch *batch, struct error *error);
static int checkpoint_if_due(struct store_sqlite *store, struct error *error);
static uint64_t now_ms(void);
static int put_insert(struct store_sqlite *store, const struct store_row *row, struct error *error);
static int put_update(struct store_sqlite *store, const struct store_row *row, struct error *error);
static int put_all_facts(struct store_sqlite *store, const struct store_batch *batch, struct error *error);
static int put_facts(struct store_sqlite *store, enum sqlite_write write, const struct store_facts *facts,
                     struct error *error);
static int put_definition(struct store_sqlite *store, const struct store_definition *definition,
                          struct error *error);
static int put_participant(struct store_sqlite *store, const struct store_participant *participant,
                           struct error *error);
static int put_schedule(struct store_sqlite *store, const struct store_schedule *schedule, struct error *error);

static int count_pages(void *self, sqlite3 *db, const char *name, int pages)
{
    (void)db;
    (void)name;
    ((struct store_sqlite *)self)->wal_pages = pages;
    return SQLITE_OK;
}

int store_sqlite_prepare_writes(struct store_sqlite *store, struct error *error)
{
    static const char *const texts[] = {
#define X(name, sql) sql,
        WRITES(X)
#undef X
    };
    for (int i = 0; i < WRITES_COUNT; i++)
        if (sqlite3_prepare_v3(store->writer, texts[i], -1, SQLITE_PREPARE_PERSISTENT, &store->writes[i], NULL))
            return store_sqlite_fail(error, store->writer, ERROR_IO, "prepare");
    sqlite3_wal_hook(store->writer, count_pages, store);
    store->due_pages = SQLITE_CHECKPOINT_PAGES;
    return 0;
}

/* Whatever fails for another reason than a contradiction in the batch leaves in doubt what is on the disk; a
 * second fsync would say yes to what the first one lost. So nothing is written after it. */
int store_sqlite_commit(void *self, const struct store_batch *batch, struct error *error)
{
    struct store_sqlite *store = self;
    store_check_batch(batch);
    pthread_mutex_lock(&store->writing);
    assert(sqlite3_get_autocommit(store->writer));
    uint64_t last = store->last;
    int64_t minute = store->minute;
    int code = store->failed ? error_set(error, ERROR_STORE, "an earlier commit failed: restart from the disk")
                             : commit(store, batch, error);
    if (code) {
        if (!sqlite3_get_autocommit(store->writer))
            sqlite3_exec(store->writer, "ROLLBACK", NULL, NULL, NULL); /* the error that led here is told */
        store->failed |= code != ERROR_CONFLICT;
        store->last = last;
        store->minute = minute;
        error_wrap(error, "commit");
    }
    pthread_mutex_unlock(&store->writing);
    return code;
}

int store_sqlite_checkpoint(struct store_sqlite *store, int mode, struct error *error)
{
    int rc = sqlite3_wal_checkpoint_v2(store->writer, NULL, mode, NULL, NULL);
    if (rc == SQLITE_OK || (rc & 0xff) == SQLITE_BUSY) /* busy: readers are in the way, next time then */
        return 0;
    return store_sqlite_fail(error, store->writer, ERROR_STORE, "checkpoint");
}

int store_sqlite_write(struct store_sqlite *store, enum sqlite_write write, int bound, const char *what,
                       struct error *error)
{
    sqlite3_stmt *statement = store->writes[write];
    int rc = bound ? bound : sqlite3_step(statement);
    int code = 0;
    if (rc != SQLITE_DONE)
        code = (rc & 0xff) == SQLITE_CONSTRAINT
                   ? error_set(error, ERROR_CONFLICT, "%s: %s", what, sqlite3_errmsg(store->writer))
                   : error_set(error, ERROR_STORE, "%s: %s", what, sqlite3_errmsg(store->writer));
    sqlite3_reset(statement);
    return code;
}

static int commit(struct store_sqlite *store, const struct store_batch *batch, struct error *error)
{
    int moved = 0;
    sqlite3_file_control(store->writer, NULL, SQLITE_FCNTL_HAS_MOVED, &moved);
    if (moved)
        return error_set(error, ERROR_STORE, "%s was moved, removed or replaced while in use", store->path);
    int code = checkpoint_if_due(store, error);
    if (!code)
        code = store_sqlite_write(store, WRITE_BEGIN, SQLITE_OK, "begin", error);
    for (size_t i = 0; !code && i < batch->inserts_count; i++)
        code = put_insert(store, &batch->inserts[i], error);
    for (size_t i = 0; !code && i < batch->updates_count; i++)
        code = put_update(store, &batch->updates[i], error);
    if (!code)
        code = put_all_facts(store, batch, error);
    for (size_t i = 0; !code && i < batch->definitions_count; i++)
        code = put_definition(store, &batch->definitions[i], error);
    for (size_t i = 0; !code && i < batch->participants_count; i++)
        code = put_participant(store, &batch->participants[i], error);
    for (size_t i = 0; !code && i < batch->removes_count; i++)
        code = store_sqlite_remove(store, batch->removes[i], error);
    for (size_t i = 0; !code && i < batch->schedules_count; i++)
        code = put_schedule(store, &batch->schedules[i], error);
    for (size_t i = 0; !code && i < batch->messages_count; i++)
        code = store_sqlite_put_message(store, &batch->messages[i], error);
    for (size_t i = 0; !code && i < batch->delivered_count; i++)
        code = store_sqlite_take_message(store, &batch->delivered[i], error);
    return code ? code : store_sqlite_write(store, WRITE_COMMIT, SQLITE_OK, "sync", error);
}

/* Before a commit rather than after it: what is durable is acknowledged without waiting for this. A checkpoint
 * that readers keep from reaching the end leaves the log growing; when it is overdue they are waited for. */
static int checkpoint_if_due(struct store_sqlite *store, struct error *error)
{
    if (store->wal_pages < store->due_pages)
        return 0;
    bool overdue = store->wal_pages >= WAL_OVERDUE * SQLITE_CHECKPOINT_PAGES;
    uint64_t begun_ms = now_ms();
    int code =
        store_sqlite_checkpoint(store, overdue ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE, error);
    store_sqlite_pace(store, now_ms() - begun_ms);
    return code;
}

void store_sqlite_pace(struct store_sqlite *store, uint64_t took_ms)
{
    int pages = store->due_pages;
    if (took_ms > SQLITE_CHECKPOINT_MS)
        pages /= 2;
    else if (took_ms < SQLITE_CHECKPOINT_MS / 2)
        pages += pages / 8;
    pages = pages < SQLITE_CHECKPOINT_LEAST ? SQLITE_CHECKPOINT_LEAST : pages;
    store->due_pages = pages < SQLITE_CHECKPOINT_PAGES ? pages : SQLITE_CHECKPOINT_PAGES;
}

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
}

static int bind_number(sqlite3_stmt *statement, int at, uint64_t number)
{
    return sqlite3_bind_int64(statement, at, (sqlite3_int64)number);
}

/* Borrowed until the statement has run; NULL binds NULL. */
static int bind_text(sqlite3_stmt *statement, int at, const char *text)
{
    return sqlite3_bind_text(statement, at, text, -1, SQLITE_STATIC);
}

static int put_found(struct store_sqlite *store, enum sqlite_write write, char kind, uint64_t txn,
                     const char *text, struct error *error)
{
    sqlite3_stmt *statement = store->writes[write];
    int bound = sqlite3_bind_int64(statement, 1, store_sqlite_hash(store, kind, text));
    bound |= bind_number(statement, 2, txn);
    bound |= bind_text(statement, 3, text);
    return store_sqlite_write(store, write, bound, write == WRITE_ID ? "the id is taken" : "the key is taken",
                              error);
}

static int put_tags(struct store_sqlite *store, const struct store_row *row, struct error *error)
{
    sqlite3_stmt *statement = store->writes[WRITE_TAG];
    int code = 0;
    for (const char *at = row->tags + 1; !code && *at;) {
        size_t length = strcspn(at, "\n");
        int bound = sqlite3_bind_text64(statement, 1, at, length, SQLITE_STATIC, SQLITE_UTF8);
        bound |= bind_number(statement, 2, row->txn);
        code = length ? store_sqlite_write(store, WRITE_TAG, bound, "tag", error) : 0;
        at += length + 1;
    }
    return code;
}

static int put_minute(struct store_sqlite *store, const struct store_row *row, struct error *error)
{
    int64_t minute = (int64_t)row->begun_ms / SQLITE_MINUTE_MS;
    if (minute == store->minute)
        return 0;
    sqlite3_stmt *statement = store->writes[WRITE_MINUTE];
    int bound = bind_number(statement, 1, row->txn);
    bound |= sqlite3_bind_int64(statement, 2, minute);
    store->minute = minute;
    return store_sqlite_write(store, WRITE_MINUTE, bound, "minute", error);
}

static int put_row(struct store_sqlite *store, const struct store_row *row, struct error *error)
{
    sqlite3_stmt *statement = store->writes[WRITE_TXN];
    int bound = bind_number(statement, 1, row->txn);
    bound |= bind_text(statement, 2, row->id);
    bound |= bind_text(statement, 3, row->key);
    bound |= bind_text(statement, 4, row->saga);
    bound |= bind_number(statement, 5, row->version);
    bound |= bind_number(statement, 6, row->status);
    bound |= bind_number(statement, 7, row->open);
    bound |= bind_number(statement, 8, row->begun_ms);
    bound |= bind_number(statement, 9, row->updated_ms);
    bound |= bind_number(statement, 10, row->ended_ms);
    bound |= bind_text(statement, 11, row->step);
    bound |= bind_text(statement, 12, row->participant);
    bound |= bind_text(statement, 13, row->reason);
    bound |= bind_text(statement, 14, row->tags);
    bound |= bind_number(statement, 15, row->expires_ms);
    bound |= bind_number(statement, 16, row->wake_ms);
    return store_sqlite_write(store, WRITE_TXN, bound, "insert", error);
}

static int put_insert(struct store_sqlite *store, const struct store_row *row, struct error *error)
{
    if (row->txn <= store->last)
        return error_set(error, ERROR_CONFLICT, "transaction %" PRIu64 " does not come after %" PRIu64, row->txn,
                         store->last);
    store->last = row->txn;
    int code = put_row(store, row, error);
    if (!code)
        code = put_minute(store, row, error);
    if (!code && row->id)
        code = put_found(store, WRITE_ID, 'i', row->txn, row->id, error);
    if (!code && row->key)
        code = put_found(store, WRITE_KEY, 'k', row->txn, row->key, error);
    return code || !row->tags ? code : put_tags(store, row, error);
}

static int put_update(struct store_sqlite *store, const struct store_row *row, struct error *error)
{
    sqlite3_stmt *statement = store->writes[WRITE_UPDATE];
    int bound = bind_number(statement, 1, row->txn);
    bound |= bind_number(statement, 2, row->status);
    bound |= bind_number(statement, 3, row->open);
    bound |= bind_number(statement, 4, row->updated_ms);
    bound |= bind_number(statement, 5, row->ended_ms);
    bound |= bind_text(statement, 6, row->step);
    bound |= bind_text(statement, 7, row->participant);
    bound |= bind_text(statement, 8, row->reason);
    bound |= bind_number(statement, 9, row->expires_ms);
    bound |= bind_number(statement, 10, row->wake_ms);
    int code = store_sqlite_write(store, WRITE_UPDATE, bound, "update", error);
    if (!code && sqlite3_changes(store->writer) != 1)
        code =
            error_set(error, ERROR_CONFLICT, "update of transaction %" PRIu64 ", which does not exist", row->txn);
    return code;
}

/* As long as the first facts come in the order of the inserts, each is known to be the first of a transaction that
 * exists. Out of this order nothing is known, and the rest is compared with what is stored. */
static int put_all_facts(struct store_sqlite *store, const struct store_batch *batch, struct error *error)
{
    size_t begun = 0;
    bool in_order = true;
    int code = 0;
    for (size_t i = 0; !code && i < batch->facts_count; i++) {
        const struct store_facts *facts = &batch->facts[i];
        enum sqlite_write write = WRITE_FACTS;
        if (facts->seq == 0) {
            in_order = in_order && begun < batch->inserts_count && batch->inserts[begun++].txn == facts->txn;
            write = in_order ? WRITE_BEGUN_FACTS : WRITE_FIRST_FACTS;
        }
        code = put_facts(store, write, facts, error);
    }
    return code;
}

static int put_facts(struct store_sqlite *store, enum sqlite_write write, const struct store_facts *facts,
                     struct error *error)
{
    sqlite3_stmt *statement = store->writes[write];
    int bound = bind_number(statement, 1, facts->txn);
    bound |= bind_number(statement, 2, facts->seq);
    bound |= bind_number(statement, 3, facts->count);
    bound |= sqlite3_bind_blob64(statement, 4, facts->length ? facts->bytes : "", facts->length, SQLITE_STATIC);
    int code = store_sqlite_write(store, write, bound, "does not follow what is stored", error);
    if (code == ERROR_CONFLICT)
        error_wrap(error, "transaction %" PRIu64 ", fact %" PRIu32, facts->txn, facts->seq);
    return code;
}

static int put_definition(struct store_sqlite *store, const struct store_definition *definition,
                          struct error *error)
{
    sqlite3_stmt *statement = store->writes[WRITE_DEFINITION];
    int bound = bind_text(statement, 1, definition->name);
    bound |= bind_number(statement, 2, definition->version);
    bound |= bind_number(statement, 3, definition->at_ms);
    bound |= sqlite3_bind_text64(statement, 4, definition->text, definition->length, SQLITE_STATIC, SQLITE_UTF8);
    return store_sqlite_write(store, WRITE_DEFINITION, bound, "definition", error);
}

static int put_participant(struct store_sqlite *store, const struct store_participant *participant,
                           struct error *error)
{
    enum sqlite_write write = participant->text ? WRITE_PARTICIPANT : WRITE_NO_PARTICIPANT;
    sqlite3_stmt *statement = store->writes[write];
    int bound = bind_text(statement, 1, participant->name);
    if (participant->text)
        bound |=
            sqlite3_bind_text64(statement, 2, participant->text, participant->length, SQLITE_STATIC, SQLITE_UTF8);
    return store_sqlite_write(store, write, bound, "participant", error);
}

static int put_schedule(struct store_sqlite *store, const struct store_schedule *schedule, struct error *error)
{
    sqlite3_stmt *statement = store->writes[WRITE_SCHEDULE];
    int bound = bind_text(statement, 1, schedule->saga);
    bound |= bind_number(statement, 2, schedule->done_ms);
    return store_sqlite_write(store, WRITE_SCHEDULE, bound, "schedule", error);
}
