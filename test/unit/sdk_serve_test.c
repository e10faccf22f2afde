/* The server of the SDK: real sockets on the loopback interface. */
#include "belay/serve.h"
#include "sdk_support.h"

#include <CUnit/Basic.h>
#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct sdk_service service;
static struct belay_server *server;
static unsigned port;
static atomic_int complaints;

static int other(void *context, const struct belay_request *request, struct belay_response *response)
{
    (void)context;
    if (strcmp(request->path, "/stock%2fred") != 0) /* as it was sent */
        return BELAY_ERROR_ARGUMENT;
    return belay_response_set(response, 200, "text/plain", request->method, strlen(request->method));
}

static void complain(void *context, const struct belay_error *error)
{
    (void)context;
    assert(error->text[0]);
    atomic_fetch_add(&complaints, 1);
}

static int setup(void)
{
    sdk_service_open(&service, ":memory:");
    const struct belay_serve_options options = {
        .size = sizeof options,
        .participant = service.participant,
        .other = other,
        .log = complain,
    };
    struct belay_error error;
    if (belay_serve_start(&options, &server, &error))
        return 1;
    port = belay_serve_port(server);
    return 0;
}

static int teardown(void)
{
    belay_serve_stop(server, 1000);
    sdk_service_close(&service);
    return 0;
}

#define CALL_HEADERS(key, transaction, phase)                                                                     \
    "Host: x\r\nIdempotency-Key: " key "\r\nBelay-Transaction: " transaction "\r\nBelay-Step: s\r\n"              \
    "Belay-Phase: " phase "\r\nContent-Type: application/json\r\n"

static void probes_and_own_routes(void)
{
    char got[4096];
    CU_ASSERT_EQUAL(sdk_http(port, "GET /health HTTP/1.1\r\nHost: x\r\n\r\n", got, sizeof got), 200);
    CU_ASSERT_PTR_NOT_NULL(strstr(got, "{\"status\":\"ok\"}"));
    CU_ASSERT_EQUAL(sdk_http(port, "PUT /stock%2fred HTTP/1.1\r\nHost: x\r\n\r\n", got, sizeof got), 200);
    CU_ASSERT_PTR_NOT_NULL(strstr(got, "Content-Type: text/plain"));
    CU_ASSERT_PTR_NOT_NULL(strstr(got, "\r\n\r\nPUT"));
    CU_ASSERT_EQUAL(sdk_http(port, "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n", got, sizeof got), 404);
    CU_ASSERT_PTR_NOT_NULL(strstr(got, "operations are at /belay/<name>"));
    CU_ASSERT_EQUAL(sdk_http(port, "POST /health HTTP/1.1\r\nHost: x\r\n\r\n", got, sizeof got), 404);
}

static void calls(void)
{
    char got[4096];
    static const char act[] =
        "POST /belay/add HTTP/1.1\r\n" CALL_HEADERS("a/s/action", "a", "action") "Content-Length: 2\r\n\r\n{}";
    for (int i = 0; i < 2; i++) {
        CU_ASSERT_EQUAL(sdk_http(port, act, got, sizeof got), 200);
        CU_ASSERT_PTR_NOT_NULL(strstr(got, "Content-Type: application/json"));
        CU_ASSERT_PTR_NOT_NULL(strstr(got, "{\"count\":1}"));
    }
    static const char chunked[] = "POST /belay/add HTTP/1.1\r\n" CALL_HEADERS(
        "b/s/compensation", "b", "compensation") "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n";
    CU_ASSERT_EQUAL(sdk_http(port, chunked, got, sizeof got), 204);
    CU_ASSERT_EQUAL(sdk_http(port, "GET /belay/add HTTP/1.1\r\nHost: x\r\n\r\n", got, sizeof got), 405);
    CU_ASSERT_PTR_NOT_NULL(strstr(got, "Allow: POST"));
    CU_ASSERT_EQUAL(
        sdk_http(port, "POST /belay/add HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", got, sizeof got), 400);
    CU_ASSERT_PTR_NOT_NULL(strstr(got, "application/problem+json"));
    CU_ASSERT_EQUAL(atomic_load(&complaints), 0);
    static const char failing[] =
        "POST /belay/fail HTTP/1.1\r\n" CALL_HEADERS("c/s/action", "c", "action") "Content-Length: 0\r\n\r\n";
    CU_ASSERT_EQUAL(sdk_http(port, failing, got, sizeof got), 500);
    CU_ASSERT_EQUAL(atomic_load(&complaints), 1);
}

static void too_much(void)
{
    char got[4096];
    CU_ASSERT_EQUAL(
        sdk_http(port, "POST /belay/add HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n", got, sizeof got),
        413);
    static char many[8192] = "GET /health HTTP/1.1\r\nHost: x\r\n";
    for (size_t i = strlen(many), n = 0; n < 70; n++)
        i += (size_t)snprintf(many + i, sizeof many - i, "X-%zu: y\r\n%s", n, n == 69 ? "\r\n" : "");
    CU_ASSERT_EQUAL(sdk_http(port, many, got, sizeof got), 400);
    static char endless[2 * 1024 * 1024];
    int length = snprintf(endless, sizeof endless,
                          "POST /belay/add HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n110000\r\n");
    memset(endless + length, 'x', sizeof endless - (size_t)length - 1);
    CU_ASSERT_EQUAL(sdk_http(port, endless, got, sizeof got), 0); /* hung up on */
    CU_ASSERT_EQUAL(sdk_http(port, "GET /health HTTP/1.1\r\nHost: x\r\n\r\n", got, sizeof got), 200);
}

