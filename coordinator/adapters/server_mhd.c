/* The HTTP server: libmicrohttpd's parser and writer, our gate in front of the service, and our own loop.
 *
 * One thread runs everything. It waits on an epoll set of its own that holds the library's epoll descriptor, the
 * hub's (answers from other threads) and lingering sockets. The library's internal polling thread was measured to
 * lose wake-ups: with 128 keep-alive connections it stands still within a second (257 to 68,000 requests/s, then
 * none), where this loop does 95,000 to 130,000 on the same machine.
 *
 *   head -> gate -> (body) -> serve -> answered at once: send
 *             |                  \---> suspended ... answered: resumed -> send
 *             \-> refused: problem+json, close
 *
 * A connection is kept only after a request whose every byte is accounted for (gate, Content-Length); the library
 * reads chunked framing leniently, so that a connection ends with its chunked request. */
#include "adapters/server_client.h"
#include "adapters/server_hub.h"
#include "adapters/server_limits.h"
#include "adapters/server_linger.h"
#include "adapters/server_listen.h"
#include "api/problem.h"
#include "base/mem.h"

#include <assert.h>
#include <errno.h>
#include <microhttpd.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum {
    MHD_EVENTS = 64,            /* of our own set; the library takes its events from its own */
    MHD_POOL_BYTES = 24 * 1024, /* per connection: a head of LIMIT_HEAD_BYTES and the library's records of it */
    MHD_TAG_LIBRARY = 0,
    MHD_TAG_HUB = 1,
    MHD_TAG_LINGER = 2,
};

struct server_mhd {
    struct service service;
    struct server_limits limits;
    struct server_hub *hub;
    struct MHD_Daemon *daemon;
    int listen_fd, epoll_fd;
    unsigned port;
    pthread_t thread;
    bool serving;
    _Atomic bool stopping;
    uint64_t drain_ms; /* set before `stopping` */

    /* Below: the loop's own. */
    struct clients clients;
    struct server_linger linger;
    bool draining; /* no new connections; responses end theirs */
    bool closed;   /* nothing is served any more */
    uint64_t now_ms, scan_ms, drain_until_ms;
};

static int mhd_open(struct server_mhd *server, struct error *error);
static void mhd_close(struct server_mhd *server);
static void *mhd_loop(void *context);

struct server_mhd *server_mhd_start(const char *listen, struct service service, struct error *error)
{
    return server_mhd_start_limited(listen, service, server_limits_default(), error);
}

struct server_mhd *server_mhd_listen(const char *listen, struct error *error)
{
    int fd = server_listen_open(listen, error);
    if (fd < 0)
        return NULL;
    struct server_mhd *server = mem_new(sizeof *server);
    server->limits = server_limits_default();
    server->listen_fd = fd;
    server->epoll_fd = -1;
    server->port = server_listen_port(fd);
    server_client_init(&server->clients);
    return server;
}

int server_mhd_serve(struct server_mhd *server, struct service service, struct error *error)
{
    assert(service.serve && server->limits.connections > 0 && !server->serving);
    server->service = service;
    int code = mhd_open(server, error);
    server->serving = !code;
    return code;
}

struct server_mhd *server_mhd_start_limited(const char *listen, struct service service,
                                            struct server_limits limits, struct error *error)
{
    struct server_mhd *server = server_mhd_listen(listen, error);
    if (!server)
        return NULL;
    server->limits = limits;
    if (server_mhd_serve(server, service, error)) {
        mhd_close(server);
        return NULL;
    }
    return server;
}

unsigned server_mhd_port(const struct server_mhd *server)
{
    return server->port;
}

void server_mhd_stop(struct server_mhd *server, uint64_t drain_ms)
{
    if (!server->serving) {
        mhd_close(server);
        return;
    }
    server->drain_ms = drain_ms;
    atomic_store(&server->stopping, true);
    server_hub_wake(server->hub);
    pthread_join(server->thread, NULL);
    mhd_close(server);
}

static uint64_t mhd_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static struct client *mhd_client(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    assert(info && info->socket_context);
    return info->socket_context;
}

