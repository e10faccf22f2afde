/* api: definitions: registering, trying, reading. */
#include "api_support.h"

#include <CUnit/Basic.h>
#include <string.h>

#define SAGA(version, more)                                                                                       \
    "{\"name\":\"pay\",\"version\":" version ",\"timeout\":\"1h\",\"description\":\"takes money\"" more           \
    ",\"steps\":[{\"id\":\"a\",\"participant\":\"shop\",\"operation\":\"pay\"}]}"

static void registered_once(void)
{
    struct api_world *world = api_world_new();
    struct api_answer *answer = api_ask(world, "POST /v1/definitions", SAGA("1", ""));
    CU_ASSERT_STRING_EQUAL(api_verdict(answer), "201");
    CU_ASSERT_STRING_EQUAL(answer->body, "{\"name\":\"pay\",\"version\":1,\"findings\":[]}");
    CU_ASSERT_STRING_EQUAL(api_verdict(api_ask(world, "POST /v1/definitions", SAGA("1", ""))), "200");
    answer = api_ask(world, "POST /v1/definitions", SAGA("1", ",\"tags\":[\"x\"]"));
    CU_ASSERT_STRING_EQUAL(api_verdict(answer), "409 conflict");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "hint"), "the next free version is 2");
    CU_ASSERT_STRING_EQUAL(api_verdict(api_ask(world, "POST /v1/definitions", SAGA("7", ""))), "201");
    answer = api_ask(world, "POST /v1/definitions?dryRun=false", SAGA("1", ",\"tags\":[\"x\"]"));
    CU_ASSERT_STRING_EQUAL(api_text(answer, "hint"), "the next free version is 8");
    api_world_free(world);
}

static void a_dry_run_changes_nothing(void)
{
    struct api_world *world = api_world_new();
    struct api_answer *answer = api_ask(world, "POST /v1/definitions?dryRun=true", SAGA("1", ""));
    CU_ASSERT_STRING_EQUAL(answer->body, "{\"valid\":true,\"findings\":[]}");
    CU_ASSERT_STRING_EQUAL(api_ask(world, "GET /v1/definitions", NULL)->body, "{\"definitions\":[]}");
    api_ask(world, "POST /v1/definitions", SAGA("1", ""));
    answer = api_ask(world, "POST /v1/definitions?dryRun=true", SAGA("1", ""));
    CU_ASSERT_STRING_EQUAL(api_verdict(answer), "200");
    answer = api_ask(world, "POST /v1/definitions?dryRun=true", SAGA("1", ",\"tags\":[\"x\"]"));
    CU_ASSERT_STRING_EQUAL(api_verdict(answer), "409 conflict");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "hint"), "the next free version is 2");
    CU_ASSERT_STRING_EQUAL(api_verdict(api_ask(world, "POST /v1/definitions?dryRun=yes", SAGA("1", ""))),
                           "400 usage");
    api_world_free(world);
}

static void all_findings_at_once(void)
{
    struct api_world *world = api_world_new();
    struct api_answer *answer =
        api_ask(world, "POST /v1/definitions", "{\"name\":\"pay\",\n \"version\":0,\n \"stps\":[]}");
    CU_ASSERT_STRING_EQUAL(api_verdict(answer), "422 invalid");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "errors.0.code"), "E202"); /* no steps, said of the whole file */
    CU_ASSERT_PTR_NOT_NULL(strstr(answer->body, "\"pointer\":\"/version\",\"line\":2,\"column\":2"));
    CU_ASSERT_TRUE(json_array_size(api_member(answer, "errors")) >= 3);
    static const char *const bodies[] = {"", "x", "[]", "{}", "null", "\"x\"", "{\"name\":\"\\u0000\"}"};
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        int status = api_ask(world, "POST /v1/definitions", bodies[i])->status;
        CU_ASSERT_TRUE(status == 400 || status == 422);
    }
    answer = api_ask(world, "POST /v1/definitions",
                     "{\"name\":\"warned\",\"version\":1,\"steps\":[{\"id\":\"a\",\"participant\":\"s\","
                     "\"operation\":\"o\"}]}");
    CU_ASSERT_STRING_EQUAL(api_verdict(answer), "201");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "findings.0.code"), "W101"); /* no timeout: a warning stops nothing */
    api_world_free(world);
}

static void reading_back(void)
{
    struct api_world *world = api_world_new();
    api_ask(world, "POST /v1/definitions", SAGA("1", ""));
    world->now_ms += 1000;
    api_ask(world, "POST /v1/definitions", SAGA("3", ""));
    struct api_answer *answer = api_ask(world, "GET /v1/definitions", NULL);
    CU_ASSERT_EQUAL(json_array_size(api_member(answer, "definitions")), 2);
    CU_ASSERT_EQUAL(api_number(answer, "definitions.0.version"), 3);
    CU_ASSERT_STRING_EQUAL(api_text(answer, "definitions.0.description"), "takes money");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "definitions.1.registeredAt"), "2026-01-02T03:04:05.678Z");
    answer = api_ask(world, "GET /v1/definitions/pay", NULL);
    CU_ASSERT_EQUAL(api_number(answer, "version"), 3);
    CU_ASSERT_PTR_NOT_NULL(strstr(answer->body, "\"definition\":" SAGA("3", "")));
    answer = api_ask(world, "GET /v1/definitions/pay/1", NULL);
    CU_ASSERT_EQUAL(api_number(answer, "definition.version"), 1);
    answer = api_ask(world, "GET /v1/definitions/pay/2", NULL);
    CU_ASSERT_STRING_EQUAL(api_verdict(answer), "404 not_found");
    CU_ASSERT_PTR_NOT_NULL(strstr(api_text(answer, "detail"), "\"pay\" version 2"));
    api_world_free(world);
}

void api_definitions_test_suite(void);
void api_definitions_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("api: definitions", NULL, NULL);
    CU_add_test(suite, "a version is registered once", registered_once);
    CU_add_test(suite, "a dry run changes nothing", a_dry_run_changes_nothing);
    CU_add_test(suite, "all findings at once, warnings beside a success", all_findings_at_once);
    CU_add_test(suite, "reading back", reading_back);
}
