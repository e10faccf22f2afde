/* The transport on libcurl, against a coordinator that plays a script: what is sent again, and what is not. */
#include "belay/curl.h"
#include "cli_server.h"
#include "sdk_poor.h"
#include "sdk_support.h"

#include <CUnit/Basic.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define SIZED(type)                                                                                               \
    {                                                                                                             \
        .size = sizeof(struct type)                                                                               \
    }
#define PLAY(scenes) cli_server_start(scenes, sizeof(scenes) / sizeof *(scenes))

static struct belay_error error;

static struct belay_curl *connect_to(const char *url, const char *token)
{
    const struct belay_curl_options options = {.size = sizeof options,
                                               .url = url,
                                               .token = token,
                                               .timeout_ms = 2000,
                                               .attempts_max = 3,
                                               .total_ms = 5000};
    struct belay_curl *curl = NULL;
    CU_ASSERT_EQUAL_FATAL(belay_curl_new(&options, &curl, &error), BELAY_OK);
    return curl;
}

/* Sends and frees `request`; the result of belay_client_send. */
static int send_one(struct belay_curl *curl, struct belay_outgoing *request, struct belay_result *result)
{
    struct belay_response response = SIZED(belay_response);
    error.text[0] = '\0';
    *result = (struct belay_result)SIZED(belay_result);
    int code = belay_client_send(belay_curl_transport(curl), request, &response, result, &error);
    result->output = NULL; /* gone with the response */
    belay_response_done(&response);
    belay_outgoing_done(request);
    return code;
}

static struct belay_outgoing start_of(const char *id)
{
    struct belay_start start = SIZED(belay_start);
    struct belay_outgoing out = SIZED(belay_outgoing);
    start.saga = "s";
    start.id = id;
    CU_ASSERT_EQUAL_FATAL(belay_client_start(&start, &out, &error), BELAY_OK);
    return out;
}

