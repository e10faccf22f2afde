/* Two-phase commit with PostgreSQL's own prepared transactions.
 *
 * What is in a prepared transaction is invisible and locked until its end, so that the barrier's rows cannot all
 * be in there. This is where they are, and why nothing is lost when the service dies in between:
 *
 * prepare: the hook's changes and the row of the *commit* go into the transaction that is prepared: that row
 * becomes visible exactly when COMMIT PREPARED happens. Then, in a transaction of its own, the row of the prepare.
 * Death before it: the prepared transaction is there and tells its branch by its name; the next claim adds the
 * row.
 *
 * commit: COMMIT PREPARED. Death before it: comes again. Death after it: the row of the commit is there.
 *
 * rollback: ROLLBACK PREPARED, then the row of the rollback. Death in between: comes again, and finds nothing to
 * roll back, which is as good.
 *
 * A key that is in a prepared transaction must not be claimed by inserting it: one would wait until the decision.
 * So everything about one branch is serialised by a lock of the session (advisory), which outlives transactions
 * and dies with the connection. */
#include "inside.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const struct belay_row yes = {.state = BELAY_STATE_YES, .status = 204};

int two_phase_check(PGconn *conn, struct belay_error *error)
{
    PGresult *result = PQexec(conn, "SHOW max_prepared_transactions");
    int code = BELAY_OK;
    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        code = query_fail(conn, result, "read max_prepared_transactions", error);
    else if (!strcmp(PQgetvalue(result, 0, 0), "0"))
        code = belay_error_set(error, BELAY_ERROR_BACKEND,
                               "two_phase needs a server with max_prepared_transactions above 0");
    PQclear(result);
    return code;
}

int two_phase_lock(struct postgres *self, struct belay_error *error)
{
    char sql[STATEMENT_MAX];
    assert(!self->locked);
    snprintf(sql, sizeof sql, "SELECT pg_advisory_lock(%lld)", (long long)gid_hash(self->gid));
    int code = query_run(self->conn, sql, error);
    self->locked = code == BELAY_OK;
    return code;
}

static int is_prepared(struct postgres *self, bool *there, struct belay_error *error)
{
    const char *values[] = {self->gid};
    PGresult *result = PQexecParams(
        self->conn, "SELECT 1 FROM pg_prepared_xacts WHERE gid = $1 AND database = current_database()", 1, NULL,
        values, NULL, NULL, 0);
    int code = PQresultStatus(result) == PGRES_TUPLES_OK
                   ? BELAY_OK
                   : query_fail(self->conn, result, "look for prepared transactions", error);
    *there = !code && PQntuples(result) == 1;
    PQclear(result);
    return code;
}

/* A vote that leaves this branch out of phase two; blanks do not count. */
static bool is_read_only(const struct belay_row *row)
{
    static const char vote[] = "{\"vote\":\"read_only\"}";
    const char *body = row->body;
    size_t at = 0;
    for (size_t i = 0; i < row->body_length; i++) {
        if (strchr(" \t\r\n", body[i]))
            continue;
        if (body[i] != vote[at])
            return false;
        at++;
    }
    return at == sizeof vote - 1;
}

int two_phase_claim(struct postgres *self, const struct belay_branch *branch, struct belay_row *row,
                    struct belay_error *error)
{
    bool there = false;
    if (!gid_print(branch, self->gid))
        return belay_error_set(error, BELAY_ERROR_BACKEND,
                               "transaction, step and item are too long for the name of a prepared transaction");
    int code = two_phase_lock(self, error);
    if (!code)
        code = rows_find(self, branch, "prepare", row, error);
    if (!code && row->state == BELAY_STATE_OPEN)
        code = is_prepared(self, &there, error);
    if (!code && there) {
        *row = yes;
        code = rows_add(self, branch, "prepare", row, error);
    }
    if (code)
        return code;
    self->voted = row->state == BELAY_STATE_YES;
    self->read_only = self->voted && is_read_only(row);
    return BELAY_OK;
}

