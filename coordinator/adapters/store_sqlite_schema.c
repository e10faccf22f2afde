/* The tables, and how an older database becomes one of today. */
#include "adapters/store_sqlite_inner.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

/* "Bela": tells our file from any other SQLite database. */
#define APPLICATION_ID "1113943137"

/* A row of `txn` is written at the start and at the end and seldom in between, and every index is paid for in
 * each of these writes. What exists, and why:
 *
 *   txn          by its number, which grows: new rows go to the end of the tree, newest first is a walk back
 *   txn_status   (open, status): how many are open, and lists by status; the entries of one status
 *                stand in the order of txn, so a page of a list is a walk back too. Written at start and end
 *   txn_saga     (saga): lists by saga. Written at the start only; it never changes
 *   txn_standing what waits or is stuck somewhere, for lists by step and participant. Nothing for all others
 *   txn_expires  what may be removed, longest ago first. Nothing for what is open or kept for ever
 *   txn_wake     what has calls out, and what is due when: nothing for what has ended or only waits for somebody
 *   tag          one row per tag of a transaction that has any
 *   finder       the client's own id and Idempotency-Key as a keyed hash of 64 bits: 16 bytes instead of two texts
 *                of up to 128. Readers compare the text in `txn`, so a collision costs a look and nothing else.
 *                Nothing for transactions without either
 *   minute       where in `txn` a minute begins: a row when `begun_ms` comes into another minute than that of the
 *                transaction before. It turns a span of time into a span of txn, whatever the clock did, for one
 *                row a minute instead of an index entry per transaction
 *   schedule     how far the schedule of each saga that has one was followed
 *   message      the outbox: what waits for a participant, in the order in which it is delivered
 *
 *   fact_txn     the pieces of a transaction, in order. `fact` itself grows at its end only: kept in the order of
 *                (txn, seq), with the bytes in all levels of the tree, it was seven levels deep at ten million
 *                transactions, and what was added to one split the pages of its neighbours. `count` is there so
 *                that a writer sees what must come next without a look at the row */
static const char *const migrations[] = {
    "PRAGMA application_id = " APPLICATION_ID ";"
    "CREATE TABLE meta ("
    " only INTEGER PRIMARY KEY CHECK (only = 1),"
    " secret BLOB NOT NULL," /* 8 bytes for ids, 16 for the finder's hashes */
    " created_ms INTEGER NOT NULL,"
    " opened INTEGER NOT NULL) STRICT;"
    "INSERT INTO meta VALUES (1, randomblob(24), unixepoch() * 1000, 0);"

    "CREATE TABLE txn ("
    " txn INTEGER PRIMARY KEY,"
    " open INTEGER NOT NULL,"
    " status INTEGER NOT NULL,"
    " version INTEGER NOT NULL,"
    " begun_ms INTEGER NOT NULL,"
    " updated_ms INTEGER NOT NULL,"
    " ended_ms INTEGER NOT NULL,"
    " saga TEXT NOT NULL,"
    " id TEXT, key TEXT, step TEXT, participant TEXT, reason TEXT, tags TEXT) STRICT;"
    "CREATE INDEX txn_status ON txn (open, status);"
    "CREATE INDEX txn_saga ON txn (saga);"
    "CREATE INDEX txn_standing ON txn (txn) WHERE step IS NOT NULL OR participant IS NOT NULL;"

    "CREATE TABLE fact ("
    " txn INTEGER NOT NULL,"
    " seq INTEGER NOT NULL," /* of the first fact in `bytes` */
    " count INTEGER NOT NULL,"
    " bytes BLOB NOT NULL,"
    " PRIMARY KEY (txn, seq)) STRICT, WITHOUT ROWID;"

    "CREATE TABLE finder (hash INTEGER NOT NULL, txn INTEGER NOT NULL, PRIMARY KEY (hash, txn))"
    " STRICT, WITHOUT ROWID;"
    "CREATE TABLE tag (tag TEXT NOT NULL, txn INTEGER NOT NULL, PRIMARY KEY (tag, txn)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE minute (txn INTEGER PRIMARY KEY, minute INTEGER NOT NULL) STRICT;"

    "CREATE TABLE definition ("
    " name TEXT NOT NULL,"
    " version INTEGER NOT NULL,"
    " at_ms INTEGER NOT NULL,"
    " text TEXT NOT NULL,"
    " PRIMARY KEY (name, version)) STRICT;"
    "CREATE TABLE participant (name TEXT PRIMARY KEY NOT NULL, text TEXT NOT NULL) STRICT;",

    "ALTER TABLE txn ADD COLUMN expires_ms INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX txn_expires ON txn (expires_ms) WHERE expires_ms > 0;",

    "CREATE TABLE message ("
    " participant TEXT NOT NULL,"
    " txn INTEGER NOT NULL,"
    " seq INTEGER NOT NULL,"
    " bytes BLOB NOT NULL,"
    " PRIMARY KEY (participant, txn, seq)) STRICT, WITHOUT ROWID;",

    /* An older Belay did not say when: all are looked at once, and then said right. */
    "ALTER TABLE txn ADD COLUMN wake_ms INTEGER NOT NULL DEFAULT 0;"
    "UPDATE txn SET wake_ms = 1 WHERE open = 1;"
    "CREATE INDEX txn_wake ON txn (wake_ms) WHERE wake_ms > 0;",

    "CREATE TABLE schedule (saga TEXT PRIMARY KEY NOT NULL, done_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;",

    "ALTER TABLE fact RENAME TO fact_by_txn;"
    "CREATE TABLE fact ("
    " place INTEGER PRIMARY KEY,"
    " txn INTEGER NOT NULL,"
    " seq INTEGER NOT NULL," /* of the first fact in `bytes` */
    " count INTEGER NOT NULL,"
    " bytes BLOB NOT NULL) STRICT;"
    "CREATE UNIQUE INDEX fact_txn ON fact (txn, seq, count);"
    "INSERT INTO fact (txn, seq, count, bytes) SELECT txn, seq, count, bytes FROM fact_by_txn ORDER BY txn, seq;"
    "DROP TABLE fact_by_txn;",
};

