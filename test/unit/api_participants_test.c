/* api: participants and the egress rules of their registration. */
#include "api/url.h"
#include "api_support.h"
#include "base/limits.h"

#include <CUnit/Basic.h>
#include <string.h>

static void urls_that_may_be_called(void)
{
    static const char *const right[] = {
        "http://inventory",          "HTTP://inventory:80/",
        "https://pay.internal/v2",   "http://127.0.0.1:8080",
        "http://[::1]:8080/a/b%20c", "https://[fe80::1]",
        "http://my_service-2:1/",    "http://h:65535",
        "http://h/a.b/..c/...",      "http://10.0.0.1/x;y=1,2~!",
    };
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        CU_ASSERT_PTR_NULL(url_refuse(right[i]));
}

static void urls_that_may_not(void)
{
    static const struct {
        const char *url;
        const char *why;
    } cases[] = {
        {"", "begin with"},
        {"inventory:8080", "begin with"},
        {"ftp://h", "begin with"},
        {"file:///etc/passwd", "begin with"},
        {"gopher://h", "begin with"},
        {"//h", "begin with"},
        {" http://h", "begin with"},
        {"http://", "no host"},
        {"http:///x", "no host"},
        {"http://:80", "no host"},
        {"http://user@h", "user"},
        {"http://user:secret@h/", "user"},
        {"http://good.example@evil.example", "user"},
        {"http://h?x=1", "query"},
        {"http://h/#x", "fragment"},
        {"http://h/a b", "space"},
        {"http://h\r\nX: y", "space"},
        {"http://h\t", "space"},
        {"http://h/\x7f", "space"},
        {"http://h/\xc3\xa9", "space"},
        {"http://h\\@evil", "space"},
        {"http://h/{x}", "space"},
        {"http://h:0", "port"},
        {"http://h:65536", "port"},
        {"http://h:", "port"},
        {"http://h:80a", "port"},
        {"http://h:-1", "port"},
        {"http://h:8080:9", "port"},
        {"http://h:000080", "port"},
        {"http://[::1", "bracket"},
        {"http://[::1/]", "bracket"},
        {"http://[]", "empty"},
        {"http://[::1%25eth0]", "IPv6"},
        {"http://[::1]x", "port"},
        {"http://a,b", "host name"},
        {"http://-h", "begins"},
        {"http://.h", "begins"},
        {"http://h%2e/", "host name"},
        {"http://h/%", "%"},
        {"http://h/%2", "%"},
        {"http://h/../x", "\"..\""},
        {"http://h/x/.", "\"..\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *why = url_refuse(cases[i].url);
        CU_ASSERT_PTR_NOT_NULL_FATAL(why);
        CU_ASSERT_PTR_NOT_NULL(strstr(why, cases[i].why));
    }
    char longest[LIMIT_URL_BYTES + 2] = "http://h/";
    memset(longest + 9, 'x', LIMIT_URL_BYTES - 9);
    CU_ASSERT_PTR_NULL(url_refuse(longest));
    longest[LIMIT_URL_BYTES] = 'x';
    CU_ASSERT_PTR_NOT_NULL(url_refuse(longest));
}

static void the_registry_from_put_to_delete(void)
{
    struct api_world *world = api_world_new();
    struct api_answer *answer = api_ask(world, "GET /v1/participants", NULL);
    CU_ASSERT_STRING_EQUAL(answer->body, "{\"participants\":[]}");
    answer = api_ask(world, "PUT /v1/participants/stock",
                     "{\"url\":\"http://stock:80/v1\",\"headers\":{\"Authorization\":\"planted-secret\"}}");
    CU_ASSERT_STRING_EQUAL(api_verdict(answer), "201");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "url"), "http://stock:80/v1");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "headers.Authorization"), "***");
    CU_ASSERT_PTR_NULL(strstr(answer->body, "planted"));
    answer = api_ask(world, "PUT /v1/participants/stock",
                     "{\"url\":\"https://stock\",\"maxInFlight\":7,\"maxPerSecond\":50}");
    CU_ASSERT_STRING_EQUAL(api_verdict(answer), "200");
    answer = api_ask(world, "GET /v1/participants/stock", NULL);
    CU_ASSERT_STRING_EQUAL(answer->body,
                           "{\"name\":\"stock\",\"url\":\"https://stock\",\"maxInFlight\":7,\"maxPerSecond\":50}");
    answer = api_ask(world, "GET /v1/participants", NULL);
    CU_ASSERT_STRING_EQUAL(api_text(answer, "participants.0.name"), "stock");
    answer = api_ask(world, "DELETE /v1/participants/stock", NULL);
    CU_ASSERT_STRING_EQUAL(api_verdict(answer), "204");
    CU_ASSERT_EQUAL(answer->length, 0);
    CU_ASSERT_STRING_EQUAL(api_verdict(api_ask(world, "DELETE /v1/participants/stock", NULL)), "404 not_found");
    CU_ASSERT_STRING_EQUAL(api_verdict(api_ask(world, "GET /v1/participants/stock", NULL)), "404 not_found");
    api_world_free(world);
}

