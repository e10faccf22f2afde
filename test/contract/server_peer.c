/* The peer of the server's contract test. */
#include "contract/server_peer.h"

#include "base/mem.h"

#include <CUnit/CUnit.h>
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PEER_LIST = 4096, PEER_WAIT_MS = 10000 };

static pthread_mutex_t peer_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t peer_changed = PTHREAD_COND_INITIALIZER;
static struct exchange *peer_later[PEER_LIST], *peer_holding[PEER_LIST];
static unsigned peer_later_count, peer_holding_count;
static bool peer_stopping;
static _Atomic unsigned peer_count;
static pthread_t peer_thread;
static struct server_mhd *peer_mhd;
static unsigned peer_port; /* stays when the server is stopped */

static void peer_serve(void *self, struct exchange *exchange);
static void *peer_answer_later(void *context);
static void peer_answer(struct exchange *exchange);

struct service peer_service(void)
{
    return (struct service){.serve = peer_serve};
}

unsigned peer_served(void)
{
    return atomic_load(&peer_count);
}

unsigned peer_held(void)
{
    pthread_mutex_lock(&peer_mutex);
    unsigned held = peer_holding_count;
    pthread_mutex_unlock(&peer_mutex);
    return held;
}

void peer_release(void)
{
    static struct exchange *mine[PEER_LIST];
    pthread_mutex_lock(&peer_mutex);
    unsigned count = peer_holding_count;
    memcpy(mine, peer_holding, count * sizeof *mine);
    peer_holding_count = 0;
    pthread_mutex_unlock(&peer_mutex);
    for (unsigned i = count; i-- > 0;) /* newest first: the order must not matter */
        peer_answer(mine[i]);
}

void peer_start(void)
{
    peer_stopping = false;
    atomic_store(&peer_count, 0);
    int failed = pthread_create(&peer_thread, NULL, peer_answer_later, NULL);
    CU_ASSERT_EQUAL_FATAL(failed, 0);
}

void peer_stop(void)
{
    pthread_mutex_lock(&peer_mutex);
    peer_stopping = true;
    pthread_cond_broadcast(&peer_changed);
    pthread_mutex_unlock(&peer_mutex);
    pthread_join(peer_thread, NULL);
}

bool peer_await_held(unsigned count)
{
    for (int i = 0; i < 5000 && peer_held() < count; i++)
        usleep(1000);
    return peer_held() == count;
}

struct server_limits peer_quick(void)
{
    struct server_limits limits = server_limits_default();
    limits.head_ms = PEER_QUICK_MS;
    limits.body_ms = 2 * PEER_QUICK_MS;
    limits.idle_ms = 4 * PEER_QUICK_MS;
    limits.body_max = 100000;
    return limits;
}

void peer_begin(struct server_limits limits)
{
    struct error error;
    peer_start();
    peer_mhd = server_mhd_start_limited("127.0.0.1:0", peer_service(), limits, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(peer_mhd);
    peer_port = server_mhd_port(peer_mhd);
}

void peer_end(void)
{
    peer_release();
    server_mhd_stop(peer_mhd, 2000);
    peer_stop();
}

struct server_mhd *peer_server(void)
{
    return peer_mhd;
}

uint64_t peer_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void peer_answer(struct exchange *exchange)
{
    const char *tell = exchange->header(exchange, "X-TELL");
    exchange->status = 200;
    if (!strcmp(exchange->path, "/big")) {
        for (int i = 0; i < 8 << 10; i++)
            buf_printf(&exchange->response, "%01024d", i);
    } else if (!strcmp(exchange->path, "/full")) {
        exchange->status = 202;
        snprintf(exchange->location, sizeof exchange->location, "%s", "/v1/transactions/7");
        snprintf(exchange->retry_after, sizeof exchange->retry_after, "3");
        snprintf(exchange->allow, sizeof exchange->allow, "GET\r\nX-Injected: yes");
        exchange->preference_applied = true;
    } else if (exchange->path[1] == 'n' || exchange->path[1] == 'l' || exchange->path[1] == 'h') {
        buf_printf(&exchange->response, "%s %s ?%s %zu %s %.*s", exchange->method, exchange->path, exchange->query,
                   exchange->body_length, tell ? tell : "-",
                   (int)(exchange->body_length < 100 ? exchange->body_length : 100),
                   exchange->body ? exchange->body : "");
        exchange->content_type = "text/plain";
    } else
        exchange->status = 404;
    exchange->done(exchange);
}

static void peer_serve(void *self, struct exchange *exchange)
{
    (void)self;
    atomic_fetch_add(&peer_count, 1);
    bool later = !strncmp(exchange->path, "/later", 6), hold = !strncmp(exchange->path, "/hold", 5);
    if (!later && !hold) {
        peer_answer(exchange);
        return;
    }
    pthread_mutex_lock(&peer_mutex);
    if (later)
        peer_later[peer_later_count++] = exchange;
    else
        peer_holding[peer_holding_count++] = exchange;
    pthread_cond_broadcast(&peer_changed);
    pthread_mutex_unlock(&peer_mutex);
}

static void *peer_answer_later(void *context)
{
    (void)context;
    static struct exchange *mine[PEER_LIST];
    pthread_mutex_lock(&peer_mutex);
    while (!peer_stopping || peer_later_count) {
        if (!peer_later_count) {
            pthread_cond_wait(&peer_changed, &peer_mutex);
            continue;
        }
        unsigned count = peer_later_count;
        memcpy(mine, peer_later, count * sizeof *mine);
        peer_later_count = 0;
        pthread_mutex_unlock(&peer_mutex);
        for (unsigned i = 0; i < count; i++)
            peer_answer(mine[i]);
        pthread_mutex_lock(&peer_mutex);
    }
    pthread_mutex_unlock(&peer_mutex);
    return NULL;
}

int peer_connect(void)
{
    struct sockaddr_in at = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)peer_port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&at, sizeof at)) {
        close(fd);
        return -1;
    }
    return fd;
}

