/* What the files of the SQLite store share; the only file that includes sqlite3.h.
 *
 *   store_sqlite.c         opens and closes: directory, writer, pragmas, checks
 *   store_sqlite_schema.c  the tables and their migrations
 *   store_sqlite_write.c   the writer: commit, checkpoint
 *   store_sqlite_remove.c  removing what has expired, within a commit
 *   store_sqlite_outbox.c  the outbox: messages in, messages out
 *   store_sqlite_readers.c the pool of connections that read
 *   store_sqlite_read.c    every query but one
 *   store_sqlite_list.c    that one: the list of transactions under a filter */
#ifndef BELAY_ADAPTERS_STORE_SQLITE_INNER_H
#define BELAY_ADAPTERS_STORE_SQLITE_INNER_H

#include "adapters/store_directory.h"
#include "base/siphash.h"
#include "ports/store.h"

#include <pthread.h>
#include <sqlite3.h>

enum {
    /* Measured: batches of 32 are a fifth faster than with 4096; 16384 writes half as much again for nothing. */
    SQLITE_PAGE_BYTES = 8192,
    /* 32 MiB. Measured: 1000 is as fast without client ids and a seventh slower with them; 16000 as fast, but the
     * commit that pays for the checkpoint takes 150 ms instead of 40. */
    SQLITE_CHECKPOINT_PAGES = 4000,
    /* While much is removed all of these are different pages, and disks differ: when a checkpoint took longer, the
     * next one comes at half as many pages, but not at fewer than pay for the syncs. */
    SQLITE_CHECKPOINT_MS = 25,
    SQLITE_CHECKPOINT_LEAST = 500,
    SQLITE_WRITER_CACHE_KIB = 32 * 1024, /* the finder's pages are touched at random */
    /* At ten million transactions: the inner pages of `txn`, `fact` and `fact_txn`, so that a look at one
     * transaction reads a leaf of each. The leaves are the kernel's to keep. */
    SQLITE_READER_CACHE_KIB = 16 * 1024,
    SQLITE_READERS_KEPT = 8, /* idle connections; more are opened when more threads read, and closed again */
    SQLITE_BUSY_MS = 5000,   /* somebody looks into the live file with another tool */
    SQLITE_MINUTE_MS = 60 * 1000,
};

/* The columns of a row, in the order of struct store_row. */
#define ROW_COLUMNS                                                                                           \
    "txn, id, key, saga, version, status, open, begun_ms, updated_ms, ended_ms, step, participant, reason, tags," \
    " expires_ms, wake_ms"

/* When a transaction's id and key have one hash, they share the row. */
#define OR_SAME " ON CONFLICT DO UPDATE SET txn = excluded.txn"

/* Enters a text's hash, unless a transaction has that text already. */
#define FIND_ONCE(column)                                                                                     \
    "INSERT INTO finder VALUES (?1, CASE WHEN NOT EXISTS (SELECT 1 FROM finder AS f CROSS JOIN txn AS t"      \
    " ON t.txn = f.txn WHERE f.hash = ?1 AND t." column " = ?3 AND f.txn <> ?2) THEN ?2 END) " OR_SAME

/* The writer's statements. A contradiction to what is stored shows as a broken constraint or as a row that was
 * not changed; where nothing else would break, a key is made NULL (an INSERT from a SELECT would say the same,
 * but costs a temporary table each time, a quarter of the whole commit). */
