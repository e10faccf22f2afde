/* What the barrier and the outbox ask of a connection before they use it: options, encoding, their table. */
#include "inside.h"

#include <stdlib.h>
#include <string.h>

static void *default_resize(void *context, void *old_memory, size_t size)
{
    (void)context;
    if (size > 0)
        return realloc(old_memory, size);
    free(old_memory);
    return NULL;
}

int connection_check(PGconn *conn, const struct belay_postgres_options *given,
                     struct belay_postgres_options *options, struct belay_error *error)
{
    static const struct belay_allocator standard = {.resize = default_resize};
    if (!conn || (given && given->size < sizeof *given))
        return belay_error_set(error, BELAY_ERROR_ARGUMENT,
                               "postgres: no connection, or options without their size");
    *options = given ? *given : (struct belay_postgres_options){.size = sizeof *options};
    if (!options->allocator)
        options->allocator = &standard;
    if (PQstatus(conn) != CONNECTION_OK)
        return query_fail(conn, NULL, "connect", error);
    if (PQtransactionStatus(conn) != PQTRANS_IDLE)
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "postgres: the connection is in a transaction");
    if (PQsetClientEncoding(conn, "UTF8"))
        return query_fail(conn, NULL, "set client_encoding", error);
    return BELAY_OK;
}

/* A role that may not create tables can use one that is there. Two services that start at once must not create it
 * both. */
int connection_create(PGconn *conn, const char *table, const char *schema, struct belay_error *error)
{
    static const char begin[] = "BEGIN; SET LOCAL client_min_messages = warning;"
                                "SELECT pg_advisory_xact_lock(7020393291234612321)";
    const char *values[] = {table};
    PGresult *there =
        PQexecParams(conn, "SELECT 1 WHERE to_regclass($1) IS NOT NULL", 1, NULL, values, NULL, NULL, 0);
    int code =
        PQresultStatus(there) == PGRES_TUPLES_OK ? BELAY_OK : query_fail(conn, there, "look for our table", error);
    bool found = !code && PQntuples(there) == 1;
    PQclear(there);
    if (code || found)
        return code;
    code = query_run(conn, begin, error);
    if (!code)
        code = query_run(conn, schema, error);
    if (!code)
        code = query_run(conn, "COMMIT", error);
    if (code && PQtransactionStatus(conn) != PQTRANS_IDLE)
        query_run(conn, "ROLLBACK", NULL);
    return code;
}