void peer_send(int fd, const char *text)
{
    peer_send_bytes(fd, text, strlen(text));
}

void peer_send_bytes(int fd, const void *bytes, size_t length)
{
    const char *at = bytes;
    while (length) {
        ssize_t sent = send(fd, at, length, MSG_NOSIGNAL);
        if (sent <= 0)
            return; /* what the server thinks of it is in its response */
        at += sent;
        length -= (size_t)sent;
    }
}

/* One byte, so that nothing of a following response is swallowed; false at the end or after ten seconds. */
static bool peer_byte(int fd, char *byte)
{
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    return poll(&ready, 1, PEER_WAIT_MS) == 1 && recv(fd, byte, 1, 0) == 1;
}

struct peer_reply peer_read(int fd, bool bodyless)
{
    struct peer_reply reply = {0};
    size_t length = 0;
    while (length < sizeof reply.head - 1 && peer_byte(fd, &reply.head[length])) {
        length++;
        if (length > 4 && !memcmp(reply.head + length - 4, "\r\n\r\n", 4))
            break;
    }
    if (length < 12)
        return reply;
    reply.status = (int)strtol(reply.head + 9, NULL, 10);
    size_t left = strtoul(peer_header(&reply, "Content-Length"), NULL, 10);
    while (left && !bodyless) {
        char some[65536];
        ssize_t got = recv(fd, some, left < sizeof some ? left : sizeof some, 0);
        if (got <= 0)
            break;
        for (ssize_t i = 0; i < got && reply.body_length + (size_t)i < sizeof reply.body - 1; i++)
            reply.body[reply.body_length + (size_t)i] = some[i];
        reply.body_length += (size_t)got;
        left -= (size_t)got;
    }
    return reply;
}

bool peer_closed(int fd, int ms)
{
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    char waste[4096];
    while (poll(&ready, 1, ms) == 1)
        if (recv(fd, waste, sizeof waste, 0) <= 0)
            return true;
    return false;
}

const char *peer_header(const struct peer_reply *reply, const char *name)
{
    static char value[600];
    size_t length = strlen(name);
    value[0] = '\0';
    for (const char *line = strchr(reply->head, '\n'); line; line = strchr(line + 1, '\n'))
        if (!strncasecmp(line + 1, name, length) && line[1 + length] == ':') {
            snprintf(value, sizeof value, "%.*s", (int)strcspn(line + length + 3, "\r"), line + length + 3);
            break;
        }
    return value;
}

struct peer_reply peer_ask_bytes(const char *bytes, size_t length, bool closes)
{
    int fd = peer_connect();
    peer_send_bytes(fd, bytes, length);
    struct peer_reply reply = peer_read(fd, false);
    CU_ASSERT_EQUAL(peer_closed(fd, closes ? 3000 : 5), closes);
    close(fd);
    return reply;
}

struct peer_reply peer_ask(const char *text, bool closes)
{
    return peer_ask_bytes(text, strlen(text), closes);
}