static void secrets_stay_out_of_every_answer(void)
{
    struct api_world *world = api_world_new();
    api_ask(world, "PUT /v1/participants/stock",
            "{\"url\":\"http://stock\",\"headers\":{\"X-Key\":\"planted-secret\"}}");
    CU_ASSERT_PTR_NULL(strstr(api_ask(world, "GET /v1/participants", NULL)->body, "planted"));
    CU_ASSERT_PTR_NULL(strstr(api_ask(world, "GET /v1/participants/stock", NULL)->body, "planted"));
    struct api_answer *answer =
        api_ask(world, "PUT /v1/participants/stock",
                "{\"url\":\"http://stock\",\"headers\":{\"X-Key\":\"planted\\u000d\\u000asecret\"}}");
    CU_ASSERT_STRING_EQUAL(api_verdict(answer), "422 invalid");
    CU_ASSERT_PTR_NULL(strstr(answer->body, "planted"));
    CU_ASSERT_STRING_EQUAL(api_text(answer, "errors.0.pointer"), "/headers/X-Key");
    api_world_free(world);
}

static void registrations_that_are_refused(void)
{
    static const struct {
        const char *body;
        const char *pointer;
    } cases[] = {
        {"{}", ""},
        {"{\"url\":7}", "/url"},
        {"{\"url\":\"\"}", "/url"},
        {"{\"url\":\"ftp://x\"}", "/url"},
        {"{\"url\":\"http://a@b\"}", "/url"},
        {"{\"url\":\"http://x\",\"headers\":[]}", "/headers"},
        {"{\"url\":\"http://x\",\"headers\":{\"A\":1}}", "/headers/A"},
        {"{\"url\":\"http://x\",\"headers\":{\"A\":\"\"}}", "/headers/A"},
        {"{\"url\":\"http://x\",\"headers\":{\"A\":\" b\"}}", "/headers/A"},
        {"{\"url\":\"http://x\",\"headers\":{\"A\":\"b\\u0000c\"}}", NULL},
        {"{\"url\":\"http://x\",\"headers\":{\"A\":\"b\\nX-Evil: 1\"}}", "/headers/A"},
        {"{\"url\":\"http://x\",\"headers\":{\"A\":\"\\u00e9\"}}", "/headers/A"},
        {"{\"url\":\"http://x\",\"headers\":{\"A b\":\"c\"}}", "/headers/A b"},
        {"{\"url\":\"http://x\",\"headers\":{\"A/b~:\":\"c\"}}", "/headers/A~1b~0:"},
        {"{\"url\":\"http://x\",\"headers\":{\"host\":\"y\"}}", "/headers/host"},
        {"{\"url\":\"http://x\",\"headers\":{\"Content-Length\":\"1\"}}", "/headers/Content-Length"},
        {"{\"url\":\"http://x\",\"headers\":{\"transfer-encoding\":\"chunked\"}}", "/headers/transfer-encoding"},
        {"{\"url\":\"http://x\",\"headers\":{\"Connection\":\"close\"}}", "/headers/Connection"},
        {"{\"url\":\"http://x\",\"headers\":{\"Idempotency-Key\":\"1\"}}", "/headers/Idempotency-Key"},
        {"{\"url\":\"http://x\",\"headers\":{\"BELAY-Step\":\"1\"}}", "/headers/BELAY-Step"},
        {"{\"url\":\"http://x\",\"headers\":{\"traceparent\":\"1\"}}", "/headers/traceparent"},
        {"{\"url\":\"http://x\",\"maxInFlight\":0}", "/maxInFlight"},
        {"{\"url\":\"http://x\",\"maxInFlight\":1025}", "/maxInFlight"},
        {"{\"url\":\"http://x\",\"maxInFlight\":1.5}", "/maxInFlight"},
        {"{\"url\":\"http://x\",\"maxPerSecond\":0}", "/maxPerSecond"},
        {"{\"url\":\"http://x\",\"maxPerSecond\":100001}", "/maxPerSecond"},
        {"{\"url\":\"http://x\",\"maxInflight\":5}", "/maxInflight"},
    };
    struct api_world *world = api_world_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct api_answer *answer = api_ask(world, "PUT /v1/participants/x", cases[i].body);
        CU_ASSERT_EQUAL(answer->status, cases[i].pointer ? 422 : 400);
        if (cases[i].pointer)
            CU_ASSERT_STRING_EQUAL(api_text(answer, "errors.0.pointer"), cases[i].pointer);
    }
    struct api_answer *answer = api_ask(world, "PUT /v1/participants/x",
                                        "{\"url\":\"http://x\",\"headers\":{\"A-B\":\"1\",\"a-b\":\"2\"}}");
    CU_ASSERT_EQUAL(json_array_size(api_member(answer, "errors")), 2);
    CU_ASSERT_STRING_EQUAL(api_verdict(api_ask(world, "GET /v1/participants/x", NULL)), "404 not_found");
    static const char *const names[] = {"-x", ".x", "a%2fb", "a%20b", "%C3%A9", "a:b"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char request[64];
        snprintf(request, sizeof request, "PUT /v1/participants/%s", names[i]);
        CU_ASSERT_STRING_EQUAL(api_verdict(api_ask(world, request, "{\"url\":\"http://x\"}")), "422 invalid");
    }
    api_world_free(world);
}