#define WRITES(X)                                                                                             \
    X(WRITE_BEGIN, "BEGIN IMMEDIATE")                                                                         \
    X(WRITE_COMMIT, "COMMIT")                                                                                 \
    X(WRITE_TXN, "INSERT INTO txn (" ROW_COLUMNS ") VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,"   \
                 "?15,?16)")                                                                                  \
    X(WRITE_UPDATE, "UPDATE txn SET status = ?2, open = ?3, updated_ms = ?4, ended_ms = ?5, step = ?6, "      \
                    "participant = ?7, reason = ?8, expires_ms = ?9, wake_ms = ?10 WHERE txn = ?1")           \
    X(WRITE_ID, FIND_ONCE("id"))                                                                              \
    X(WRITE_KEY, FIND_ONCE("key"))                                                                            \
    X(WRITE_TAG, "INSERT OR IGNORE INTO tag VALUES (?1, ?2)")                                                 \
    X(WRITE_MINUTE, "INSERT INTO minute VALUES (?1, ?2)")                                                     \
    X(WRITE_FIRST_FACTS, "INSERT INTO fact (txn, seq, count, bytes) VALUES (?1, CASE WHEN"                    \
                         " EXISTS (SELECT 1 FROM txn WHERE txn = ?1)"                                         \
                         " AND NOT EXISTS (SELECT 1 FROM fact WHERE txn = ?1) THEN ?2 END, ?3, ?4)")          \
    X(WRITE_BEGUN_FACTS, "INSERT INTO fact (txn, seq, count, bytes) VALUES (?1, ?2, ?3, ?4)")                 \
    X(WRITE_FACTS, "INSERT INTO fact (txn, seq, count, bytes) VALUES (?1, CASE WHEN ?2 ="                     \
                   " (SELECT seq + count FROM fact WHERE txn = ?1 ORDER BY seq DESC LIMIT 1)"                 \
                   " THEN ?2 END, ?3, ?4)")                                                                   \
    X(WRITE_DEFINITION, "INSERT INTO definition (name, version, at_ms, text) VALUES (?1, ?2, ?3, ?4)")        \
    X(WRITE_PARTICIPANT, "INSERT OR REPLACE INTO participant VALUES (?1, ?2)")                                \
    X(WRITE_NO_PARTICIPANT, "DELETE FROM participant WHERE name = ?1")                                        \
    X(WRITE_SCHEDULE, "INSERT OR REPLACE INTO schedule VALUES (?1, ?2)")                                      \
    X(WRITE_MESSAGE, "INSERT INTO message VALUES (?1, ?2, ?3, ?4)")                                           \
    X(WRITE_DELIVERED, "DELETE FROM message WHERE participant = ?1 AND txn = ?2 AND seq = ?3")                \
    X(WRITE_FIND_REMOVED, "SELECT open, id, key, tags FROM txn WHERE txn = ?1")                               \
    X(WRITE_NO_TXN, "DELETE FROM txn WHERE txn = ?1")                                                         \
    X(WRITE_NO_FACTS, "DELETE FROM fact WHERE txn = ?1")                                                      \
    X(WRITE_NO_FINDER, "DELETE FROM finder WHERE hash = ?1 AND txn = ?2")                                     \
    X(WRITE_NO_TAG, "DELETE FROM tag WHERE tag = ?1 AND txn = ?2")

enum sqlite_write {
#define X(name, sql) name,
    WRITES(X)
#undef X
    WRITES_COUNT
};

#define FIND(column)                                                                                          \
    "SELECT " ROW_COLUMNS " FROM finder AS f CROSS JOIN txn USING (txn) WHERE f.hash = ?1 AND " column " = ?2"

/* The readers' statements, kept by each. */
#define READS(X)                                                                                              \
    X(READ_LAST, "SELECT max(txn) FROM txn")                                                                  \
    X(READ_OPEN_COUNT, "SELECT count(*) FROM txn INDEXED BY txn_status WHERE open = 1")                       \
    X(READ_WAKING_SAME, "SELECT " ROW_COLUMNS " FROM txn INDEXED BY txn_wake WHERE wake_ms > 0"               \
                        " AND wake_ms = ?1 AND txn > ?2 AND wake_ms <= ?3 ORDER BY txn LIMIT ?4")             \
    X(READ_WAKING_LATER, "SELECT " ROW_COLUMNS " FROM txn INDEXED BY txn_wake WHERE wake_ms > 0"              \
                         " AND wake_ms > ?1 AND wake_ms <= ?3 ORDER BY wake_ms, txn LIMIT ?4")                \
    X(READ_EXPIRED, "SELECT " ROW_COLUMNS " FROM txn WHERE expires_ms > 0 AND expires_ms <= ?1"               \
                    " AND txn < (SELECT max(txn) FROM txn) ORDER BY expires_ms, txn LIMIT ?2")                \
    X(READ_ROW, "SELECT " ROW_COLUMNS " FROM txn WHERE txn = ?1")                                             \
    X(READ_ID, FIND("id"))                                                                                    \
    X(READ_KEY, FIND("key"))                                                                                  \
    X(READ_FACTS, "SELECT seq, count, bytes FROM fact WHERE txn = ?1 AND seq >= coalesce("                    \
                  "(SELECT max(seq) FROM fact WHERE txn = ?1 AND seq <= ?2), 0) ORDER BY seq")                \
    X(READ_DEFINITIONS, "SELECT name, version, at_ms, text FROM definition WHERE ?2 IN (0, version)"          \
                        " ORDER BY name, version DESC")                                                       \
    X(READ_DEFINITION, "SELECT name, version, at_ms, text FROM definition WHERE name = ?1"                    \
                       " AND ?2 IN (0, version) ORDER BY version DESC")                                       \
    X(READ_PARTICIPANTS, "SELECT name, text FROM participant ORDER BY name")                                  \
    X(READ_SCHEDULES, "SELECT saga, done_ms FROM schedule ORDER BY saga")                                     \
    X(READ_MESSAGES, "SELECT participant, txn, seq, bytes FROM message WHERE participant = ?1"                \
                     " ORDER BY txn, seq LIMIT ?2")