static void *call_often(void *context)
{
    char got[4096];
    long number = (long)(intptr_t)context;
    for (int i = 0; i < 20; i++) {
        char text[512];
        snprintf(text, sizeof text,
                 "POST /belay/add HTTP/1.1\r\nHost: x\r\nIdempotency-Key: p%d/s/action\r\n"
                 "Belay-Transaction: p%d\r\nBelay-Step: s\r\nBelay-Phase: action\r\nContent-Length: 0\r\n\r\n",
                 i, i);
        if (sdk_http(port, text, got, sizeof got) != 200)
            return context;
    }
    return number < 0 ? context : NULL;
}

static void many_clients(void)
{
    sdk_hooks_reset();
    pthread_t threads[16];
    for (intptr_t i = 0; i < 16; i++)
        pthread_create(&threads[i], NULL, call_often, (void *)(i + 1));
    for (int i = 0; i < 16; i++) {
        void *failed = NULL;
        pthread_join(threads[i], &failed);
        CU_ASSERT_PTR_NULL(failed);
    }
    CU_ASSERT_EQUAL(sdk_hooks_ran(), 20);
}

static void addresses(void)
{
    static const struct {
        const char *listen;
        int code;
    } addresses[] = {
        {"", BELAY_ERROR_ARGUMENT},
        {"7101", BELAY_ERROR_ARGUMENT},
        {":7101", BELAY_ERROR_ARGUMENT},
        {"localhost:7101", BELAY_ERROR_ARGUMENT},
        {"127.0.0.1:", BELAY_ERROR_ARGUMENT},
        {"127.0.0.1:x", BELAY_ERROR_ARGUMENT},
        {"127.0.0.1:70000", BELAY_ERROR_ARGUMENT},
        {"127.0.0.1:123456", BELAY_ERROR_ARGUMENT},
        {"[::1", BELAY_ERROR_ARGUMENT},
        {"[::1]", BELAY_ERROR_ARGUMENT},
        {"[:", BELAY_ERROR_ARGUMENT},
        {"]:1", BELAY_ERROR_ARGUMENT},
        {"203.0.113.1:0", BELAY_ERROR_SYSTEM},
        {"127.0.0.1:0", BELAY_OK},
    };
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        const struct belay_serve_options options = {
            .size = sizeof options, .participant = service.participant, .listen = addresses[i].listen};
        struct belay_server *second = NULL;
        struct belay_error error = {.code = BELAY_OK};
        CU_ASSERT_EQUAL(belay_serve_start(&options, &second, &error), addresses[i].code);
        CU_ASSERT_EQUAL(error.code, addresses[i].code);
        if (second)
            belay_serve_stop(second, 0);
    }
    char taken[32];
    snprintf(taken, sizeof taken, "127.0.0.1:%u", port);
    const struct belay_serve_options options = {
        .size = sizeof options, .participant = service.participant, .listen = taken};
    struct belay_server *second = NULL;
    struct belay_error error;
    CU_ASSERT_EQUAL(belay_serve_start(&options, &second, &error), BELAY_ERROR_SYSTEM);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "in use"));
    const struct belay_serve_options none = {.size = sizeof none};
    CU_ASSERT_EQUAL(belay_serve_start(&none, &second, &error), BELAY_ERROR_ARGUMENT);
}

/* ---- The whole life ---- */

static atomic_uint ready_port;

static void ready(void *context, unsigned on)
{
    (void)context;
    atomic_store(&ready_port, on);
}

static void *live(void *context)
{
    const struct belay_serve_options options = {
        .size = sizeof options, .participant = service.participant, .ready = ready};
    *(int *)context = belay_serve_run(&options, NULL);
    return NULL;
}

static void runs_until_a_signal(void)
{
    pthread_t thread;
    int code = -1;
    char got[256];
    pthread_create(&thread, NULL, live, &code);
    while (!atomic_load(&ready_port))
        usleep(1000);
    CU_ASSERT_EQUAL(sdk_http(atomic_load(&ready_port), "GET /health HTTP/1.1\r\nHost: x\r\n\r\n", got, sizeof got),
                    200);
    pthread_kill(thread, SIGTERM);
    pthread_join(thread, NULL);
    CU_ASSERT_EQUAL(code, BELAY_OK);
    CU_ASSERT_EQUAL(sdk_http(atomic_load(&ready_port), "GET /health HTTP/1.1\r\nHost: x\r\n\r\n", got, sizeof got),
                    -1);
}

void sdk_serve_test_suite(void);
void sdk_serve_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("sdk/serve", setup, teardown);
    CU_add_test(suite, "probes, and the service's own routes", probes_and_own_routes);
    CU_add_test(suite, "calls reach the participant", calls);
    CU_add_test(suite, "bodies and heads that are too long", too_much);
    CU_add_test(suite, "sixteen clients at once", many_clients);
    CU_add_test(suite, "addresses that cannot be listened on", addresses);
    CU_add_test(suite, "runs until a signal", runs_until_a_signal);
}
