/* The hostile participant. */
#include "contract/caller_hostile.h"

#include "base/mem.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HOSTILE_LAST = 64 * 1024 };

struct hostile {
    int listen_fd;
    unsigned port;
    pthread_t thread;
    _Atomic bool stopping;
    _Atomic unsigned connections, requests, living;
    pthread_mutex_t mutex;
    char last[HOSTILE_LAST];
};

struct visit {
    struct hostile *hostile;
    int fd;
    char *request;
    size_t length, capacity;
};

static void *hostile_accept(void *context);

struct hostile *hostile_start(void)
{
    struct hostile *hostile = mem_new(sizeof *hostile);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof at;
    hostile->listen_fd = socket(AF_INET, SOCK_STREAM, 0);
    int failed = bind(hostile->listen_fd, (struct sockaddr *)&at, sizeof at) || listen(hostile->listen_fd, 1024) ||
                 getsockname(hostile->listen_fd, (struct sockaddr *)&at, &length);
    assert(!failed);
    hostile->port = ntohs(at.sin_port);
    pthread_mutex_init(&hostile->mutex, NULL);
    failed = pthread_create(&hostile->thread, NULL, hostile_accept, hostile);
    assert(!failed);
    return hostile;
}

void hostile_stop(struct hostile *hostile)
{
    atomic_store(&hostile->stopping, true);
    pthread_join(hostile->thread, NULL);
    while (atomic_load(&hostile->living))
        usleep(1000);
    close(hostile->listen_fd);
    pthread_mutex_destroy(&hostile->mutex);
    mem_free(hostile);
}

unsigned hostile_port(const struct hostile *hostile)
{
    return hostile->port;
}

unsigned hostile_connections(struct hostile *hostile)
{
    return atomic_load(&hostile->connections);
}

unsigned hostile_requests(struct hostile *hostile)
{
    return atomic_load(&hostile->requests);
}

void hostile_last(struct hostile *hostile, char *into, size_t size)
{
    pthread_mutex_lock(&hostile->mutex);
    snprintf(into, size, "%s", hostile->last);
    pthread_mutex_unlock(&hostile->mutex);
}