/* Queues a response and enters the phase of sending. The library frees `body`. */
static enum MHD_Result mhd_respond(struct server_mhd *server, struct client *client, int status, struct buf *body,
                                   const char *content_type, const struct exchange *exchange)
{
    size_t length;
    char *bytes = buf_take(body, &length);
    struct MHD_Response *response = MHD_create_response_from_buffer(length, bytes, MHD_RESPMEM_MUST_FREE);
    if (!response) {
        mem_free(bytes);
        return MHD_NO;
    }
    const char *const headers[][2] = {
        {"Content-Type", length ? content_type : ""},
        {"Location", exchange ? exchange->location : ""},
        {"Retry-After", exchange ? exchange->retry_after : ""},
        {"Allow", exchange ? exchange->allow : ""},
        {"Preference-Applied", exchange && exchange->preference_applied ? "wait" : ""},
        {"Connection", client->close || server->draining ? "close" : ""},
    };
    /* The library takes no value with control characters; such a header is left out, not sent. */
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        if (headers[i][1][0])
            (void)MHD_add_response_header(response, headers[i][0], headers[i][1]);
    enum MHD_Result queued = MHD_queue_response(client->connection, (unsigned)status, response);
    MHD_destroy_response(response);
    server_client_enter(client, CLIENT_SEND, server->now_ms);
    return queued;
}

static enum MHD_Result mhd_refuse(struct server_mhd *server, struct client *client, int status, const char *code,
                                  const char *detail)
{
    struct buf body;
    buf_init(&body, ERROR_TEXT_MAX * 4);
    problem_put(&body, status, code, detail);
    client->close = client->linger = true;
    return mhd_respond(server, client, status, &body, PROBLEM_CONTENT_TYPE, NULL);
}

static enum MHD_Result mhd_answer(struct server_mhd *server, struct client *client)
{
    struct pending *pending = client->pending;
    struct exchange *exchange = &pending->exchange;
    enum MHD_Result result;
    assert(exchange->status >= 200 && exchange->status <= 599);
    if (exchange->response.full)
        result = mhd_refuse(server, client, 500, "too_large", "the response is over the limit; ask for less");
    else
        result =
            mhd_respond(server, client, exchange->status, &exchange->response, exchange->content_type, exchange);
    client->pending = NULL;
    server_hub_close(pending);
    return result;
}

static enum MHD_Result mhd_serve(struct server_mhd *server, struct client *client)
{
    struct pending *pending = client->pending;
    if (pending->body.length && !pending->json)
        return mhd_refuse(server, client, server_gate_status(GATE_MEDIA), server_gate_code(GATE_MEDIA),
                          server_gate_detail(GATE_MEDIA));
    server_client_enter(client, CLIENT_SERVE, server->now_ms);
    if (server_hub_serve(pending, server->service))
        return mhd_answer(server, client);
    /* It may be answered already, by another thread; but only this one resumes, and not before it returns. */
    MHD_suspend_connection(client->connection);
    return MHD_YES;
}

struct mhd_collected {
    struct gate_header headers[GATE_HEADERS_MAX + 1];
    size_t count;
};

static enum MHD_Result mhd_collect(void *context, enum MHD_ValueKind kind, const char *name, size_t name_length,
                                   const char *value, size_t value_length)
{
    (void)kind;
    struct mhd_collected *into = context;
    if (!value)
        value = name + name_length; /* so that it is no header in the eyes of the gate */
    into->headers[into->count++] = (struct gate_header){name, name_length, value, value_length};
    return into->count <= GATE_HEADERS_MAX ? MHD_YES : MHD_NO;
}

