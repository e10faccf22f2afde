/* engine and api: an input is held to input.schema when a transaction starts, and only then. */
#include "unit/api_support.h"
#include "unit/engine_fake.h"

#include <CUnit/Basic.h>
#include <string.h>

#define SAGA(version, members)                                                                                    \
    "{\"name\":\"shop\",\"version\":" version ",\"timeout\":\"1h\"," members "\"steps\":[{\"id\":\"a\","          \
    "\"participant\":\"inventory\",\"action\":{\"request\":\"POST /a\"},\"readOnly\":true}]}"
#define SCHEMA                                                                                                    \
    "\"input\":{\"schema\":{\"type\":\"object\",\"required\":[\"orderId\",\"items\"],\"additionalProperties\":"   \
    "false,\"properties\":{\"orderId\":{\"type\":\"string\",\"pattern\":\"^[A-Z]+-\\\\d+$\"},\"items\":"          \
    "{\"type\":\"array\",\"minItems\":1,\"items\":{\"type\":\"object\",\"required\":[\"sku\"],\"properties\":"    \
    "{\"sku\":{\"type\":\"string\"},\"n\":{\"type\":\"integer\",\"minimum\":1}}}}}}},"

static const char loose[] = SAGA("1", "");
static const char strict[] = SAGA("2", SCHEMA);
static const char good[] = "{\"orderId\":\"AB-7\",\"items\":[{\"sku\":\"s\",\"n\":2}]}";
static const char bad[] = "{\"orderId\":\"7\",\"items\":[{\"n\":0}],\"note\":1}";

static struct api_world *world_with(const char *first, const char *second)
{
    struct api_world *world = api_world_new();
    CU_ASSERT_EQUAL(api_ask(world, "PUT /v1/participants/inventory", "{\"url\":\"http://shop\"}")->status, 201);
    CU_ASSERT_EQUAL(api_ask(world, "POST /v1/definitions", first)->status, 201);
    if (second)
        CU_ASSERT_EQUAL(api_ask(world, "POST /v1/definitions", second)->status, 201);
    return world;
}

static struct api_answer *start(struct api_world *world, const char *input, const char *more)
{
    static char body[1024];
    snprintf(body, sizeof body, "{\"saga\":\"shop\"%s,\n\"input\":%s}", more, input);
    struct api_answer *answer = api_ask(world, "POST /v1/transactions", body);
    api_world_settle(world);
    return answer;
}

static void everything_that_is_wrong(void)
{
    static const struct {
        const char *pointer;
        const char *message;
        const char *hint;
        int column;
    } expected[] = {
        {"/input/orderId", "expected a text that matches ^[A-Z]+-\\d+$, found \"7\"", "", 10},
        {"/input/items/0", "expected the member \"sku\", found none", "", 33},
        {"/input/items/0/n", "expected at least 1, found 0", "", 34},
        {"/input/note", "expected no member but those of the schema, found \"note\"", "", 42},
    };
    struct api_world *world = world_with(strict, NULL);
    struct api_answer *answer = start(world, bad, "");
    CU_ASSERT_STRING_EQUAL(api_verdict(answer), "422 invalid");
    CU_ASSERT_STRING_EQUAL(answer->content_type, "application/problem+json");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "detail"), "the input is not as shop version 2 wants it, in 4 places");
    CU_ASSERT_EQUAL(json_array_size(api_member(answer, "errors")), 4);
    for (size_t i = 0; i < 4; i++) {
        const json_t *error = json_array_get(api_member(answer, "errors"), i);
        CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(error, "code")), "E606");
        CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(error, "pointer")), expected[i].pointer);
        CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(error, "message")), expected[i].message);
        CU_ASSERT_EQUAL(json_integer_value(json_object_get(error, "line")), 2);
        CU_ASSERT_EQUAL(json_integer_value(json_object_get(error, "column")), expected[i].column);
    }
    CU_ASSERT_STRING_EQUAL(api_verdict(api_ask(world, "GET /v1/transactions", NULL)), "200");
    CU_ASSERT_EQUAL(json_array_size(api_member(api_ask(world, "GET /v1/transactions", NULL), "transactions")), 0);
    api_world_free(world);
}

