/* adapters/server_mhd: what reaches the service, what does not, and that every client gets an end. */
#include "adapters/server_mhd.h"
#include "base/mem.h"
#include "contract/server_peer.h"

#include <CUnit/Basic.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static void serves(void)
{
    peer_begin(server_limits_default());
    struct peer_reply reply =
        peer_ask("GET /now/a%2Fb%20c?x=%31&y HTTP/1.1\r\nHost: a\r\nx-tell:  me \t \r\n\r\n", false);
    CU_ASSERT_EQUAL(reply.status, 200);
    CU_ASSERT_STRING_EQUAL(reply.body, "GET /now/a%2Fb%20c ?x=%31&y 0 me ");
    CU_ASSERT_STRING_EQUAL(peer_header(&reply, "Content-Type"), "text/plain");
    reply = peer_ask(
        "POST /later HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}", false);
    CU_ASSERT_STRING_EQUAL(reply.body, "POST /later ? 2 - {}");
    reply = peer_ask("POST /now HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", false);
    CU_ASSERT_STRING_EQUAL(reply.body, "POST /now ? 0 - ");
    reply = peer_ask("DELETE /other HTTP/1.1\r\nHost: a\r\n\r\n", false);
    CU_ASSERT_EQUAL(reply.status, 404);
    CU_ASSERT_STRING_EQUAL(peer_header(&reply, "Content-Length"), "0");
    reply = peer_ask("GET /full HTTP/1.1\r\nHost: a\r\n\r\n", false);
    CU_ASSERT_EQUAL(reply.status, 202);
    CU_ASSERT_STRING_EQUAL(peer_header(&reply, "Location"), "/v1/transactions/7");
    CU_ASSERT_STRING_EQUAL(peer_header(&reply, "Retry-After"), "3");
    CU_ASSERT_STRING_EQUAL(peer_header(&reply, "Preference-Applied"), "wait");
    CU_ASSERT_PTR_NULL(strstr(reply.head, "Injected"));
    reply = peer_ask("GET /big HTTP/1.1\r\nHost: a\r\n\r\n", false);
    CU_ASSERT_EQUAL(reply.body_length, 8 << 20);
    CU_ASSERT_EQUAL(peer_ask("GET /now HTTP/1.0\r\n\r\n", true).status, 200);
    CU_ASSERT_EQUAL(peer_ask("GET /now HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", true).status, 200);
    peer_end();
}

static void answers_head(void)
{
    peer_begin(server_limits_default());
    int fd = peer_connect();
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
    peer_end();
}

static void pipelines(void)
{
    peer_begin(server_limits_default());
    int fd = peer_connect();
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
    peer_end();
}

static void continues_when_asked(void)
{
    peer_begin(server_limits_default());
    int fd = peer_connect();
    peer_send(fd, PEER_REQUEST("POST /later", "Expect: 100-continue\r\nContent-Length: 2\r\n"));
    CU_ASSERT_EQUAL(peer_read(fd, true).status, 100);
    peer_send(fd, "{}");
    CU_ASSERT_EQUAL(peer_read(fd, false).status, 200);
    close(fd);
    peer_end();
}

/* Sends a byte every 20 ms until the server has had enough; how long that took. */
static uint64_t drip(const char *before, int *status)
{
    uint64_t from_ms = peer_now_ms();
    int fd = peer_connect();
    peer_send(fd, before);
    while (peer_now_ms() - from_ms < 5000 && send(fd, "x", 1, MSG_NOSIGNAL) == 1) {
        char byte;
        if (recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0)
            break;
        usleep(20 * 1000);
    }
    uint64_t took_ms = peer_now_ms() - from_ms;
    *status = peer_read(fd, false).status;
    close(fd);
    return took_ms;
}

static void ends_drips(void)
{
    int status;
    peer_begin(peer_quick());
    uint64_t took_ms = drip("GET /now", &status);
    CU_ASSERT_EQUAL(status, 408);
    CU_ASSERT_TRUE(took_ms >= PEER_QUICK_MS && took_ms < 4 * PEER_QUICK_MS);
    took_ms = drip("GET /now HTTP/1.1\r\nHost: a\r\nX: ", &status);
    CU_ASSERT_EQUAL(status, 408);
    CU_ASSERT_TRUE(took_ms >= PEER_QUICK_MS && took_ms < 4 * PEER_QUICK_MS);
    took_ms = drip(PEER_REQUEST("POST /now", "Content-Length: 90000\r\n"), &status);
    CU_ASSERT_EQUAL(status, 408);
    CU_ASSERT_TRUE(took_ms >= 2 * PEER_QUICK_MS && took_ms < 5 * PEER_QUICK_MS);
    took_ms = drip(PEER_REQUEST("POST /now", "Transfer-Encoding: chunked\r\n") "ffff\r\n", &status);
    CU_ASSERT_EQUAL(status, 408);
    CU_ASSERT_EQUAL(peer_served(), 0);
    /* A drip behind a complete request is a head of its own. */
    took_ms = drip("GET /now HTTP/1.1\r\nHost: a\r\n\r\n", &status);
    CU_ASSERT_EQUAL(status, 200);
    peer_end();
}

