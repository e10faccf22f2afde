/* adapters/server_mhd: what reaches the service, what does not, and that every client gets an end. */
#include "adapters/server_mhd.h"
#include "base/mem.h"
#include "contract/server_peer.h"

#include <CUnit/Basic.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { QUICK_MS = 240 };

static struct server_mhd *server;
static unsigned port;

/* Deadlines a test can wait for. */
static struct server_limits quick(void)
{
    struct server_limits limits = server_limits_default();
    limits.head_ms = QUICK_MS;
    limits.body_ms = 2 * QUICK_MS;
    limits.idle_ms = 4 * QUICK_MS;
    limits.body_max = 100000;
    return limits;
}

static void start(struct server_limits limits)
{
    struct error error;
    peer_start();
    server = server_mhd_start_limited("127.0.0.1:0", peer_service(), limits, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(server);
    port = server_mhd_port(server);
}

static void stop(void)
{
    peer_release();
    server_mhd_stop(server, 2000);
    peer_stop();
}

/* Sends and reads one response on a connection of its own, which must end when `closes`. */
static struct peer_reply ask_bytes(const char *bytes, size_t length, bool closes)
{
    int fd = peer_connect(port);
    peer_send_bytes(fd, bytes, length);
    struct peer_reply reply = peer_read(fd, false);
    CU_ASSERT_EQUAL(peer_closed(fd, closes ? 3000 : 5), closes);
    close(fd);
    return reply;
}

static struct peer_reply ask(const char *text, bool closes)
{
    return ask_bytes(text, strlen(text), closes);
}

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void serves(void)
{
    start(server_limits_default());
    struct peer_reply reply =
        ask("GET /now/a%2Fb%20c?x=%31&y HTTP/1.1\r\nHost: a\r\nx-tell:  me \t \r\n\r\n", false);
    CU_ASSERT_EQUAL(reply.status, 200);
    CU_ASSERT_STRING_EQUAL(reply.body, "GET /now/a%2Fb%20c ?x=%31&y 0 me ");
    CU_ASSERT_STRING_EQUAL(peer_header(&reply, "Content-Type"), "text/plain");
    reply = ask("POST /later HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
                false);
    CU_ASSERT_STRING_EQUAL(reply.body, "POST /later ? 2 - {}");
    reply = ask("POST /now HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", false);
    CU_ASSERT_STRING_EQUAL(reply.body, "POST /now ? 0 - ");
    reply = ask("DELETE /other HTTP/1.1\r\nHost: a\r\n\r\n", false);
    CU_ASSERT_EQUAL(reply.status, 404);
    CU_ASSERT_STRING_EQUAL(peer_header(&reply, "Content-Length"), "0");
    reply = ask("GET /full HTTP/1.1\r\nHost: a\r\n\r\n", false);
    CU_ASSERT_EQUAL(reply.status, 202);
    CU_ASSERT_STRING_EQUAL(peer_header(&reply, "Location"), "/v1/transactions/7");
    CU_ASSERT_STRING_EQUAL(peer_header(&reply, "Retry-After"), "3");
    CU_ASSERT_STRING_EQUAL(peer_header(&reply, "Preference-Applied"), "wait");
    CU_ASSERT_PTR_NULL(strstr(reply.head, "Injected"));
    reply = ask("GET /big HTTP/1.1\r\nHost: a\r\n\r\n", false);
    CU_ASSERT_EQUAL(reply.body_length, 8 << 20);
    CU_ASSERT_EQUAL(ask("GET /now HTTP/1.0\r\n\r\n", true).status, 200);
    CU_ASSERT_EQUAL(ask("GET /now HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", true).status, 200);
    stop();
}

static void answers_head(void)
{
    start(server_limits_default());
    int fd = peer_connect(port);
    static const char *const paths[] = {"/now", "/later"};
    for (size_t i = 0; i < 2; i++) {
        char text[100];
        snprintf(text, sizeof text, "HEAD %s HTTP/1.1\r\nHost: a\r\n\r\n", paths[i]);
        peer_send(fd, text);
        struct peer_reply reply = peer_read(fd, true);
        CU_ASSERT_EQUAL(reply.status, 200);
        CU_ASSERT_EQUAL(strtoul(peer_header(&reply, "Content-Length"), NULL, 10),
                        strlen("GET  ? 0 - ") + strlen(paths[i]));
    }
    peer_send(fd, "GET /now HTTP/1.1\r\nHost: a\r\n\r\n"); /* no body stood between them */
    CU_ASSERT_EQUAL(peer_read(fd, false).status, 200);
    close(fd);
    stop();
}

static void pipelines(void)
{
    start(server_limits_default());
    int fd = peer_connect(port);
    peer_send(
        fd,
        "GET /later/1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /now/2 HTTP/1.1\r\nHost: a\r\n"
        "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}GET /later/3 HTTP/1.1\r\nHost: a\r\n\r\n");
    for (char number = '1'; number <= '3'; number++) {
        struct peer_reply reply = peer_read(fd, false);
        CU_ASSERT_EQUAL(reply.status, 200);
        const char *slash = strrchr(reply.body, '/');
        CU_ASSERT_TRUE(slash && slash[1] == number);
    }
    CU_ASSERT_EQUAL(peer_served(), 3);
    close(fd);
    stop();
}

#define REQUEST(line, headers) line " HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n" headers "\r\n"
#define HIDDEN                 "GET /now/hidden HTTP/1.1\r\nHost: a\r\n\r\n"

static void refuses_what_is_ambiguous(void)
{
#define CASE(status, text)                                                                                        \
    {                                                                                                             \
        status, text, sizeof text - 1                                                                             \
    }
    static const struct {
        int status;
        const char *bytes;
        size_t length;
    } cases[] = {
        CASE(400, REQUEST("POST /now", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") "0\r\n\r\n" HIDDEN),
        CASE(400, REQUEST("POST /now", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n") "0\r\n\r\n" HIDDEN),
        CASE(400, REQUEST("POST /now", "Content-Length: 2\r\nContent-Length: 40\r\n") "{}" HIDDEN),
        CASE(400, REQUEST("POST /now", "Content-Length: 40\r\nContent-Length: 2\r\n") "{}" HIDDEN),
        CASE(400, REQUEST("POST /now", "Content-Length: 2, 40\r\n") "{}" HIDDEN),
        CASE(400, REQUEST("POST /now", "Content-Length: +2\r\n") "{}" HIDDEN),
        CASE(400, REQUEST("GET /now", "Host: b\r\n") HIDDEN),
        CASE(400, "GET /now HTTP/1.1\r\n\r\n" HIDDEN),
        CASE(400, "GET /now HTTP/1.1\nHost: a\r\n\r\n" HIDDEN),
        CASE(400, "GET /now HTTP/1.1\r\nHost: a\nX: b\r\n\r\n" HIDDEN),
        CASE(400, "GET /now HTTP/1.1\r\nHost: a\r\n\n" HIDDEN),
        CASE(400, "GET /now HTTP/1.1\r\nHost: a\n\n"),
        CASE(400, "GET /now HTTP/1.1\r\nHost: a\n\r\n"),
        CASE(400, "GET /now HTTP/1.1\r\nHost: a\rX: b\r\n\r\n" HIDDEN),
        CASE(400, REQUEST("GET /now", "X: a\r\n b\r\n") HIDDEN),
        CASE(400, REQUEST("GET /now", "X: a\r\n\tContent-Length: 3\r\n") HIDDEN),
        CASE(400, REQUEST("POST /now", "Transfer-Encoding: chunked\0x\r\n") "0\r\n\r\n" HIDDEN),
        CASE(400, REQUEST("GET /now", "X: a\0b\r\nY: c\r\n") HIDDEN),
        CASE(400, REQUEST("GET /now", "X\0: b\r\n") HIDDEN),
        CASE(400, REQUEST("GET /now\0x", "") HIDDEN),
        CASE(400, REQUEST("GET /now%00x", "") HIDDEN),
        CASE(400, REQUEST("GET /now%zz", "") HIDDEN),
        CASE(400, REQUEST("GET /now x", "") HIDDEN),
        CASE(400, REQUEST("GET  /now", "") HIDDEN),
        CASE(400, REQUEST("GET now", "") HIDDEN),
        CASE(400, REQUEST("GET http://a/now", "") HIDDEN),
        CASE(400, REQUEST("GET /now", "X : b\r\n") HIDDEN),
        CASE(400, REQUEST("GET /now", ": b\r\n") HIDDEN),
        CASE(400, REQUEST("GET /now", "nothing\r\n") HIDDEN),
        CASE(400, REQUEST("GET /now", "Content-Length: 2\r\n") "{}" HIDDEN),
        CASE(501, REQUEST("POST /now", "Transfer-Encoding: gzip, chunked\r\n") "0\r\n\r\n" HIDDEN),
        CASE(501, REQUEST("POST /now", "Transfer-Encoding: xchunked\r\n") "0\r\n\r\n" HIDDEN),
        CASE(501, "POST /now HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" HIDDEN),
        CASE(417, REQUEST("POST /now", "Expect: a miracle\r\n") HIDDEN),
        CASE(505, "GET /now HTTP/2.0\r\nHost: a\r\n\r\n" HIDDEN),
    };
#undef CASE
    start(server_limits_default());
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct peer_reply reply = ask_bytes(cases[i].bytes, cases[i].length, true);
        if (reply.status != cases[i].status)
            fprintf(stderr, "case %zu: %d instead of %d\n", i, reply.status, cases[i].status);
        CU_ASSERT_EQUAL(reply.status, cases[i].status);
        CU_ASSERT_STRING_EQUAL(peer_header(&reply, "Connection"), "close");
    }
    CU_ASSERT_EQUAL(peer_served(), 0);
    struct peer_reply reply = ask(REQUEST("GET /now", "Host: b\r\n"), true);
    CU_ASSERT_STRING_EQUAL(peer_header(&reply, "Content-Type"), "application/problem+json");
    CU_ASSERT_STRING_EQUAL(
        reply.body, "{\"type\":\"about:blank\",\"title\":\"Bad Request\",\"status\":400,\"code\":\"syntax\","
                    "\"detail\":\"a header that may stand once stands twice\"}");
    stop();
}

static void caps_heads(void)
{
    size_t room = 200000;
    char *text = mem_new(room);
    start(server_limits_default());
    snprintf(text, room, "GET /now/%0*d HTTP/1.1\r\nHost: a\r\n\r\n", LIMIT_TARGET_BYTES - 5, 0);
    CU_ASSERT_EQUAL(ask(text, false).status, 200);
    snprintf(text, room, "GET /now/%0*d HTTP/1.1\r\nHost: a\r\n\r\n", LIMIT_TARGET_BYTES, 0);
    CU_ASSERT_EQUAL(ask(text, true).status, 414);
    snprintf(text, room, "GET /now/%0*d HTTP/1.1\r\nHost: a\r\n\r\n", 150000, 0);
    CU_ASSERT_EQUAL(ask(text, true).status, 414);
    snprintf(text, room, REQUEST("GET /now", "X: %0*d\r\n"), LIMIT_HEAD_BYTES - 100, 0);
    CU_ASSERT_EQUAL(ask(text, false).status, 200);
    snprintf(text, room, REQUEST("GET /now", "X: %0*d\r\n"), LIMIT_HEAD_BYTES, 0);
    CU_ASSERT_EQUAL(ask(text, true).status, 431);
    snprintf(text, room, REQUEST("GET /now", "X: %0*d\r\n"), 150000, 0);
    CU_ASSERT_EQUAL(ask(text, true).status, 431);
    size_t length = (size_t)snprintf(text, room, "GET /now HTTP/1.1\r\nHost: a\r\n");
    for (int i = 0; i < 5000; i++)
        length += (size_t)snprintf(text + length, room - length, "X-%d: y\r\n", i);
    snprintf(text + length, room - length, "\r\n");
    CU_ASSERT_EQUAL(ask(text, true).status, 431);
    CU_ASSERT_EQUAL(peer_served(), 2);
    mem_free(text);
    stop();
}

static void caps_bodies(void)
{
    size_t length = 4000000;
    char *body = mem_new(length + 1), head[300];
    memset(body, ' ', length);
    start(quick());
    snprintf(head, sizeof head, REQUEST("POST /now", "Content-Length: %u\r\n"), 100000);
    int fd = peer_connect(port);
    peer_send(fd, head);
    peer_send_bytes(fd, body, 100000);
    CU_ASSERT_EQUAL(peer_read(fd, false).status, 200);
    close(fd);
    /* Before a byte of the body. */
    struct peer_reply reply = ask(REQUEST("POST /now", "Content-Length: 100001\r\n"), true);
    CU_ASSERT_EQUAL(reply.status, 413);
    CU_ASSERT_PTR_NOT_NULL(strstr(reply.body, "\"code\":\"too_large\""));
    CU_ASSERT_EQUAL(ask(REQUEST("POST /now", "Content-Length: 9999999999999999999\r\n"), true).status, 413);
    CU_ASSERT_EQUAL(ask(REQUEST("POST /now", "Expect: 100-continue\r\nContent-Length: 100001\r\n"), true).status,
                    413);
    /* To someone who sends it all the same: the refusal must not be lost in a reset. */
    for (int i = 0; i < 10; i++) {
        fd = peer_connect(port);
        snprintf(head, sizeof head, REQUEST("POST /now", "Content-Length: %zu\r\n"), length);
        peer_send(fd, head);
        peer_send_bytes(fd, body, length);
        CU_ASSERT_EQUAL(peer_read(fd, false).status, 413);
        close(fd);
    }
    /* Chunks do not say how long they will be. */
    fd = peer_connect(port);
    peer_send(fd, REQUEST("POST /now", "Transfer-Encoding: chunked\r\n"));
    for (int i = 0; i < 20; i++) {
        peer_send(fd, "2710\r\n");
        peer_send_bytes(fd, body, 10000);
        peer_send(fd, "\r\n");
    }
    CU_ASSERT_EQUAL(peer_read(fd, false).status, 413);
    CU_ASSERT_TRUE(peer_closed(fd, 3000));
    close(fd);
    CU_ASSERT_EQUAL(peer_served(), 1);
    mem_free(body);
    stop();
}

static void reads_chunks_and_closes(void)
{
    start(quick());
    struct peer_reply reply = ask(
        REQUEST("POST /now", "Transfer-Encoding: chunked\r\n") "1\r\n{\r\n1;x=y\r\n}\r\n0\r\nT: t\r\n\r\n" HIDDEN,
        true);
    CU_ASSERT_STRING_EQUAL(reply.body, "POST /now ? 2 - {}");
    CU_ASSERT_STRING_EQUAL(peer_header(&reply, "Connection"), "close");
    reply = ask("POST /now HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", true);
    CU_ASSERT_EQUAL(reply.status, 200);
    CU_ASSERT_EQUAL(peer_served(), 2);
    reply = ask("POST /now HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", true);
    CU_ASSERT_EQUAL(reply.status, 415);
    int fd = peer_connect(port);
    peer_send(fd, REQUEST("POST /now", "Transfer-Encoding: chunked\r\n") "zz\r\n{}\r\n0\r\n\r\n" HIDDEN);
    CU_ASSERT_NOT_EQUAL(peer_read(fd, false).status, 200);
    close(fd);
    CU_ASSERT_EQUAL(peer_served(), 2);
    stop();
}

static void takes_json_only(void)
{
    start(server_limits_default());
    CU_ASSERT_EQUAL(ask("POST /now HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}", true).status, 415);
    struct peer_reply reply =
        ask("PUT /now HTTP/1.1\r\nHost: a\r\nContent-Type: text/xml\r\nContent-Length: 2\r\n\r\n{}", true);
    CU_ASSERT_EQUAL(reply.status, 415);
    CU_ASSERT_PTR_NOT_NULL(strstr(reply.body, "\"code\":\"media_type\""));
    CU_ASSERT_EQUAL(peer_served(), 0);
    reply =
        ask("PUT /now HTTP/1.1\r\nHost: a\r\nContent-Type: application/x+json;v=1\r\nContent-Length: 2\r\n\r\n{}",
            false);
    CU_ASSERT_EQUAL(reply.status, 200);
    stop();
}

static void continues_when_asked(void)
{
    start(server_limits_default());
    int fd = peer_connect(port);
    peer_send(fd, REQUEST("POST /later", "Expect: 100-continue\r\nContent-Length: 2\r\n"));
    CU_ASSERT_EQUAL(peer_read(fd, true).status, 100);
    peer_send(fd, "{}");
    CU_ASSERT_EQUAL(peer_read(fd, false).status, 200);
    close(fd);
    stop();
}

/* Sends a byte every 20 ms until the server has had enough; how long that took. */
static uint64_t drip(const char *before, int *status)
{
    uint64_t from_ms = now_ms();
    int fd = peer_connect(port);
    peer_send(fd, before);
    while (now_ms() - from_ms < 5000 && send(fd, "x", 1, MSG_NOSIGNAL) == 1) {
        char byte;
        if (recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0)
            break;
        usleep(20 * 1000);
    }
    uint64_t took_ms = now_ms() - from_ms;
    *status = peer_read(fd, false).status;
    close(fd);
    return took_ms;
}

static void ends_drips(void)
{
    int status;
    start(quick());
    uint64_t took_ms = drip("GET /now", &status);
    CU_ASSERT_EQUAL(status, 408);
    CU_ASSERT_TRUE(took_ms >= QUICK_MS && took_ms < 4 * QUICK_MS);
    took_ms = drip("GET /now HTTP/1.1\r\nHost: a\r\nX: ", &status);
    CU_ASSERT_EQUAL(status, 408);
    CU_ASSERT_TRUE(took_ms >= QUICK_MS && took_ms < 4 * QUICK_MS);
    took_ms = drip(REQUEST("POST /now", "Content-Length: 90000\r\n"), &status);
    CU_ASSERT_EQUAL(status, 408);
    CU_ASSERT_TRUE(took_ms >= 2 * QUICK_MS && took_ms < 5 * QUICK_MS);
    took_ms = drip(REQUEST("POST /now", "Transfer-Encoding: chunked\r\n") "ffff\r\n", &status);
    CU_ASSERT_EQUAL(status, 408);
    CU_ASSERT_EQUAL(peer_served(), 0);
    /* A drip behind a complete request is a head of its own. */
    took_ms = drip("GET /now HTTP/1.1\r\nHost: a\r\n\r\n", &status);
    CU_ASSERT_EQUAL(status, 200);
    stop();
}

static void ends_idling(void)
{
    start(quick());
    uint64_t from_ms = now_ms();
    int fresh = peer_connect(port), kept = peer_connect(port), half = peer_connect(port);
    peer_send(kept, "GET /now HTTP/1.1\r\nHost: a\r\n\r\n");
    CU_ASSERT_EQUAL(peer_read(kept, false).status, 200);
    peer_send(half, "GET /now HTTP/1.1\r\nHost: a\r\n\r\nGET /no");
    CU_ASSERT_EQUAL(peer_read(half, false).status, 200);
    CU_ASSERT_EQUAL(peer_read(half, false).status, 408);
    CU_ASSERT_TRUE(now_ms() - from_ms < 3 * QUICK_MS);
    CU_ASSERT_TRUE(peer_closed(fresh, 3000)); /* without a word */
    CU_ASSERT_TRUE(peer_closed(kept, 3000));
    uint64_t took_ms = now_ms() - from_ms;
    CU_ASSERT_TRUE(took_ms >= 4 * QUICK_MS && took_ms < 8 * QUICK_MS);
    close(fresh);
    close(kept);
    close(half);
    stop();
}

static void ends_clients_who_do_not_read(void)
{
    start(quick());
    uint64_t from_ms = now_ms();
    int fd = peer_connect(port);
    peer_send(fd, "GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
    struct pollfd reset = {.fd = fd}; /* an abort shows before what was received is read */
    CU_ASSERT_EQUAL(poll(&reset, 1, 10000), 1);
    CU_ASSERT_TRUE(reset.revents & POLLHUP);
    CU_ASSERT_TRUE(now_ms() - from_ms >= 2 * QUICK_MS);
    close(fd);
    stop();
}

static void answers_a_thousand_that_wait(void)
{
    enum { MANY = 1000 };
    struct rlimit files = {0};
    getrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_cur < 2 * MANY + 100) {
        files.rlim_cur = files.rlim_max < 2 * MANY + 100 ? files.rlim_max : 2 * MANY + 100;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    static int fds[MANY];
    start(server_limits_default());
    for (int i = 0; i < MANY; i++) {
        char text[100];
        fds[i] = peer_connect(port);
        snprintf(text, sizeof text, "GET /hold/%d HTTP/1.1\r\nHost: a\r\n\r\n", i);
        peer_send(fds[i], text);
    }
    CU_ASSERT_TRUE(peer_await_held(MANY));
    CU_ASSERT_EQUAL(ask("GET /now HTTP/1.1\r\nHost: a\r\n\r\n", false).status,
                    200); /* they keep nobody else out */
    peer_release();
    int right = 0;
    for (int i = 0; i < MANY; i++) {
        char expected[100];
        snprintf(expected, sizeof expected, "GET /hold/%d ? 0 - ", i);
        struct peer_reply reply = peer_read(fds[i], false);
        right += reply.status == 200 && !strcmp(reply.body, expected);
        close(fds[i]);
    }
    CU_ASSERT_EQUAL(right, MANY);
    stop();
}

static void outlives_clients_who_leave(void)
{
    start(quick());
    for (int i = 0; i < 50; i++) {
        int fd = peer_connect(port);
        peer_send(fd, "GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
        if (i % 2) { /* leaves with a reset */
            struct linger now = {.l_onoff = 1, .l_linger = 0};
            setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        }
        while (peer_held() <= (unsigned)i)
            usleep(500);
        close(fd);
    }
    int fd = peer_connect(port); /* leaves in the middle of a body */
    peer_send(fd, REQUEST("POST /now", "Content-Length: 100\r\n") "{");
    close(fd);
    usleep(QUICK_MS * 1000);
    peer_release();
    CU_ASSERT_EQUAL(ask("GET /later HTTP/1.1\r\nHost: a\r\n\r\n", false).status, 200);
    CU_ASSERT_EQUAL(peer_served(), 51);
    stop();
}

static void lets_idle_ones_go_when_crowded(void)
{
    struct server_limits limits = quick();
    limits.connections = 16;
    limits.idle_ms = 60 * 1000;
    start(limits);
    int fds[40];
    for (int i = 0; i < 40; i++)
        fds[i] = peer_connect(port);
    uint64_t from_ms = now_ms();
    peer_send(fds[39], "GET /now HTTP/1.1\r\nHost: a\r\n\r\n"); /* still in the backlog */
    CU_ASSERT_EQUAL(peer_read(fds[39], false).status, 200);
    CU_ASSERT_TRUE(now_ms() - from_ms < 10 * QUICK_MS);
    for (int i = 0; i < 40; i++)
        close(fds[i]);
    stop();
}

static void *stop_later(void *context)
{
    uint64_t *took_ms = context;
    uint64_t from_ms = now_ms();
    server_mhd_stop(server, 1500);
    *took_ms = now_ms() - from_ms;
    return NULL;
}

static void drains(void)
{
    pthread_t thread;
    uint64_t took_ms;
    start(server_limits_default());
    int held = peer_connect(port), idle = peer_connect(port), body = peer_connect(port);
    peer_send(held, "GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
    CU_ASSERT_TRUE(peer_await_held(1));
    peer_send(idle, "GET /now HTTP/1.1\r\nHost: a\r\n\r\n");
    CU_ASSERT_EQUAL(peer_read(idle, false).status, 200);
    peer_send(body, REQUEST("POST /now", "Content-Length: 2\r\n") "{");
    usleep(50 * 1000);
    pthread_create(&thread, NULL, stop_later, &took_ms);
    CU_ASSERT_TRUE(peer_closed(idle, 1000));
    CU_ASSERT_EQUAL(peer_connect(port), -1);
    peer_send(body, "}");
    CU_ASSERT_EQUAL(peer_read(body, false).status, 200);
    peer_release();
    struct peer_reply reply = peer_read(held, false);
    CU_ASSERT_EQUAL(reply.status, 200);
    CU_ASSERT_STRING_EQUAL(peer_header(&reply, "Connection"), "close");
    pthread_join(thread, NULL);
    CU_ASSERT_TRUE(took_ms < 1000); /* not longer than it takes */
    close(held);
    close(idle);
    close(body);
    peer_stop();
}

static void does_not_drain_for_ever(void)
{
    start(server_limits_default());
    int fds[20];
    for (int i = 0; i < 20; i++) {
        fds[i] = peer_connect(port);
        peer_send(fds[i], "GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    CU_ASSERT_TRUE(peer_await_held(20));
    uint64_t from_ms = now_ms();
    server_mhd_stop(server, 100);
    uint64_t took_ms = now_ms() - from_ms;
    CU_ASSERT_TRUE(took_ms >= 100 && took_ms < 1500);
    for (int i = 0; i < 20; i++) {
        CU_ASSERT_TRUE(peer_closed(fds[i], 100));
        close(fds[i]);
    }
    peer_release(); /* answers that nobody waits for any more */
    peer_stop();
}

/* Stops in the middle of traffic, many times: every exchange is answered or abandoned, none is lost or used twice.
 */
static void stops_under_load(void)
{
    for (int round = 0; round < 20; round++) {
        start(server_limits_default());
        int fds[40];
        for (int i = 0; i < 40; i++) {
            fds[i] = peer_connect(port);
            for (int j = 0; j < 5; j++)
                peer_send(fds[i], i % 2 ? "GET /later HTTP/1.1\r\nHost: a\r\n\r\n"
                                        : "GET /now HTTP/1.1\r\nHost: a\r\n\r\n");
        }
        server_mhd_stop(server, round % 2 ? 0 : 50);
        peer_stop();
        for (int i = 0; i < 40; i++)
            close(fds[i]);
    }
    CU_ASSERT_EQUAL(peer_held(), 0);
}

static void tells_what_is_wrong_with_an_address(void)
{
    static const char *const wrong[] = {"",
                                        "localhost:80",
                                        "127.0.0.1",
                                        "127.0.0.1:",
                                        "127.0.0.1:x",
                                        "127.0.0.1:65536",
                                        "127.0.0.1:80x",
                                        "[::1:80",
                                        "::1:80",
                                        "[]:80",
                                        ":80",
                                        "1.2.3:80",
                                        "127.0.0.1:000080",
                                        "127.0.0.1:-1",
                                        "256.0.0.1:80"};
    struct error error;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        error.code = ERROR_NONE;
        CU_ASSERT_PTR_NULL(server_mhd_start(wrong[i], peer_service(), &error));
        CU_ASSERT_EQUAL(error.code, ERROR_USAGE);
    }
    start(server_limits_default());
    char taken[32];
    snprintf(taken, sizeof taken, "127.0.0.1:%u", port);
    CU_ASSERT_PTR_NULL(server_mhd_start(taken, peer_service(), &error));
    CU_ASSERT_EQUAL(error.code, ERROR_IO);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, taken));
    stop();
    struct server_mhd *six = server_mhd_start("[::1]:0", peer_service(), &error);
    if (six) { /* machines without IPv6 exist */
        CU_ASSERT_TRUE(server_mhd_port(six) > 0);
        server_mhd_stop(six, 0);
    }
}

void server_contract_test_suite(void);
void server_contract_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("contract: server on libmicrohttpd", NULL, NULL);
    CU_add_test(suite, "serves requests as they are, now or later", serves);
    CU_add_test(suite, "answers HEAD without a body", answers_head);
    CU_add_test(suite, "answers pipelined requests in order", pipelines);
    CU_add_test(suite, "refuses everything that can be read in two ways", refuses_what_is_ambiguous);
    CU_add_test(suite, "caps targets and heads", caps_heads);
    CU_add_test(suite, "caps bodies, before and while they are read", caps_bodies);
    CU_add_test(suite, "reads chunked bodies and closes behind them", reads_chunks_and_closes);
    CU_add_test(suite, "takes only JSON bodies", takes_json_only);
    CU_add_test(suite, "says 100 when asked", continues_when_asked);
    CU_add_test(suite, "ends heads and bodies that drip", ends_drips);
    CU_add_test(suite, "ends idle connections", ends_idling);
    CU_add_test(suite, "ends clients who do not read", ends_clients_who_do_not_read);
    CU_add_test(suite, "holds a thousand exchanges and answers each its own", answers_a_thousand_that_wait);
    CU_add_test(suite, "outlives clients who leave", outlives_clients_who_leave);
    CU_add_test(suite, "lets idle connections go when it is crowded", lets_idle_ones_go_when_crowded);
    CU_add_test(suite, "stops when the last exchange is done", drains);
    CU_add_test(suite, "stops when the time is over, whatever is open", does_not_drain_for_ever);
    CU_add_test(suite, "stops under load", stops_under_load);
    CU_add_test(suite, "tells what is wrong with an address", tells_what_is_wrong_with_an_address);
}
