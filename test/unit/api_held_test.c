/* api: steps that hold until the decision, in a view and in a history. */
#include "api_support.h"

#include <CUnit/Basic.h>

static const char saga[] =
    "{\"name\":\"trip\",\"version\":1,\"timeout\":\"1h\",\"steps\":["
    "{\"id\":\"seat\",\"participant\":\"shop\",\"try\":{\"request\":\"POST /seat/try\"},"
    "\"confirm\":{\"request\":\"POST /seat/confirm\",\"retry\":\"none\"},\"cancel\":{\"request\":\"POST "
    "/seat/cancel\"}},"
    "{\"parallel\":["
    "{\"id\":\"debit\",\"participant\":\"shop\",\"prepare\":{\"request\":\"POST /debit/prepare\"},"
    "\"commit\":{\"request\":\"POST /debit/commit\",\"body\":\"${ steps.debit.key }\"},"
    "\"rollback\":{\"request\":\"POST /debit/rollback\",\"body\":\"${ error.code }\"}},"
    "{\"id\":\"credit\",\"participant\":\"shop\",\"prepare\":{\"request\":\"POST /credit/prepare\"},"
    "\"commit\":{\"request\":\"POST /credit/commit\"},\"rollback\":{\"request\":\"POST /credit/rollback\"}}]},"
    "{\"id\":\"mail\",\"participant\":\"shop\",\"action\":{\"request\":\"POST /mail\"}}]}";

/* Their phases have the names of their protocol. */
static void in_the_api(void)
{
    struct api_world *world = api_world_new();
    CU_ASSERT_EQUAL(api_ask(world, "PUT /v1/participants/shop", "{\"url\":\"http://shop\"}")->status, 201);
    CU_ASSERT_EQUAL_FATAL(api_ask(world, "POST /v1/definitions", saga)->status, 201);
    struct api_answer *started = api_ask(world, "POST /v1/transactions", "{\"saga\":\"trip\",\"id\":\"t\"}");
    CU_ASSERT_EQUAL_FATAL(started->status, 201);
    api_world_settle(world);
    struct api_answer *view = api_ask(world, "GET /v1/transactions/t", NULL);
    CU_ASSERT_STRING_EQUAL(api_text(view, "status"), "completed");
    CU_ASSERT_STRING_EQUAL(api_text(view, "cause"), "vote_passed");
    CU_ASSERT_STRING_EQUAL(api_text(view, "steps.0.state"), "confirmed");
    CU_ASSERT_STRING_EQUAL(api_text(view, "steps.0.try.answer"), "yes");
    CU_ASSERT_STRING_EQUAL(api_text(view, "steps.0.confirm.answer"), "yes");
    CU_ASSERT_PTR_NULL(api_member(view, "steps.0.action"));
    CU_ASSERT_PTR_NULL(api_member(view, "steps.0.cancel"));
    CU_ASSERT_STRING_EQUAL(api_text(view, "steps.1.commit.answer"), "yes");
    CU_ASSERT_STRING_EQUAL(api_text(view, "steps.3.state"), "done");
    CU_ASSERT_STRING_EQUAL(api_text(view, "steps.3.action.answer"), "yes");
    struct api_answer *history = api_ask(world, "GET /v1/transactions/t/history", NULL);
    CU_ASSERT_STRING_EQUAL(api_text(history, "facts.1.phase"), "try");
    CU_ASSERT_STRING_EQUAL(api_text(history, "facts.3.phase"), "prepare");
    CU_ASSERT_STRING_EQUAL(api_text(api_ask(world, "GET /v1/transactions/t/outcome", NULL), "outcome"), "commit");
    api_world_free(world);
}

void api_held_test_suite(void);
void api_held_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("api, what is held until the decision", NULL, NULL);
    CU_add_test(suite, "phases have the names of their protocol", in_the_api);
}
