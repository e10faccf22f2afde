/* The readers: connections that only query, one for each call that is going on, kept for the next. They see what
 * was committed before the call, which is also durable: a frame is synced before it is visible. */
#include "adapters/store_sqlite_inner.h"
#include "base/mem.h"

#include <assert.h>
#include <stdio.h>

static struct sqlite_reader *open_reader(const char *path, struct error *error);
static void close_reader(struct sqlite_reader *reader);

struct sqlite_reader *store_sqlite_take_reader(struct store_sqlite *store, struct error *error)
{
    pthread_mutex_lock(&store->reading);
    struct sqlite_reader *reader = store->readers;
    if (reader) {
        store->readers = reader->next;
        store->readers_count--;
    }
    pthread_mutex_unlock(&store->reading);
    return reader ? reader : open_reader(store->path, error);
}

void store_sqlite_give_reader(struct store_sqlite *store, struct sqlite_reader *reader)
{
    assert(sqlite3_get_autocommit(reader->db));
    pthread_mutex_lock(&store->reading);
    bool keep = store->readers_count < SQLITE_READERS_KEPT;
    if (keep) {
        reader->next = store->readers;
        store->readers = reader;
        store->readers_count++;
    }
    pthread_mutex_unlock(&store->reading);
    if (!keep)
        close_reader(reader);
}

void store_sqlite_free_readers(struct store_sqlite *store)
{
    while (store->readers) {
        struct sqlite_reader *reader = store->readers;
        store->readers = reader->next;
        close_reader(reader);
    }
    store->readers_count = 0;
}

static int prepare(struct sqlite_reader *reader)
{
    static const char *const texts[] = {
#define X(name, sql) sql,
        READS(X)
#undef X
    };
    int rc = SQLITE_OK;
    for (int i = 0; rc == SQLITE_OK && i < READS_COUNT; i++)
        rc = sqlite3_prepare_v3(reader->db, texts[i], -1, SQLITE_PREPARE_PERSISTENT, &reader->statements[i], NULL);
    return rc;
}

static struct sqlite_reader *open_reader(const char *path, struct error *error)
{
    struct sqlite_reader *reader = mem_new(sizeof *reader);
    int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    char sql[256];
    snprintf(sql, sizeof sql,
             "PRAGMA query_only = ON; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -%d;"
             "PRAGMA cell_size_check = ON",
             SQLITE_READER_CACHE_KIB);
    int rc = sqlite3_open_v2(path, &reader->db, flags, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_busy_timeout(reader->db, SQLITE_BUSY_MS);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(reader->db, sql, NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = prepare(reader);
    if (rc == SQLITE_OK)
        return reader;
    store_sqlite_fail(error, reader->db, ERROR_STORE, "open for reading");
    close_reader(reader);
    return NULL;
}

static void close_reader(struct sqlite_reader *reader)
{
    for (int i = 0; i < READS_COUNT; i++)
        sqlite3_finalize(reader->statements[i]);
    int rc = sqlite3_close(reader->db);
    assert(rc == SQLITE_OK); /* else a statement was forgotten */
    (void)rc;
    mem_free(reader);
}
