/* api: routes, methods, probes, and what is common to all bodies. */
#include "api_support.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/version.h"

#include <CUnit/Basic.h>
#include <string.h>

static void every_route_is_served(void)
{
    static const struct {
        const char *request;
        const char *body;
        const char *verdict;
    } cases[] = {
        {"GET /health/live", NULL, "200"},
        {"GET /health/ready", NULL, "200"},
        {"HEAD /health/live", NULL, "200"},
        {"POST /v1/definitions", "{}", "422 invalid"},
        {"GET /v1/definitions", NULL, "200"},
        {"GET /v1/definitions/pay", NULL, "404 not_found"},
        {"GET /v1/definitions/pay/1", NULL, "404 not_found"},
        {"POST /v1/transactions", "{\"saga\":\"pay\"}", "404 not_found"},
        {"GET /v1/transactions", NULL, "200"},
        {"GET /v1/transactions/x", NULL, "404 not_found"},
        {"GET /v1/transactions/x/history", NULL, "404 not_found"},
        {"GET /v1/transactions/x/outcome", NULL, "200"},
        {"POST /v1/transactions/x/cancel", "{}", "404 not_found"},
        {"POST /v1/transactions/x/pause", "{}", "404 not_found"},
        {"POST /v1/transactions/x/resume", "{}", "404 not_found"},
        {"POST /v1/transactions/x/retry", "{}", "404 not_found"},
        {"POST /v1/transactions/x/skip", "{\"step\":\"a\",\"reason\":\"b\"}", "404 not_found"},
        {"POST /v1/transactions/x/resolve", "{\"step\":\"a\",\"reason\":\"b\",\"outcome\":\"done\"}",
         "404 not_found"},
        {"POST /v1/transactions/x/terminate", "{\"reason\":\"b\"}", "404 not_found"},
        {"GET /v1/participants", NULL, "200"},
        {"GET /v1/participants/x", NULL, "404 not_found"},
        {"PUT /v1/participants/x", "{\"url\":\"http://x\"}", "201"},
        {"DELETE /v1/participants/x", NULL, "204"},
    };
    struct api_world *world = api_world_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct api_answer *answer = api_ask(world, cases[i].request, cases[i].body);
        CU_ASSERT_STRING_EQUAL(api_verdict(answer), cases[i].verdict);
        CU_ASSERT_TRUE(answer->json || answer->status == 204);
        CU_ASSERT_STRING_EQUAL(answer->allow, "");
        if (answer->status >= 400)
            CU_ASSERT_STRING_EQUAL(answer->content_type, "application/problem+json");
    }
    api_world_free(world);
}

static void other_paths_and_methods(void)
{
    static const struct {
        const char *request;
        const char *verdict;
        const char *allow;
    } cases[] = {
        {"GET /", "404 not_found", ""},
        {"GET /v1", "404 not_found", ""},
        {"GET /v2/transactions", "404 not_found", ""},
        {"GET /v1/transactions/x/y", "404 not_found", ""},
        {"POST /v1/transactions/x/kill", "404 not_found", ""},
        {"GET /v1/transactions/x/history/1", "404 not_found", ""},
        {"GET /1/2/3/4/5/6/7/8", "404 not_found", ""},
        {"GET /V1/transactions", "404 not_found", ""},
        {"PUT /v1/transactions", "405 method_not_allowed", "POST, GET, HEAD"},
        {"get /v1/transactions", "405 method_not_allowed", "POST, GET, HEAD"},
        {"OPTIONS /health/live", "405 method_not_allowed", "GET, HEAD"},
        {"GET /v1/transactions/x/cancel", "405 method_not_allowed", "POST"},
        {"DELETE /v1/transactions/x", "405 method_not_allowed", "GET, HEAD"},
        {"POST /v1/participants/x", "405 method_not_allowed", "GET, HEAD, PUT, DELETE"},
        {"TRACE /v1/definitions", "405 method_not_allowed", "POST, GET, HEAD"},
        {"GET /v1//transactions", "400 syntax", ""},
        {"GET /v1/transactions/", "400 syntax", ""},
        {"GET /v1/transactions/%00", "400 syntax", ""},
        {"GET /v1/transactions/../participants", "400 syntax", ""},
        {"GET /v1/transactions?colour=red", "400 usage", ""},
        {"GET /health/live?x", "400 usage", ""},
        {"GET /v1/transactions/x?wait=61", "400 usage", ""},
        {"GET /v1/transactions/x/history?limit=1001", "400 usage", ""},
        {"GET /v1/transactions/x/history?from=-1", "400 usage", ""},
        {"GET /v1/definitions/pay/0", "400 syntax", ""},
        {"GET /v1/definitions/pay/01", "400 syntax", ""},
        {"GET /v1/definitions/pay/4294967296", "400 syntax", ""},
        {"GET /v1/definitions/pay/x", "400 syntax", ""},
    };
    struct api_world *world = api_world_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct api_answer *answer = api_ask(world, cases[i].request, NULL);
        CU_ASSERT_STRING_EQUAL(api_verdict(answer), cases[i].verdict);
        CU_ASSERT_STRING_EQUAL(answer->allow, cases[i].allow);
    }
    struct api_answer *answer = api_ask(world, "GET /v1/transactions?colour=red", NULL);
    CU_ASSERT_PTR_NOT_NULL(strstr(api_text(answer, "detail"), "status saga tag step participant"));
    api_world_free(world);
}

