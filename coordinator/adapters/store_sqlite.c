/* Opening and closing the SQLite store, and the port's table. */
#include "adapters/store_sqlite.h"

#include "adapters/store_sqlite_inner.h"
#include "base/mem.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define DATABASE "belay.db"

static int open_database(struct store_sqlite *store, struct error *error);
static uint64_t sqlite_secret(void *self);
static void sqlite_close(void *self);

struct store *store_sqlite_open(const char *directory, struct error *error)
{
    struct store_sqlite *store = mem_new(sizeof *store);
    store->port = (struct store){.self = store, .commit = store_sqlite_commit, .secret = sqlite_secret};
    store->port.close = sqlite_close;
    store_sqlite_reading(&store->port);
    pthread_mutex_init(&store->writing, NULL);
    pthread_mutex_init(&store->reading, NULL);

    int code = store_directory_open(&store->directory, directory, error);
    if (!code) {
        size_t length = strlen(directory) + sizeof "/" DATABASE;
        store->path = mem_new(length);
        snprintf(store->path, length, "%s/" DATABASE, directory);
        code = open_database(store, error);
        if (code)
            error_wrap(error, "%s", store->path);
    }
    if (!code)
        return &store->port;
    error_wrap(error, "open store");
    sqlite_close(store);
    return NULL;
}

int store_sqlite_fail(struct error *error, sqlite3 *db, enum error_code otherwise, const char *what)
{
    int primary = sqlite3_errcode(db) & 0xff;
    bool corrupt = primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB;
    return error_set(error, corrupt ? ERROR_CORRUPT : otherwise, "%s: %s", what, sqlite3_errmsg(db));
}

int store_sqlite_run(sqlite3 *db, const char *what, const char *sql, struct error *error)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK)
        return 0;
    return store_sqlite_fail(error, db, ERROR_IO, what);
}

int store_sqlite_number(sqlite3 *db, const char *sql, int64_t *number, struct error *error)
{
    sqlite3_stmt *statement = NULL;
    int rc = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW)
        *number = sqlite3_column_int64(statement, 0);
    int code = rc == SQLITE_ROW    ? 0
               : rc == SQLITE_DONE ? error_set(error, ERROR_CORRUPT, "%s: nothing there", sql)
                                   : store_sqlite_fail(error, db, ERROR_IO, sql);
    sqlite3_finalize(statement);
    return code;
}

