/* api: parents and children in views and histories, and what a person does to them. */
#include "api_support.h"

#include <CUnit/Basic.h>

static const char hotel[] =
    "{\"name\":\"hotel\",\"version\":1,\"output\":{\"room\":7},\"steps\":[{\"id\":\"room\","
    "\"waitFor\":{\"signal\":\"booked\",\"timeout\":\"1d\"}}]}";
static const char trip[] =
    "{\"name\":\"trip\",\"version\":1,\"steps\":[{\"id\":\"stay\",\"saga\":{\"name\":\"hotel\"}},"
    "{\"id\":\"paid\",\"waitFor\":{\"signal\":\"paid\",\"timeout\":\"1d\"}}]}";

static struct api_answer *post(struct api_world *world, const char *id, const char *what, const char *body)
{
    char line[256];
    snprintf(line, sizeof line, "POST /v1/transactions/%s/%s", id, what);
    return api_ask(world, line, body);
}

static struct api_answer *get(struct api_world *world, const char *id, const char *what)
{
    char line[256];
    snprintf(line, sizeof line, "GET /v1/transactions/%s%s", id, what);
    return api_ask(world, line, NULL);
}

static struct api_world *open_world(char child[64])
{
    struct api_world *world = api_world_new();
    CU_ASSERT_EQUAL_FATAL(api_ask(world, "POST /v1/definitions", hotel)->status, 201);
    CU_ASSERT_EQUAL_FATAL(api_ask(world, "POST /v1/definitions", trip)->status, 201);
    CU_ASSERT_EQUAL_FATAL(
        api_ask(world, "POST /v1/transactions", "{\"saga\":\"trip\",\"id\":\"t\",\"input\":{}}")->status, 201);
    struct api_answer *view = get(world, "t", "");
    CU_ASSERT_STRING_EQUAL(api_text(view, "steps.0.kind"), "saga");
    CU_ASSERT_STRING_EQUAL(api_text(view, "steps.0.saga"), "hotel");
    CU_ASSERT_STRING_EQUAL(api_text(view, "steps.0.state"), "pending");
    CU_ASSERT_STRING_EQUAL(api_text(view, "steps.0.start.answer"), "pending");
    CU_ASSERT_PTR_NULL(api_member(view, "steps.0.start.endedAt"));
    CU_ASSERT_PTR_NULL(api_member(view, "parent"));
    snprintf(child, 64, "%s", api_text(view, "steps.0.child"));
    return world;
}

static void what_they_show(void)
{
    char child[64];
    struct api_world *world = open_world(child);
    struct api_answer *view = get(world, child, "");
    CU_ASSERT_STRING_EQUAL(api_text(view, "saga"), "hotel");
    CU_ASSERT_STRING_EQUAL(api_text(view, "parent.id"), "t");
    CU_ASSERT_STRING_EQUAL(api_text(view, "parent.step"), "stay");
    CU_ASSERT_PTR_NULL(api_member(view, "ready"));
    CU_ASSERT_EQUAL(post(world, child, "signals/booked", "{}")->status, 200);
    view = get(world, child, "");
    CU_ASSERT_TRUE(json_is_true(api_member(view, "ready")));
    view = get(world, "t", "");
    CU_ASSERT_STRING_EQUAL(api_text(view, "steps.0.state"), "done");
    CU_ASSERT_EQUAL(json_integer_value(api_member(view, "steps.0.start.output.room")), 7);
    CU_ASSERT_EQUAL(post(world, "t", "signals/paid", "{}")->status, 200);
    view = get(world, "t", "");
    CU_ASSERT_STRING_EQUAL(api_text(view, "status"), "completed");
    CU_ASSERT_STRING_EQUAL(api_text(view, "steps.0.completion.answer"), "yes");
    CU_ASSERT_STRING_EQUAL(api_text(view, "steps.0.child"), child);
    view = get(world, child, "");
    CU_ASSERT_STRING_EQUAL(api_text(view, "status"), "completed");
    CU_ASSERT_STRING_EQUAL(api_text(view, "cause"), "parent");
    CU_ASSERT_PTR_NULL(api_member(view, "ready"));
    api_world_free(world);
}

static void what_their_histories_say(void)
{
    char child[64];
    struct api_world *world = open_world(child);
    post(world, child, "signals/booked", "{}");
    struct api_answer *history = get(world, child, "/history");
    CU_ASSERT_STRING_EQUAL(api_text(history, "facts.0.parent.id"), "t");
    CU_ASSERT_STRING_EQUAL(api_text(history, "facts.0.parent.step"), "stay");
    CU_ASSERT_PTR_NULL(api_member(history, "facts.0.parent.txn"));
    CU_ASSERT_STRING_EQUAL(api_text(history, "facts.3.fact"), "ready");
    CU_ASSERT_EQUAL(json_integer_value(api_member(history, "facts.3.output.room")), 7);
    history = get(world, "t", "/history");
    CU_ASSERT_STRING_EQUAL(api_text(history, "facts.1.phase"), "start");
    CU_ASSERT_STRING_EQUAL(api_text(history, "facts.2.answer"), "pending");
    CU_ASSERT_STRING_EQUAL(api_text(history, "facts.2.child"), child);
    CU_ASSERT_PTR_NULL(api_member(history, "facts.2.waitsUntil"));
    api_world_free(world);
}

static void what_a_person_may_do(void)
{
    char child[64];
    struct api_world *world = open_world(child);
    CU_ASSERT_EQUAL(post(world, "t", "steps/stay/complete?token=x", "{}")->status, 409); /* nobody calls back */
    CU_ASSERT_EQUAL(post(world, "t", "pause", "{}")->status, 200);
    CU_ASSERT_STRING_EQUAL(api_text(get(world, child, ""), "status"), "paused");
    CU_ASSERT_STRING_EQUAL(api_text(get(world, child, ""), "cause"), "parent");
    CU_ASSERT_EQUAL(post(world, "t", "resume", "{}")->status, 200);
    post(world, child, "signals/booked", "{}");
    struct api_answer *refused = post(world, child, "cancel", "{}");
    CU_ASSERT_EQUAL(refused->status, 409);
    CU_ASSERT_STRING_EQUAL(api_text(refused, "detail"),
                           "cannot cancel: it has done everything and its parent decides: cancel that one");
    CU_ASSERT_EQUAL(post(world, "t", "cancel", "{}")->status, 200);
    CU_ASSERT_STRING_EQUAL(api_text(get(world, child, ""), "status"), "compensated");
    CU_ASSERT_STRING_EQUAL(api_text(get(world, "t", ""), "steps.0.compensation.answer"), "yes");
    api_world_free(world);
}

static void a_parent_whose_child_is_not_there(void)
{
    struct api_world *world = api_world_new();
    struct api_answer *refused = api_ask(world, "POST /v1/definitions", trip);
    CU_ASSERT_EQUAL(refused->status, 422);
    CU_ASSERT_STRING_EQUAL(api_text(refused, "detail"),
                           "step \"stay\": no saga \"hotel\" is registered: register its file first");
    api_world_free(world);
}

void api_children_test_suite(void);
void api_children_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("api, children", NULL, NULL);
    CU_add_test(suite, "what they show", what_they_show);
    CU_add_test(suite, "what their histories say", what_their_histories_say);
    CU_add_test(suite, "what a person may do", what_a_person_may_do);
    CU_add_test(suite, "a parent whose child is not there", a_parent_whose_child_is_not_there);
}
