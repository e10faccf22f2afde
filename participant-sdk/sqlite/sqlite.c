/* The barrier's back end on SQLite: a table, and eight prepared statements on the service's own connection. BEGIN
 * IMMEDIATE locks the whole database for writers, so that no row needs a lock of its own. */
#include "belay/sqlite.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { BUSY_TIMEOUT_MS = 5000 }; /* longer than a slow disk's fsync, shorter than a coordinator's patience */

static const char schema[] = "CREATE TABLE IF NOT EXISTS belay_barrier ("
                             " transaction_id TEXT NOT NULL,"
                             " step TEXT NOT NULL,"
                             " item TEXT NOT NULL,"
                             " phase TEXT NOT NULL,"
                             " state INTEGER NOT NULL,"
                             " status INTEGER NOT NULL,"
                             " body BLOB,"
                             " at INTEGER NOT NULL DEFAULT (strftime('%s', 'now')),"
                             " PRIMARY KEY (transaction_id, step, item, phase)) WITHOUT ROWID";

#define STATEMENTS(X)                                                                                             \
    X(BEGIN, "BEGIN IMMEDIATE")                                                                                   \
    X(FIND, "SELECT state, status, body FROM belay_barrier"                                                       \
            " WHERE transaction_id = ?1 AND step = ?2 AND item = ?3 AND phase = ?4")                              \
    X(STORE, "INSERT INTO belay_barrier (transaction_id, step, item, phase, state, status, body)"                 \
             " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO UPDATE"                                         \
             " SET state = excluded.state, status = excluded.status, body = excluded.body")                       \
    X(ENTER, "SAVEPOINT belay_hook")                                                                              \
    X(REVERT, "ROLLBACK TO belay_hook")                                                                           \
    X(RELEASE, "RELEASE belay_hook")                                                                              \
    X(COMMIT, "COMMIT")                                                                                           \
    X(ROLLBACK, "ROLLBACK")

enum statement {
#define X(name, sql) name,
    STATEMENTS(X)
#undef X
        STATEMENTS_COUNT
};

static const char *const texts[STATEMENTS_COUNT] = {
#define X(name, sql) sql,
    STATEMENTS(X)
#undef X
};

struct sqlite_barrier {
    struct belay_barrier barrier;
    sqlite3 *db;
    sqlite3_stmt *statements[STATEMENTS_COUNT];
    bool begun; /* the open transaction is ours, not one of the service */
};

static int fail(sqlite3 *db, int rc, const char *what, struct belay_error *error)
{
    int primary = rc & 0xff;
    int code = primary == SQLITE_BUSY || primary == SQLITE_LOCKED ? BELAY_ERROR_BUSY : BELAY_ERROR_BACKEND;
    return belay_error_set(error, code, "%s: %s", what, sqlite3_errmsg(db));
}

/* Ends a statement that was stepped; the row of FIND stays readable until here. */
static sqlite3_stmt *fresh(struct sqlite_barrier *self, enum statement statement)
{
    sqlite3_reset(self->statements[FIND]);
    sqlite3_reset(self->statements[statement]);
    return self->statements[statement];
}

static int run(struct sqlite_barrier *self, enum statement statement, struct belay_error *error)
{
    sqlite3_stmt *stmt = fresh(self, statement);
    int rc = sqlite3_step(stmt);
    int code = rc == SQLITE_DONE ? BELAY_OK : fail(self->db, rc, texts[statement], error);
    sqlite3_reset(stmt);
    return code;
}

static int bind_key(sqlite3_stmt *stmt, const struct belay_branch *branch, const char *phase)
{
    const char *key[] = {branch->transaction, branch->step, branch->item, phase};
    int rc = SQLITE_OK;
    for (int i = 0; i < 4 && rc == SQLITE_OK; i++)
        rc = sqlite3_bind_text(stmt, i + 1, key[i], -1, SQLITE_TRANSIENT);
    return rc;
}

/* An interrupted ROLLBACK leaves the transaction open; then it is ended before the next one begins. */
static void end_transaction(struct sqlite_barrier *self)
{
    if (self->begun && !sqlite3_get_autocommit(self->db))
        run(self, ROLLBACK, NULL);
    self->begun = self->begun && !sqlite3_get_autocommit(self->db);
}

static int barrier_begin(void *context, void **session, struct belay_error *error)
{
    struct sqlite_barrier *self = context;
    *session = self->db;
    end_transaction(self);
    if (!sqlite3_get_autocommit(self->db))
        return belay_error_set(error, BELAY_ERROR_BACKEND, "the connection is in a transaction of the service");
    int code = run(self, BEGIN, error);
    self->begun = !sqlite3_get_autocommit(self->db); /* an interrupted BEGIN may have begun all the same */
    return code;
}

static int barrier_find(void *context, const struct belay_branch *branch, const char *phase, struct belay_row *row,
                        struct belay_error *error)
{
    struct sqlite_barrier *self = context;
    assert(self->begun);
    sqlite3_stmt *stmt = fresh(self, FIND);
    int rc = bind_key(stmt, branch, phase);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return fail(self->db, rc, "read the barrier", error);
    *row = (struct belay_row){.state = BELAY_STATE_OPEN};
    if (rc == SQLITE_ROW) {
        row->state = sqlite3_column_int(stmt, 0);
        row->status = sqlite3_column_int(stmt, 1);
        row->body = sqlite3_column_blob(stmt, 2);
        row->body_length = (size_t)sqlite3_column_bytes(stmt, 2);
        if (!row->body && row->body_length > 0)
            return fail(self->db, SQLITE_NOMEM, "read the barrier", error);
    }
    return BELAY_OK;
}

