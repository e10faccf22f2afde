/* api: what is told of locks. */
#include "api_support.h"

#include <CUnit/Basic.h>
#include <string.h>

#define SAGA(name, lock)                                                                                          \
    "{\"name\":\"" name "\",\"version\":1,\"timeout\":\"1h\",\"lock\":{\"key\":\"input.k\"," lock "},\"steps\":[" \
    "{\"id\":\"a\",\"participant\":\"shop\",\"action\":{\"request\":\"POST /hang\"},"                             \
    "\"compensation\":{\"request\":\"POST /undo\"}}]}"

static struct api_world *open_world(void)
{
    struct api_world *world = api_world_new();
    CU_ASSERT_EQUAL(api_ask(world, "PUT /v1/participants/shop", "{\"url\":\"http://shop\"}")->status, 201);
    CU_ASSERT_EQUAL(api_ask(world, "POST /v1/definitions", SAGA("waits", "\"timeout\":\"5m\""))->status, 201);
    CU_ASSERT_EQUAL(api_ask(world, "POST /v1/definitions", SAGA("rejects", "\"onConflict\":\"reject\""))->status,
                    201);
    return world;
}

static void start(struct api_world *world, const char *body, const char *verdict)
{
    CU_ASSERT_STRING_EQUAL(api_verdict(api_ask(world, "POST /v1/transactions", body)), verdict);
}

static void who_holds_and_who_waits(void)
{
    struct api_world *world = open_world();
    start(world, "{\"saga\":\"waits\",\"id\":\"a\",\"input\":{\"k\":\"door/1\"}}", "201");
    start(world, "{\"saga\":\"waits\",\"id\":\"b\",\"input\":{\"k\":\"door/1\"}}", "201");
    start(world, "{\"saga\":\"waits\",\"id\":\"c\",\"input\":{\"k\":\"door/1\"}}", "201");
    const struct api_answer *answer = api_ask(world, "GET /v1/transactions/a", NULL);
    CU_ASSERT_STRING_EQUAL(api_text(answer, "lock.key"), "door/1");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "lock.state"), "held");
    CU_ASSERT_PTR_NULL(api_member(answer, "lock.waitsUntil"));
    answer = api_ask(world, "GET /v1/transactions/c", NULL);
    CU_ASSERT_STRING_EQUAL(api_text(answer, "lock.state"), "waiting");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "lock.holder"), "a");
    CU_ASSERT_EQUAL(api_number(answer, "lock.before"), 2);
    CU_ASSERT_PTR_NOT_NULL(api_member(answer, "lock.waitsUntil"));
    answer = api_ask(world, "GET /v1/transactions/c/history", NULL);
    CU_ASSERT_STRING_EQUAL(api_text(answer, "facts.0.lock"), "door/1");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "facts.1.fact"), "queued");
    CU_ASSERT_PTR_NOT_NULL(api_member(answer, "facts.1.waitsUntil"));
    api_ask(world, "POST /v1/transactions/a/terminate", "{\"reason\":\"test\"}");
    answer = api_ask(world, "GET /v1/transactions/a", NULL);
    CU_ASSERT_STRING_EQUAL(api_text(answer, "lock.state"), "released");
    answer = api_ask(world, "GET /v1/transactions/b/history", NULL);
    CU_ASSERT_STRING_EQUAL(api_text(answer, "facts.2.fact"), "granted");
    api_world_free(world);
}

static void who_does_not_wait_is_refused(void)
{
    struct api_world *world = open_world();
    start(world, "{\"saga\":\"waits\",\"id\":\"a\",\"input\":{\"k\":7}}", "201");
    start(world, "{\"saga\":\"rejects\",\"id\":\"r\",\"input\":{\"k\":\"7\"}}", "409 lock_held");
    CU_ASSERT_STRING_EQUAL(api_verdict(api_ask(world, "GET /v1/transactions/r", NULL)), "404 not_found");
    start(world, "{\"saga\":\"rejects\",\"id\":\"r\",\"input\":{}}", "422 invalid");
    start(world, "{\"saga\":\"rejects\",\"id\":\"r\",\"input\":{\"k\":8}}", "201");
    api_world_free(world);
}

void api_locks_test_suite(void);
void api_locks_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("api/locks", NULL, NULL);
    CU_add_test(suite, "who holds, and who waits", who_holds_and_who_waits);
    CU_add_test(suite, "who does not wait is refused", who_does_not_wait_is_refused);
}
