/* See queries.h. */
#include "queries.h"

#include <assert.h>
#include <dlfcn.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

static _Thread_local int countdown, death, death_after;
static _Thread_local enum query_fault fault;
static _Thread_local bool failed;

void queries_fail(int n, enum query_fault what)
{
    countdown = n;
    fault = what;
    failed = false;
}

int queries_failed(void)
{
    return failed;
}

void queries_die(int n, int after)
{
    death = n;
    death_after = after;
}

struct query {
    PGconn *conn;
    const char *sql;
    int count;
    const Oid *types;
    const char *const *values;
    const int *lengths;
    const int *formats;
    int format;
    bool plain; /* PQexec */
};

static PGresult *real(const struct query *query, const char *sql)
{
    PGresult *(*exec)(PGconn *, const char *);
    PGresult *(*exec_params)(PGconn *, const char *, int, const Oid *, const char *const *, const int *,
                             const int *, int);
    *(void **)&exec = dlsym(RTLD_NEXT, "PQexec");
    *(void **)&exec_params = dlsym(RTLD_NEXT, "PQexecParams");
    assert(exec && exec_params);
    if (query->plain || sql != query->sql)
        return exec(query->conn, sql);
    return exec_params(query->conn, sql, query->count, query->types, query->values, query->lengths, query->formats,
                       query->format);
}

static PGresult *fail(const struct query *query)
{
    failed = true;
    switch (fault) {
    case QUERY_NO_MEMORY:
        return NULL;
    case QUERY_REFUSED:
        return real(query, "SELECT 1/0");
    case QUERY_UNHEARD:
        PQclear(real(query, query->sql));
        shutdown(PQsocket(query->conn), SHUT_RDWR);
        return real(query, "SELECT 1"); /* libpq finds out */
    default:
        shutdown(PQsocket(query->conn), SHUT_RDWR);
        return real(query, query->sql);
    }
}

static PGresult *pass(const struct query *query)
{
    bool dies = death > 0 && --death == 0;
    if (dies && !death_after)
        kill(getpid(), SIGKILL);
    PGresult *result = countdown > 0 && --countdown == 0 ? fail(query) : real(query, query->sql);
    if (dies)
        kill(getpid(), SIGKILL);
    return result;
}

PGresult *PQexec(PGconn *conn, const char *sql)
{
    const struct query query = {.conn = conn, .sql = sql, .plain = true};
    return pass(&query);
}

PGresult *PQexecParams(PGconn *conn, const char *sql, int count, const Oid *types, const char *const *values,
                       const int *lengths, const int *formats, int format)
{
    const struct query query = {.conn = conn,
                                .sql = sql,
                                .count = count,
                                .types = types,
                                .values = values,
                                .lengths = lengths,
                                .formats = formats,
                                .format = format};
    return pass(&query);
}