static int identify(sqlite3 *db, struct error *error);
static int migrate(sqlite3 *db, const char *const *steps, int64_t count, struct error *error);

int store_sqlite_schema(sqlite3 *db, struct error *error)
{
    return store_sqlite_schema_to(db, sizeof migrations / sizeof *migrations, error);
}

int store_sqlite_schema_to(sqlite3 *db, int64_t version, struct error *error)
{
    int code = identify(db, error);
    return code ? code : store_sqlite_migrate(db, migrations, version, error);
}

int store_sqlite_migrate(sqlite3 *db, const char *const *steps, int64_t count, struct error *error)
{
    assert(count > 0 && sqlite3_get_autocommit(db));
    int64_t version = 0;
    int code = store_sqlite_number(db, "PRAGMA user_version", &version, error);
    if (code || version == count)
        return code;
    if (version > count)
        return error_set(error, ERROR_VERSION,
                         "its schema is version %" PRId64 ", this Belay knows versions up to %" PRId64
                         ": run the Belay that made it, or a newer one",
                         version, count);
    if (version < 0)
        return error_set(error, ERROR_CORRUPT, "its schema is version %" PRId64 ", expected 0 to %" PRId64,
                         version, count);
    code = store_sqlite_run(db, "migrate", "BEGIN IMMEDIATE", error);
    if (code)
        return code;
    code = migrate(db, steps, count, error);
    if (!code)
        code = store_sqlite_run(db, "migrate", "COMMIT", error);
    if (code && !sqlite3_get_autocommit(db))
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL); /* the error that led here is the one to tell */
    return code;
}

/* All missing steps in the caller's transaction: a database is of one version or of another, never between. */
static int migrate(sqlite3 *db, const char *const *steps, int64_t count, struct error *error)
{
    int64_t version = 0;
    int code = store_sqlite_number(db, "PRAGMA user_version", &version, error);
    for (int64_t i = version; !code && i < count; i++) {
        char what[64];
        snprintf(what, sizeof what, "migrate from version %" PRId64 " to %" PRId64, i, i + 1);
        code = store_sqlite_run(db, what, steps[i], error);
    }
    char set[64];
    snprintf(set, sizeof set, "PRAGMA user_version = %" PRId64, count);
    return code ? code : store_sqlite_run(db, "migrate", set, error);
}

/* An empty file, or one of ours; not somebody else's database. */
static int identify(sqlite3 *db, struct error *error)
{
    int64_t ours = 0, empty = 0;
    int code = store_sqlite_number(db, "SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)", &empty, error);
    if (!code)
        code = store_sqlite_number(db, "SELECT application_id = " APPLICATION_ID " FROM pragma_application_id",
                                   &ours, error);
    if (!code && !ours && !empty)
        code = error_set(error, ERROR_CORRUPT, "it is a SQLite database, but not one of Belay's");
    return code;
}