static void probes(void)
{
    struct api_world *world = api_world_fake();
    struct api_answer *answer = api_ask(world, "GET /health/live", NULL);
    CU_ASSERT_STRING_EQUAL(api_text(answer, "status"), "live");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "version"), BELAY_VERSION);
    answer = api_ask(world, "GET /health/ready", NULL);
    CU_ASSERT_STRING_EQUAL(api_text(answer, "status"), "ready");
    CU_ASSERT_EQUAL(api_number(answer, "open"), 3);
    CU_ASSERT_EQUAL(api_number(answer, "inbox"), 2);
    api_drain(world->api);
    answer = api_ask(world, "GET /health/ready", NULL);
    CU_ASSERT_STRING_EQUAL(api_verdict(answer), "503 busy");
    CU_ASSERT_STRING_EQUAL(answer->retry_after, "1");
    CU_ASSERT_STRING_EQUAL(api_verdict(api_ask(world, "GET /health/live", NULL)), "200");
    api_world_free(world);
}

static void a_full_engine_is_503(void)
{
    static const struct {
        const char *request;
        const char *body;
    } cases[] = {
        {"POST /v1/transactions", "{\"saga\":\"pay\",\"id\":\"a\",\"tags\":[\"x\"]}"},
        {"PUT /v1/participants/x", "{\"url\":\"http://x\"}"},
        {"DELETE /v1/participants/x", NULL},
        {"POST /v1/definitions",
         "{\"name\":\"a\",\"version\":1,\"steps\":[{\"id\":\"b\",\"participant\":\"c\",\"operation\":\"d\"}]}"},
    };
    struct api_world *world = api_world_fake();
    world->full = true;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct api_answer *answer = api_ask(world, cases[i].request, cases[i].body);
        CU_ASSERT_STRING_EQUAL(api_verdict(answer), "503 busy");
        CU_ASSERT_STRING_EQUAL(answer->retry_after, "1");
        CU_ASSERT_STRING_NOT_EQUAL(api_text(answer, "hint"), "(none)");
    }
    api_world_free(world);
}

/* Whatever error the engine reports, its code decides the status and its word stands in the problem. */
static void errors_of_the_engine(void)
{
    static const int codes[] = {ERROR_INVALID,   ERROR_NOT_FOUND, ERROR_CONFLICT, ERROR_GONE,
                                ERROR_TOO_LARGE, ERROR_BUSY,      ERROR_STORE,    ERROR_CORRUPT};
    struct api_world *world = api_world_fake();
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        struct api_answer *answer = api_ask(world, "POST /v1/transactions", "{\"saga\":\"pay\"}");
        CU_ASSERT_FALSE(answer->done);
        error_set(&world->command->error, (enum error_code)codes[i], "because \"%zu\"", i);
        api_world_reply(world);
        CU_ASSERT_EQUAL(answer->status, error_status(codes[i]));
        CU_ASSERT_STRING_EQUAL(api_text(answer, "code"), error_word(codes[i]));
        CU_ASSERT_PTR_NOT_NULL(strstr(api_text(answer, "detail"), "because \""));
        CU_ASSERT_EQUAL(answer->retry_after[0] != 0, codes[i] == ERROR_BUSY);
    }
    api_world_free(world);
}

