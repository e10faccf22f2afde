/* api: the items of a step in the view, in their list, in the history; their callbacks, and operators' words. */
#include "unit/api_support.h"

#include "base/limits.h"
#include "base/mem.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

#define VERDICT(answer, expected) CU_ASSERT_STRING_EQUAL(api_verdict(answer), expected)

/* The path says what is answered: see api_world_settle. */
static const char saga[] =
    "{\"name\":\"many\",\"version\":1,\"timeout\":\"1h\",\"steps\":["
    "{\"id\":\"each\",\"participant\":\"shop\",\"forEach\":{\"in\":\"input.list\",\"key\":\"item\","
    "\"maxConcurrency\":4},\"async\":{\"timeout\":\"10m\"},\"onFailure\":\"continue\","
    "\"action\":{\"request\":\"POST /${ item }\"},\"compensation\":{\"request\":\"DELETE /break\"}},"
    "{\"id\":\"one\",\"participant\":\"shop\",\"action\":{\"request\":\"POST /one\"},"
    "\"compensation\":{\"request\":\"DELETE /one\"}}]}";

static struct api_world *world_with(const char *list)
{
    struct api_world *world = api_world_new();
    struct buf body;
    VERDICT(api_ask(world, "PUT /v1/participants/shop", "{\"url\":\"http://127.0.0.1:1\"}"), "201");
    VERDICT(api_ask(world, "POST /v1/definitions", saga), "201");
    buf_init(&body, LIMIT_BODY_BYTES);
    buf_printf(&body, "{\"saga\":\"many\",\"id\":\"o\",\"input\":{\"list\":%s}}", list);
    VERDICT(api_ask(world, "POST /v1/transactions", buf_text(&body)), "201");
    buf_done(&body);
    api_world_settle(world);
    return world;
}

static void told_one_by_one(void)
{
    struct api_world *world = world_with("[\"a\",\"refuse\",\"later/1\"]");
    struct api_answer *answer = api_ask(world, "GET /v1/transactions/o", NULL);
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.0.state"), "spread");
    CU_ASSERT_EQUAL(api_number(answer, "steps.0.items.count"), 3);
    CU_ASSERT_EQUAL(api_number(answer, "steps.0.items.states.done"), 1);
    CU_ASSERT_EQUAL(api_number(answer, "steps.0.items.states.refused"), 1);
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.0.items.list.0.action.answer"), "yes");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.0.items.list.1.state"), "refused");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.0.items.list.2.key"), "later%2F1");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.0.items.list.2.state"), "pending");
    CU_ASSERT_PTR_NULL(api_member(answer, "steps.0.action"));
    CU_ASSERT_PTR_NULL(api_member(answer, "steps.1.items"));
    answer = api_ask(world, "GET /v1/transactions/o/history?from=2&limit=4", NULL);
    CU_ASSERT_STRING_EQUAL(api_text(answer, "facts.0.step"), "each");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "facts.0.item"), "a");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "facts.2.item"), "later%2F1");
    answer = api_ask(world, "GET /v1/transactions/o/history?from=1&limit=1", NULL);
    CU_ASSERT_STRING_EQUAL(api_text(answer, "facts.0.fact"), "spread");
    CU_ASSERT_EQUAL(api_number(answer, "facts.0.items"), 3);
    CU_ASSERT_PTR_NULL(api_member(answer, "facts.0.item"));
    api_world_free(world);
}

static void a_callback_for_one(void)
{
    struct api_world *world = world_with("[\"a\",\"later/1\"]");
    static const char path[] = "/v1/transactions/o/steps/each/items/later%252F1/complete?token=";
    char request[1100];
    CU_ASSERT_EQUAL(strncmp(world->callback, path, strlen(path)), 0);
    snprintf(request, sizeof request, "POST /v1/transactions/o/steps/each/items/a/complete%s",
             strchr(world->callback, '?'));
    VERDICT(api_ask(world, request, "{}"), "403 forbidden"); /* another item's token */
    snprintf(request, sizeof request, "POST /v1/transactions/o/steps/each/complete%s",
             strchr(world->callback, '?'));
    VERDICT(api_ask(world, request, "{}"), "409 conflict"); /* which of them? */
    snprintf(request, sizeof request, "POST /v1/transactions/o/steps/each/items/b/complete%s",
             strchr(world->callback, '?'));
    VERDICT(api_ask(world, request, "{}"), "404 not_found");
    snprintf(request, sizeof request, "POST %s", world->callback);
    VERDICT(api_ask(world, request, "{\"output\":{\"n\":7}}"), "200");
    VERDICT(api_ask(world, request, "{\"output\":{\"n\":7}}"), "410 gone");
    struct api_answer *answer = api_ask(world, "GET /v1/transactions/o", NULL);
    CU_ASSERT_STRING_EQUAL(api_text(answer, "status"), "completed");
    CU_ASSERT_EQUAL(api_number(answer, "steps.0.items.list.1.action.output.n"), 7);
    api_world_free(world);
}

