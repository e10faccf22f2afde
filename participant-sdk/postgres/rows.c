/* The table belay_barrier. */
#include "inside.h"

#include <arpa/inet.h>
#include <assert.h>
#include <string.h>

#define KEY       "transaction_id = $1 AND step = $2 AND item = $3 AND phase = $4"
#define COLUMNS   "(transaction_id, step, item, phase, state, status, body)"
#define SELECTION "SELECT state, status, body FROM belay_barrier WHERE " KEY
#define INSERTION "INSERT INTO belay_barrier " COLUMNS " VALUES ($1, $2, $3, $4, $5, $6, $7)"

enum { CLAIM_TRIES = 3 };

/* Room is left on every page, because most rows are written twice: claimed, and answered. Texts are compared byte
 * by byte. */
static const char schema[] = "CREATE TABLE IF NOT EXISTS belay_barrier ("
                             " transaction_id text COLLATE \"C\" NOT NULL,"
                             " step text COLLATE \"C\" NOT NULL,"
                             " item text COLLATE \"C\" NOT NULL,"
                             " phase text COLLATE \"C\" NOT NULL,"
                             " state integer NOT NULL,"
                             " status integer NOT NULL,"
                             " body bytea,"
                             " at timestamptz NOT NULL DEFAULT now(),"
                             " PRIMARY KEY (transaction_id, step, item, phase)) WITH (fillfactor = 80)";

int rows_create(PGconn *conn, struct belay_error *error)
{
    return connection_create(conn, "belay_barrier", schema, error);
}

static int read_int(const PGresult *result, int column)
{
    uint32_t value;
    assert(PQgetlength(result, 0, column) == sizeof value);
    memcpy(&value, PQgetvalue(result, 0, column), sizeof value);
    return (int)ntohl(value);
}

/* A table that is not ours would give something else. */
static bool is_row(const PGresult *result)
{
    return PQnfields(result) == 3 && PQftype(result, 0) == 23 && PQftype(result, 1) == 23 &&
           PQftype(result, 2) == 17;
}

static int select_row(struct postgres *self, const char *sql, const struct belay_branch *branch, const char *phase,
                      struct belay_row *row, struct belay_error *error)
{
    PQclear(self->found);
    self->found = NULL;
    int code = query_row(self->conn, sql, branch, phase, NULL, &self->found, error);
    if (code)
        return code;
    if (!is_row(self->found))
        return belay_error_set(error, BELAY_ERROR_BACKEND,
                               "the table belay_barrier is not the one of this library");
    *row = (struct belay_row){.state = BELAY_STATE_OPEN};
    if (PQntuples(self->found) == 0)
        return BELAY_OK;
    row->state = read_int(self->found, 0);
    row->status = read_int(self->found, 1);
    row->body_length = (size_t)PQgetlength(self->found, 0, 2);
    row->body = row->body_length ? PQgetvalue(self->found, 0, 2) : NULL;
    return BELAY_OK;
}

int rows_find(struct postgres *self, const struct belay_branch *branch, const char *phase, struct belay_row *row,
              struct belay_error *error)
{
    return select_row(self, SELECTION, branch, phase, row, error);
}

/* Runs a statement that writes. */
static int write_row(struct postgres *self, const char *sql, const struct belay_branch *branch, const char *phase,
                     const struct belay_row *row, bool *wrote, struct belay_error *error)
{
    PGresult *result = NULL;
    int code = query_row(self->conn, sql, branch, phase, row, &result, error);
    if (!code && wrote)
        *wrote = strcmp(PQcmdTuples(result), "0") != 0;
    PQclear(result);
    return code;
}

/* The insert waits for a transaction that inserted the same key, and then either takes its place or finds the row.
 */
int rows_claim(struct postgres *self, const struct belay_branch *branch, const char *phase, struct belay_row *row,
               struct belay_error *error)
{
    static const struct belay_row open = {.state = BELAY_STATE_OPEN};
    for (int i = 0; i < CLAIM_TRIES; i++) {
        bool inserted = false;
        int code = write_row(self, INSERTION " ON CONFLICT DO NOTHING", branch, phase, &open, &inserted, error);
        if (!code && inserted) {
            *row = open;
            return BELAY_OK;
        }
        if (!code)
            code = select_row(self, SELECTION " FOR UPDATE", branch, phase, row, error);
        if (code || PQntuples(self->found) == 1)
            return code;
    }
    return belay_error_set(error, BELAY_ERROR_BUSY, "the barrier's row is deleted again and again");
}

int rows_store(struct postgres *self, const struct belay_branch *branch, const char *phase,
               const struct belay_row *row, struct belay_error *error)
{
    return write_row(self,
                     INSERTION " ON CONFLICT (transaction_id, step, item, phase)"
                               " DO UPDATE SET state = $5, status = $6, body = $7",
                     branch, phase, row, NULL, error);
}

int rows_add(struct postgres *self, const struct belay_branch *branch, const char *phase,
             const struct belay_row *row, struct belay_error *error)
{
    return write_row(self, INSERTION " ON CONFLICT DO NOTHING", branch, phase, row, NULL, error);
}