/* Counting every allocation under a global lock costs and tells us nothing. Refused once SQLite is in use. */
static void configure(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static int open_writer(struct store_sqlite *store, struct error *error)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, configure);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    if (sqlite3_open_v2(store->path, &store->writer, flags, NULL) != SQLITE_OK)
        return store_sqlite_fail(error, store->writer, ERROR_IO, "open");
    sqlite3_busy_timeout(store->writer, SQLITE_BUSY_MS);
    sqlite3_db_config(store->writer, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(store->writer, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    return 0;
}

/* FULL syncs the log at every commit. Checkpoints are made by store_sqlite_checkpoint, not by SQLite, which
 * would swallow their failures. After one, the log is cut down to the limit when it is next written from its
 * start; below the limit it keeps its size, and a commit need not change the file's length. */
static int set_pragmas(struct store_sqlite *store, struct error *error)
{
    char sql[512];
    snprintf(sql, sizeof sql,
             "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA mmap_size = 0;"
             "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -%d; PRAGMA wal_autocheckpoint = 0;"
             "PRAGMA journal_size_limit = %d; PRAGMA cell_size_check = ON; PRAGMA foreign_keys = OFF",
             SQLITE_WRITER_CACHE_KIB, 2 * SQLITE_CHECKPOINT_PAGES * SQLITE_PAGE_BYTES);
    int code = store_sqlite_run(store->writer, "settings", sql, error);
    int64_t full = 0, wal = 0;
    if (!code)
        code = store_sqlite_number(store->writer, "PRAGMA synchronous", &full, error);
    if (!code)
        code = store_sqlite_number(store->writer, "SELECT journal_mode = 'wal' FROM pragma_journal_mode", &wal,
                                   error);
    if (!code && (full != 2 || !wal))
        code = error_set(error, ERROR_IO, "a write-ahead log cannot be kept here (a network file system?)");
    return code;
}

static int load_meta(struct store_sqlite *store, int64_t *opened, struct error *error)
{
    sqlite3_stmt *statement = NULL;
    int rc = sqlite3_prepare_v2(store->writer, "SELECT secret, opened FROM meta", -1, &statement, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(statement);
    int code = 0;
    unsigned char secret[sizeof store->secret + SIPHASH_KEY];
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        code = store_sqlite_fail(error, store->writer, ERROR_IO, "meta");
    else if (rc == SQLITE_DONE || sqlite3_column_bytes(statement, 0) != sizeof secret)
        code = error_set(error, ERROR_CORRUPT, "meta: the secret is missing");
    if (!code) {
        memcpy(secret, sqlite3_column_blob(statement, 0), sizeof secret);
        memcpy(&store->secret, secret, sizeof store->secret);
        memcpy(store->hash_key, secret + sizeof store->secret, SIPHASH_KEY);
        *opened = sqlite3_column_int64(statement, 1);
    }
    sqlite3_finalize(statement);
    return code;
}

/* Compares the database's count of openings with the witness beside it, and raises both: first the database,
 * so that the witness is never ahead of a database that was not exchanged. */
static int witness(struct store_sqlite *store, int64_t opened, struct error *error)
{
    uint64_t seen = 0;
    int code = store_directory_load_opened(&store->directory, &seen, error);
    if (code)
        return code;
    if (opened < 0 || (uint64_t)opened < seen)
        return error_set(error, ERROR_CORRUPT,
                         "it was opened %" PRId64 " times, expected at least %" PRIu64
                         ": it is not the database that last ran here but an older copy, another or a new one."
                         " Bring that one back, or remove the file \"opened\" beside it to go on with this one",
                         opened, seen);
    code = store_sqlite_run(store->writer, "count openings", "UPDATE meta SET opened = opened + 1", error);
    if (!code)
        code = store_sqlite_checkpoint(store, SQLITE_CHECKPOINT_TRUNCATE, error);
    return code ? code : store_directory_save_opened(&store->directory, (uint64_t)opened + 1, error);
}

/* After a full checkpoint the file must be as long as it says: a truncated one is found here and not when the
 * missing part is read for the first time. */
static int check_length(struct store_sqlite *store, struct error *error)
{
    int64_t pages = 0, page_bytes = 0;
    struct stat file;
    int code = store_sqlite_number(store->writer, "PRAGMA page_count", &pages, error);
    if (!code)
        code = store_sqlite_number(store->writer, "PRAGMA page_size", &page_bytes, error);
    if (!code && stat(store->path, &file))
        code = error_set(error, ERROR_IO, "its length cannot be read");
    if (!code && file.st_size < pages * page_bytes)
        code = error_set(error, ERROR_CORRUPT,
                         "it is %" PRId64 " bytes long, expected %" PRId64 ": it was truncated",
                         (int64_t)file.st_size, pages * page_bytes);
    return code;
}

static int load_position(struct store_sqlite *store, struct error *error)
{
    int64_t last = 0;
    int code = store_sqlite_number(store->writer, "SELECT coalesce(max(txn), 0) FROM txn", &last, error);
    store->last = (uint64_t)last;
    if (!code)
        code = store_sqlite_number(store->writer,
                                   "SELECT coalesce((SELECT minute FROM minute ORDER BY txn DESC LIMIT 1), -1)",
                                   &store->minute, error);
    if (!code && last < 0)
        code = error_set(error, ERROR_CORRUPT, "its last transaction has the number %" PRId64, last);
    return code;
}

/* The checkpoint in `witness` also writes anew whatever an earlier process left in the log, so that nothing we
 * read rests on a page that a failed fsync left in memory only. */
static int open_database(struct store_sqlite *store, struct error *error)
{
    int64_t opened = 0;
    char page_size[64];
    snprintf(page_size, sizeof page_size, "PRAGMA page_size = %d", SQLITE_PAGE_BYTES); /* of a new file */
    int code = store_directory_touch(&store->directory, DATABASE, error);
    if (!code)
        code = open_writer(store, error);
    if (!code)
        code = store_sqlite_run(store->writer, "settings", page_size, error);
    if (!code)
        code = set_pragmas(store, error);
    if (!code)
        code = store_sqlite_schema(store->writer, error);
    if (!code)
        code = load_meta(store, &opened, error);
    if (!code)
        code = witness(store, opened, error);
    if (!code)
        code = check_length(store, error);
    if (!code)
        code = load_position(store, error);
    return code ? code : store_sqlite_prepare_writes(store, error);
}

int64_t store_sqlite_hash(const struct store_sqlite *store, char kind, const char *text)
{
    unsigned char key[SIPHASH_KEY];
    memcpy(key, store->hash_key, sizeof key);
    key[0] ^= (unsigned char)kind; /* ids and keys are two name spaces in one table */
    return (int64_t)siphash(key, text, strlen(text));
}

static uint64_t sqlite_secret(void *self)
{
    return ((struct store_sqlite *)self)->secret;
}

/* Also closes what was only opened in part. After a failed commit nothing more is written: what the log holds
 * in memory may not be what the disk holds, so the next start reads it from there. */
static void sqlite_close(void *self)
{
    struct store_sqlite *store = self;
    store_sqlite_free_readers(store);
    for (int i = 0; i < WRITES_COUNT; i++)
        sqlite3_finalize(store->writes[i]);
    if (store->writer && store->failed)
        sqlite3_db_config(store->writer, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    int rc = sqlite3_close(store->writer);
    assert(rc == SQLITE_OK); /* else a statement was forgotten */
    (void)rc;
    store_directory_close(&store->directory);
    pthread_mutex_destroy(&store->writing);
    pthread_mutex_destroy(&store->reading);
    mem_free(store->path);
    mem_free(store);
}