static enum MHD_Result mhd_head(struct server_mhd *server, struct client *client, const char *method,
                                const char *version)
{
    struct mhd_collected collected;
    collected.count = 0;
    MHD_get_connection_values_n(client->connection, MHD_HEADER_KIND, mhd_collect, &collected);
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(client->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    struct gate_head head = {
        .method = method,
        .version = version,
        .target = buf_text(&client->target),
        .target_length = client->target_length,
        .headers = collected.headers,
        .headers_count = collected.count,
        .bytes = info ? info->header_size : 0,
        .target_at = client->target_at,
    };
    struct gate_body body;
    enum gate_verdict verdict = server_gate_check(&head, server->limits.body_max, &body);
    if (verdict != GATE_PASS)
        return mhd_refuse(server, client, server_gate_status(verdict), server_gate_code(verdict),
                          server_gate_detail(verdict));
    client->pending = server_hub_open(server->hub, &head, server->limits.body_max);
    client->pending->client = client;
    client->pending->json = body.json;
    client->close = body.chunked;
    client->consumed += head.bytes + body.length;
    server_client_enter(client, CLIENT_BODY, server->now_ms);
    return MHD_YES;
}

/* The library's one callback, in the order HEAD, BODY (as often as bytes come), BODY without bytes (the request is
 * whole), and SERVE after a suspended connection was resumed. MHD_NO closes. */
static enum MHD_Result mhd_handle(void *context, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *data, size_t *size,
                                  void **unused)
{
    (void)url, (void)unused;
    struct server_mhd *server = context;
    struct client *client = mhd_client(connection);
    if (client->ended || (server->closed && client->phase != CLIENT_SERVE))
        return MHD_NO;
    switch (client->phase) {
    case CLIENT_HEAD:
        return mhd_head(server, client, method, version);
    case CLIENT_BODY:
        if (!*size)
            return mhd_serve(server, client);
        if (!server_hub_body(client->pending, data, *size)) {
            server_client_refuse(client, server_gate_status(GATE_BODY_LARGE), server_gate_code(GATE_BODY_LARGE),
                                 server_gate_detail(GATE_BODY_LARGE));
            return MHD_NO;
        }
        *size = 0;
        return MHD_YES;
    case CLIENT_SERVE:
        return client->pending ? mhd_answer(server, client) : MHD_NO; /* none: the server no longer waits */
    default:
        return MHD_NO;
    }
}

/* The target before the library cuts it at "?" and decodes it in place. */
static void *mhd_target(void *context, const char *target, struct MHD_Connection *connection)
{
    (void)context;
    struct client *client = mhd_client(connection);
    buf_clear(&client->target);
    client->target_at = target;
    client->target_length = target ? strlen(target) : 0;
    buf_put(&client->target, target, client->target_length);
    return NULL;
}

static void mhd_completed(void *context, struct MHD_Connection *connection, void **unused,
                          enum MHD_RequestTerminationCode code)
{
    (void)unused, (void)code;
    struct server_mhd *server = context;
    struct client *client = mhd_client(connection);
    if (client->pending)
        server_hub_close(client->pending);
    client->pending = NULL;
    server_client_enter(client, CLIENT_HEAD, server->now_ms);
}

static void mhd_connection(void *context, struct MHD_Connection *connection, void **socket_context,
                           enum MHD_ConnectionNotificationCode code)
{
    struct server_mhd *server = context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        int fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
        *socket_context = server_client_new(&server->clients, fd, connection, server->now_ms);
        return;
    }
    struct client *client = *socket_context;
    if (client->linger)
        server_linger_add(&server->linger, client->fd, server->now_ms);
    server_client_free(&server->clients, client);
}

static int mhd_watch(struct server_mhd *server, int fd, uint64_t tag)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = tag};
    return epoll_ctl(server->epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

static int mhd_open(struct server_mhd *server, struct error *error)
{
    server->hub = server_hub_new();
    server->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    server->now_ms = mhd_now_ms();
    server_linger_init(&server->linger, server->epoll_fd, MHD_TAG_LINGER);
    server->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_USE_TURBO | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, mhd_handle, server,
        MHD_OPTION_LISTEN_SOCKET, server->listen_fd, MHD_OPTION_CONNECTION_LIMIT, server->limits.connections,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MHD_POOL_BYTES, MHD_OPTION_URI_LOG_CALLBACK, mhd_target,
        server, MHD_OPTION_NOTIFY_COMPLETED, mhd_completed, server, MHD_OPTION_NOTIFY_CONNECTION, mhd_connection,
        server, MHD_OPTION_END);
    if (!server->hub || server->epoll_fd < 0 || !server->daemon)
        return error_set(error, ERROR_IO, "start the HTTP server: %s", strerror(errno));
    int library_fd = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    if (mhd_watch(server, library_fd, MHD_TAG_LIBRARY) ||
        mhd_watch(server, server_hub_fd(server->hub), MHD_TAG_HUB))
        return error_set(error, ERROR_IO, "start the HTTP server: %s", strerror(errno));
    sigset_t all, before;
    sigfillset(&all); /* signals are the main thread's */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&server->thread, NULL, mhd_loop, server);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed)
        return error_set(error, ERROR_IO, "start the HTTP server's thread: %s", strerror(failed));
    pthread_setname_np(server->thread, "server");
    return 0;
}

