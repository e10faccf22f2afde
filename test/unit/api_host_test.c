/* api/host: which hosts a request may be meant for, when the coordinator listens on loopback. */
#include "api/host.h"
#include "api_support.h"

#include <CUnit/Basic.h>

static void hosts(void)
{
    static const struct {
        const char *host;
        bool allowed;
    } cases[] = {
        {NULL, true}, /* HTTP/1.0 */
        {"localhost", true},
        {"localhost:7070", true},
        {"LocalHost:1", true},
        {"127.0.0.1", true},
        {"127.0.0.1:65535", true},
        {"[::1]", true},
        {"[::1]:7070", true},
        {"belay.example", true},
        {"BELAY.example:8443", true},
        {"", false},
        {":7070", false},
        {"evil.example", false},
        {"evil.example:7070", false},
        {"localhost.evil.example", false},
        {"localhost.", false},
        {"localhos", false},
        {"127.0.0.1.evil.example", false},
        {"127.0.0.2", false},
        {"0.0.0.0:7070", false},
        {"127.1", false},
        {"[::1", false},
        {"[::1]x", false},
        {"[::1].evil.example", false},
        {"[::]", false},
        {"::1", false},
        {"localhost:7070:1", false},
        {"localhost:x", false},
        {"localhost@evil.example", false},
        {"evil.example/localhost", false},
        {"localhost/evil", false},
        {"belay.example.evil", false},
        {"xbelay.example", false},
    };
    struct host_rule rule = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CU_ASSERT_TRUE(host_allowed(&rule, cases[i].host)); /* no rule: another machine's name is anything */
    host_guard(&rule, "https://belay.example:443/coordinator");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (host_allowed(&rule, cases[i].host) != cases[i].allowed)
            printf("\n  \"%s\"\n", cases[i].host);
        CU_ASSERT_EQUAL(host_allowed(&rule, cases[i].host), cases[i].allowed);
    }
}

static void public_hosts(void)
{
    struct host_rule rule;
    host_guard(&rule, NULL);
    CU_ASSERT_FALSE(host_allowed(&rule, "belay.example"));
    CU_ASSERT_FALSE(host_allowed(&rule, ""));
    host_guard(&rule, "http://127.0.0.2:7070");
    CU_ASSERT_TRUE(host_allowed(&rule, "127.0.0.2:7070"));
    CU_ASSERT_FALSE(host_allowed(&rule, "127.0.0.3"));
    host_guard(&rule, "http://[fd00::1]:7070");
    CU_ASSERT_TRUE(host_allowed(&rule, "[FD00::1]"));
    CU_ASSERT_FALSE(host_allowed(&rule, "[fd00::2]"));
    host_guard(&rule, "http://a");
    CU_ASSERT_TRUE(host_allowed(&rule, "a:1"));
    CU_ASSERT_FALSE(host_allowed(&rule, "a/"));
}

/* Before anything else: also where there is no such path. */
static void every_path_is_guarded(void)
{
    static const char *const requests[] = {"GET /health/live", "GET /v1/transactions", "PUT /v1/participants/x",
                                           "GET /nothing",     "BREW /v1//",           "POST /v1/transactions"};
    const struct api_header evil[] = {
        {"Content-Type", "application/json"}, {"Host", "evil.example:7070"}, {NULL, NULL}};
    const struct api_header good[] = {
        {"Content-Type", "application/json"}, {"Host", "localhost:7070"}, {NULL, NULL}};
    struct api_world *world = api_world_fake();
    CU_ASSERT_EQUAL(api_ask_raw(world, "GET /health/live", NULL, 0, evil)->status, 200);
    api_guard(world->api, "http://127.0.0.1:7070");
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        struct api_answer *answer = api_ask_raw(world, requests[i], "{}", 2, evil);
        CU_ASSERT_STRING_EQUAL(api_verdict(answer), "421 misdirected");
        CU_ASSERT_STRING_EQUAL(api_text(answer, "title"), "Misdirected Request");
        CU_ASSERT_STRING_EQUAL(api_text(answer, "detail"),
                               "the request is for the host \"evil.example:7070\", which is not this one");
    }
    CU_ASSERT_PTR_NULL(world->command);
    CU_ASSERT_EQUAL(api_ask_raw(world, "GET /health/live", NULL, 0, good)->status, 200);
    api_world_free(world);
}

void api_host_test_suite(void);
void api_host_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("api/host", NULL, NULL);
    CU_add_test(suite, "hosts of loopback and their imitations", hosts);
    CU_add_test(suite, "the public host", public_hosts);
    CU_add_test(suite, "every path is guarded", every_path_is_guarded);
}
