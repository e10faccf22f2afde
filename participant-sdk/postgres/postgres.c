/* The back end: the functions of the barrier on one connection. What two-phase commit does otherwise stands in
 * two_phase.c. */
#include "inside.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOCK_TIMEOUT_MS = 5000 }; /* longer than a slow disk's fsync, shorter than a coordinator's patience */

static bool is_open(PGconn *conn)
{
    PGTransactionStatusType status = PQtransactionStatus(conn);
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

/* Ends what the last call could not end. What resists is cut off: a transaction or lock that stays would hold
 * others up for ever. */
static void tidy(struct postgres *self)
{
    if (self->stuck && PQtransactionStatus(self->conn) != PQTRANS_IDLE)
        query_run(self->conn, "ROLLBACK", NULL);
    two_phase_unlock(self);
    bool tidied = !self->locked && (!self->stuck || PQtransactionStatus(self->conn) == PQTRANS_IDLE);
    if (!tidied && !self->keep_connection) {
        PQreset(self->conn);
        self->locked = false;
        tidied = true;
    }
    self->stuck = !tidied;
}

int postgres_mend(struct postgres *self, struct belay_error *error)
{
    assert(!self->begun);
    if (self->stuck || self->locked)
        tidy(self);
    if (PQstatus(self->conn) != CONNECTION_OK && !self->keep_connection)
        PQreset(self->conn);
    if (PQstatus(self->conn) != CONNECTION_OK)
        return query_fail(self->conn, NULL, "connect", error);
    if (PQtransactionStatus(self->conn) != PQTRANS_IDLE)
        return belay_error_set(error, BELAY_ERROR_BACKEND, "the connection is in a transaction of the service");
    return BELAY_OK;
}

static int barrier_begin(void *context, void **session, struct belay_error *error)
{
    struct postgres *self = context;
    *session = self->conn;
    int code = postgres_mend(self, error);
    if (code)
        return code;
    code = query_run(self->conn, self->begin, error);
    self->begun = is_open(self->conn);                    /* also when only the second half failed */
    if (code && !self->begun && !self->keep_connection) { /* it had broken unnoticed */
        PQreset(self->conn);
        code = query_run(self->conn, self->begin, error);
        self->begun = is_open(self->conn);
    }
    self->ending = ENDING_PLAIN;
    return code;
}

static int barrier_find(void *context, const struct belay_branch *branch, const char *phase, struct belay_row *row,
                        struct belay_error *error)
{
    struct postgres *self = context;
    assert(self->begun);
    return rows_find(self, branch, phase, row, error);
}

static int barrier_claim(void *context, const struct belay_branch *branch, const char *phase,
                         struct belay_row *row, struct belay_error *error)
{
    struct postgres *self = context;
    assert(self->begun);
    if (self->two_phase && !strcmp(phase, "prepare"))
        return two_phase_claim(self, branch, row, error);
    return rows_claim(self, branch, phase, row, error);
}

static int barrier_store(void *context, const struct belay_branch *branch, const char *phase,
                         const struct belay_row *row, struct belay_error *error)
{
    struct postgres *self = context;
    assert(self->begun && row->state != BELAY_STATE_OPEN);
    if (self->locked)
        return two_phase_store(self, branch, phase, row, error);
    return rows_store(self, branch, phase, row, error);
}

static int barrier_enter(void *context, struct belay_error *error)
{
    struct postgres *self = context;
    return query_run(self->conn, "SAVEPOINT belay_hook", error);
}

/* Without its savepoint the transaction is not the one that the hook was called in; both statements then fail. */
static int barrier_leave(void *context, int keep, struct belay_error *error)
{
    struct postgres *self = context;
    int code =
        query_run(self->conn, keep ? "RELEASE belay_hook" : "ROLLBACK TO belay_hook; RELEASE belay_hook", error);
    if (!code)
        return BELAY_OK;
    return belay_error_set(error, BELAY_ERROR_BACKEND, "the hook, or an error in it, ended the transaction");
}

static int barrier_commit(void *context, struct belay_error *error)
{
    struct postgres *self = context;
    assert(self->begun);
    int code = two_phase_commit(self, error);
    if (!code) {
        self->begun = false;
        two_phase_unlock(self);
    }
    return code;
}

static void barrier_rollback(void *context)
{
    struct postgres *self = context;
    PQclear(self->found);
    self->found = NULL;
    if (self->begun && PQtransactionStatus(self->conn) != PQTRANS_IDLE)
        query_run(self->conn, "ROLLBACK", NULL);
    self->stuck = self->begun && PQtransactionStatus(self->conn) != PQTRANS_IDLE;
    self->begun = false;
    if (!self->stuck)
        two_phase_unlock(self);
}

static void barrier_close(void *context)
{
    struct postgres *self = context;
    struct belay_allocator allocator = self->allocator;
    assert(!self->begun);
    if (self->stuck || self->locked)
        tidy(self);
    PQclear(self->found);
    allocator.resize(allocator.context, self, 0);
}

static void print_begin(struct postgres *self, int lock_timeout_ms)
{
    static const char begin[] = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
    if (lock_timeout_ms < 0)
        snprintf(self->begin, sizeof self->begin, "%s", begin);
    else
        snprintf(self->begin, sizeof self->begin, "%s; SET LOCAL lock_timeout = %d", begin,
                 lock_timeout_ms ? lock_timeout_ms : LOCK_TIMEOUT_MS);
}

static struct postgres *make(PGconn *conn, const struct belay_postgres_options *options)
{
    const struct belay_allocator *allocator = options->allocator;
    struct postgres *self = allocator->resize(allocator->context, NULL, sizeof *self);
    if (!self)
        return NULL;
    *self = (struct postgres){.allocator = *allocator,
                              .conn = conn,
                              .keep_connection = options->keep_connection != 0,
                              .two_phase = options->two_phase != 0};
    self->barrier = (struct belay_barrier){
        .size = sizeof self->barrier,
        .self = self,
        .begin = barrier_begin,
        .find = barrier_find,
        .claim = barrier_claim,
        .store = barrier_store,
        .enter = barrier_enter,
        .leave = barrier_leave,
        .commit = barrier_commit,
        .rollback = barrier_rollback,
        .close = barrier_close,
    };
    print_begin(self, options->lock_timeout_ms);
    return self;
}

int belay_postgres_open(PGconn *conn, const struct belay_postgres_options *given, struct belay_barrier **out,
                        struct belay_error *error)
{
    struct belay_postgres_options options;
    int code = connection_check(conn, given, &options, error);
    if (!code)
        code = rows_create(conn, error);
    if (!code && options.two_phase)
        code = two_phase_check(conn, error);
    if (code)
        return code;
    struct postgres *self = make(conn, &options);
    if (!self)
        return belay_error_set(error, BELAY_ERROR_MEMORY, "no memory for a barrier");
    *out = &self->barrier;
    return BELAY_OK;
}

void belay_postgres_close(struct belay_barrier *barrier)
{
    if (barrier)
        barrier->close(barrier->self);
}

int belay_postgres_prune(PGconn *conn, int64_t age_s, int64_t *rows, struct belay_error *error)
{
    char sql[128];
    if (!conn || age_s < 0 || PQtransactionStatus(conn) != PQTRANS_IDLE)
        return belay_error_set(error, BELAY_ERROR_ARGUMENT,
                               "postgres: no connection, one in a transaction, or a negative age");
    snprintf(sql, sizeof sql, "DELETE FROM belay_barrier WHERE at < now() - interval '1 second' * %lld",
             (long long)age_s);
    PGresult *result = PQexec(conn, sql);
    int code = PQresultStatus(result) == PGRES_COMMAND_OK
                   ? BELAY_OK
                   : query_fail(conn, result, "prune the table belay_barrier", error);
    if (!code && rows)
        *rows = strtoll(PQcmdTuples(result), NULL, 10);
    PQclear(result);
    return code;
}