static bool hostile_say(struct visit *visit, const void *bytes, size_t length)
{
    const char *at = bytes;
    while (length) {
        ssize_t sent = send(visit->fd, at, length, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        at += sent;
        length -= (size_t)sent;
    }
    return true;
}

static bool hostile_tell(struct visit *visit, const char *text)
{
    return hostile_say(visit, text, strlen(text));
}

/* Sleeps unless the test ends. */
static void hostile_wait(struct visit *visit, int ms)
{
    for (; ms > 0 && !atomic_load(&visit->hostile->stopping); ms -= 10)
        usleep(10 * 1000);
}

static void hostile_reset(struct visit *visit)
{
    struct linger now = {.l_onoff = 1, .l_linger = 0};
    setsockopt(visit->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

/* Goes on with `text` until the other side has had enough or 16 MiB are out. */
static void hostile_flood(struct visit *visit, const char *text)
{
    size_t length = strlen(text);
    for (size_t sent = 0; sent < 16 << 20 && hostile_say(visit, text, length); sent += length)
        if (atomic_load(&visit->hostile->stopping))
            return;
}

static const char gzip[] = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 20\r\n\r\n"
                           "\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0";

/* Answers that break off, lie, flood or never come; the connection ends behind them. */
static void hostile_misbehave(struct visit *visit, const char *path)
{
    if (!strcmp(path, "/hang"))
        hostile_wait(visit, 60 * 1000);
    else if (!strcmp(path, "/drip")) {
        hostile_tell(visit, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
        for (int i = 0; i < 1000 && hostile_tell(visit, "x"); i++)
            hostile_wait(visit, 20);
    } else if (!strcmp(path, "/reset-before"))
        hostile_reset(visit);
    else if (!strcmp(path, "/reset-head")) {
        hostile_tell(visit, "HTTP/1.1 200 OK\r\nContent-Le");
        hostile_wait(visit, 30);
        hostile_reset(visit);
    } else if (!strcmp(path, "/reset-body")) {
        hostile_tell(visit, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
        hostile_wait(visit, 30);
        hostile_reset(visit);
    } else if (!strcmp(path, "/short-line"))
        hostile_tell(visit, "HTTP/1.1 200 OK\r\n");
    else if (!strcmp(path, "/short-head"))
        hostile_tell(visit, "HTTP/1.1 200 OK\r\nContent-Le");
    else if (!strcmp(path, "/short"))
        hostile_tell(visit, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nless");
    else if (!strcmp(path, "/short-chunk"))
        hostile_tell(visit, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nless");
    else if (!strcmp(path, "/garbage"))
        hostile_tell(visit, "\x16\x03\x01\x02 SSH-2.0-nonsense\r\n\r\n<html>not http</html>");
    else if (!strcmp(path, "/http2"))
        hostile_tell(visit, "HTTP/2 200\r\n\r\n");
    else if (!strcmp(path, "/status"))
        hostile_tell(visit, "HTTP/1.1 99999 OK\r\n\r\n");
    else if (!strcmp(path, "/storm"))
        hostile_flood(visit, "HTTP/1.1 100 Continue\r\n\r\n");
    else if (!strcmp(path, "/headers")) {
        hostile_tell(visit, "HTTP/1.1 200 OK\r\n");
        hostile_flood(visit, "X-Flood: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n");
    } else if (!strcmp(path, "/header")) {
        hostile_tell(visit, "HTTP/1.1 200 OK\r\nX-Long: ");
        hostile_flood(visit,
                      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    } else if (!strcmp(path, "/huge"))
        hostile_tell(visit, "HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n{");
    else if (!strcmp(path, "/endless")) {
        hostile_tell(visit, "HTTP/1.1 200 OK\r\n\r\n");
        hostile_flood(visit, "endless endless endless endless endless endless endless endless endless endless ");
    } else if (!strcmp(path, "/gzip"))
        hostile_say(visit, gzip, sizeof gzip - 1);
}

/* The answers, by path; true keeps the connection. */
static bool hostile_answer(struct visit *visit, const char *path)
{
    if (!strcmp(path, "/ok"))
        return hostile_tell(visit, "HTTP/1.1 200 OK\r\nContent-Type: Application/JSON; charset=utf-8\r\n"
                                   "Content-Length: 11\r\n\r\n{\"ok\":true}");
    if (!strcmp(path, "/empty"))
        return hostile_tell(visit, "HTTP/1.1 204 No Content\r\n\r\n");
    if (!strcmp(path, "/no"))
        return hostile_tell(visit, "HTTP/1.1 409 Conflict\r\nContent-Length: 2\r\n\r\nno");
    if (!strcmp(path, "/chunked"))
        return hostile_tell(
            visit, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
    if (!strcmp(path, "/long"))
        return hostile_tell(visit, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 500 Smuggled\r\n\r\n");
    if (!strcmp(path, "/redirect"))
        return hostile_tell(visit,
                            "HTTP/1.1 307 Temporary Redirect\r\nLocation: /ok\r\nContent-Length: 0\r\n\r\n");
    if (!strcmp(path, "/interim"))
        return hostile_tell(
            visit, "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    if (!strncmp(path, "/retry/", 7)) {
        char text[300];
        snprintf(text, sizeof text, "HTTP/1.1 503 Busy\r\nRetry-After: %s\r\nContent-Length: 0\r\n\r\n", path + 7);
        for (char *c = text + 17; *c; c++) /* blanks cannot stand in a path */
            if (*c == '_')
                *c = ' ';
        return hostile_tell(visit, text);
    }
    if (!strcmp(path, "/slow")) {
        hostile_wait(visit, 100);
        return hostile_tell(visit, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nslow");
    }
    hostile_misbehave(visit, path);
    return false;
}

/* One whole request into visit->request; false at the end. */
static bool hostile_read(struct visit *visit)
{
    visit->length = 0;
    for (;;) {
        if (visit->capacity - visit->length < 4096) {
            visit->capacity = visit->capacity * 2 + 8192;
            visit->request = mem_grow(visit->request, visit->capacity);
        }
        visit->request[visit->length] = '\0';
        const char *end = strstr(visit->request, "\r\n\r\n");
        const char *field = strstr(visit->request, "Content-Length: ");
        size_t body = end && field && field < end ? strtoul(field + 16, NULL, 10) : 0;
        if (end && visit->length >= (size_t)(end - visit->request) + 4 + body)
            return true;
        struct pollfd ready = {.fd = visit->fd, .events = POLLIN};
        while (!poll(&ready, 1, 20))
            if (atomic_load(&visit->hostile->stopping))
                return false;
        ssize_t got = recv(visit->fd, visit->request + visit->length, visit->capacity - 1 - visit->length, 0);
        if (got <= 0)
            return false;
        visit->length += (size_t)got;
    }
}

static void *hostile_visit(void *context)
{
    struct visit *visit = context;
    struct hostile *hostile = visit->hostile;
    bool keep = true;
    while (keep && hostile_read(visit)) {
        atomic_fetch_add(&hostile->requests, 1);
        pthread_mutex_lock(&hostile->mutex);
        snprintf(hostile->last, sizeof hostile->last, "%s", visit->request);
        pthread_mutex_unlock(&hostile->mutex);
        char path[256] = "";
        const char *from = strchr(visit->request, ' ');
        if (from)
            snprintf(path, sizeof path, "%.*s", (int)strcspn(from + 1, " \r"), from + 1);
        keep = hostile_answer(visit, path);
    }
    close(visit->fd);
    mem_free(visit->request);
    mem_free(visit);
    atomic_fetch_sub(&hostile->living, 1);
    return NULL;
}

static void *hostile_accept(void *context)
{
    struct hostile *hostile = context;
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setdetachstate(&small, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&small, 256 * 1024);
    while (!atomic_load(&hostile->stopping)) {
        struct pollfd ready = {.fd = hostile->listen_fd, .events = POLLIN};
        int one = 1;
        if (poll(&ready, 1, 20) <= 0)
            continue;
        int fd = accept(hostile->listen_fd, NULL, NULL);
        if (fd < 0)
            continue;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        struct visit *visit = mem_new(sizeof *visit);
        visit->hostile = hostile;
        visit->fd = fd;
        atomic_fetch_add(&hostile->connections, 1);
        atomic_fetch_add(&hostile->living, 1);
        pthread_t thread;
        int failed = pthread_create(&thread, &small, hostile_visit, visit);
        assert(!failed);
    }
    pthread_attr_destroy(&small);
    return NULL;
}
