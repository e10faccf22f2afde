/* The post office: a service that takes part without the SDK, as one in any language can. It serves POST /messages
 * on libmicrohttpd and keeps by hand what the protocol asks of a step that is never undone:
 *
 *   - A call comes at least once, always with the same Idempotency-Key and body. The key and the answer are stored
 * in ONE database transaction with what the call did; a key that is there already gets its answer again.
 *   - An event comes at least once too; it is known by the id that it has.
 *   - 2xx: done. 4xx: refused, nothing was done. Anything else, or no answer: unknown, the call comes again.
 *
 * A step that can be undone needs more: an undo that finds no do must say yes and leave a fence, so that the do,
 * coming late, is refused. That, and the same for confirm, is what the SDK's barrier is for. */
#include "common/database.h"
#include "common/dice.h"
#include "common/options.h"
#include "common/view.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BODY_MAX = 1 << 20, CONNECTIONS_MAX = 256, IDLE_S = 30 };

static const char schema[] =
    "CREATE TABLE message (id INTEGER PRIMARY KEY, recipient TEXT NOT NULL, template TEXT,"
    " text TEXT);"
    "CREATE TABLE answered (key TEXT PRIMARY KEY, answer TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE event (id TEXT PRIMARY KEY, type TEXT NOT NULL, subject TEXT NOT NULL)";

#define MESSAGE "json_object('id', id, 'to', recipient, 'template', template, 'text', text)"

static const struct view views[] = {
    {"/messages", "SELECT json_group_array(json(line)) FROM (SELECT " MESSAGE " line FROM message"
                  " ORDER BY id DESC LIMIT 1000)"},
    {"/messages/{}", "SELECT " MESSAGE " FROM message WHERE id = ?1"},
    {"/events", "SELECT json_group_array(json_object('type', type, 'order', subject))"
                " FROM (SELECT * FROM event ORDER BY rowid DESC LIMIT 1000)"},
    {"/health", "SELECT json_object('status', 'ok')"},
};

struct mail {
    struct options options;
    sqlite3 *db; /* used by the server's one thread only */
};

struct answer {
    int status;
    char *json; /* sqlite3_free */
};

/* Runs one statement with up to two texts. Its first column, if it has a row, is put in `*text`. False on an
 * error. */
static bool run(sqlite3 *db, const char *sql, const char *first, const char *second, char **text)
{
    sqlite3_stmt *stmt = NULL;
    bool ok = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK;
    if (ok && first)
        ok = sqlite3_bind_text(stmt, 1, first, -1, SQLITE_STATIC) == SQLITE_OK;
    if (ok && second)
        ok = sqlite3_bind_text(stmt, 2, second, -1, SQLITE_STATIC) == SQLITE_OK;
    int rc = ok ? sqlite3_step(stmt) : SQLITE_ERROR;
    if (rc == SQLITE_ROW && text)
        *text = sqlite3_mprintf("%s", sqlite3_column_text(stmt, 0));
    sqlite3_finalize(stmt);
    return rc == SQLITE_DONE || (rc == SQLITE_ROW && (!text || *text));
}

static struct answer problem(int status, const char *code, const char *detail)
{
    return (struct answer){
        status, sqlite3_mprintf("{\"status\":%d,\"code\":\"%s\",\"detail\":\"%s\"}", status, code, detail)};
}

/* Writes the message and the answer. The transaction is open. */
static bool send_message(sqlite3 *db, const char *key, const char *body, char **json)
{
    return run(db,
               "INSERT INTO message (recipient, template, text)"
               " VALUES (?1 ->> 'to', ?1 ->> 'template', ?1 ->> 'text')",
               body, NULL, NULL) &&
           run(db, "SELECT json_object('messageId', last_insert_rowid())", NULL, NULL, json) &&
           run(db, "INSERT INTO answered VALUES (?1, ?2)", key, *json, NULL);
}

/* The whole of the protocol for a step without undo. What is refused need not be stored: the body is the same
 * every time, and so is the refusal. */
static struct answer post_message(const struct mail *mail, const char *key, const char *body)
{
    sqlite3 *db = mail->db;
    struct answer answer = {.status = 200};
    char *valid = NULL;
    if (!key)
        return problem(400, "bad_request", "missing: Idempotency-Key");
    if (!run(db, "SELECT 1 WHERE CASE json_valid(?1) WHEN 1 THEN ?1 ->> 'to' <> '' END", body, NULL, &valid))
        return problem(500, "failed", "the database failed");
    sqlite3_free(valid);
    if (!valid)
        return problem(422, "no_recipient", "a message needs \\\"to\\\"");
    bool ok = run(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) &&
              run(db, "SELECT answer FROM answered WHERE key = ?1", key, NULL, &answer.json) &&
              (answer.json || send_message(db, key, body, &answer.json)) && run(db, "COMMIT", NULL, NULL, NULL);
    if (ok)
        return answer;
    sqlite3_free(answer.json);
    run(db, "ROLLBACK", NULL, NULL, NULL);
    return problem(500, "failed", "the database failed; nothing was done");
}