static void mhd_close(struct server_mhd *server)
{
    if (server->daemon)
        MHD_stop_daemon(server->daemon); /* closes the listening socket too, unless it was quiesced */
    else if (server->listen_fd >= 0)
        close(server->listen_fd);
    if (server->hub) {
        server_linger_done(&server->linger);
        server_hub_release(server->hub);
    }
    if (server->epoll_fd >= 0)
        close(server->epoll_fd);
    mem_free(server);
}

/* How long the loop may sleep: the library knows whether it has work left, deadlines are looked at in quarters. */
static int mhd_wait_ms(struct server_mhd *server)
{
    MHD_UNSIGNED_LONG_LONG library_ms;
    uint64_t wait_ms = server->limits.head_ms / 4;
    if (MHD_get_timeout(server->daemon, &library_ms) == MHD_YES && library_ms < wait_ms)
        wait_ms = library_ms;
    if (server->draining && server->drain_until_ms - server->now_ms < wait_ms)
        wait_ms = server->drain_until_ms - server->now_ms;
    return (int)wait_ms;
}

static void mhd_resume(struct server_mhd *server)
{
    struct pending *next;
    for (struct pending *pending = server_hub_take(server->hub); pending; pending = next) {
        next = pending->next;
        assert(pending->client && pending->client->pending == pending);
        MHD_resume_connection(pending->client->connection);
    }
}

static void mhd_turn(struct server_mhd *server)
{
    struct epoll_event events[MHD_EVENTS];
    int count = epoll_wait(server->epoll_fd, events, MHD_EVENTS, mhd_wait_ms(server));
    server->now_ms = mhd_now_ms();
    for (int i = 0; i < count; i++)
        if (events[i].data.u64 >= MHD_TAG_LINGER)
            server_linger_ready(&server->linger, events[i].data.u64);
        else if (events[i].data.u64 == MHD_TAG_HUB)
            mhd_resume(server);
    MHD_run(server->daemon);
    if (server->now_ms >= server->scan_ms) {
        server_client_scan(&server->clients, &server->limits, server->now_ms);
        server_linger_expire(&server->linger, server->now_ms);
        server->scan_ms = server->now_ms + server->limits.head_ms / 4;
    }
}

/* Are there requests that have passed the gate and whose response is not sent? */
static bool mhd_busy(const struct server_mhd *server)
{
    for (const struct client *client = server->clients.ring.next; client != &server->clients.ring;
         client = client->next)
        if (client->phase != CLIENT_HEAD)
            return true;
    return false;
}

/* Gives up the exchanges that are still open. Their connections are closed without a response: whether the
 * request took effect is not known here. Those answered at this very moment are resumed like any other. */
static void mhd_abandon(struct server_mhd *server)
{
    bool answered;
    server->closed = true;
    do {
        answered = false;
        for (struct client *client = server->clients.ring.next; client != &server->clients.ring;
             client = client->next)
            if (client->phase == CLIENT_SERVE && client->pending) {
                if (server_hub_abandon(client->pending)) {
                    client->pending = NULL;
                    MHD_resume_connection(client->connection);
                } else
                    answered = true;
            }
        mhd_resume(server);
        MHD_run(server->daemon);
    } while (answered);
}

static void *mhd_loop(void *context)
{
    struct server_mhd *server = context;
    while (!atomic_load(&server->stopping))
        mhd_turn(server);
    MHD_socket listen_fd = MHD_quiesce_daemon(server->daemon);
    if (listen_fd != MHD_INVALID_SOCKET)
        close(listen_fd);
    server->draining = true;
    server->drain_until_ms = server->now_ms + server->drain_ms;
    while (mhd_busy(server) && server->now_ms < server->drain_until_ms) {
        server_client_end_idle(&server->clients);
        mhd_turn(server);
    }
    mhd_abandon(server);
    return NULL;
}