static void ends_idling(void)
{
    peer_begin(peer_quick());
    uint64_t from_ms = peer_now_ms();
    int fresh = peer_connect(), kept = peer_connect(), half = peer_connect();
    peer_send(kept, "GET /now HTTP/1.1\r\nHost: a\r\n\r\n");
    CU_ASSERT_EQUAL(peer_read(kept, false).status, 200);
    peer_send(half, "GET /now HTTP/1.1\r\nHost: a\r\n\r\nGET /no");
    CU_ASSERT_EQUAL(peer_read(half, false).status, 200);
    CU_ASSERT_EQUAL(peer_read(half, false).status, 408);
    CU_ASSERT_TRUE(peer_now_ms() - from_ms < 3 * PEER_QUICK_MS);
    CU_ASSERT_TRUE(peer_closed(fresh, 3000)); /* without a word */
    CU_ASSERT_TRUE(peer_closed(kept, 3000));
    uint64_t took_ms = peer_now_ms() - from_ms;
    CU_ASSERT_TRUE(took_ms >= 4 * PEER_QUICK_MS && took_ms < 8 * PEER_QUICK_MS);
    close(fresh);
    close(kept);
    close(half);
    peer_end();
}

static void ends_clients_who_do_not_read(void)
{
    peer_begin(peer_quick());
    uint64_t from_ms = peer_now_ms();
    int fd = peer_connect();
    peer_send(fd, "GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
    struct pollfd reset = {.fd = fd}; /* an abort shows before what was received is read */
    CU_ASSERT_EQUAL(poll(&reset, 1, 10000), 1);
    CU_ASSERT_TRUE(reset.revents & POLLHUP);
    CU_ASSERT_TRUE(peer_now_ms() - from_ms >= 2 * PEER_QUICK_MS);
    close(fd);
    peer_end();
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
    peer_begin(server_limits_default());
    for (int i = 0; i < MANY; i++) {
        char text[100];
        fds[i] = peer_connect();
        snprintf(text, sizeof text, "GET /hold/%d HTTP/1.1\r\nHost: a\r\n\r\n", i);
        peer_send(fds[i], text);
    }
    CU_ASSERT_TRUE(peer_await_held(MANY));
    CU_ASSERT_EQUAL(peer_ask("GET /now HTTP/1.1\r\nHost: a\r\n\r\n", false).status,
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
    peer_end();
}

static void outlives_clients_who_leave(void)
{
    peer_begin(peer_quick());
    for (int i = 0; i < 50; i++) {
        int fd = peer_connect();
        peer_send(fd, "GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
        if (i % 2) { /* leaves with a reset */
            struct linger now = {.l_onoff = 1, .l_linger = 0};
            setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        }
        while (peer_held() <= (unsigned)i)
            usleep(500);
        close(fd);
    }
    int fd = peer_connect(); /* leaves in the middle of a body */
    peer_send(fd, PEER_REQUEST("POST /now", "Content-Length: 100\r\n") "{");
    close(fd);
    usleep(PEER_QUICK_MS * 1000);
    peer_release();
    CU_ASSERT_EQUAL(peer_ask("GET /later HTTP/1.1\r\nHost: a\r\n\r\n", false).status, 200);
    CU_ASSERT_EQUAL(peer_served(), 51);
    peer_end();
}

static void lets_idle_ones_go_when_crowded(void)
{
    struct server_limits limits = peer_quick();
    limits.connections = 16;
    limits.idle_ms = 60 * 1000;
    peer_begin(limits);
    int fds[40];
    for (int i = 0; i < 40; i++)
        fds[i] = peer_connect();
    uint64_t from_ms = peer_now_ms();
    peer_send(fds[39], "GET /now HTTP/1.1\r\nHost: a\r\n\r\n"); /* still in the backlog */
    CU_ASSERT_EQUAL(peer_read(fds[39], false).status, 200);
    CU_ASSERT_TRUE(peer_now_ms() - from_ms < 10 * PEER_QUICK_MS);
    for (int i = 0; i < 40; i++)
        close(fds[i]);
    peer_end();
}

static void *stop_later(void *context)
{
    uint64_t *took_ms = context;
    uint64_t from_ms = peer_now_ms();
    server_mhd_stop(peer_server(), 1500);
    *took_ms = peer_now_ms() - from_ms;
    return NULL;
}

static void drains(void)
{
    pthread_t thread;
    uint64_t took_ms;
    peer_begin(server_limits_default());
    int held = peer_connect(), idle = peer_connect(), body = peer_connect();
    peer_send(held, "GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
    CU_ASSERT_TRUE(peer_await_held(1));
    peer_send(idle, "GET /now HTTP/1.1\r\nHost: a\r\n\r\n");
    CU_ASSERT_EQUAL(peer_read(idle, false).status, 200);
    peer_send(body, PEER_REQUEST("POST /now", "Content-Length: 2\r\n") "{");
    usleep(50 * 1000);
    pthread_create(&thread, NULL, stop_later, &took_ms);
    CU_ASSERT_TRUE(peer_closed(idle, 1000));
    CU_ASSERT_EQUAL(peer_connect(), -1);
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
    peer_begin(server_limits_default());
    int fds[20];
    for (int i = 0; i < 20; i++) {
        fds[i] = peer_connect();
        peer_send(fds[i], "GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    CU_ASSERT_TRUE(peer_await_held(20));
    uint64_t from_ms = peer_now_ms();
    server_mhd_stop(peer_server(), 100);
    uint64_t took_ms = peer_now_ms() - from_ms;
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
        peer_begin(server_limits_default());
        int fds[40];
        for (int i = 0; i < 40; i++) {
            fds[i] = peer_connect();
            for (int j = 0; j < 5; j++)
                peer_send(fds[i], i % 2 ? "GET /later HTTP/1.1\r\nHost: a\r\n\r\n"
                                        : "GET /now HTTP/1.1\r\nHost: a\r\n\r\n");
        }
        server_mhd_stop(peer_server(), round % 2 ? 0 : 50);
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
    peer_begin(server_limits_default());
    char taken[32];
    snprintf(taken, sizeof taken, "127.0.0.1:%u", server_mhd_port(peer_server()));
    CU_ASSERT_PTR_NULL(server_mhd_start(taken, peer_service(), &error));
    CU_ASSERT_EQUAL(error.code, ERROR_IO);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, taken));
    peer_end();
    struct server_mhd *six = server_mhd_start("[::1]:0", peer_service(), &error);
    if (six) { /* machines without IPv6 exist */
        CU_ASSERT_TRUE(server_mhd_port(six) > 0);
        server_mhd_stop(six, 0);
    }
}

/* Who connects between the two waits, and is served. */
static void listens_before_it_serves(void)
{
    struct error error;
    struct server_mhd *unused = server_mhd_listen("127.0.0.1:0", &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(unused);
    unsigned port = server_mhd_port(unused);
    CU_ASSERT_TRUE(port > 0);
    char address[32];
    snprintf(address, sizeof address, "127.0.0.1:%u", port);
    CU_ASSERT_PTR_NULL(server_mhd_listen(address, &error));
    CU_ASSERT_EQUAL(error.code, ERROR_IO);
    server_mhd_stop(unused, 1000);
    CU_ASSERT_PTR_NULL(server_mhd_listen("nowhere", &error));
    CU_ASSERT_EQUAL(error.code, ERROR_USAGE);

    struct server_mhd *server = server_mhd_listen(address, &error); /* given back, so it can be had again */
    CU_ASSERT_PTR_NOT_NULL_FATAL(server);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    CU_ASSERT_EQUAL_FATAL(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    peer_send(fd, "GET /now HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    CU_ASSERT_EQUAL(server_mhd_serve(server, peer_service(), &error), 0);
    char got[64] = "";
    CU_ASSERT_TRUE(recv(fd, got, sizeof got - 1, 0) > 0);
    CU_ASSERT_PTR_EQUAL(strstr(got, "HTTP/1.1 200"), got);
    close(fd);
    server_mhd_stop(server, 1000);
}

void server_contract_test_suite(void);
void server_contract_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("contract: server on libmicrohttpd", NULL, NULL);
    CU_add_test(suite, "serves requests as they are, now or later", serves);
    CU_add_test(suite, "listens before it serves", listens_before_it_serves);
    CU_add_test(suite, "answers HEAD without a body", answers_head);
    CU_add_test(suite, "answers pipelined requests in order", pipelines);
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
