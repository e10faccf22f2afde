/* api: how delays, cases, gates, checks and an operator's word are shown. */
#include "api_support.h"

#include <CUnit/Basic.h>
#include <string.h>

#define CALL(id, path, more)                                                                                      \
    "{\"id\":\"" id "\",\"participant\":\"shop\",\"retry\":\"none\",\"action\":{\"request\":\"POST " path "\"},"  \
    "\"compensation\":{\"request\":\"POST /undo/" id "\"}" more "}"

static const char timed[] =
    "{\"name\":\"time\",\"version\":1,\"timeout\":\"1h\",\"steps\":[{\"id\":\"w\",\"delay\":\"90s\"}," CALL(
        "a", "/a", "") "]}";

static const char switching[] =
    "{\"name\":\"switching\",\"version\":1,\"timeout\":\"1h\",\"steps\":["
    "{\"switch\":[{\"when\":\"input.n > 9\",\"steps\":[" CALL(
        "many", "/a", "") "]},"
                          "{\"when\":\"input.n > 1\",\"steps\":[" CALL("some", "/a", "") "]},{\"steps\":[" CALL(
                              "one", "/a", "") "]}]},"
                                               "{\"id\":\"gift\",\"when\":\"input.n == 7\",\"steps\":[" CALL(
                                                   "wrap", "/a", "") "]}]}";

static const char checked[] = "{\"name\":\"checked\",\"version\":1,\"timeout\":\"1h\",\"steps\":[" CALL(
    "w", "/break", ",\"check\":{\"request\":\"GET /asked\"}") "," CALL("x", "/hang", "") "]}";

static void define(struct api_world *world, const char *saga)
{
    struct api_answer *answer = api_ask(world, "POST /v1/definitions", saga);
    if (answer->status != 201)
        printf("\n  %s\n  %s\n", saga, answer->body);
    CU_ASSERT_EQUAL_FATAL(answer->status, 201);
}

static struct api_world *world_with_sagas(void)
{
    struct api_world *world = api_world_new();
    CU_ASSERT_EQUAL(api_ask(world, "PUT /v1/participants/shop", "{\"url\":\"http://shop\"}")->status, 201);
    define(world, timed);
    define(world, switching);
    define(world, checked);
    return world;
}

static void start(struct api_world *world, const char *saga, const char *id, const char *input)
{
    char body[512];
    snprintf(body, sizeof body, "{\"saga\":\"%s\",\"id\":\"%s\",\"input\":%s}", saga, id, input);
    CU_ASSERT_EQUAL_FATAL(api_ask(world, "POST /v1/transactions", body)->status, 201);
    api_world_settle(world);
}

static struct api_answer *get(struct api_world *world, const char *id, const char *suffix)
{
    char request[256];
    snprintf(request, sizeof request, "GET /v1/transactions/%s%s", id, suffix);
    return api_ask(world, request, NULL);
}

#define VERDICT(answer, verdict) CU_ASSERT_STRING_EQUAL(api_verdict(answer), verdict)

/* The fact of a history that has this type, the last one; NULL without. */
static json_t *fact(const struct api_answer *history, const char *type)
{
    json_t *facts = api_member(history, "facts"), *found = NULL, *each;
    size_t i;
    json_array_foreach(facts, i, each) if (strcmp(json_string_value(json_object_get(each, "fact")), type) == 0)
        found = each;
    return found;
}

static const char *fact_text(const struct api_answer *history, const char *type, const char *member)
{
    const char *text = json_string_value(json_object_get(fact(history, type), member));
    return text ? text : "(none)";
}

static void a_delay(void)
{
    struct api_world *world = world_with_sagas();
    start(world, "time", "d", "{}");
    struct api_answer *answer = get(world, "d", "");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.0.kind"), "delay");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.0.state"), "pending");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.0.waitsUntil"), "2026-01-02T03:05:35.678Z");
    CU_ASSERT_PTR_NULL(api_member(answer, "steps.0.deadline"));
    CU_ASSERT_PTR_NULL(api_member(answer, "steps.0.participant"));
    VERDICT(api_ask(world, "POST /v1/transactions/d/steps/w/complete", "{}"), "409 conflict");
    world->now_ms += 90 * 1000;
    api_world_settle(world);
    answer = get(world, "d", "");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "status"), "completed");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.0.state"), "done");
    CU_ASSERT_PTR_NULL(api_member(answer, "steps.0.action.transport"));
    api_world_free(world);
}