static void sends(void)
{
    static const struct scene scenes[] = {
        {"POST /base/v1/transactions", 201, "application/json; charset=utf-8",
         "{\"id\":\"a\",\"status\":\"running\"}"},
        {"GET /base/v1/transactions/a?wait=1", 200, NULL, "{\"id\":\"a\",\"status\":\"completed\"}"},
        {"DELETE /base/v1/participants/p/instances/i", 204, NULL, ""},
        {"PUT /base/v1/participants/p/instances/i", 409, "application/problem+json", "{\"code\":\"conflict\"}"},
    };
    struct cli_server *server = PLAY(scenes);
    char url[128];
    snprintf(url, sizeof url, "%s/base//", cli_server_url(server));
    struct belay_curl *curl = connect_to(url, "t0k3n");
    struct belay_result result;
    struct belay_outgoing out = start_of("a");
    struct belay_context context = {.size = sizeof context, .traceparent = "t", .baggage = ""};
    CU_ASSERT_EQUAL(belay_outgoing_carry(&out, &context, &error), BELAY_OK);
    CU_ASSERT_EQUAL(send_one(curl, &out, &result), BELAY_OK);
    CU_ASSERT_EQUAL(result.status, BELAY_STATUS_RUNNING);
    CU_ASSERT_PTR_NOT_NULL(strstr(cli_server_request(server, 0), "\r\nAuthorization: Bearer t0k3n\r\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(cli_server_request(server, 0), "\r\ntraceparent: t\r\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(cli_server_request(server, 0), "\r\nbaggage:\r\n"));
    CU_ASSERT_PTR_NULL(strstr(cli_server_request(server, 0), "Expect"));
    CU_ASSERT_PTR_NOT_NULL(strstr(cli_server_request(server, 0), "\r\n\r\n{\"saga\":\"s\",\"id\":\"a\"}"));
    CU_ASSERT_EQUAL(belay_client_get("a", 1, &out, &error), BELAY_OK);
    CU_ASSERT_EQUAL(send_one(curl, &out, &result), BELAY_OK);
    CU_ASSERT_EQUAL(result.status, BELAY_STATUS_COMPLETED);
    CU_ASSERT_EQUAL(belay_client_deregister("p", "i", &out, &error), BELAY_OK);
    CU_ASSERT_EQUAL(send_one(curl, &out, &result), BELAY_OK);
    CU_ASSERT_EQUAL(belay_client_register("p", "i", "http://h", 9, &out, &error), BELAY_OK);
    CU_ASSERT_EQUAL(send_one(curl, &out, &result), BELAY_ERROR_REFUSED);
    CU_ASSERT_STRING_EQUAL(result.code, "conflict");
    belay_curl_free(curl);
    CU_ASSERT_EQUAL(cli_server_stop(server), 0);
}

/* Lost, broken off in its head, then there: the same bytes each time. */
static void sends_again(void)
{
    static const struct scene scenes[] = {
        {"POST /v1/transactions", 0, NULL, NULL},
        {"POST /v1/transactions", 201, NULL, NULL},
        {"POST /v1/transactions", 201, NULL, "{\"id\":\"a\"}"},
    };
    struct cli_server *server = PLAY(scenes);
    struct belay_curl *curl = connect_to(cli_server_url(server), NULL);
    struct belay_result result;
    struct belay_outgoing out = start_of("a");
    CU_ASSERT_EQUAL(send_one(curl, &out, &result), BELAY_OK);
    for (size_t i = 1; i < 3; i++)
        CU_ASSERT_STRING_EQUAL(cli_server_request(server, i), cli_server_request(server, 0));
    CU_ASSERT_PTR_NULL(strstr(cli_server_request(server, 0), "Authorization"));
    belay_curl_free(curl);
    CU_ASSERT_EQUAL(cli_server_stop(server), 0);
}

static void gives_up(void)
{
    static const struct scene scenes[] = {
        {"POST /v1/transactions", 503, NULL, "{\"detail\":\"full\"}"},
        {"POST /v1/transactions", 500, NULL, "{\"detail\":\"ill\"}"},
        {"POST /v1/transactions", 429, NULL, "{\"detail\":\"slow\"}"},
        {"GET /v1/transactions/a", 404, NULL, "{\"code\":\"not_found\"}"},
        {"GET /v1/transactions/a", 302, NULL, ""},
    };
    struct cli_server *server = PLAY(scenes);
    struct belay_curl *curl = connect_to(cli_server_url(server), NULL);
    struct belay_result result;
    struct belay_outgoing out = start_of("a");
    CU_ASSERT_EQUAL(send_one(curl, &out, &result), BELAY_ERROR_UNAVAILABLE);
    CU_ASSERT_STRING_EQUAL(error.text, "the coordinator answered 429: slow");
    CU_ASSERT_EQUAL(belay_client_get("a", 0, &out, &error), BELAY_OK);
    CU_ASSERT_EQUAL(send_one(curl, &out, &result), BELAY_ERROR_REFUSED);
    CU_ASSERT_EQUAL(belay_client_get("a", 0, &out, &error), BELAY_OK);
    CU_ASSERT_EQUAL(send_one(curl, &out, &result), BELAY_ERROR_UNAVAILABLE);
    belay_curl_free(curl);
    CU_ASSERT_EQUAL(cli_server_stop(server), 0);
}

/* What nobody can recognise when it comes twice is sent once. */
static void sends_once(void)
{
    static const struct scene scenes[] = {
        {"POST /v1/transactions", 503, NULL, "{}"},
        {"POST /v1/transactions", 0, NULL, NULL},
    };
    struct cli_server *server = PLAY(scenes);
    struct belay_curl *curl = connect_to(cli_server_url(server), NULL);
    struct belay_result result;
    for (int i = 0; i < 2; i++) {
        struct belay_outgoing out = start_of(NULL);
        CU_ASSERT_EQUAL(send_one(curl, &out, &result), BELAY_ERROR_UNAVAILABLE);
    }
    belay_curl_free(curl);
    CU_ASSERT_EQUAL(cli_server_stop(server), 0);
}

static void keeps_its_token(void)
{
    static const struct scene scenes[] = {
        {"POST /callback", 200, NULL, "{}"},
        {"POST /callback", 200, NULL, "{}"},
    };
    struct cli_server *server = PLAY(scenes);
    char url[128];
    struct belay_result result;
    struct belay_outgoing out = SIZED(belay_outgoing);
    snprintf(url, sizeof url, "%s/callback", cli_server_url(server));
    for (int i = 0; i < 2; i++) {
        struct belay_curl *curl = connect_to(i ? "http://127.0.0.1:1" : cli_server_url(server), "t0k3n");
        CU_ASSERT_EQUAL(belay_client_complete(url, NULL, 0, &out, &error), BELAY_OK);
        CU_ASSERT_EQUAL(send_one(curl, &out, &result), BELAY_OK);
        CU_ASSERT_EQUAL(strstr(cli_server_request(server, (size_t)i), "t0k3n") == NULL, i == 1);
        belay_curl_free(curl);
    }
    CU_ASSERT_EQUAL(cli_server_stop(server), 0);
}

static int stop_soon(void *context)
{
    return atomic_fetch_add((atomic_int *)context, 1) > 2;
}

static void stops_and_nobody_is_there(void)
{
    char url[64];
    atomic_int looks = 0;
    struct belay_curl_options options = {
        .size = sizeof options, .url = url, .context = &looks, .attempts_max = 100};
    struct belay_curl *curl = NULL;
    struct belay_result result;
    snprintf(url, sizeof url, "http://127.0.0.1:%u", sdk_free_port());
    options.attempts_max = 2;
    options.total_ms = 1;
    CU_ASSERT_EQUAL_FATAL(belay_curl_new(&options, &curl, &error), BELAY_OK);
    struct belay_outgoing out = start_of(NULL);
    CU_ASSERT_EQUAL(send_one(curl, &out, &result), BELAY_ERROR_UNAVAILABLE);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "POST http://127.0.0.1"));
    belay_curl_free(curl);
    options.attempts_max = 1000;
    options.total_ms = 600000;
    options.stopped = stop_soon;
    time_t begun = time(NULL);
    CU_ASSERT_EQUAL_FATAL(belay_curl_new(&options, &curl, &error), BELAY_OK);
    out = start_of("a");
    CU_ASSERT_EQUAL(send_one(curl, &out, &result), BELAY_ERROR_UNAVAILABLE);
    CU_ASSERT(time(NULL) - begun < 10);
    belay_curl_free(curl);
}