static int barrier_store(void *context, const struct belay_branch *branch, const char *phase,
                         const struct belay_row *row, struct belay_error *error)
{
    struct sqlite_barrier *self = context;
    assert(self->begun);
    sqlite3_stmt *stmt = fresh(self, STORE);
    int rc = bind_key(stmt, branch, phase);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_int(stmt, 5, row->state);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_int(stmt, 6, row->status);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_blob64(stmt, 7, row->body, row->body_length, SQLITE_STATIC);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    int code = rc == SQLITE_DONE ? BELAY_OK : fail(self->db, rc, "write the barrier", error);
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
    return code;
}

static int barrier_enter(void *context, struct belay_error *error)
{
    return run(context, ENTER, error);
}

static int barrier_leave(void *context, int keep, struct belay_error *error)
{
    struct sqlite_barrier *self = context;
    int code = keep ? BELAY_OK : run(self, REVERT, error);
    if (!code)
        code = run(self, RELEASE, error);
    if (!code)
        return BELAY_OK;
    /* Without its savepoint the transaction is not the one that the hook was called in. */
    return belay_error_set(error, BELAY_ERROR_BACKEND, "the hook, or an error in it, ended the transaction");
}

static int barrier_commit(void *context, struct belay_error *error)
{
    struct sqlite_barrier *self = context;
    assert(self->begun);
    int code = run(self, COMMIT, error);
    self->begun = code != BELAY_OK;
    return code;
}

static void barrier_rollback(void *context)
{
    struct sqlite_barrier *self = context;
    sqlite3_reset(self->statements[FIND]);
    end_transaction(self);
}

static void barrier_close(void *context)
{
    struct sqlite_barrier *self = context;
    end_transaction(self);
    for (size_t i = 0; i < STATEMENTS_COUNT; i++)
        sqlite3_finalize(self->statements[i]);
    sqlite3_free(self);
}

static int prepare(struct sqlite_barrier *self, struct belay_error *error)
{
    int rc = sqlite3_exec(self->db, schema, NULL, NULL, NULL);
    if (rc != SQLITE_OK)
        return fail(self->db, rc, "create the table belay_barrier", error);
    for (size_t i = 0; i < STATEMENTS_COUNT; i++) {
        rc = sqlite3_prepare_v3(self->db, texts[i], -1, SQLITE_PREPARE_PERSISTENT, &self->statements[i], NULL);
        if (rc != SQLITE_OK)
            return fail(self->db, rc, "use the table belay_barrier", error);
    }
    return BELAY_OK;
}

/* 0 = our own default, below 0 = leave the connection as it is. False when `options` is not sized. */
static bool read_options(const struct belay_sqlite_options *options, int *busy_timeout_ms)
{
    *busy_timeout_ms = BUSY_TIMEOUT_MS;
    if (!options)
        return true;
    if (options->size < sizeof *options)
        return false;
    if (options->busy_timeout_ms)
        *busy_timeout_ms = options->busy_timeout_ms;
    return true;
}

int belay_sqlite_open(sqlite3 *db, const struct belay_sqlite_options *options, struct belay_barrier **out,
                      struct belay_error *error)
{
    int busy_timeout_ms;
    if (!db || !read_options(options, &busy_timeout_ms))
        return belay_error_set(error, BELAY_ERROR_ARGUMENT,
                               "sqlite: no connection, or options without their size");
    if (!sqlite3_get_autocommit(db))
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "sqlite: the connection is in a transaction");
    struct sqlite_barrier *self = sqlite3_malloc64(sizeof *self);
    if (!self)
        return belay_error_set(error, BELAY_ERROR_MEMORY, "no memory for a barrier");
    *self = (struct sqlite_barrier){.db = db};
    self->barrier = (struct belay_barrier){
        .size = sizeof self->barrier,
        .self = self,
        .begin = barrier_begin,
        .find = barrier_find,
        .claim = barrier_find,
        .store = barrier_store,
        .enter = barrier_enter,
        .leave = barrier_leave,
        .commit = barrier_commit,
        .rollback = barrier_rollback,
        .close = barrier_close,
    };
    if (busy_timeout_ms > 0)
        sqlite3_busy_timeout(db, busy_timeout_ms);
    int code = prepare(self, error);
    if (code)
        barrier_close(self);
    else
        *out = &self->barrier;
    return code;
}

void belay_sqlite_close(struct belay_barrier *barrier)
{
    if (barrier)
        barrier->close(barrier->self);
}

int belay_sqlite_prune(sqlite3 *db, sqlite3_int64 age_s, sqlite3_int64 *rows, struct belay_error *error)
{
    static const char sql[] = "DELETE FROM belay_barrier WHERE at < strftime('%s', 'now') - ?1";
    sqlite3_stmt *stmt = NULL;
    if (age_s < 0)
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "prune: the age is negative");
    int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_int64(stmt, 1, age_s);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    int code = rc == SQLITE_DONE ? BELAY_OK : fail(db, rc, "prune the barrier", error);
    if (!code && rows)
        *rows = sqlite3_changes64(db);
    sqlite3_finalize(stmt);
    return code;
}