/* What became of an order: one row, however often it is told. */
static struct answer post_event(const struct mail *mail, const char *body)
{
    if (run(mail->db,
            "INSERT OR IGNORE INTO event SELECT ?1 ->> 'id', ?1 ->> 'type', ?1 ->> 'subject' WHERE json_valid(?1)",
            body, NULL, NULL))
        return (struct answer){.status = 204};
    return problem(500, "failed", "the database failed, or this is no event");
}

static struct answer look(const struct mail *mail, const char *path)
{
    struct answer answer = {0};
    answer.status = view_get(mail->db, views, sizeof views / sizeof *views, path, &answer.json);
    return answer.status == 200 ? answer
                                : problem(answer.status, "not_found", "there is no such thing to look at");
}

/* ---- HTTP ----------------------------------------------------------------------------------------------- */

struct incoming {
    size_t length;
    char body[BODY_MAX + 1];
};

static enum MHD_Result respond(struct MHD_Connection *connection, struct answer answer)
{
    const char *type = answer.status < 400 ? "application/json" : "application/problem+json";
    const char *json = answer.json ? answer.json : "";
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(json), (void *)(size_t)json, MHD_RESPMEM_MUST_COPY);
    sqlite3_free(answer.json);
    if (!response)
        return MHD_NO;
    MHD_add_response_header(response, "Content-Type", type);
    enum MHD_Result result = MHD_queue_response(connection, (unsigned)answer.status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result serve(struct mail *mail, struct MHD_Connection *connection, const char *method,
                             const char *path, const char *body)
{
    if (!strcmp(method, "GET"))
        return respond(connection, look(mail, path));
    bool event = !strcmp(path, "/events");
    if (strcmp(method, "POST") || (!event && strcmp(path, "/messages")))
        return respond(connection, problem(404, "not_found", "only POST /messages and POST /events"));
    if (dice_half(mail->options.fail_rate))
        return respond(connection, problem(503, "unavailable", "failed on purpose: nothing was done"));
    const char *key = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Idempotency-Key");
    struct answer answer = event ? post_event(mail, body) : post_message(mail, key, body);
    if (!dice_half(mail->options.fail_rate))
        return respond(connection, answer);
    sqlite3_free(answer.json);
    return MHD_NO; /* failed on purpose: it is done, and the connection breaks */
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *path,
                                  const char *method, const char *version, const char *data, size_t *length,
                                  void **state)
{
    (void)version;
    struct incoming *incoming = *state;
    if (!incoming) {
        *state = malloc(sizeof *incoming);
        if (*state)
            ((struct incoming *)*state)->length = 0;
        return *state ? MHD_YES : MHD_NO;
    }
    if (*length == 0) {
        incoming->body[incoming->length] = '\0';
        return serve(context, connection, method, path, incoming->body);
    }
    if (*length > BODY_MAX - incoming->length)
        return MHD_NO;
    memcpy(incoming->body + incoming->length, data, *length);
    incoming->length += *length;
    *length = 0;
    return MHD_YES;
}

static void on_completed(void *context, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode why)
{
    (void)context;
    (void)connection;
    (void)why;
    free(*state);
    *state = NULL;
}

/* ---- The program ---------------------------------------------------------------------------------------- */

static bool parse_address(const char *text, struct sockaddr_in *address)
{
    char host[INET_ADDRSTRLEN];
    const char *colon = strchr(text, ':');
    if (!colon || (size_t)(colon - text) >= sizeof host)
        return false;
    snprintf(host, sizeof host, "%.*s", (int)(colon - text), text);
    char *end;
    unsigned long port = strtoul(colon + 1, &end, 10);
    *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((in_port_t)port)};
    return inet_pton(AF_INET, host, &address->sin_addr) == 1 && end != colon + 1 && !*end && port <= 65535;
}

static bool live(struct mail *mail)
{
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigprocmask(SIG_BLOCK, &ends, NULL); /* before the server's thread is there, so that it inherits it */
    struct sockaddr_in address;
    if (!parse_address(mail->options.listen, &address)) {
        fprintf(stderr, "mail: \"%s\" is no address like 127.0.0.1:7104\n", mail->options.listen);
        return false;
    }
    struct MHD_Daemon *daemon = MHD_start_daemon(
        MHD_USE_AUTO_INTERNAL_THREAD, 0, NULL, NULL, on_request, mail, MHD_OPTION_SOCK_ADDR, &address,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL, MHD_OPTION_LISTENING_ADDRESS_REUSE, 1u, MHD_OPTION_END);
    if (!daemon) {
        fprintf(stderr, "mail: cannot listen on %s; is it taken?\n", mail->options.listen);
        return false;
    }
    printf("mail: ready, listening on port %u\n", MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    fflush(stdout);
    int signal = 0;
    sigwait(&ends, &signal);
    MHD_stop_daemon(daemon);
    return true;
}

int main(int argc, char **argv)
{
    struct mail mail = {.options = {.listen = "127.0.0.1:7104", .db = "mail.db"}};
    enum options_result parsed = options_parse(&mail.options, "mail", argc, argv);
    if (parsed != OPTIONS_OK)
        return parsed == OPTIONS_HELP ? EXIT_SUCCESS : EXIT_USAGE;
    mail.db = database_open("mail", mail.options.db, schema, "");
    if (!mail.db)
        return EXIT_FAILURE;
    bool ok = live(&mail);
    sqlite3_close(mail.db);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