/* The step of a view with that id. */
static json_t *step(const struct api_answer *view, const char *id)
{
    json_t *each;
    size_t i;
    json_array_foreach(api_member(view, "steps"), i,
                       each) if (strcmp(json_string_value(json_object_get(each, "id")), id) == 0) return each;
    return NULL;
}

static void cases_and_gates(void)
{
    struct api_world *world = world_with_sagas();
    start(world, "switching", "s", "{\"n\":2}");
    struct api_answer *answer = get(world, "s", "");
    static const char *const states[] = {"skipped", "done", "skipped"};
    json_t *each;
    size_t i, cases = 0;
    json_array_foreach(api_member(answer, "steps"), i, each)
    {
        long long number = json_integer_value(json_object_get(each, "case"));
        if (!number)
            continue;
        cases++;
        CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(each, "kind")), "case");
        CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(each, "state")), states[number - 1]);
        CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(each, "switch")), "switch#1");
    }
    CU_ASSERT_EQUAL(cases, 3);
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(step(answer, "many"), "within")), "switch#1");
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(step(answer, "some"), "state")), "done");
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(step(answer, "gift"), "kind")), "gate");
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(step(answer, "gift"), "state")), "skipped");
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(step(answer, "wrap"), "within")), "gift");
    VERDICT(api_ask(world, "POST /v1/transactions/s/steps/switch%231/approve", "{}"), "410 gone");
    api_world_free(world);
}

static void a_check(void)
{
    struct api_world *world = world_with_sagas();
    start(world, "checked", "c", "{}");
    struct api_answer *answer = get(world, "c", "");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.0.state"), "done");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.0.action.answer"), "unknown");
    CU_ASSERT_EQUAL(api_number(answer, "steps.0.action.httpStatus"), 500);
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.0.check.answer"), "yes");
    CU_ASSERT_EQUAL(api_number(answer, "steps.0.check.attempts"), 1);
    CU_ASSERT_TRUE(json_is_true(api_member(answer, "steps.0.check.output.ok")));
    answer = get(world, "c", "/history?from=3&limit=2");
    CU_ASSERT_STRING_EQUAL(fact_text(answer, "called", "phase"), "check");
    CU_ASSERT_STRING_EQUAL(fact_text(answer, "answered", "phase"), "check");
    api_world_free(world);
}

/* An operator's word on a step replaces what the participant said. */
static void an_operators_output(void)
{
    static const char stuck[] =
        "{\"name\":\"stuck\",\"version\":1,\"timeout\":\"1h\",\"steps\":[{\"id\":\"p\",\"participant\":\"shop\","
        "\"pivot\":true,\"retry\":{\"maxAttempts\":1},\"action\":{\"request\":\"POST /break\"}}]}";
    struct api_world *world = world_with_sagas();
    define(world, stuck);
    start(world, "stuck", "o", "{}");
    VERDICT(api_ask(world, "POST /v1/transactions/o/resolve",
                    "{\"step\":\"p\",\"outcome\":\"done\",\"output\":{\"n\":7},\"reason\":\"seen\"}"),
            "200");
    struct api_answer *answer = get(world, "o", "");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.0.action.answer"), "yes");
    CU_ASSERT_EQUAL(api_number(answer, "steps.0.action.output.n"), 7);
    CU_ASSERT_PTR_NULL(api_member(answer, "steps.0.action.output.code"));
    api_world_free(world);
}

void api_steps_test_suite(void);
void api_steps_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("api/steps", NULL, NULL);
    CU_add_test(suite, "a delay", a_delay);
    CU_add_test(suite, "cases and gates", cases_and_gates);
    CU_add_test(suite, "a check", a_check);
    CU_add_test(suite, "an operator's output", an_operators_output);
}
