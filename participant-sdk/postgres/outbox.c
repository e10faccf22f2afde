/* The outbox's table on PostgreSQL. */
#include "belay/outbox.h"
#include "inside.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* What waits is few beside what was handed over, and is looked for all the time. */
static const char schema[] = "CREATE TABLE IF NOT EXISTS belay_outbox ("
                             " seq bigint GENERATED ALWAYS AS IDENTITY,"
                             " id text COLLATE \"C\" PRIMARY KEY,"
                             " state integer NOT NULL,"
                             " body bytea,"
                             " traceparent text,"
                             " attempts integer NOT NULL DEFAULT 0,"
                             " due timestamptz NOT NULL DEFAULT now(),"
                             " reason text,"
                             " at timestamptz NOT NULL DEFAULT now());"
                             "CREATE INDEX IF NOT EXISTS belay_outbox_waiting ON belay_outbox (seq)"
                             " WHERE state = 0";

enum { PARAMETERS_MAX = 4 };

struct postgres_outbox {
    struct belay_outbox outbox;
    struct belay_allocator allocator;
    PGconn *conn;
    PGresult *found; /* what the row that was found last points into */
    bool keep_connection;
};

/* Parameters of a statement: texts, or bytes with their length. */
struct parameters {
    const char *values[PARAMETERS_MAX];
    int lengths[PARAMETERS_MAX];
    int formats[PARAMETERS_MAX]; /* 1: bytes */
    int count;
};

static int run(PGconn *conn, const char *sql, const struct parameters *given, int binary, PGresult **out,
               struct belay_error *error)
{
    PGresult *result =
        PQexecParams(conn, sql, given->count, NULL, given->values, given->lengths, given->formats, binary);
    ExecStatusType status = PQresultStatus(result);
    int code = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK
                   ? BELAY_OK
                   : query_fail(conn, result, "use the table belay_outbox", error);
    if (code || !out)
        PQclear(result);
    else
        *out = result;
    return code;
}

/* Outside of a transaction a connection that broke can be replaced unseen. */
static void mend(const struct postgres_outbox *self)
{
    if (PQstatus(self->conn) != CONNECTION_OK && !self->keep_connection)
        PQreset(self->conn);
}

