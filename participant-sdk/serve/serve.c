/* The server: libmicrohttpd's own thread collects requests and hands complete ones to the participant. */
#include "belay/serve.h"
#include "listen.h"

#include <assert.h>
#include <microhttpd.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    CONNECTIONS_MAX = 256,
    IDLE_S = 30,
    HEAD_BYTES = 32 * 1024, /* of one request; libmicrohttpd's memory per connection */
    HEADERS_MAX = 64,
    DRAIN_POLL_MS = 5,
};

struct belay_server {
    struct belay_serve_options options;
    struct MHD_Daemon *daemon;
    unsigned port;
    struct belay_lease *lease; /* NULL without one */
    char url[BELAY_URL_TEXT];  /* where it listens */
    atomic_int requests;       /* begun and not completed */
    atomic_bool stopping;
};

/* A request while it arrives. */
struct incoming {
    struct belay_header headers[HEADERS_MAX];
    size_t headers_count;
    bool bad; /* more headers than fit, or a NUL in one */
    char *body;
    size_t body_length;
    size_t body_capacity;
};

static enum MHD_Result collect_header(void *context, enum MHD_ValueKind kind, const char *name, size_t name_length,
                                      const char *value, size_t value_length)
{
    (void)kind;
    struct incoming *incoming = context;
    if (!value)
        value = "";
    if (incoming->headers_count == HEADERS_MAX || strlen(name) != name_length || strlen(value) != value_length) {
        incoming->bad = true;
        return MHD_NO;
    }
    incoming->headers[incoming->headers_count++] = (struct belay_header){.name = name, .value = value};
    return MHD_YES;
}

/* Keeps a piece of the body. False when it is too long or there is no memory. */
static bool keep(struct incoming *incoming, const char *data, size_t length)
{
    if (length > BELAY_BODY_MAX - incoming->body_length)
        return false;
    size_t needed = incoming->body_length + length;
    if (needed > incoming->body_capacity) {
        size_t capacity = needed * 2;
        char *body = realloc(incoming->body, capacity);
        if (!body)
            return false;
        incoming->body = body;
        incoming->body_capacity = capacity;
    }
    memcpy(incoming->body + incoming->body_length, data, length);
    incoming->body_length = needed;
    return true;
}

static enum MHD_Result send_response(struct belay_server *server, struct MHD_Connection *connection,
                                     const struct belay_response *from)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(from->body_length, (void *)from->memory, MHD_RESPMEM_MUST_COPY);
    if (!response)
        return MHD_NO;
    bool ok = true;
    if (from->content_type)
        ok = MHD_add_response_header(response, "Content-Type", from->content_type);
    if (ok && from->retry_after_s) {
        char seconds[16];
        snprintf(seconds, sizeof seconds, "%u", from->retry_after_s);
        ok = MHD_add_response_header(response, "Retry-After", seconds);
    }
    if (ok && from->status == 405)
        ok = MHD_add_response_header(response, "Allow", "POST");
    if (ok && atomic_load(&server->stopping))
        ok = MHD_add_response_header(response, "Connection", "close");
    enum MHD_Result result = ok ? MHD_queue_response(connection, (unsigned)from->status, response) : MHD_NO;
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result send_status(struct belay_server *server, struct MHD_Connection *connection, int status)
{
    struct belay_response response = {.size = sizeof response, .status = status};
    return send_response(server, connection, &response);
}

/* Who answers: the participant, the probe, or the service's own routes. */
static void answer(struct belay_server *server, const struct belay_request *request,
                   struct belay_response *response)
{
    static const char health[] = "{\"status\":\"ok\"}", stopping[] = "{\"status\":\"stopping\"}";
    const struct belay_serve_options *options = &server->options;
    if (!strncmp(request->path, BELAY_OPERATION_PATH, strlen(BELAY_OPERATION_PATH))) {
        struct belay_error error;
        if (belay_handle(options->participant, request, response, &error) && options->log)
            options->log(options->context, &error);
    } else if (!strcmp(request->path, "/health") && !strcmp(request->method, "GET")) {
        if (atomic_load(&server->stopping))
            belay_response_set(response, 503, "application/json", stopping, sizeof stopping - 1);
        else
            belay_response_set(response, 200, "application/json", health, sizeof health - 1);
    } else if (!options->other || options->other(options->context, request, response)) {
        static const char nothing[] =
            "{\"type\":\"about:blank\",\"title\":\"No such path\",\"status\":404,\"code\":"
            "\"unknown_operation\",\"detail\":\"operations are at " BELAY_OPERATION_PATH "<name>\"}";
        belay_response_done(response);
        belay_response_set(response, 404, "application/problem+json", nothing, sizeof nothing - 1);
    }
}