static void hostile_bodies(void)
{
    static const struct {
        const char *body;
        const char *verdict;
        const char *says;
    } cases[] = {
        {NULL, "400 syntax", "found nothing"},
        {"", "400 syntax", "found nothing"},
        {"x", "400 syntax", "not JSON"},
        {"{", "400 syntax", "not JSON"},
        {"[]", "400 syntax", "an array"},
        {"7", "400 syntax", "a whole number"},
        {"null", "400 syntax", "null"},
        {"{}{}", "400 syntax", "more after"},
        {"{\"saga\":\"\\u0000\"}", "400 syntax", "not JSON"},
        {"{\"saga\":\"\xff\"}", "400 syntax", "not JSON"},
        {"{\"saga\":\"\\ud800\"}", "400 syntax", "not JSON"},
        {"{\"input\":99999999999999999999}", "400 syntax", "not JSON"},
        {"{\"input\":1e999}", "400 syntax", "not JSON"},
        {"{\"input\":NaN}", "400 syntax", "not JSON"},
        {"{'saga':'pay'}", "400 syntax", "not JSON"},
        {"{\"saga\":\"a\",\"saga\":\"b\"}", "422 invalid", "twice"},
        {"{\"saga\":\"a\",\"input\":{\"x\":1,\"x\":2}}", "422 invalid", "twice"},
        {"{}", "422 invalid", "has no \"saga\""},
        {"{\"saga\":7}", "422 invalid", "a text"},
        {"{\"saga\":\"\"}", "422 invalid", "1 to 64"},
        {"{\"saga\":\"a\\nb\"}", "422 invalid", "control"},
        {"{\"saga\":\"a\",\"version\":0}", "422 invalid", "1 to"},
        {"{\"saga\":\"a\",\"version\":-1}", "422 invalid", "1 to"},
        {"{\"saga\":\"a\",\"version\":4294967296}", "422 invalid", "1 to"},
        {"{\"saga\":\"a\",\"version\":\"1\"}", "422 invalid", "a whole number"},
        {"{\"saga\":\"a\",\"id\":\"\"}", "422 invalid", "1 to 128"},
        {"{\"saga\":\"a\",\"id\":\"..\"}", "422 invalid", "cannot be an id"},
        {"{\"saga\":\"a\",\"id\":\"a\\u0085b\"}", "422 invalid", "control"},
        {"{\"saga\":\"a\",\"tags\":\"x\"}", "422 invalid", "an array"},
        {"{\"saga\":\"a\",\"tags\":[7]}", "422 invalid", "a tag is a text"},
        {"{\"saga\":\"a\",\"tags\":[\"\"]}", "422 invalid", "a tag is a text"},
        {"{\"saga\":\"a\",\"tags\":[\"x\\ny\"]}", "422 invalid", "a tag is a text"},
        {"{\"saga\":\"a\",\"tags\":[\"x\",\"x\"]}", "422 invalid", "twice"},
        {"{\"saga\":\"a\",\"sgaa\":1}", "422 invalid", "no member"},
    };
    struct api_world *world = api_world_fake();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct api_answer *answer = api_ask(world, "POST /v1/transactions", cases[i].body);
        CU_ASSERT_STRING_EQUAL(api_verdict(answer), cases[i].verdict);
        CU_ASSERT_PTR_NOT_NULL(strstr(api_text(answer, "detail"), cases[i].says));
    }
    struct api_answer *answer =
        api_ask(world, "POST /v1/transactions", "{\"saga\":\"a\",\n  \"inptu\":{}, \"id\":7}");
    CU_ASSERT_EQUAL(json_array_size(api_member(answer, "errors")), 2);
    CU_ASSERT_STRING_EQUAL(api_text(answer, "errors.0.pointer"), "/inptu");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "errors.0.hint"), "did you mean \"input\"?");
    CU_ASSERT_EQUAL(api_number(answer, "errors.0.line"), 2);
    CU_ASSERT_EQUAL(api_number(answer, "errors.0.column"), 3);
    CU_ASSERT_STRING_EQUAL(api_text(answer, "errors.1.pointer"), "/id");
    api_world_free(world);
}