static int outbox_in_transaction(void *context)
{
    const struct postgres_outbox *self = context;
    PGTransactionStatusType status = PQtransactionStatus(self->conn);
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

static int outbox_add(void *context, const struct belay_outbox_row *row, int *added, struct belay_error *error)
{
    struct postgres_outbox *self = context;
    char state[] = {(char)('0' + row->state), '\0'};
    assert(row->body_length <= BELAY_BODY_MAX);
    const struct parameters parameters = {.values = {row->id, state, row->body, row->traceparent},
                                          .lengths = {0, 0, (int)row->body_length, 0},
                                          .formats = {0, 0, 1, 0},
                                          .count = 4};
    PGresult *result = NULL;
    int code = run(self->conn,
                   "INSERT INTO belay_outbox (id, state, body, traceparent)"
                   " VALUES ($1, $2::integer, $3::bytea, $4) ON CONFLICT DO NOTHING",
                   &parameters, 0, &result, error);
    *added = !code && strcmp(PQcmdTuples(result), "0") != 0;
    PQclear(result);
    return code;
}

static int read_int(const PGresult *result, int column)
{
    uint32_t value;
    assert(PQgetlength(result, 0, column) == sizeof value);
    memcpy(&value, PQgetvalue(result, 0, column), sizeof value);
    return (int)ntohl(value);
}

#define SELECTION                                                                                                 \
    "SELECT id::text, state::integer, body::bytea, traceparent::text, attempts::integer FROM belay_outbox"

static int read_row(struct postgres_outbox *self, const char *sql, const struct parameters *parameters,
                    struct belay_outbox_row *row, int *found, struct belay_error *error)
{
    PQclear(self->found);
    self->found = NULL;
    int code = run(self->conn, sql, parameters, 1, &self->found, error);
    *found = !code && PQntuples(self->found) == 1;
    if (!*found)
        return code;
    const PGresult *result = self->found;
    *row = (struct belay_outbox_row){.id = PQgetvalue(result, 0, 0),
                                     .state = (enum belay_outbox_state)read_int(result, 1),
                                     .body_length = (size_t)PQgetlength(result, 0, 2),
                                     .attempts = read_int(result, 4)};
    row->body = row->body_length ? PQgetvalue(result, 0, 2) : NULL;
    row->traceparent = PQgetisnull(result, 0, 3) ? NULL : PQgetvalue(result, 0, 3);
    return BELAY_OK;
}

static int outbox_find(void *context, const char *id, struct belay_outbox_row *row, int *found,
                       struct belay_error *error)
{
    const struct parameters parameters = {.values = {id}, .count = 1};
    return read_row(context, SELECTION " WHERE id = $1", &parameters, row, found, error);
}

static int outbox_next(void *context, struct belay_outbox_row *row, int *found, struct belay_error *error)
{
    static const struct parameters none;
    mend(context);
    return read_row(context, SELECTION " WHERE state = 0 AND due <= clock_timestamp() ORDER BY seq LIMIT 1", &none,
                    row, found, error);
}

static int outbox_settle(void *context, const char *id, enum belay_outbox_state state, const char *reason,
                         unsigned pause_s, struct belay_error *error)
{
    static const char later[] = "UPDATE belay_outbox SET attempts = attempts + 1, reason = $2,"
                                " due = clock_timestamp() + interval '1 second' * $3::integer"
                                " WHERE id = $1 AND state = 0";
    static const char settled[] = "UPDATE belay_outbox SET state = $3::integer, reason = $2,"
                                  " at = clock_timestamp(), body = CASE $3::integer WHEN 1 THEN NULL ELSE body END"
                                  " WHERE id = $1 AND state = 0";
    struct postgres_outbox *self = context;
    bool waits = state == BELAY_OUTBOX_WAITING;
    char number[16];
    snprintf(number, sizeof number, "%u", waits ? pause_s : (unsigned)state);
    const struct parameters parameters = {.values = {id, reason, number}, .count = 3};
    return run(self->conn, waits ? later : settled, &parameters, 0, NULL, error);
}

static int outbox_count(void *context, unsigned *waiting, unsigned *next_s, struct belay_error *error)
{
    static const struct parameters none;
    static const char sql[] =
        "SELECT count(*), coalesce(ceil(greatest(0, extract(epoch FROM min(due) - clock_timestamp()))), 0)::bigint"
        " FROM belay_outbox WHERE state = 0";
    struct postgres_outbox *self = context;
    PGresult *result = NULL;
    mend(self);
    int code = run(self->conn, sql, &none, 0, &result, error);
    if (!code) {
        *waiting = (unsigned)strtoul(PQgetvalue(result, 0, 0), NULL, 10);
        *next_s = (unsigned)strtoul(PQgetvalue(result, 0, 1), NULL, 10);
    }
    PQclear(result);
    return code;
}

static int outbox_prune(void *context, int64_t age_s, int64_t *rows, struct belay_error *error)
{
    struct postgres_outbox *self = context;
    char age[24];
    snprintf(age, sizeof age, "%lld", (long long)age_s);
    const struct parameters parameters = {.values = {age}, .count = 1};
    PGresult *result = NULL;
    int code = run(self->conn,
                   "DELETE FROM belay_outbox WHERE state <> 0 AND at < now() - interval '1 second' * $1::bigint",
                   &parameters, 0, &result, error);
    if (!code)
        *rows = strtoll(PQcmdTuples(result), NULL, 10);
    PQclear(result);
    return code;
}

static void outbox_close(void *context)
{
    struct postgres_outbox *self = context;
    struct belay_allocator allocator = self->allocator;
    PQclear(self->found);
    allocator.resize(allocator.context, self, 0);
}

int belay_postgres_outbox_open(PGconn *conn, const struct belay_postgres_options *given, struct belay_outbox **out,
                               struct belay_error *error)
{
    struct belay_postgres_options options;
    int code = connection_check(conn, given, &options, error);
    if (!code)
        code = connection_create(conn, "belay_outbox", schema, error);
    if (code)
        return code;
    const struct belay_allocator *allocator = options.allocator;
    struct postgres_outbox *self = allocator->resize(allocator->context, NULL, sizeof *self);
    if (!self)
        return belay_error_set(error, BELAY_ERROR_MEMORY, "no memory for an outbox");
    *self = (struct postgres_outbox){
        .allocator = *allocator, .conn = conn, .keep_connection = options.keep_connection != 0};
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
