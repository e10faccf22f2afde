/* What the files of the back end share. */
#ifndef BELAY_POSTGRES_INSIDE_H
#define BELAY_POSTGRES_INSIDE_H

#include "belay/postgres.h"

#include <libpq-fe.h>
#include <stdbool.h>

enum {
    GID_MAX = 199,       /* what PREPARE TRANSACTION takes: fewer than 200 bytes */
    STATEMENT_MAX = 256, /* of the statements that hold a name of a prepared transaction, quoted */
};

/* How the open transaction ends. */
enum ending {
    ENDING_PLAIN,    /* COMMIT */
    ENDING_PREPARE,  /* PREPARE TRANSACTION, and then the row of the prepare */
    ENDING_CONFIRM,  /* COMMIT, and then COMMIT PREPARED, which brings the row of the commit with it */
    ENDING_ROLLBACK, /* COMMIT, and then ROLLBACK PREPARED and the row of the rollback */
};

struct postgres {
    struct belay_barrier barrier;
    struct belay_allocator allocator;
    PGconn *conn;
    PGresult *found; /* what the row of the last `find` points into */
    char begin[96];
    bool keep_connection;
    bool begun; /* the open transaction is ours, not one of the service */
    bool stuck; /* it is still open, because ROLLBACK failed */

    /* Two-phase commit; see two_phase.c. */
    bool two_phase;
    bool locked;    /* a session's lock on `gid` is held */
    bool voted;     /* the branch's prepare was answered yes, */
    bool read_only; /* with nothing to decide about */
    char gid[GID_MAX + 1];
    enum ending ending;
    struct belay_branch branch; /* whose end it is; borrowed from the call */
};

/* postgres.c: makes the connection ready for a transaction, whatever the last one left of it. */
int postgres_mend(struct postgres *self, struct belay_error *error);

/* ---- connection.c: before a connection is used */

/* Whether the connection can be used, and the options with what is standard filled in. */
int connection_check(PGconn *conn, const struct belay_postgres_options *given,
                     struct belay_postgres_options *options, struct belay_error *error);

/* Runs the statements of `schema` in a transaction unless there is such a table. */
int connection_create(PGconn *conn, const char *table, const char *schema, struct belay_error *error);

/* ---- query.c: statements, and what their errors mean */

/* Fills `error` from a failed result (or the connection, when there is none): BELAY_ERROR_BUSY when another
 * transaction was in the way, else BELAY_ERROR_BACKEND. Returns that code. */
int query_fail(PGconn *conn, const PGresult *result, const char *what, struct belay_error *error);

/* Runs statements without parameters. */
int query_run(PGconn *conn, const char *sql, struct belay_error *error);

/* Runs a statement on a row of the table: $1 to $4 are its key; with `row`, $5 to $7 are state, status and body.
 * Results are binary. `*result` is yours to clear when BELAY_OK is returned. */
int query_row(PGconn *conn, const char *sql, const struct belay_branch *branch, const char *phase,
              const struct belay_row *row, PGresult **result, struct belay_error *error);

/* ---- rows.c: the table */

int rows_create(PGconn *conn, struct belay_error *error);
/* Reads a row into `row`, whose body stays in self->found. */
int rows_find(struct postgres *self, const struct belay_branch *branch, const char *phase, struct belay_row *row,
              struct belay_error *error);
/* The same, and locks the key until the end of the transaction, inserting a row when there is none. */
int rows_claim(struct postgres *self, const struct belay_branch *branch, const char *phase, struct belay_row *row,
               struct belay_error *error);
int rows_store(struct postgres *self, const struct belay_branch *branch, const char *phase,
               const struct belay_row *row, struct belay_error *error);
/* Writes the row when there is none. */
int rows_add(struct postgres *self, const struct belay_branch *branch, const char *phase,
             const struct belay_row *row, struct belay_error *error);

/* ---- two_phase.c: PREPARE TRANSACTION and what follows */

/* BELAY_ERROR_BACKEND when the server does not take prepared transactions. */
int two_phase_check(PGconn *conn, struct belay_error *error);

/* `claim` and `store` of the phases prepare, commit and rollback. */
int two_phase_claim(struct postgres *self, const struct belay_branch *branch, struct belay_row *row,
                    struct belay_error *error);
int two_phase_store(struct postgres *self, const struct belay_branch *branch, const char *phase,
                    const struct belay_row *row, struct belay_error *error);
/* Ends the transaction as self->ending says. */
int two_phase_commit(struct postgres *self, struct belay_error *error);
/* Lets go of the lock, which stays marked as held when that fails; no transaction is open. */
void two_phase_unlock(struct postgres *self);

/* The lock of self->gid, which serialises everything about one branch, beyond the transaction's end. */
int two_phase_lock(struct postgres *self, struct belay_error *error);
int two_phase_end(struct postgres *self, bool commit, bool *gone, struct belay_error *error);

/* ---- gid.c: names of prepared transactions */

/* "belay/<transaction>/<step>[/<item>]", its parts escaped. False when that is too long. */
bool gid_print(const struct belay_branch *branch, char gid[GID_MAX + 1]);
/* Takes it apart: `parts` has room for it, and `branch` points into it. False when it is none of ours. */
bool gid_parse(const char *gid, char parts[GID_MAX + 1], struct belay_branch *branch);
/* "<command> '<gid>'". */
void gid_statement(const char *command, const char *gid, char sql[STATEMENT_MAX]);
/* A number for locks. */
int64_t gid_hash(const char *gid);

#endif
