/* api: an operator gives a stuck step another body. */
#include "api_support.h"
#include "ports/caller.h"

#include <CUnit/Basic.h>
#include <string.h>

/* The undo of "a" fails for good: the body that the saga gives it is wrong, say. */
static const char saga[] =
    "{\"name\":\"stuck\",\"version\":1,\"timeout\":\"1h\",\"steps\":["
    "{\"id\":\"a\",\"participant\":\"shop\",\"action\":{\"request\":\"POST /a\",\"body\":{\"x\":1}},"
    "\"compensation\":{\"request\":\"POST /break\",\"body\":{\"y\":1},\"retry\":{\"maxAttempts\":1}}},"
    "{\"id\":\"b\",\"participant\":\"shop\",\"action\":{\"request\":\"DELETE /refuse\"},"
    "\"compensation\":{\"request\":\"DELETE /b\"}}]}";

/* A transaction "s" that stands paused, as the undo of "a" is stuck. */
static struct api_world *world_that_is_stuck(void)
{
    struct api_world *world = api_world_new();
    api_ask(world, "PUT /v1/participants/shop", "{\"url\":\"http://shop\"}");
    CU_ASSERT_EQUAL(api_ask(world, "POST /v1/definitions", saga)->status, 201);
    api_ask(world, "POST /v1/transactions", "{\"saga\":\"stuck\",\"id\":\"s\"}");
    api_world_settle(world);
    struct api_answer *answer = api_ask(world, "GET /v1/transactions/s", NULL);
    CU_ASSERT_STRING_EQUAL(api_text(answer, "status"), "paused");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.0.state"), "stuck");
    return world;
}

static void it_is_called_with_it_from_then_on(void)
{
    struct api_world *world = world_that_is_stuck();
    api_ask(world, "PUT /v1/participants/shop", "{\"url\":\"http://shop/hang\"}");
    struct api_answer *answer =
        api_ask(world, "POST /v1/transactions/s/retry",
                "{\"step\":\"a\",\"reason\":\"y was wrong\",\"actor\":\"ada\",\"body\":{\"y\": 2}}");
    CU_ASSERT_STRING_EQUAL(api_verdict(answer), "200");
    api_world_settle(world);
    CU_ASSERT_EQUAL_FATAL(world->waiting_count, 1);
    const struct request *request = world->waiting[0];
    CU_ASSERT_STRING_EQUAL(request->body, "{\"y\":2}");
    answer = api_ask(world, "GET /v1/transactions/s/history", NULL);
    CU_ASSERT_PTR_NOT_NULL(strstr(answer->body, "\"fact\":\"retried\""));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(answer->body, "\"actor\":\"ada\",\"reason\":\"y was wrong\",\"body\":{\"y\":2}"));
    api_world_free(world);
}

static void what_cannot_be_replaced(void)
{
    static const struct {
        const char *body;
        const char *verdict;
        const char *text;
    } cases[] = {
        {"{\"reason\":\"w\",\"body\":1}", "422 invalid", "\\\"step\\\" is missing"},
        {"{\"step\":\"a\",\"body\":1}", "422 invalid", "\\\"reason\\\" is missing"},
        {"{\"step\":\"b\",\"reason\":\"w\",\"body\":1}", "409 conflict", "has no body to replace"},
        {"{\"step\":\"c\",\"reason\":\"w\",\"body\":1}", "404 not_found", "no step"},
    };
    struct api_world *world = world_that_is_stuck();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct api_answer *answer = api_ask(world, "POST /v1/transactions/s/retry", cases[i].body);
        CU_ASSERT_STRING_EQUAL(api_verdict(answer), cases[i].verdict);
        CU_ASSERT_PTR_NOT_NULL(strstr(answer->body, cases[i].text));
    }
    struct api_answer *answer =
        api_ask(world, "POST /v1/transactions/s/skip", "{\"step\":\"a\",\"reason\":\"w\",\"body\":1}");
    CU_ASSERT_STRING_EQUAL(api_verdict(answer), "422 invalid");
    api_world_free(world);
}

void api_edit_test_suite(void);
void api_edit_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("api: another body", NULL, NULL);
    CU_add_test(suite, "a step is called with it from then on", it_is_called_with_it_from_then_on);
    CU_add_test(suite, "what cannot be replaced", what_cannot_be_replaced);
}