/* Nesting and size are refused before anything recursive looks at them; one less is taken. */
static void deep_and_large_bodies(void)
{
    struct api_world *world = api_world_fake();
    const char *head = "{\"saga\":\"a\",\"input\":";
    char deep[400];
    for (int depth = LIMIT_JSON_DEPTH - 1; depth <= LIMIT_JSON_DEPTH; depth++) {
        size_t length = (size_t)snprintf(deep, sizeof deep, "%s", head);
        memset(deep + length, '[', (size_t)depth);
        memset(deep + length + depth, ']', (size_t)depth);
        snprintf(deep + length + 2 * depth, sizeof deep - length - 2 * (size_t)depth, "}");
        struct api_answer *answer = api_ask(world, "POST /v1/transactions", deep);
        CU_ASSERT_STRING_EQUAL(api_verdict(answer), depth < LIMIT_JSON_DEPTH ? "waits" : "400 syntax");
        if (world->command)
            api_world_reply((error_set(&world->command->error, ERROR_BUSY, "test"), world));
    }
    static const struct api_header headers[] = {{"Content-Type", "application/json"}, {NULL, NULL}};
    char *large = mem_new(LIMIT_BODY_BYTES + 2);
    memset(large, '[', LIMIT_BODY_BYTES + 1);
    struct api_answer *answer = api_ask_raw(world, "POST /v1/transactions", large, LIMIT_BODY_BYTES, headers);
    CU_ASSERT_STRING_EQUAL(api_verdict(answer), "400 syntax");
    answer = api_ask_raw(world, "POST /v1/transactions", large, LIMIT_BODY_BYTES + 1, headers);
    CU_ASSERT_STRING_EQUAL(api_verdict(answer), "413 too_large");
    answer = api_ask_raw(world, "POST /v1/definitions", large, LIMIT_BODY_BYTES + 1, headers);
    CU_ASSERT_STRING_EQUAL(api_verdict(answer), "413 too_large");
    mem_free(large);
    api_world_free(world);
}

static void bodies_of_other_types(void)
{
    static const char *const requests[] = {"POST /v1/transactions", "POST /v1/definitions",
                                           "PUT /v1/participants/x", "POST /v1/transactions/x/cancel"};
    static const struct api_header form[] = {{"Content-Type", "application/x-www-form-urlencoded"}, {NULL, NULL}};
    static const struct api_header none[] = {{NULL, NULL}};
    struct api_world *world = api_world_fake();
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        struct api_answer *answer = api_ask_raw(world, requests[i], "{}", 2, form);
        CU_ASSERT_STRING_EQUAL(api_verdict(answer), "415 media_type");
        CU_ASSERT_STRING_NOT_EQUAL(api_text(answer, "hint"), "(none)");
        CU_ASSERT_STRING_EQUAL(api_verdict(api_ask_raw(world, requests[i], "{}", 2, none)), "415 media_type");
    }
    api_world_free(world);
}

void api_routes_test_suite(void);
void api_routes_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("api: routes and bodies", NULL, NULL);
    CU_add_test(suite, "every route is served", every_route_is_served);
    CU_add_test(suite, "other paths are 404, 405 or 400", other_paths_and_methods);
    CU_add_test(suite, "probes, before and while draining", probes);
    CU_add_test(suite, "a full engine is 503, and nothing leaks", a_full_engine_is_503);
    CU_add_test(suite, "errors of the engine keep code and words", errors_of_the_engine);
    CU_add_test(suite, "hostile bodies", hostile_bodies);
    CU_add_test(suite, "deep and large bodies", deep_and_large_bodies);
    CU_add_test(suite, "bodies that are not said to be JSON", bodies_of_other_types);
}