static void one_thing_stands_in_the_detail(void)
{
    struct api_world *world = world_with(strict, NULL);
    struct api_answer *answer = start(world, "{\"orderId\":\"AB-7\",\"items\":[]}", "");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "detail"),
                           "the input is not as shop version 2 wants it: /input/items: "
                           "expected at least 1 item, found 0");
    answer = api_ask(world, "POST /v1/transactions", "{\"saga\":\"shop\"}"); /* no input is {} */
    CU_ASSERT_STRING_EQUAL(api_verdict(answer), "422 invalid");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "errors.0.pointer"), "/input");
    CU_ASSERT_STRING_EQUAL(api_verdict(start(world, "7", "")), "422 invalid");
    CU_ASSERT_STRING_EQUAL(api_verdict(start(world, good, "")), "201");
    api_world_free(world);
}

static void a_refused_start_leaves_its_id_free(void)
{
    struct api_world *world = world_with(strict, NULL);
    CU_ASSERT_STRING_EQUAL(api_verdict(start(world, bad, ",\"id\":\"o-1\"")), "422 invalid");
    CU_ASSERT_STRING_EQUAL(api_verdict(start(world, good, ",\"id\":\"o-1\"")), "201");
    CU_ASSERT_STRING_EQUAL(api_verdict(start(world, good, ",\"id\":\"o-1\"")), "200");
    CU_ASSERT_STRING_EQUAL(api_verdict(start(world, bad, ",\"id\":\"o-1\"")), "409 conflict");
    api_world_free(world);
}

/* What was started before a schema came is the same transaction still, also when the newest version refuses it. */
static void a_repeated_start_is_not_checked_again(void)
{
    struct api_world *world = world_with(loose, NULL);
    CU_ASSERT_STRING_EQUAL(api_verdict(start(world, bad, ",\"id\":\"o-1\"")), "201");
    CU_ASSERT_EQUAL(api_ask(world, "POST /v1/definitions", strict)->status, 201);
    CU_ASSERT_STRING_EQUAL(api_verdict(start(world, bad, ",\"id\":\"o-1\"")), "200");
    CU_ASSERT_STRING_EQUAL(api_verdict(start(world, bad, "")), "422 invalid");
    CU_ASSERT_STRING_EQUAL(api_verdict(start(world, bad, ",\"version\":1")), "201");
    api_world_free(world);
}

static void the_schema_survives_a_restart(void)
{
    struct fake fake;
    fake_open(&fake);
    fake_define(&fake, loose);
    struct told told = fake_start(&fake, "shop", bad, "o-1");
    CU_ASSERT_EQUAL(told.command.error.code, ERROR_NONE);
    fake_define(&fake, strict);
    fake_restart(&fake);
    told = fake_start(&fake, "shop", bad, "o-1");
    CU_ASSERT_EQUAL(told.command.error.code, ERROR_NONE);
    CU_ASSERT_FALSE(told.command.created);
    CU_ASSERT_EQUAL(told.command.findings.count, 0);
    told = fake_start(&fake, "shop", bad, "o-2");
    CU_ASSERT_EQUAL(told.command.error.code, ERROR_INVALID);
    CU_ASSERT_EQUAL(told.command.findings.count, 4);
    findings_done(&told.command.findings);
    told = fake_start(&fake, "shop", good, "o-2");
    CU_ASSERT_EQUAL(told.command.error.code, ERROR_NONE);
    CU_ASSERT_TRUE(told.command.created);
    fake_close(&fake);
}

void schema_start_test_suite(void);
void schema_start_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("engine/input.schema", NULL, NULL);
    CU_add_test(suite, "everything that is wrong with an input, with its place in the body",
                everything_that_is_wrong);
    CU_add_test(suite, "one violation stands in the detail", one_thing_stands_in_the_detail);
    CU_add_test(suite, "a refused start leaves its id free", a_refused_start_leaves_its_id_free);
    CU_add_test(suite, "a repeated start is not checked again", a_repeated_start_is_not_checked_again);
    CU_add_test(suite, "the schema survives a restart", the_schema_survives_a_restart);
}
