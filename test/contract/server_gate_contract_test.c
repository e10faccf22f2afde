/* adapters/server_mhd and server_gate together: what of a hostile client's bytes reaches the service. */
#include "base/mem.h"
#include "contract/server_peer.h"

#include <CUnit/Basic.h>
#include <string.h>
#include <unistd.h>

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
        CASE(400, PEER_REQUEST("POST /now",
                               "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") "0\r\n\r\n" PEER_HIDDEN),
        CASE(400, PEER_REQUEST("POST /now",
                               "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n") "0\r\n\r\n" PEER_HIDDEN),
        CASE(400, PEER_REQUEST("POST /now", "Content-Length: 2\r\nContent-Length: 40\r\n") "{}" PEER_HIDDEN),
        CASE(400, PEER_REQUEST("POST /now", "Content-Length: 40\r\nContent-Length: 2\r\n") "{}" PEER_HIDDEN),
        CASE(400, PEER_REQUEST("POST /now", "Content-Length: 2, 40\r\n") "{}" PEER_HIDDEN),
        CASE(400, PEER_REQUEST("POST /now", "Content-Length: +2\r\n") "{}" PEER_HIDDEN),
        CASE(400, PEER_REQUEST("GET /now", "Host: b\r\n") PEER_HIDDEN),
        CASE(400, "GET /now HTTP/1.1\r\n\r\n" PEER_HIDDEN),
        CASE(400, "GET /now HTTP/1.1\nHost: a\r\n\r\n" PEER_HIDDEN),
        CASE(400, "GET /now HTTP/1.1\r\nHost: a\nX: b\r\n\r\n" PEER_HIDDEN),
        CASE(400, "GET /now HTTP/1.1\r\nHost: a\r\n\n" PEER_HIDDEN),
        CASE(400, "GET /now HTTP/1.1\r\nHost: a\n\n"),
        CASE(400, "GET /now HTTP/1.1\r\nHost: a\n\r\n"),
        CASE(400, "GET /now HTTP/1.1\r\nHost: a\rX: b\r\n\r\n" PEER_HIDDEN),
        CASE(400, PEER_REQUEST("GET /now", "X: a\r\n b\r\n") PEER_HIDDEN),
        CASE(400, PEER_REQUEST("GET /now", "X: a\r\n\tContent-Length: 3\r\n") PEER_HIDDEN),
        CASE(400, PEER_REQUEST("POST /now", "Transfer-Encoding: chunked\0x\r\n") "0\r\n\r\n" PEER_HIDDEN),
        CASE(400, PEER_REQUEST("GET /now", "X: a\0b\r\nY: c\r\n") PEER_HIDDEN),
        CASE(400, PEER_REQUEST("GET /now", "X\0: b\r\n") PEER_HIDDEN),
        CASE(400, PEER_REQUEST("GET /now\0x", "") PEER_HIDDEN),
        CASE(400, PEER_REQUEST("GET /now%00x", "") PEER_HIDDEN),
        CASE(400, PEER_REQUEST("GET /now%zz", "") PEER_HIDDEN),
        CASE(400, PEER_REQUEST("GET /now x", "") PEER_HIDDEN),
        CASE(400, PEER_REQUEST("GET  /now", "") PEER_HIDDEN),
        CASE(400, PEER_REQUEST("GET now", "") PEER_HIDDEN),
        CASE(400, PEER_REQUEST("GET http://a/now", "") PEER_HIDDEN),
        CASE(400, PEER_REQUEST("GET /now", "X : b\r\n") PEER_HIDDEN),
        CASE(400, PEER_REQUEST("GET /now", ": b\r\n") PEER_HIDDEN),
        CASE(400, PEER_REQUEST("GET /now", "nothing\r\n") PEER_HIDDEN),
        CASE(400, PEER_REQUEST("GET /now", "Content-Length: 2\r\n") "{}" PEER_HIDDEN),
        CASE(501, PEER_REQUEST("POST /now", "Transfer-Encoding: gzip, chunked\r\n") "0\r\n\r\n" PEER_HIDDEN),
        CASE(501, PEER_REQUEST("POST /now", "Transfer-Encoding: xchunked\r\n") "0\r\n\r\n" PEER_HIDDEN),
        CASE(501, "POST /now HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" PEER_HIDDEN),
        CASE(417, PEER_REQUEST("POST /now", "Expect: a miracle\r\n") PEER_HIDDEN),
        CASE(505, "GET /now HTTP/2.0\r\nHost: a\r\n\r\n" PEER_HIDDEN),
    };
