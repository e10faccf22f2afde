/* A ledger on PostgreSQL: deposits that are entries in a table, as a saga, as TCC, and in two phases with the
 * database's own prepared transactions.
 *
 *     ledger_postgres ADDRESS CONNINFO [--coordinator URL] [whsec_SECRET...]
 *
 * POST /belay/deposit takes {"cents": 5}; GET /cents tells the sum of what counts. A deposit of nothing is
 * refused. At the start, what was prepared and never decided is asked about at the coordinator. */
#include <belay/curl.h>
#include <belay/postgres.h>
#include <belay/serve.h>

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How long calls are remembered: longer than any transaction stays open or paused. */
enum { REMEMBER_S = 90 * 24 * 3600 };

#define ENTRY "INSERT INTO entry (key, cents, held) VALUES (:key, (:body::json ->> 'cents')::bigint, "

static int refuse_nothing(struct belay_call *call)
{
    int64_t cents;
    if (belay_postgres_read(call, "SELECT :body::json ->> 'cents'", &cents))
        return BELAY_FAILED;
    return cents > 0 ? BELAY_YES : belay_refuse(call, "nothing", "a deposit of %lld cents", (long long)cents);
}

static int deposit(struct belay_call *call)
{
    int said = refuse_nothing(call);
    return said ? said : belay_postgres_answer(call, ENTRY "false) RETURNING json_build_object('entry', id)");
}

static int hold(struct belay_call *call)
{
    int said = refuse_nothing(call);
    return said ? said : belay_postgres_answer(call, ENTRY "true) RETURNING json_build_object('held', id)");
}

static int keep(struct belay_call *call)
{
    return belay_postgres_run(call, "UPDATE entry SET held = false WHERE key = :action_key", NULL);
}

/* A ledger forgets nothing: what is taken back is another entry. */
static int take_back(struct belay_call *call)
{
    return belay_postgres_run(
        call, "INSERT INTO entry (key, cents, held) SELECT :key, -cents, false FROM entry WHERE key = :action_key",
        NULL);
}

static int release(struct belay_call *call)
{
    return belay_postgres_run(call, "DELETE FROM entry WHERE key = :action_key", NULL);
}

/* The entry waits in the database, invisible, until COMMIT PREPARED. */
static int prepare(struct belay_call *call)
{
    int said = refuse_nothing(call);
    return said ? said : belay_postgres_run(call, ENTRY "false)", NULL);
}

static int nothing_to_do(struct belay_call *call)
{
    (void)call;
    return BELAY_YES;
}

static const struct belay_operation operation = {.size = sizeof operation,
                                                 .name = "deposit",
                                                 .on_action = deposit,
                                                 .on_compensation = take_back,
                                                 .on_try = hold,
                                                 .on_confirm = keep,
                                                 .on_cancel = release,
                                                 .on_prepare = prepare,
                                                 .on_commit = nothing_to_do,
                                                 .on_rollback = nothing_to_do};

static int look(void *context, const struct belay_request *request, struct belay_response *response)
{
    char text[64];
    if (strcmp(request->path, "/cents"))
        return -1;
    PGresult *result = PQexec(context, "SELECT coalesce(sum(cents), 0) FROM entry WHERE NOT held");
    int ok = PQresultStatus(result) == PGRES_TUPLES_OK;
    if (ok)
        snprintf(text, sizeof text, "{\"cents\":%s}", PQgetvalue(result, 0, 0));
    PQclear(result);
    return ok ? belay_response_set(response, 200, "application/json", text, strlen(text)) : -1;
}

static void complain(void *context, const struct belay_error *error)
{
    (void)context;
    fprintf(stderr, "ledger: %s\n", error->text);
}

static int ask(void *context, const char *transaction, enum belay_outcome *outcome, struct belay_error *error)
{
    struct belay_outgoing request = {.size = sizeof request};
    struct belay_response response = {.size = sizeof response};
    struct belay_result result = {.size = sizeof result};
    int code = belay_client_outcome(transaction, &request, error);
    if (!code)
        code = belay_client_send(belay_curl_transport(context), &request, &response, &result, error);
    *outcome = result.outcome;
    belay_response_done(&response);
    belay_outgoing_done(&request);
    return code;
}

/* Without a coordinator to ask, what is prepared waits for its commit or rollback to come again. */
static int resolve(struct belay_barrier *barrier, const char *coordinator, struct belay_error *error)
{
    const struct belay_curl_options options = {.size = sizeof options, .url = coordinator};
    struct belay_curl *curl = NULL;
    size_t left = 0;
    if (!coordinator)
        return BELAY_OK;
    int code = belay_curl_new(&options, &curl, error);
    if (!code)
        code = belay_postgres_resolve(barrier, ask, curl, &left, error);
    if (left)
        fprintf(stderr, "ledger: %zu prepared transactions are undecided\n", left);
    belay_curl_free(curl);
    return code;
}

static int serve(PGconn *conn, const char *address, const char *coordinator, const char *const *secrets,
                 size_t secrets_count, struct belay_error *error)
{
    const struct belay_postgres_options postgres = {.size = sizeof postgres, .two_phase = 1};
    struct belay_participant_options options = {.size = sizeof options,
                                                .secrets = secrets,
                                                .secrets_count = secrets_count,
                                                .hmac = belay_hmac_libcrypto,
                                                .clock = &belay_clock_system};
    struct belay_serve_options server = {
        .size = sizeof server, .listen = address, .context = conn, .other = look, .log = complain};
    int code = belay_postgres_open(conn, &postgres, &options.barrier, error);
    if (!code)
        code = resolve(options.barrier, coordinator, error);
    if (!code)
        code = belay_postgres_prune(conn, REMEMBER_S, NULL, error);
    if (!code)
        code = belay_participant_new(&options, &server.participant, error);
    if (!code)
        code = belay_participant_add(server.participant, &operation, error);
    if (!code)
        code = belay_serve_run(&server, error);
    belay_participant_free(server.participant);
    belay_postgres_close(options.barrier);
    return code;
}

/* The index comes with the table: CREATE INDEX IF NOT EXISTS would lock a table that prepared transactions have
 * written to, and wait for their decision, which this service could not hear. */
static int prepare_database(PGconn *conn)
{
    PGresult *result = PQexec(conn, "SET client_min_messages = warning;"
                                    "CREATE TABLE IF NOT EXISTS entry (id bigserial, key text PRIMARY KEY,"
                                    " cents bigint NOT NULL, held boolean NOT NULL)");
    int ok = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    return ok;
}

int main(int argc, char **argv)
{
    struct belay_error error;
    int asks = argc > 4 && !strcmp(argv[3], "--coordinator"), rest = asks ? 5 : 3;
    if (argc < 3)
        return fprintf(stderr, "usage: %s ADDRESS CONNINFO [--coordinator URL] [whsec_SECRET...]\n", argv[0]), 2;
    PGconn *conn = PQconnectdb(argv[2]);
    if (PQstatus(conn) != CONNECTION_OK || !prepare_database(conn)) {
        fprintf(stderr, "ledger: %s", PQerrorMessage(conn));
        PQfinish(conn);
        return 1;
    }
    int code = serve(conn, argv[1], asks ? argv[4] : NULL, (const char *const *)argv + rest, (size_t)(argc - rest),
                     &error);
    if (code)
        complain(NULL, &error);
    PQfinish(conn);
    return code ? 1 : 0;
}