static void too_many_headers(void)
{
    struct api_world *world = api_world_new();
    char body[4096] = "{\"url\":\"http://x\",\"headers\":{";
    size_t length = strlen(body);
    for (int i = 0; i <= LIMIT_HEADERS; i++)
        length += (size_t)snprintf(body + length, sizeof body - length, "%s\"h%d\":\"v\"", i ? "," : "", i);
    snprintf(body + length, sizeof body - length, "}}");
    struct api_answer *answer = api_ask(world, "PUT /v1/participants/x", body);
    CU_ASSERT_STRING_EQUAL(api_verdict(answer), "422 invalid");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "errors.0.pointer"), "/headers");
    api_world_free(world);
}

void api_participants_test_suite(void);
void api_participants_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("api: participants", NULL, NULL);
    CU_add_test(suite, "URLs that may be called", urls_that_may_be_called);
    CU_add_test(suite, "URLs that may not, each for its reason", urls_that_may_not);
    CU_add_test(suite, "put, replace, read, list, delete", the_registry_from_put_to_delete);
    CU_add_test(suite, "secrets stay out of answers and complaints", secrets_stay_out_of_every_answer);
    CU_add_test(suite, "registrations that are refused name the place", registrations_that_are_refused);
    CU_add_test(suite, "headers are counted", too_many_headers);
}
