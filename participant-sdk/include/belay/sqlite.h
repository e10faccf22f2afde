/* The barrier on SQLite: rows in a table of the service's own database, on the service's own connection.
 * Link libbelay-sqlite and libsqlite3. Compiles alone as C99 and as C++.
 *
 * Every call is one BEGIN IMMEDIATE ... COMMIT: the hook's changes and the barrier's row become visible and
 * durable together, as durable as the connection's journal_mode and synchronous make them (keep synchronous=FULL).
 * Concurrent calls wait for one another in BEGIN IMMEDIATE; a wait longer than busy_timeout_ms is answered 503.
 *
 * Threads: a barrier, an outbox and their connection are used by one thread at a time. */
#ifndef BELAY_SQLITE_H
#define BELAY_SQLITE_H

#include "belay/participant.h"

#include <sqlite3.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How the barrier uses its connection. */
struct belay_sqlite_options {
    size_t size;         /* sizeof(struct belay_sqlite_options) */
    int busy_timeout_ms; /* how long to wait for another writer; 0: 5000; below 0: the connection's own busy
                            handler stays as it is */
};

/* Makes a barrier on `db`, which is borrowed, must outlive it, and must not be in a transaction. Creates the
 * table `belay_barrier` when it is not there. `options` may be NULL. BELAY_OK and `*out` is yours to close with
 * belay_sqlite_close; or BELAY_ERROR_ARGUMENT, _MEMORY, _BUSY, _BACKEND (with SQLite's own words). */
int belay_sqlite_open(sqlite3 *db, const struct belay_sqlite_options *options, struct belay_barrier **out,
                      struct belay_error *error);

/* Frees the barrier; `db` stays open. NULL is allowed. */
void belay_sqlite_close(struct belay_barrier *barrier);

/* Deletes the rows of calls older than `age_s` seconds (by the database's clock, in a transaction of its own) and
 * tells how many. A row must live as long as its call can come again: choose more than the longest time that a
 * transaction may stay open or paused. `rows` may be NULL. Any connection will do, but not in a hook; it reads the
 * whole table, and other writers wait meanwhile. */
int belay_sqlite_prune(sqlite3 *db, sqlite3_int64 age_s, sqlite3_int64 *rows, struct belay_error *error);

/* ---- The outbox's table --------------------------------------------------------------------------------- */

struct belay_outbox; /* belay/outbox.h */

/* Makes an outbox on `db`, which is borrowed, must outlive it, and must not be in a transaction. Creates the table
 * `belay_outbox` when it is not there. BELAY_OK and `*out` is yours to close with belay_outbox_close; or
 * BELAY_ERROR_ARGUMENT, _MEMORY, _BUSY, _BACKEND (with SQLite's own words). */
int belay_sqlite_outbox_open(sqlite3 *db, struct belay_outbox **out, struct belay_error *error);

/* ---- For hooks ------------------------------------------------------------------------------------------ */

/* The connection, inside the call's transaction. Do not commit or roll back on it. */
sqlite3 *belay_sqlite_db(const struct belay_call *call);

/* Small SQL for hooks. The text may use these parameters, all bound as text, and no others:
 *   :body         the request's body, for SQLite's JSON functions:  :body ->> 'quantity'
 *   :transaction  :step  :item  :key  :action_key
 *   :callback     where an asynchronous step reports; NULL when the step is not one
 * On any error of SQLite they note it with belay_fail and return BELAY_FAILED; return that from the hook:
 *
 *     sqlite3_int64 rows;
 *     if (belay_sqlite_run(call, "UPDATE stock SET free = free - 1 WHERE sku = :body ->> 'sku'", &rows))
 *         return BELAY_FAILED;
 *     if (rows == 0)
 *         return belay_refuse(call, "unknown_sku", "no such thing");
 */

/* Runs one or more statements. `*changed` (may be NULL) is the number of rows that the last one changed. */
int belay_sqlite_run(struct belay_call *call, const char *sql, sqlite3_int64 *changed);

/* Reads the first column of the first row as an integer; 0 when there is no row. */
int belay_sqlite_read(struct belay_call *call, const char *sql, sqlite3_int64 *value);

/* Reads the first column of the first row as text (JSON: `SELECT json_object(...)`) and makes it the call's
 * answer; without a row the answer is left as it is. Returns BELAY_YES, so that a hook can end with it. */
int belay_sqlite_answer(struct belay_call *call, const char *sql);

#ifdef __cplusplus
}
#endif

#endif
