/* The lease: an instance registers itself, keeps itself registered, and leaves. */
#include "belay/serve.h"
#include "sdk_support.h"

#include <CUnit/Basic.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A coordinator that takes registrations, or fails the next so many. */
static struct peer {
    pthread_mutex_t lock;
    int puts, deletes, failing;
    char target[200], body[200];
} peer = {.lock = PTHREAD_MUTEX_INITIALIZER};

static int peer_send(void *self, const struct belay_outgoing *request, struct belay_response *response,
                     struct belay_error *why)
{
    (void)self;
    pthread_mutex_lock(&peer.lock);
    bool fails = peer.failing > 0;
    peer.failing -= fails;
    peer.puts += !strcmp(request->method, "PUT");
    peer.deletes += !strcmp(request->method, "DELETE");
    snprintf(peer.target, sizeof peer.target, "%s", request->target);
    if (request->body)
        snprintf(peer.body, sizeof peer.body, "%.*s", (int)request->body_length, request->body);
    pthread_mutex_unlock(&peer.lock);
    if (fails)
        return belay_error_set(why, BELAY_ERROR_UNAVAILABLE, "nobody is there");
    response->status = 204;
    return BELAY_OK;
}

static const struct belay_transport transport = {.size = sizeof transport, .send = peer_send};

static int count(const int *counter)
{
    pthread_mutex_lock(&peer.lock);
    int value = *counter;
    pthread_mutex_unlock(&peer.lock);
    return value;
}

static void wait_for_puts(int wanted)
{
    for (int i = 0; i < 2000 && count(&peer.puts) < wanted; i++)
        usleep(5000);
    CU_ASSERT(count(&peer.puts) >= wanted);
}

static void reset(int failing)
{
    peer.puts = peer.deletes = 0;
    peer.failing = failing;
}

static atomic_int complaints;

static void complain(void *context, const struct belay_error *error)
{
    (void)context;
    CU_ASSERT_EQUAL(error->code, BELAY_ERROR_UNAVAILABLE);
    atomic_fetch_add(&complaints, 1);
}

static void registers_renews_and_leaves(void)
{
    char url[] = "http://10.0.0.1:7101";
    struct belay_lease *lease = NULL;
    const struct belay_lease_options options = {
        .size = sizeof options, .transport = &transport, .participant = "bank", .url = url, .lease_s = 1};
    reset(0);
    CU_ASSERT_EQUAL_FATAL(belay_lease_start(&options, &lease, NULL), BELAY_OK);
    memset(url, 'x', sizeof url - 1); /* it has a copy */
    wait_for_puts(3);
    belay_lease_stop(lease);
    CU_ASSERT_EQUAL(peer.deletes, 1);
    CU_ASSERT_STRING_EQUAL(peer.target, "/v1/participants/bank/instances/http%3A%2F%2F10.0.0.1%3A7101");
    CU_ASSERT_STRING_EQUAL(peer.body, "{\"url\":\"http://10.0.0.1:7101\",\"leaseSeconds\":1}");
}

static void comes_before_the_coordinator(void)
{
    struct belay_lease *lease = NULL;
    const struct belay_lease_options options = {.size = sizeof options,
                                                .transport = &transport,
                                                .participant = "bank",
                                                .url = "http://b",
                                                .instance = "one",
                                                .lease_s = 3,
                                                .log = complain};
    atomic_store(&complaints, 0);
    reset(2);
    CU_ASSERT_EQUAL_FATAL(belay_lease_start(&options, &lease, NULL), BELAY_OK);
    wait_for_puts(3);
    CU_ASSERT_EQUAL(atomic_load(&complaints), 2);
    pthread_mutex_lock(&peer.lock);
    peer.failing = 1000; /* the coordinator is gone: leaving does not hang */
    pthread_mutex_unlock(&peer.lock);
    belay_lease_stop(lease);
    CU_ASSERT_EQUAL(peer.deletes, 1);
    CU_ASSERT_STRING_EQUAL(peer.target, "/v1/participants/bank/instances/one");
    CU_ASSERT(atomic_load(&complaints) >= 3);
}

static void lives_as_long_as_the_server(void)
{
    struct sdk_service service;
    struct belay_server *server = NULL;
    sdk_service_open(&service, ":memory:");
    const struct belay_lease_options lease = {
        .size = sizeof lease, .transport = &transport, .participant = "bank"};
    const struct belay_serve_options options = {
        .size = sizeof options, .participant = service.participant, .listen = "[::1]:0", .lease = &lease};
    reset(0);
    CU_ASSERT_EQUAL_FATAL(belay_serve_start(&options, &server, NULL), BELAY_OK);
    wait_for_puts(1);
    char wanted[100];
    snprintf(wanted, sizeof wanted, "{\"url\":\"http://[::1]:%u\",\"leaseSeconds\":30}", belay_serve_port(server));
    pthread_mutex_lock(&peer.lock);
    CU_ASSERT_STRING_EQUAL(peer.body, wanted);
    pthread_mutex_unlock(&peer.lock);
    belay_serve_stop(server, 100);
    CU_ASSERT_EQUAL(peer.deletes, 1);
    struct belay_lease_options wrong = lease;
    wrong.size = 1;
    struct belay_serve_options refused = options;
    refused.lease = &wrong;
    CU_ASSERT_EQUAL(belay_serve_start(&refused, &server, NULL), BELAY_ERROR_ARGUMENT);
    sdk_service_close(&service);
}

static void refuses_options(void)
{
    const struct belay_lease_options good = {
        .size = sizeof good, .transport = &transport, .participant = "bank", .url = "http://b"};
    struct belay_lease_options bad[] = {good, good, good, good, good};
    bad[0].size = 0;
    bad[1].transport = NULL;
    bad[2].participant = "";
    bad[3].url = NULL;
    bad[4].lease_s = 100000;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct belay_lease *lease = NULL;
        struct belay_error error = {.code = BELAY_OK};
        CU_ASSERT_EQUAL(belay_lease_start(&bad[i], &lease, &error), BELAY_ERROR_ARGUMENT);
        CU_ASSERT_EQUAL(error.code, BELAY_ERROR_ARGUMENT);
        CU_ASSERT_PTR_NULL(lease);
    }
}

void sdk_lease_test_suite(void);
void sdk_lease_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("sdk/lease", NULL, NULL);
    CU_add_test(suite, "registers, renews and leaves", registers_renews_and_leaves);
    CU_add_test(suite, "comes before the coordinator, leaves after it", comes_before_the_coordinator);
    CU_add_test(suite, "lives as long as the server", lives_as_long_as_the_server);
    CU_add_test(suite, "refuses options", refuses_options);
}
