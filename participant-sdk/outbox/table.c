/* The table of the outbox, and the few lines of SQLite that all of its files need. */
#include "table.h"

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

int belay_outbox_fail(sqlite3 *db, const char *what, struct belay_error *error)
{
    int primary = sqlite3_errcode(db) & 0xff;
    int code = primary == SQLITE_BUSY || primary == SQLITE_LOCKED ? BELAY_ERROR_BUSY : BELAY_ERROR_BACKEND;
    return belay_error_set(error, code, "%s: %s", what, sqlite3_errmsg(db));
}

int belay_outbox_prepare(sqlite3 *db, const char *sql, const char *id, sqlite3_stmt **out,
                         struct belay_error *error)
{
    *out = NULL;
    int rc = sqlite3_prepare_v2(db, sql, -1, out, NULL);
    if (rc == SQLITE_OK && id)
        rc = sqlite3_bind_text(*out, 1, id, -1, SQLITE_TRANSIENT);
    if (rc == SQLITE_OK)
        return BELAY_OK;
    int code = belay_outbox_fail(db, "use the table belay_outbox", error);
    sqlite3_finalize(*out);
    *out = NULL;
    return code;
}

int belay_outbox_run(sqlite3 *db, sqlite3_stmt *stmt, int rc, const char *what, struct belay_error *error)
{
    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    int code = rc == SQLITE_DONE ? BELAY_OK : belay_outbox_fail(db, what, error);
    sqlite3_finalize(stmt);
    return code;
}

int belay_outbox_create(sqlite3 *db, struct belay_error *error)
{
    if (sqlite3_exec(db, schema, NULL, NULL, NULL) == SQLITE_OK)
        return BELAY_OK;
    return belay_outbox_fail(db, "create the table belay_outbox", error);
}

int belay_outbox_prune(sqlite3 *db, sqlite3_int64 age_s, sqlite3_int64 *rows, struct belay_error *error)
{
    static const char sql[] = "DELETE FROM belay_outbox WHERE state <> 0 AND at < strftime('%s', 'now') - ?1";
    sqlite3_stmt *stmt;
    if (age_s < 0)
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "prune: the age is negative");
    int code = belay_outbox_prepare(db, sql, NULL, &stmt, error);
    if (!code)
        code = belay_outbox_run(db, stmt, sqlite3_bind_int64(stmt, 1, age_s), "prune the outbox", error);
    if (!code && rows)
        *rows = sqlite3_changes64(db);
    return code;
}