static enum MHD_Result serve(struct belay_server *server, struct MHD_Connection *connection,
                             const struct incoming *incoming, const char *method, const char *path)
{
    struct belay_request request = {
        .size = sizeof request,
        .method = method,
        .path = path,
        .headers = incoming->headers,
        .headers_count = incoming->headers_count,
        .body = incoming->body,
        .body_length = incoming->body_length,
    };
    struct belay_response response = {.size = sizeof response};
    answer(server, &request, &response);
    enum MHD_Result result = send_response(server, connection, &response);
    belay_response_done(&response);
    return result;
}

/* The first look at a request: its headers are there, its body is not. */
static enum MHD_Result begin(struct belay_server *server, struct MHD_Connection *connection, void **state)
{
    struct incoming *incoming = calloc(1, sizeof *incoming);
    if (!incoming)
        return MHD_NO;
    *state = incoming;
    atomic_fetch_add(&server->requests, 1);
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, collect_header, incoming);
    if (incoming->bad)
        return send_status(server, connection, 400);
    const char *length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Length");
    if (length && strtoull(length, NULL, 10) > BELAY_BODY_MAX)
        return send_status(server, connection, 413);
    return MHD_YES;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *path,
                                  const char *method, const char *version, const char *data, size_t *length,
                                  void **state)
{
    (void)version;
    struct belay_server *server = context;
    if (!*state)
        return begin(server, connection, state);
    struct incoming *incoming = *state;
    if (*length > 0) {
        bool kept = keep(incoming, data, *length);
        *length = 0;
        return kept ? MHD_YES : MHD_NO; /* a chunked body without end: the connection is closed */
    }
    return serve(server, connection, incoming, method, path);
}

static void on_completed(void *context, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode why)
{
    (void)connection;
    (void)why;
    struct belay_server *server = context;
    struct incoming *incoming = *state;
    if (!incoming)
        return;
    free(incoming->body);
    free(incoming);
    *state = NULL;
    atomic_fetch_sub(&server->requests, 1);
}

/* Paths stay as they were sent. */
static size_t leave_escaped(void *context, struct MHD_Connection *connection, char *text)
{
    (void)context;
    (void)connection;
    return strlen(text);
}

/* Listens and starts the daemon. */
static int open_daemon(struct belay_server *server, struct belay_error *error)
{
    const char *listen = server->options.listen ? server->options.listen : "127.0.0.1:0";
    int fd = -1;
    int code = belay_listen(listen, &fd, &server->port, error);
    if (code)
        return code;
    belay_listen_url(listen, server->port, server->url);
    server->daemon = MHD_start_daemon(
        MHD_USE_AUTO_INTERNAL_THREAD | MHD_USE_ITC, 0, NULL, NULL, on_request, server, MHD_OPTION_LISTEN_SOCKET,
        fd, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEAD_BYTES, MHD_OPTION_UNESCAPE_CALLBACK,
        leave_escaped, NULL, MHD_OPTION_NOTIFY_COMPLETED, on_completed, server, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_END);
    if (server->daemon)
        return BELAY_OK;
    close(fd);
    return belay_error_set(error, BELAY_ERROR_SYSTEM, "start the HTTP server: libmicrohttpd refused");
}

/* Registers the server, if it is to be, under the address it listens on unless there is another. */
static int open_lease(struct belay_server *server, struct belay_error *error)
{
    const struct belay_lease_options *given = server->options.lease;
    if (!given)
        return BELAY_OK;
    if (given->size < sizeof *given)
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "lease options: size is not set");
    struct belay_lease_options lease = *given;
    if (!lease.url)
        lease.url = server->url;
    return belay_lease_start(&lease, &server->lease, error);
}

int belay_serve_start(const struct belay_serve_options *options, struct belay_server **out,
                      struct belay_error *error)
{
    if (options->size < sizeof *options || !options->participant)
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "serve options: no participant, or size is not set");
    struct belay_server *server = calloc(1, sizeof *server);
    if (!server)
        return belay_error_set(error, BELAY_ERROR_MEMORY, "no memory for a server");
    server->options = *options;
    int code = open_daemon(server, error);
    if (code) {
        free(server);
        return code;
    }
    code = open_lease(server, error);
    if (code)
        belay_serve_stop(server, 0);
    else
        *out = server;
    return code;
}

unsigned belay_serve_port(const struct belay_server *server)
{
    return server->port;
}

void belay_serve_stop(struct belay_server *server, unsigned drain_ms)
{
    if (!server)
        return;
    assert(server->daemon);
    atomic_store(&server->stopping, true);
    belay_lease_stop(server->lease); /* first: no new calls while the old ones end */
    int fd = MHD_quiesce_daemon(server->daemon);
    const struct timespec poll = {.tv_nsec = DRAIN_POLL_MS * 1000000L};
    for (unsigned waited = 0; waited < drain_ms && atomic_load(&server->requests) > 0; waited += DRAIN_POLL_MS)
        nanosleep(&poll, NULL);
    MHD_stop_daemon(server->daemon);
    if (fd >= 0)
        close(fd);
    free(server);
}
