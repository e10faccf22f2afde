/* The clients' phases and their ends. */
#include "adapters/server_client.h"

#include "api/problem.h"
#include "base/mem.h"

#include <assert.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

enum { CLIENT_REFUSAL_BYTES = 2048 };

static bool client_begun(const struct client *client);
static void client_scan_head(struct client *client, uint64_t head_ms, uint64_t idle_ms, uint64_t now_ms);
static void client_end(struct client *client);

void server_client_init(struct clients *clients)
{
    *clients = (struct clients){0};
    clients->ring.next = clients->ring.prev = &clients->ring;
}

struct client *server_client_new(struct clients *clients, int fd, void *connection, uint64_t now_ms)
{
    struct client *client = mem_new(sizeof *client);
    *client = (struct client){.fd = fd, .connection = connection, .since_ms = now_ms};
    buf_init(&client->target, LIMIT_TARGET_BYTES);
    client->next = &clients->ring;
    client->prev = clients->ring.prev;
    client->prev->next = client->next->prev = client;
    clients->count++;
    return client;
}

void server_client_free(struct clients *clients, struct client *client)
{
    assert(clients->count > 0);
    assert(!client->pending);
    client->prev->next = client->next;
    client->next->prev = client->prev;
    clients->count--;
    buf_done(&client->target);
    mem_free(client);
}

void server_client_enter(struct client *client, enum client_phase phase, uint64_t now_ms)
{
    client->phase = phase;
    client->since_ms = now_ms;
    client->partial_ms = 0;
}

void server_client_scan(struct clients *clients, const struct server_limits *limits, uint64_t now_ms)
{
    /* Idle connections must not keep others out: when seven of eight are taken, idling ends early. */
    bool crowded = clients->count >= limits->connections - limits->connections / 8;
    uint64_t idle_ms = crowded ? limits->head_ms : limits->idle_ms;
    for (struct client *client = clients->ring.next; client != &clients->ring; client = client->next) {
        uint64_t lasted_ms = now_ms - client->since_ms;
        if (client->ended)
            continue;
        if (client->phase == CLIENT_HEAD && lasted_ms >= limits->head_ms / 4)
            client_scan_head(client, limits->head_ms, idle_ms, now_ms);
        else if (client->phase == CLIENT_BODY && lasted_ms >= limits->body_ms) {
            server_client_refuse(client, 408, "timeout", "the body took too long");
            client_end(client);
        } else if (client->phase == CLIENT_SEND && lasted_ms >= limits->body_ms) {
            /* What is not sent by now is thrown away, or the kernel would keep it for a client who does not read.
             */
            struct linger none = {.l_onoff = 1};
            setsockopt(client->fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
            client_end(client);
        }
    }
}

void server_client_end_idle(struct clients *clients)
{
    for (struct client *client = clients->ring.next; client != &clients->ring; client = client->next)
        if (client->phase == CLIENT_HEAD && !client->ended)
            client_end(client);
}

void server_client_refuse(struct client *client, int status, const char *code, const char *detail)
{
    assert(client->phase == CLIENT_HEAD || client->phase == CLIENT_BODY);
    struct buf body, whole;
    buf_init(&body, CLIENT_REFUSAL_BYTES);
    buf_init(&whole, CLIENT_REFUSAL_BYTES);
    problem_put(&body, status, code, detail);
    buf_printf(&whole, "HTTP/1.1 %d %s\r\nConnection: close\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n",
               status, problem_title(status), PROBLEM_CONTENT_TYPE, body.length);
    buf_put(&whole, body.data, body.length);
    assert(!whole.full);
    /* It fits into an empty send buffer; where there is none left, nobody reads. */
    ssize_t sent = send(client->fd, whole.data, whole.length, MSG_DONTWAIT | MSG_NOSIGNAL);
    client->linger = sent > 0;
    buf_done(&body);
    buf_done(&whole);
}

static void client_scan_head(struct client *client, uint64_t head_ms, uint64_t idle_ms, uint64_t now_ms)
{
    if (!client_begun(client)) {
        client->partial_ms = 0;
        if (now_ms - client->since_ms >= idle_ms)
            client_end(client);
    } else if (!client->partial_ms) {
        client->partial_ms = now_ms;
    } else if (now_ms - client->partial_ms >= head_ms) {
        server_client_refuse(client, 408, "timeout", "the request's head took too long");
        client_end(client);
    }
}

/* Has a head begun? The library does not tell, the kernel counts. */
static bool client_begun(const struct client *client)
{
    struct tcp_info info = {0};
    socklen_t length = sizeof info;
    if (getsockopt(client->fd, IPPROTO_TCP, TCP_INFO, &info, &length))
        return true; /* then the shorter deadline holds */
    return info.tcpi_bytes_received > client->consumed;
}

/* The library sees the end of the stream and closes the connection. */
static void client_end(struct client *client)
{
    client->ended = true;
    shutdown(client->fd, SHUT_RDWR);
}
