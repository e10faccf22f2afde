/* Statements with parameters, none of them prepared beforehand: a connection may be reset, or change its server
 * between two calls, and parsing costs a tenth of what the commit does. */
#include "inside.h"

#include <arpa/inet.h>
#include <assert.h>
#include <string.h>

enum { PARAMETERS = 7 };

/* Nothing is wrong but that another transaction, or the server's own business, was in the way. */
static bool is_busy(const char *state)
{
    static const char *const busy[] = {
        "40001", /* serialization_failure */
        "40P01", /* deadlock_detected */
        "55P03", /* lock_not_available: lock_timeout */
        "57014", /* query_canceled: statement_timeout */
        "53300", /* too_many_connections */
        "57P03", /* cannot_connect_now */
    };
    for (size_t i = 0; i < sizeof busy / sizeof *busy; i++)
        if (!strcmp(state, busy[i]))
            return true;
    return false;
}

int query_fail(PGconn *conn, const PGresult *result, const char *what, struct belay_error *error)
{
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const char *text = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    if (!text)
        text = PQerrorMessage(conn);
    int length = (int)strcspn(text, "\n");
    return belay_error_set(error, state && is_busy(state) ? BELAY_ERROR_BUSY : BELAY_ERROR_BACKEND, "%s: %.*s",
                           what, length, text);
}

static bool went_well(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result); /* of NULL: PGRES_FATAL_ERROR */
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

int query_run(PGconn *conn, const char *sql, struct belay_error *error)
{
    PGresult *result = PQexec(conn, sql);
    int code = went_well(result) ? BELAY_OK : query_fail(conn, result, sql, error);
    PQclear(result);
    return code;
}

int query_row(PGconn *conn, const char *sql, const struct belay_branch *branch, const char *phase,
              const struct belay_row *row, PGresult **out, struct belay_error *error)
{
    static const Oid types[PARAMETERS] = {25, 25, 25, 25, 23, 23, 17}; /* text, int4, bytea */
    static const int formats[PARAMETERS] = {0, 0, 0, 0, 1, 1, 1};
    uint32_t state = row ? htonl((uint32_t)row->state) : 0, status = row ? htonl((uint32_t)row->status) : 0;
    const char *values[PARAMETERS] = {branch->transaction,  branch->step,          branch->item, phase,
                                      (const char *)&state, (const char *)&status, NULL};
    int lengths[PARAMETERS] = {0, 0, 0, 0, sizeof state, sizeof status, 0};
    if (row && row->body_length) {
        assert(row->body_length <= BELAY_BODY_MAX);
        values[6] = row->body;
        lengths[6] = (int)row->body_length;
    }
    PGresult *result =
        PQexecParams(conn, sql, row ? PARAMETERS : 4, types, (const char *const *)values, lengths, formats, 1);
    int code = went_well(result) ? BELAY_OK : query_fail(conn, result, "use the table belay_barrier", error);
    if (code)
        PQclear(result);
    else
        *out = result;
    return code;
}
