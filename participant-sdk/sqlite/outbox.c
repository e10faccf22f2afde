/* The outbox's table on SQLite. Statements are prepared when they are needed: a message is worth its own commit,
 * beside which that costs nothing. */
#include "belay/outbox.h"
#include "belay/sqlite.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#define NOW "CAST(strftime('%s', 'now') AS INTEGER)"

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS belay_outbox ("
    " seq INTEGER PRIMARY KEY AUTOINCREMENT,"
    " id TEXT NOT NULL UNIQUE,"
    " state INTEGER NOT NULL,"
    " body BLOB,"
    " traceparent TEXT,"
    " attempts INTEGER NOT NULL DEFAULT 0,"
    " due INTEGER NOT NULL DEFAULT 0,"
    " reason TEXT,"
    " at INTEGER NOT NULL DEFAULT (strftime('%s', 'now')));"
    "CREATE INDEX IF NOT EXISTS belay_outbox_waiting ON belay_outbox (due) WHERE state = 0;";

struct sqlite_outbox {
    struct belay_outbox outbox;
    sqlite3 *db;
    char *copy; /* what the row that was found last points into; sqlite3_malloc */
};

static int fail(sqlite3 *db, const char *what, struct belay_error *error)
{
    int primary = sqlite3_errcode(db) & 0xff;
    int code = primary == SQLITE_BUSY || primary == SQLITE_LOCKED ? BELAY_ERROR_BUSY : BELAY_ERROR_BACKEND;
    return belay_error_set(error, code, "%s: %s", what, sqlite3_errmsg(db));
}

static int prepare(sqlite3 *db, const char *sql, const char *id, sqlite3_stmt **out, struct belay_error *error)
{
    *out = NULL;
    int rc = sqlite3_prepare_v2(db, sql, -1, out, NULL);
    if (rc == SQLITE_OK && id)
        rc = sqlite3_bind_text(*out, 1, id, -1, SQLITE_STATIC);
    if (rc == SQLITE_OK)
        return BELAY_OK;
    int code = fail(db, "use the table belay_outbox", error);
    sqlite3_finalize(*out);
    return code;
}

/* Runs a statement that writes, and finalizes it; `rc` is what binding its parameters said. */
static int run(sqlite3 *db, sqlite3_stmt *stmt, int rc, const char *what, struct belay_error *error)
{
    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    int code = rc == SQLITE_DONE ? BELAY_OK : fail(db, what, error);
    sqlite3_finalize(stmt);
    return code;
}

static int outbox_in_transaction(void *context)
{
    const struct sqlite_outbox *self = context;
    return !sqlite3_get_autocommit(self->db);
}

static int outbox_add(void *context, const struct belay_outbox_row *row, int *added, struct belay_error *error)
{
    static const char sql[] = "INSERT INTO belay_outbox (id, state, body, traceparent) VALUES (?1, ?2, ?3, ?4)"
                              " ON CONFLICT DO NOTHING";
    struct sqlite_outbox *self = context;
    sqlite3_stmt *stmt;
    int code = prepare(self->db, sql, row->id, &stmt, error);
    if (code)
        return code;
    int rc = sqlite3_bind_int(stmt, 2, row->state);
    if (rc == SQLITE_OK && row->body)
        rc = sqlite3_bind_blob64(stmt, 3, row->body, row->body_length, SQLITE_STATIC);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_text(stmt, 4, row->traceparent, -1, SQLITE_STATIC);
    code = run(self->db, stmt, rc, "write a message", error);
    *added = !code && sqlite3_changes64(self->db) > 0;
    return code;
}

/* Copies `length` bytes and a NUL to `*at`, and moves it on. */
static const char *put(char **at, const void *data, size_t length)
{
    char *copy = *at;
    memcpy(copy, length ? data : "", length);
    copy[length] = '\0';
    *at += length + 1;
    return copy;
}

/* Copies the row, so that no statement stays open, which would be a transaction. */
static int copy_row(struct sqlite_outbox *self, sqlite3_stmt *stmt, struct belay_outbox_row *row,
                    struct belay_error *error)
{
    const void *id = sqlite3_column_text(stmt, 0), *body = sqlite3_column_blob(stmt, 2),
               *traceparent = sqlite3_column_text(stmt, 3);
    size_t id_length = (size_t)sqlite3_column_bytes(stmt, 0), body_length = (size_t)sqlite3_column_bytes(stmt, 2),
           traceparent_length = (size_t)sqlite3_column_bytes(stmt, 3);
    char *copy = sqlite3_realloc64(self->copy, id_length + body_length + traceparent_length + 3);
    if (!copy || !id || (body_length && !body) || (traceparent_length && !traceparent))
        return belay_error_set(error, BELAY_ERROR_MEMORY, "no memory for a message");
    self->copy = copy;
    *row = (struct belay_outbox_row){.state = (enum belay_outbox_state)sqlite3_column_int(stmt, 1),
                                     .body_length = body_length,
                                     .attempts = sqlite3_column_int(stmt, 4)};
    row->id = put(&copy, id, id_length);
    row->body = body_length ? put(&copy, body, body_length) : NULL;
    row->traceparent = traceparent ? put(&copy, traceparent, traceparent_length) : NULL;
    return BELAY_OK;
}

static int read_row(struct sqlite_outbox *self, const char *sql, const char *id, struct belay_outbox_row *row,
                    int *found, struct belay_error *error)
{
    sqlite3_stmt *stmt;
    int code = prepare(self->db, sql, id, &stmt, error);
    if (code)
        return code;
    int rc = sqlite3_step(stmt);
    *found = rc == SQLITE_ROW;
    if (*found)
        code = copy_row(self, stmt, row, error);
    else if (rc != SQLITE_DONE)
        code = fail(self->db, "read the outbox", error);
    sqlite3_finalize(stmt);
    return code;
}

#define SELECTION "SELECT id, state, body, traceparent, attempts FROM belay_outbox"

static int outbox_find(void *context, const char *id, struct belay_outbox_row *row, int *found,
                       struct belay_error *error)
{
    return read_row(context, SELECTION " WHERE id = ?1", id, row, found, error);
}

static int outbox_next(void *context, struct belay_outbox_row *row, int *found, struct belay_error *error)
{
    return read_row(context, SELECTION " WHERE state = 0 AND due <= " NOW " ORDER BY seq LIMIT 1", NULL, row,
                    found, error);
}

static int outbox_settle(void *context, const char *id, enum belay_outbox_state state, const char *reason,
                         unsigned pause_s, struct belay_error *error)
{
    static const char later[] = "UPDATE belay_outbox SET attempts = attempts + 1, reason = ?2,"
                                " due = " NOW " + ?3 WHERE id = ?1 AND state = 0";
    static const char settled[] = "UPDATE belay_outbox SET state = ?3, reason = ?2, at = " NOW ","
                                  " body = CASE ?3 WHEN 1 THEN NULL ELSE body END WHERE id = ?1 AND state = 0";
    struct sqlite_outbox *self = context;
    bool waits = state == BELAY_OUTBOX_WAITING;
    sqlite3_stmt *stmt;
    int code = prepare(self->db, waits ? later : settled, id, &stmt, error);
    if (code)
        return code;
    int rc = sqlite3_bind_text(stmt, 2, reason, -1, SQLITE_STATIC);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_int64(stmt, 3, waits ? (sqlite3_int64)pause_s : (sqlite3_int64)state);
    return run(self->db, stmt, rc, "settle a message", error);
}

static int outbox_count(void *context, unsigned *waiting, unsigned *next_s, struct belay_error *error)
{
    static const char sql[] = "SELECT count(*), max(0, min(due) - " NOW ") FROM belay_outbox WHERE state = 0";
    struct sqlite_outbox *self = context;
    sqlite3_stmt *stmt;
    int code = prepare(self->db, sql, NULL, &stmt, error);
    if (code)
        return code;
    if (sqlite3_step(stmt) == SQLITE_ROW) {
        *waiting = (unsigned)sqlite3_column_int64(stmt, 0);
        *next_s = (unsigned)sqlite3_column_int64(stmt, 1);
    } else {
        code = fail(self->db, "count the outbox", error);
    }
    sqlite3_finalize(stmt);
    return code;
}

static int outbox_prune(void *context, int64_t age_s, int64_t *rows, struct belay_error *error)
{
    static const char sql[] = "DELETE FROM belay_outbox WHERE state <> 0 AND at < " NOW " - ?1";
    struct sqlite_outbox *self = context;
    sqlite3_stmt *stmt;
    int code = prepare(self->db, sql, NULL, &stmt, error);
    if (!code)
        code = run(self->db, stmt, sqlite3_bind_int64(stmt, 1, age_s), "prune the outbox", error);
    if (!code)
        *rows = sqlite3_changes64(self->db);
    return code;
}

static void outbox_close(void *context)
{
    struct sqlite_outbox *self = context;
    sqlite3_free(self->copy);
    sqlite3_free(self);
}

int belay_sqlite_outbox_open(sqlite3 *db, struct belay_outbox **out, struct belay_error *error)
{
    if (!db || !sqlite3_get_autocommit(db))
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "outbox: no database, or it is in a transaction");
    if (sqlite3_exec(db, schema, NULL, NULL, NULL) != SQLITE_OK)
        return fail(db, "create the table belay_outbox", error);
    struct sqlite_outbox *self = sqlite3_malloc(sizeof *self);
    if (!self)
        return belay_error_set(error, BELAY_ERROR_MEMORY, "no memory for an outbox");
    *self = (struct sqlite_outbox){.db = db};
    self->outbox = (struct belay_outbox){
        .size = sizeof self->outbox,
        .self = self,
        .in_transaction = outbox_in_transaction,
        .add = outbox_add,
        .find = outbox_find,
        .next = outbox_next,
        .settle = outbox_settle,
        .count = outbox_count,
        .prune = outbox_prune,
        .close = outbox_close,
    };
    *out = &self->outbox;
    return BELAY_OK;
}