enum sqlite_read {
#define X(name, sql) name,
    READS(X)
#undef X
    READS_COUNT
};

/* A connection of its own for one call of the port at a time. */
struct sqlite_reader {
    sqlite3 *db;
    sqlite3_stmt *statements[READS_COUNT];
    struct sqlite_reader *next;
};

struct store_sqlite {
    struct store port;
    struct store_directory directory;
    char *path; /* of the database */
    uint64_t secret;
    unsigned char hash_key[SIPHASH_KEY];

    pthread_mutex_t writing; /* guards all down to `failed` */
    sqlite3 *writer;
    sqlite3_stmt *writes[WRITES_COUNT];
    uint64_t last;    /* transaction committed */
    int64_t minute;   /* of the last row of the table `minute`; -1 = none */
    int wal_pages;    /* in the write-ahead log after the last commit */
    int due_pages;    /* how many make a checkpoint due */
    bool failed;      /* a commit failed in a way that leaves the disk in doubt: none will be tried again */

    pthread_mutex_t reading; /* guards the pool */
    struct sqlite_reader *readers;
    unsigned readers_count;
};

/* Fills `error` with what SQLite says: "what: words". ERROR_CORRUPT when the file is not what it should be,
 * `otherwise` in all other cases. */
int store_sqlite_fail(struct error *error, sqlite3 *db, enum error_code otherwise, const char *what);

/* Runs SQL without results; `what` names it in errors. */
int store_sqlite_run(sqlite3 *db, const char *what, const char *sql, struct error *error);

/* The first column of the first row of a query, as a number. */
int store_sqlite_number(sqlite3 *db, const char *sql, int64_t *number, struct error *error);

/* The key of a client's id ('i') or idempotency key ('k') in the table `finder`. */
int64_t store_sqlite_hash(const struct store_sqlite *store, char kind, const char *text);

/* Schema. A step lifts the database from version index to index + 1. */
int store_sqlite_migrate(sqlite3 *db, const char *const *steps, int64_t count, struct error *error);
int store_sqlite_schema(sqlite3 *db, struct error *error);
int store_sqlite_schema_to(sqlite3 *db, int64_t version, struct error *error); /* as an older Belay made it */

/* Writing. */
int store_sqlite_prepare_writes(struct store_sqlite *store, struct error *error);
int store_sqlite_commit(void *self, const struct store_batch *batch, struct error *error);
int store_sqlite_checkpoint(struct store_sqlite *store, int mode, struct error *error);
/* When the next checkpoint is due, after one that took so long. */
void store_sqlite_pace(struct store_sqlite *store, uint64_t took_ms);

/* Runs a writer's statement whose parameters were bound with the result `bound`. `what` names it in errors. */
int store_sqlite_write(struct store_sqlite *store, enum sqlite_write write, int bound, const char *what,
                       struct error *error);
int store_sqlite_remove(struct store_sqlite *store, uint64_t txn, struct error *error);
int store_sqlite_put_message(struct store_sqlite *store, const struct store_message *message, struct error *error);
int store_sqlite_take_message(struct store_sqlite *store, const struct store_message *message,
                              struct error *error);

/* Reading. A reader that is taken is given back; NULL is an error. */
void store_sqlite_reading(struct store *port);
struct sqlite_reader *store_sqlite_take_reader(struct store_sqlite *store, struct error *error);
void store_sqlite_give_reader(struct store_sqlite *store, struct sqlite_reader *reader);
void store_sqlite_free_readers(struct store_sqlite *store);
/* Ends and resets a statement that returned `rc` last; what the visitor stopped is no failure. */
int store_sqlite_finish(struct sqlite_reader *reader, sqlite3_stmt *statement, int rc, struct error *error);
/* Visits what a statement selects (ROW_COLUMNS) and resets it. */
int store_sqlite_visit_rows(struct sqlite_reader *reader, sqlite3_stmt *statement, store_row_visitor *visit,
                            void *context, struct error *error);
int store_sqlite_each_row(void *self, const struct store_query *query, store_row_visitor *visit, void *context,
                          struct error *error);
int store_sqlite_each_message(void *self, const char *participant, uint32_t limit, store_message_visitor *visit,
                              void *context, struct error *error);

#endif
