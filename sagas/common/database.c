/* Opening a database; the user_version tells whether it already has its samples. */
#include "common/database.h"

#include <stdio.h>

enum { BUSY_TIMEOUT_MS = 5000 };

static bool run(sqlite3 *db, const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

static int version(sqlite3 *db)
{
    sqlite3_stmt *stmt = NULL;
    int version = -1;
    if (sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW)
        version = sqlite3_column_int(stmt, 0);
    sqlite3_finalize(stmt);
    return version;
}

static bool fill(sqlite3 *db, const char *schema, const char *samples)
{
    if (!run(db, "BEGIN IMMEDIATE"))
        return false;
    int found = version(db);
    bool ok =
        found > 0 || (found == 0 && run(db, schema) && run(db, samples) && run(db, "PRAGMA user_version = 1"));
    return ok && run(db, "COMMIT");
}

sqlite3 *database_open(const char *name, const char *file, const char *schema, const char *samples)
{
    sqlite3 *db = NULL;
    if (sqlite3_open(file, &db) == SQLITE_OK && !sqlite3_busy_timeout(db, BUSY_TIMEOUT_MS) &&
        run(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON") &&
        fill(db, schema, samples))
        return db;
    fprintf(stderr, "%s: database %s: %s\n", name, file, sqlite3_errmsg(db));
    sqlite3_close(db);
    return NULL;
}