#undef CASE
    peer_begin(server_limits_default());
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct peer_reply reply = peer_ask_bytes(cases[i].bytes, cases[i].length, true);
        if (reply.status != cases[i].status)
            fprintf(stderr, "case %zu: %d instead of %d\n", i, reply.status, cases[i].status);
        CU_ASSERT_EQUAL(reply.status, cases[i].status);
        CU_ASSERT_STRING_EQUAL(peer_header(&reply, "Connection"), "close");
    }
    CU_ASSERT_EQUAL(peer_served(), 0);
    struct peer_reply reply = peer_ask(PEER_REQUEST("GET /now", "Host: b\r\n"), true);
    CU_ASSERT_STRING_EQUAL(peer_header(&reply, "Content-Type"), "application/problem+json");
    CU_ASSERT_STRING_EQUAL(
        reply.body, "{\"type\":\"about:blank\",\"title\":\"Bad Request\",\"status\":400,\"code\":\"syntax\","
                    "\"detail\":\"a header that may stand once stands twice\"}");
    peer_end();
}

static void caps_heads(void)
{
    size_t room = 200000;
    char *text = mem_new(room);
    peer_begin(server_limits_default());
    snprintf(text, room, "GET /now/%0*d HTTP/1.1\r\nHost: a\r\n\r\n", LIMIT_TARGET_BYTES - 5, 0);
    CU_ASSERT_EQUAL(peer_ask(text, false).status, 200);
    snprintf(text, room, "GET /now/%0*d HTTP/1.1\r\nHost: a\r\n\r\n", LIMIT_TARGET_BYTES, 0);
    CU_ASSERT_EQUAL(peer_ask(text, true).status, 414);
    snprintf(text, room, "GET /now/%0*d HTTP/1.1\r\nHost: a\r\n\r\n", 150000, 0);
    CU_ASSERT_EQUAL(peer_ask(text, true).status, 414);
    snprintf(text, room, PEER_REQUEST("GET /now", "X: %0*d\r\n"), LIMIT_HEAD_BYTES - 100, 0);
    CU_ASSERT_EQUAL(peer_ask(text, false).status, 200);
    size_t length = (size_t)snprintf(text, room, "GET /now HTTP/1.1\r\nHost: a\r\n");
    for (int i = 0; i < 99; i++) /* as many as are taken, and as long */
        length +=
            (size_t)snprintf(text + length, room - length, "X-%02d: %0*d\r\n", i, LIMIT_HEAD_BYTES / 100 - 8, 0);
    snprintf(text + length, room - length, "\r\n");
    CU_ASSERT_EQUAL(peer_ask(text, false).status, 200);
    snprintf(text, room, PEER_REQUEST("GET /now", "X: %0*d\r\n"), LIMIT_HEAD_BYTES, 0);
    CU_ASSERT_EQUAL(peer_ask(text, true).status, 431);
    snprintf(text, room, PEER_REQUEST("GET /now", "X: %0*d\r\n"), 150000, 0);
    CU_ASSERT_EQUAL(peer_ask(text, true).status, 431);
    length = (size_t)snprintf(text, room, "GET /now HTTP/1.1\r\nHost: a\r\n");
    for (int i = 0; i < 5000; i++)
        length += (size_t)snprintf(text + length, room - length, "X-%d: y\r\n", i);
    snprintf(text + length, room - length, "\r\n");
    CU_ASSERT_EQUAL(peer_ask(text, true).status, 431);
    CU_ASSERT_EQUAL(peer_served(), 3);
    mem_free(text);
    peer_end();
}