static void refuses_options(void)
{
    static const char *const urls[] = {NULL,
                                       "",
                                       "127.0.0.1:7070",
                                       "ftp://x",
                                       "http://",
                                       "http:///",
                                       "https://u@h",
                                       "http://h/?a",
                                       "http://h\r\nX: y",
                                       "http://h#a"};
    struct belay_curl *curl = NULL;
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        const struct belay_curl_options options = {.size = sizeof options, .url = urls[i]};
        CU_ASSERT_EQUAL(belay_curl_new(&options, &curl, &error), BELAY_ERROR_ARGUMENT);
    }
    struct belay_curl_options options = {.size = sizeof options, .url = "http://h", .token = "a\nb"};
    CU_ASSERT_EQUAL(belay_curl_new(&options, &curl, &error), BELAY_ERROR_ARGUMENT);
    options.token = "";
    CU_ASSERT_EQUAL(belay_curl_new(&options, &curl, &error), BELAY_ERROR_ARGUMENT);
    CU_ASSERT_PTR_NULL(strstr(error.text, "a\nb"));
    options.size = 8;
    CU_ASSERT_EQUAL(belay_curl_new(&options, &curl, &error), BELAY_ERROR_ARGUMENT);
    CU_ASSERT_PTR_NULL(curl);
    belay_curl_free(NULL);
}

static void every_allocation_fails(void)
{
    static const struct scene scenes[] = {
        {"GET /v1/transactions/a", 200, NULL, "{\"id\":\"a\"}"},
        {"GET /v1/transactions/a", 200, NULL, "{\"id\":\"a\"}"},
    };
    struct cli_server *server = PLAY(scenes);
    struct poor poor = {.countdown = 1};
    const struct belay_allocator allocator = {.context = &poor, .resize = poor_resize};
    const struct belay_curl_options options = {
        .size = sizeof options, .url = cli_server_url(server), .allocator = &allocator};
    struct belay_curl *curl = NULL;
    struct belay_result result;
    CU_ASSERT_EQUAL(belay_curl_new(&options, &curl, &error), BELAY_ERROR_MEMORY);
    CU_ASSERT_EQUAL_FATAL(belay_curl_new(&options, &curl, &error), BELAY_OK);
    for (int i = 1; i >= 0; i--) {
        struct belay_outgoing out = SIZED(belay_outgoing);
        CU_ASSERT_EQUAL(belay_client_get("a", 0, &out, &error), BELAY_OK);
        poor.countdown = i;
        CU_ASSERT_EQUAL(send_one(curl, &out, &result), i ? BELAY_ERROR_MEMORY : BELAY_OK);
        CU_ASSERT_EQUAL(poor.live, 1);
    }
    belay_curl_free(curl);
    CU_ASSERT_EQUAL(poor.live, 0);
    CU_ASSERT_EQUAL(cli_server_stop(server), 0);
}

void sdk_curl_test_suite(void);
void sdk_curl_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("sdk/curl", NULL, NULL);
    CU_add_test(suite, "sends", sends);
    CU_add_test(suite, "sends again what may be sent twice", sends_again);
    CU_add_test(suite, "gives up", gives_up);
    CU_add_test(suite, "sends once what may not", sends_once);
    CU_add_test(suite, "keeps its token to itself", keeps_its_token);
    CU_add_test(suite, "nobody is there; stops when told to", stops_and_nobody_is_there);
    CU_add_test(suite, "refuses options", refuses_options);
    CU_add_test(suite, "each allocation fails", every_allocation_fails);
}