/* The row of an ending is written before or after the answer is known, so that all answers are the same. */
static int end_with(struct postgres *self, enum ending ending, const struct belay_branch *branch,
                    const struct belay_row *row, struct belay_error *error)
{
    assert(self->ending == ENDING_PLAIN && row->state == BELAY_STATE_YES);
    if (row->status != yes.status || row->body_length)
        return belay_error_set(error, BELAY_ERROR_BACKEND,
                               "with two_phase these hooks answer nothing but {\"vote\":\"read_only\"}");
    self->branch = *branch;
    self->ending = ending;
    return BELAY_OK;
}

int two_phase_store(struct postgres *self, const struct belay_branch *branch, const char *phase,
                    const struct belay_row *row, struct belay_error *error)
{
    bool decides = self->voted && !self->read_only; /* there is, or was, something prepared */
    if (!strcmp(phase, "prepare")) {
        if (row->state != BELAY_STATE_YES || is_read_only(row))
            return rows_store(self, branch, phase, row, error);
        int code = end_with(self, ENDING_PREPARE, branch, row, error);
        return code ? code : rows_store(self, branch, "commit", &yes, error);
    }
    if (!decides)
        return rows_store(self, branch, phase, row, error);
    return end_with(self, strcmp(phase, "rollback") ? ENDING_CONFIRM : ENDING_ROLLBACK, branch, row, error);
}

/* COMMIT answers "ROLLBACK" when the transaction had failed. */
static int commit(struct postgres *self, struct belay_error *error)
{
    PGresult *result = PQexec(self->conn, "COMMIT");
    int code = BELAY_OK;
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        code = query_fail(self->conn, result, "COMMIT", error);
    else if (strcmp(PQcmdStatus(result), "COMMIT"))
        code = belay_error_set(error, BELAY_ERROR_BACKEND, "the transaction had failed, and was rolled back");
    PQclear(result);
    return code;
}

/* Like COMMIT: a transaction that had failed is rolled back with a warning, and says so. */
static int prepare(struct postgres *self, struct belay_error *error)
{
    char sql[STATEMENT_MAX];
    gid_statement("PREPARE TRANSACTION", self->gid, sql);
    PGresult *result = PQexec(self->conn, sql);
    int code = BELAY_OK;
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        code = query_fail(self->conn, result, "PREPARE TRANSACTION", error);
    else if (strcmp(PQcmdStatus(result), "PREPARE TRANSACTION"))
        code = belay_error_set(error, BELAY_ERROR_BACKEND, "the transaction had failed, and was rolled back");
    PQclear(result);
    return code;
}

int two_phase_end(struct postgres *self, bool keep, bool *gone, struct belay_error *error)
{
    char sql[STATEMENT_MAX];
    gid_statement(keep ? "COMMIT PREPARED" : "ROLLBACK PREPARED", self->gid, sql);
    PGresult *result = PQexec(self->conn, sql);
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    int code = BELAY_OK;
    *gone = state && !strcmp(state, "42704"); /* undefined_object: there is none of that name */
    if (PQresultStatus(result) != PGRES_COMMAND_OK && !*gone)
        code = query_fail(self->conn, result, keep ? "COMMIT PREPARED" : "ROLLBACK PREPARED", error);
    PQclear(result);
    return code;
}

int two_phase_commit(struct postgres *self, struct belay_error *error)
{
    bool gone = false;
    if (self->ending == ENDING_PREPARE) {
        int code = prepare(self, error);
        return code ? code : rows_add(self, &self->branch, "prepare", &yes, error);
    }
    int code = commit(self, error);
    if (code || self->ending == ENDING_PLAIN)
        return code;
    code = two_phase_end(self, self->ending == ENDING_CONFIRM, &gone, error);
    if (!code && self->ending == ENDING_ROLLBACK)
        return rows_store(self, &self->branch, "rollback", &yes, error);
    if (!code && gone)
        code =
            belay_error_set(error, BELAY_ERROR_BACKEND,
                            "%s was prepared, and is gone without its commit: someone rolled it back", self->gid);
    return code;
}

void two_phase_unlock(struct postgres *self)
{
    char sql[STATEMENT_MAX];
    self->ending = ENDING_PLAIN;
    if (!self->locked)
        return;
    snprintf(sql, sizeof sql, "SELECT pg_advisory_unlock(%lld)", (long long)gid_hash(self->gid));
    if (!query_run(self->conn, sql, NULL) || PQstatus(self->conn) != CONNECTION_OK)
        self->locked = false; /* a connection that broke has let go of it by itself */
}