static void caps_bodies(void)
{
    size_t length = 4000000;
    char *body = mem_new(length + 1), head[300];
    memset(body, ' ', length);
    peer_begin(peer_quick());
    snprintf(head, sizeof head, PEER_REQUEST("POST /now", "Content-Length: %u\r\n"), 100000);
    int fd = peer_connect();
    peer_send(fd, head);
    peer_send_bytes(fd, body, 100000);
    CU_ASSERT_EQUAL(peer_read(fd, false).status, 200);
    close(fd);
    /* Before a byte of the body. */
    struct peer_reply reply = peer_ask(PEER_REQUEST("POST /now", "Content-Length: 100001\r\n"), true);
    CU_ASSERT_EQUAL(reply.status, 413);
    CU_ASSERT_PTR_NOT_NULL(strstr(reply.body, "\"code\":\"too_large\""));
    CU_ASSERT_EQUAL(peer_ask(PEER_REQUEST("POST /now", "Content-Length: 9999999999999999999\r\n"), true).status,
                    413);
    CU_ASSERT_EQUAL(
        peer_ask(PEER_REQUEST("POST /now", "Expect: 100-continue\r\nContent-Length: 100001\r\n"), true).status,
        413);
    /* To someone who sends it all the same: the refusal must not be lost in a reset. */
    for (int i = 0; i < 10; i++) {
        fd = peer_connect();
        snprintf(head, sizeof head, PEER_REQUEST("POST /now", "Content-Length: %zu\r\n"), length);
        peer_send(fd, head);
        peer_send_bytes(fd, body, length);
        CU_ASSERT_EQUAL(peer_read(fd, false).status, 413);
        close(fd);
    }
    /* Chunks do not say how long they will be. */
    fd = peer_connect();
    peer_send(fd, PEER_REQUEST("POST /now", "Transfer-Encoding: chunked\r\n"));
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
    peer_end();
}

static void reads_chunks_and_closes(void)
{
    peer_begin(peer_quick());
    struct peer_reply reply = peer_ask(
        PEER_REQUEST("POST /now",
                     "Transfer-Encoding: chunked\r\n") "1\r\n{\r\n1;x=y\r\n}\r\n0\r\nT: t\r\n\r\n" PEER_HIDDEN,
        true);
    CU_ASSERT_STRING_EQUAL(reply.body, "POST /now ? 2 - {}");
    CU_ASSERT_STRING_EQUAL(peer_header(&reply, "Connection"), "close");
    reply = peer_ask("POST /now HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", true);
    CU_ASSERT_EQUAL(reply.status, 200);
    CU_ASSERT_EQUAL(peer_served(), 2);
    reply =
        peer_ask("POST /now HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", true);
    CU_ASSERT_EQUAL(reply.status, 415);
    int fd = peer_connect();
    peer_send(fd, PEER_REQUEST("POST /now", "Transfer-Encoding: chunked\r\n") "zz\r\n{}\r\n0\r\n\r\n" PEER_HIDDEN);
    CU_ASSERT_NOT_EQUAL(peer_read(fd, false).status, 200);
    close(fd);
    CU_ASSERT_EQUAL(peer_served(), 2);
    peer_end();
}

static void takes_json_only(void)
{
    peer_begin(server_limits_default());
    CU_ASSERT_EQUAL(peer_ask("POST /now HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}", true).status, 415);
    struct peer_reply reply =
        peer_ask("PUT /now HTTP/1.1\r\nHost: a\r\nContent-Type: text/xml\r\nContent-Length: 2\r\n\r\n{}", true);
    CU_ASSERT_EQUAL(reply.status, 415);
    CU_ASSERT_PTR_NOT_NULL(strstr(reply.body, "\"code\":\"media_type\""));
    CU_ASSERT_EQUAL(peer_served(), 0);
    reply = peer_ask(
        "PUT /now HTTP/1.1\r\nHost: a\r\nContent-Type: application/x+json;v=1\r\nContent-Length: 2\r\n\r\n{}",
        false);
    CU_ASSERT_EQUAL(reply.status, 200);
    peer_end();
}

void server_gate_contract_test_suite(void);
void server_gate_contract_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("contract: the gate before the service", NULL, NULL);
    CU_add_test(suite, "refuses everything that can be read in two ways", refuses_what_is_ambiguous);
    CU_add_test(suite, "caps targets and heads", caps_heads);
    CU_add_test(suite, "caps bodies, before and while they are read", caps_bodies);
    CU_add_test(suite, "reads chunked bodies and closes behind them", reads_chunks_and_closes);
    CU_add_test(suite, "takes only JSON bodies", takes_json_only);
}
