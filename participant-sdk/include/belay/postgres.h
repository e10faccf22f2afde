/* The barrier on PostgreSQL: rows in a table of the service's own database, on the service's own connection. Link
 * libbelay-postgres and libpq. Compiles alone as C99 and as C++ (libpq's PGconn is `struct pg_conn`).
 *
 * Every call is one BEGIN ... COMMIT at READ COMMITTED: the hook's changes and the barrier's row become visible
 * together, as durable as the server's synchronous_commit makes them. Concurrent calls of one branch wait for one
 * another at its row; those of different branches do not. A wait longer than lock_timeout_ms, a deadlock and a
 * serialization failure are answered 503, and the call comes again.
 *
 * A connection that broke (the server was restarted) is reset at the next call with PQreset, which forgets what
 * the service set on it with SET; `keep_connection` leaves that to the service.
 *
 * Not for connections through a pooler that gives every transaction another session, when two_phase is set.
 *
 * Threads: a barrier, an outbox and their connection are used by one thread at a time. */
#ifndef BELAY_POSTGRES_H
#define BELAY_POSTGRES_H

#include "belay/client.h"
#include "belay/participant.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct pg_conn; /* PGconn */

/* How the barrier uses its connection. */
struct belay_postgres_options {
    size_t size;         /* sizeof(struct belay_postgres_options) */
    int lock_timeout_ms; /* how long a statement may wait for another transaction; 0: 5000; below 0: the
                            connection's own lock_timeout stays as it is */
    int keep_connection; /* not 0: a broken connection is not reset */

    /* Not 0: prepare, commit and rollback are the database's own PREPARE TRANSACTION, COMMIT PREPARED and ROLLBACK
     * PREPARED: what the prepare hook changed stays locked and invisible until the decision. Needs a server with
     * max_prepared_transactions. A prepare answers nothing, or {"vote":"read_only"} when it changed nothing, and
     * is then left out of the decision; commit and rollback answer nothing. The hooks of commit and rollback then
     * only look: what they change is not in one transaction with the decision, and they may run again. Call
     * belay_postgres_resolve at every start, before anything that locks whole tables (CREATE INDEX, ALTER TABLE):
     * it would wait for what is prepared. 0: prepare commits, like try; the hooks of commit and rollback do the
     * rest. Do not change it while branches are open. */
    int two_phase;
    const struct belay_allocator *allocator; /* NULL: realloc and free; the struct is copied */
};

/* Makes a barrier on `conn`, which is borrowed, must outlive it, and must not be in a transaction. Creates the
 * table `belay_barrier` (in the first schema of the search_path) when it is not there, and sets client_encoding to
 * UTF8. `options` may be NULL. BELAY_OK and `*out` is yours to close with belay_postgres_close; or
 * BELAY_ERROR_ARGUMENT, _MEMORY, _BUSY, _BACKEND (with PostgreSQL's own words). */
int belay_postgres_open(struct pg_conn *conn, const struct belay_postgres_options *options,
                        struct belay_barrier **out, struct belay_error *error);

/* Frees the barrier; `conn` stays open. NULL is allowed. */
void belay_postgres_close(struct belay_barrier *barrier);

/* Deletes the rows of calls older than `age_s` seconds (by the database's clock, in a transaction of its own) and
 * tells how many (`rows` may be NULL). A row must live as long as its call can come again: choose more than the
 * longest time that a transaction may stay open or paused. Any connection will do, but not in a hook; it reads the
 * whole table, and nobody waits for it. */
int belay_postgres_prune(struct pg_conn *conn, int64_t age_s, int64_t *rows, struct belay_error *error);

/* ---- Two-phase commit ----------------------------------------------------------------------------------- */

/* Asks the coordinator what was decided about a transaction: GET /v1/transactions/{id}/outcome, as
 * belay_client_outcome builds it. BELAY_OK and BELAY_OUTCOME_COMMIT, _ABORT or _UNDECIDED in `*outcome`; anything
 * else when it could not be asked, and then the branch is left for the next time. */
typedef int belay_postgres_ask(void *context, const char *transaction, enum belay_outcome *outcome,
                               struct belay_error *error);

/* Ends the branches that were prepared, and whose decision did not arrive before the service ended. For each
 * prepared transaction of this database whose name begins with "belay/", asks and obeys. Safe beside services that
 * run: a branch that is being worked on is waited for. `*left` (may be NULL) is how many stay prepared: undecided,
 * or not to be asked about; call again later. BELAY_OK; or the first BELAY_ERROR_BUSY or _BACKEND, with the others
 * done; BELAY_ERROR_ARGUMENT when the barrier is not one with two_phase. Must not be called from a hook. */
int belay_postgres_resolve(struct belay_barrier *barrier, belay_postgres_ask *ask, void *context, size_t *left,
                           struct belay_error *error);

/* ---- The outbox's table --------------------------------------------------------------------------------- */

struct belay_outbox; /* belay/outbox.h */

/* Makes an outbox on `conn`, as belay_postgres_open makes a barrier, in the table `belay_outbox`. Of the options,
 * which may be NULL, keep_connection and allocator count; a connection that broke is reset by the next pump. The
 * service's transactions that write messages should have a lock_timeout. BELAY_OK and `*out` is yours to close
 * with belay_outbox_close; or what belay_postgres_open returns. */
int belay_postgres_outbox_open(struct pg_conn *conn, const struct belay_postgres_options *options,
                               struct belay_outbox **out, struct belay_error *error);

/* ---- For hooks ------------------------------------------------------------------------------------------ */

/* The connection (a PGconn *), inside the call's transaction. Do not commit or roll back on it. */
struct pg_conn *belay_postgres_conn(const struct belay_call *call);

/* Small SQL for hooks: one statement, in which these parameters may stand, outside of quotes and comments, and no
 * others. Their type is what PostgreSQL takes them for, or what a cast says:
 *   :body         the request's body:  (:body::jsonb ->> 'quantity')::int
 *   :transaction  :step  :item  :key  :action_key      texts
 *   :callback     where an asynchronous step reports; NULL when the step is not one
 * On any error of PostgreSQL they note it with belay_fail and return BELAY_FAILED; return that from the hook. */

/* Runs one statement. `*changed` (may be NULL) is the number of rows that it changed. */
int belay_postgres_run(struct belay_call *call, const char *sql, int64_t *changed);

/* Reads the first column of the first row as an integer; 0 when there is no row, or NULL in it. */
int belay_postgres_read(struct belay_call *call, const char *sql, int64_t *value);

/* Reads the first column of the first row as text (JSON: `SELECT json_build_object(...)`) and makes it the call's
 * answer; without a row, or with NULL, the answer is left as it is. Returns BELAY_YES, so that a hook can end with
 * it. */
int belay_postgres_answer(struct belay_call *call, const char *sql);

#ifdef __cplusplus
}
#endif

#endif