static void the_list(void)
{
    struct buf list;
    buf_init(&list, LIMIT_BODY_BYTES);
    buf_puts(&list, "[\"refuse\"");
    for (int i = 1; i < 250; i++)
        buf_printf(&list, ",\"i%d\"", i);
    buf_puts(&list, "]");
    struct api_world *world = world_with(buf_text(&list));
    buf_done(&list);
    struct api_answer *answer = api_ask(world, "GET /v1/transactions/o/steps/each/items", NULL);
    CU_ASSERT_EQUAL(api_number(answer, "count"), 250);
    CU_ASSERT_EQUAL(json_array_size(api_member(answer, "items")), 100);
    CU_ASSERT_EQUAL(api_number(answer, "next"), 100);
    answer = api_ask(world, "GET /v1/transactions/o/steps/each/items?from=248&limit=5", NULL);
    CU_ASSERT_EQUAL(json_array_size(api_member(answer, "items")), 2);
    CU_ASSERT_STRING_EQUAL(api_text(answer, "items.1.key"), "i249");
    CU_ASSERT_PTR_NULL(api_member(answer, "next"));
    answer = api_ask(world, "GET /v1/transactions/o/steps/each/items?state=refused", NULL);
    CU_ASSERT_EQUAL(json_array_size(api_member(answer, "items")), 1);
    CU_ASSERT_STRING_EQUAL(api_text(answer, "items.0.key"), "refuse");
    answer = api_ask(world, "GET /v1/transactions/o", NULL); /* of many, those that a person looks for */
    CU_ASSERT_EQUAL(json_array_size(api_member(answer, "steps.0.items.list")), 1);
    CU_ASSERT_EQUAL(api_number(answer, "steps.0.items.states.done"), 249);
    VERDICT(api_ask(world, "GET /v1/transactions/o/steps/each/items?state=broken", NULL), "400 usage");
    VERDICT(api_ask(world, "GET /v1/transactions/o/steps/one/items", NULL), "404 not_found");
    VERDICT(api_ask(world, "GET /v1/transactions/o/steps/none/items", NULL), "404 not_found");
    VERDICT(api_ask(world, "GET /v1/transactions/p/steps/each/items", NULL), "404 not_found");
    api_world_free(world);
}

/* Its undo fails again and again: a person leaves out that one. */
static void an_operator_skips_one(void)
{
    struct api_world *world = world_with("[\"a\",\"later\"]");
    VERDICT(api_ask(world, "POST /v1/transactions/o/cancel", "{}"), "200");
    api_world_settle(world);
    static const char skip[] = "POST /v1/transactions/o/skip";
    VERDICT(api_ask(world, skip, "{\"step\":\"each[b]\",\"reason\":\"r\"}"), "404 not_found");
    VERDICT(api_ask(world, skip, "{\"step\":\"each\",\"reason\":\"r\"}"), "409 conflict");
    VERDICT(api_ask(world, skip, "{\"step\":\"each[a]\",\"reason\":\"r\"}"), "200");
    struct api_answer *answer = api_ask(world, "GET /v1/transactions/o", NULL);
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.0.items.list.0.state"), "skipped");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.0.items.list.1.state"), "waiting");
    VERDICT(api_ask(world, skip, "{\"step\":\"each[later]\",\"reason\":\"r\"}"), "200");
    answer = api_ask(world, "GET /v1/transactions/o", NULL);
    CU_ASSERT_STRING_EQUAL(api_text(answer, "status"), "compensated");
    api_world_free(world);
}

void api_items_test_suite(void);
void api_items_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("api/items", NULL, NULL);
    CU_add_test(suite, "each item by itself, in the view and the history", told_one_by_one);
    CU_add_test(suite, "a callback for one of them", a_callback_for_one);
    CU_add_test(suite, "the list of all, page by page", the_list);
    CU_add_test(suite, "an operator's word about one of them", an_operator_skips_one);
}
