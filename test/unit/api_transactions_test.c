/* api: transactions from their start to their history, on the real engine and the memory store. */
#include "api_support.h"
#include "base/limits.h"
#include "base/mem.h"

#include <CUnit/Basic.h>
#include <string.h>

#define STEP(id, path)                                                                                            \
    "{\"id\":\"" id "\",\"participant\":\"shop\",\"retry\":{\"maxAttempts\":2,\"initialInterval\":\"1s\"},"       \
    "\"action\":{\"request\":\"POST " path "\"},\"compensation\":{\"request\":\"POST /undo/" id "\","             \
    "\"retry\":{\"maxAttempts\":1}}}"
#define SAGA(name, version, steps)                                                                                \
    "{\"name\":\"" name "\",\"version\":" version ",\"timeout\":\"1h\",\"steps\":[" steps "],"                    \
    "\"output\":{\"cents\":\"${ steps.a.output.cents }\"}}"

/* Each saga is named after how it goes. */
static const char *const sagas[] = {
    SAGA("good", "1", STEP("a", "/a") "," STEP("b", "/b")),
    SAGA("refused", "1", STEP("a", "/a") "," STEP("b", "/refuse")),
    SAGA("hanging", "1", STEP("a", "/a") "," STEP("b", "/hang")),
    SAGA("broken", "1", STEP("a", "/a") "," STEP("b", "/break")),
    "{\"name\":\"stuck\",\"version\":1,\"timeout\":\"1h\",\"steps\":["
    "{\"id\":\"a\",\"participant\":\"shop\",\"action\":{\"request\":\"POST /a\"},"
    "\"compensation\":{\"request\":\"POST /break\",\"retry\":{\"maxAttempts\":1}}}," STEP("b", "/refuse") "]}",
};

static struct api_world *world_with_sagas(void)
{
    struct api_world *world = api_world_new();
    struct api_answer *answer = api_ask(world, "PUT /v1/participants/shop", "{\"url\":\"http://shop\"}");
    CU_ASSERT_EQUAL(answer->status, 201);
    for (size_t i = 0; i < sizeof sagas / sizeof *sagas; i++)
        CU_ASSERT_EQUAL(api_ask(world, "POST /v1/definitions", sagas[i])->status, 201);
    return world;
}

static struct api_answer *start(struct api_world *world, const char *body, const char *prefer, const char *key)
{
    const struct api_header headers[] = {{"Content-Type", "application/json"},
                                         {prefer ? "Prefer"
                                          : key  ? "Idempotency-Key"
                                                 : NULL,
                                          prefer ? prefer : key},
                                         {key ? "Idempotency-Key" : NULL, key},
                                         {NULL, NULL}};
    return api_ask_raw(world, "POST /v1/transactions", body, strlen(body), headers);
}

static void what_the_engine_is_asked(void)
{
    struct api_world *world = api_world_fake();
    struct api_answer *answer =
        start(world,
              " { \"input\" : { \"z\" : 9007199254740993, \"a\" : [ 19.99, 1.0, -0.5, \"\\u00e9\", null ] } , "
              "\"saga\" : "
              "\"pay\", \"version\" : 7, \"id\" : \"a/b\", \"tags\" : [ \"vip\", \"eu\" ] } ",
              "wait=5", "k1");
    struct command *command = world->command;
    CU_ASSERT_PTR_NOT_NULL_FATAL(command);
    CU_ASSERT_EQUAL(command->type, COMMAND_START);
    CU_ASSERT_STRING_EQUAL(command->saga, "pay");
    CU_ASSERT_EQUAL(command->version, 7);
    CU_ASSERT_STRING_EQUAL(command->id, "a/b");
    CU_ASSERT_STRING_EQUAL(command->key, "k1");
    CU_ASSERT_STRING_EQUAL(command->tags, "\nvip\neu\n");
    CU_ASSERT_EQUAL(command->wait_ms, 5000);
    /* Key order and whole numbers are kept; other numbers keep their shortest spelling. */
    CU_ASSERT_STRING_EQUAL(command->input, "{\"z\":9007199254740993,\"a\":[19.99,1.0,-0.5,\"\xc3\xa9\",null]}");
    CU_ASSERT_EQUAL(command->input_length, strlen(command->input));
    CU_ASSERT_FALSE(answer->done);
    snprintf(command->result_id, sizeof command->result_id, "a/b");
    snprintf(command->result_saga, sizeof command->result_saga, "pay");
    command->result_version = 7;
    command->result_status = STATUS_PAUSED;
    command->result_cause = CAUSE_PIVOT_UNKNOWN;
    snprintf(command->result_step, sizeof command->result_step, "charge");
    command->created = true;
    api_world_reply(world);
    CU_ASSERT_STRING_EQUAL(api_verdict(answer), "202");
    CU_ASSERT_STRING_EQUAL(answer->body, "{\"id\":\"a/b\",\"saga\":\"pay\",\"version\":7,\"status\":\"paused\","
                                         "\"cause\":\"pivot_unknown\",\"step\":\"charge\"}");
    CU_ASSERT_STRING_EQUAL(answer->location, "/v1/transactions/a%2Fb");
    CU_ASSERT_TRUE(answer->preference_applied);
    api_world_free(world);
}

static void what_is_left_out_has_its_default(void)
{
    struct api_world *world = api_world_fake();
    struct api_answer *answer = start(world, "{\"saga\":\"pay\",\"tags\":[]}", NULL, NULL);
    struct command *command = world->command;
    CU_ASSERT_PTR_NOT_NULL_FATAL(command);
    CU_ASSERT_EQUAL(command->version, 0);
    CU_ASSERT_STRING_EQUAL(command->input, "{}");
    CU_ASSERT_PTR_NULL(command->id);
    CU_ASSERT_PTR_NULL(command->key);
    CU_ASSERT_PTR_NULL(command->tags);
    CU_ASSERT_EQUAL(command->wait_ms, 0);
    error_set(&command->error, ERROR_NOT_FOUND, "no saga");
    api_world_reply(world);
    CU_ASSERT_STRING_EQUAL(api_verdict(answer), "404 not_found");
    CU_ASSERT_STRING_EQUAL(answer->location, "");
    api_world_free(world);
}

static void the_largest_id_tags_and_input(void)
{
    struct api_world *world = api_world_fake();
    char body[8000];
    size_t length = (size_t)snprintf(body, sizeof body, "{\"saga\":\"pay\",\"id\":\"");
    for (int i = 0; i < LIMIT_ID_BYTES; i++)
        body[length++] = '%';
    length += (size_t)snprintf(body + length, sizeof body - length, "\",\"tags\":[");
    for (int i = 0; i < LIMIT_TAGS; i++)
        length +=
            (size_t)snprintf(body + length, sizeof body - length, "%s\"%0*d\"", i ? "," : "", LIMIT_TAG_BYTES, i);
    size_t end = length;
    snprintf(body + end, sizeof body - end, "]}");
    struct api_answer *answer = start(world, body, NULL, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(world->command);
    CU_ASSERT_EQUAL(strlen(world->command->tags), LIMIT_TAGS * (LIMIT_TAG_BYTES + 1) + 1);
    snprintf(world->command->result_id, LIMIT_ID_TEXT, "%s", world->command->id);
    snprintf(world->command->result_saga, 8, "pay");
    world->command->result_status = STATUS_RUNNING;
    api_world_reply(world);
    CU_ASSERT_STRING_EQUAL(api_verdict(answer), "200");
    CU_ASSERT_EQUAL(strlen(answer->location), strlen("/v1/transactions/") + 3 * LIMIT_ID_BYTES);
    snprintf(body + end, sizeof body - end, ",\"one more\"]}");
    CU_ASSERT_STRING_EQUAL(api_verdict(start(world, body, NULL, NULL)), "422 invalid");
    api_world_free(world);
}

static void numbers_that_grow_are_counted(void)
{
    struct api_world *world = api_world_fake();
    struct buf body;
    buf_init(&body, LIMIT_BODY_BYTES);
    buf_puts(&body, "{\"saga\":\"pay\",\"input\":[1e20");
    while (body.length < LIMIT_BODY_BYTES - 10)
        buf_puts(&body, ",1e20"); /* each is printed as 100000000000000000000.0 */
    buf_puts(&body, "]}");
    CU_ASSERT_FALSE(body.full);
    CU_ASSERT_STRING_EQUAL(api_verdict(start(world, buf_text(&body), NULL, NULL)), "413 too_large");
    buf_done(&body);
    api_world_free(world);
}

static void started_again_or_otherwise(void)
{
    struct api_world *world = world_with_sagas();
    struct api_answer *answer =
        start(world, "{\"saga\":\"good\",\"id\":\"one\",\"input\":{\"x\":1.5}}", NULL, NULL);
    CU_ASSERT_STRING_EQUAL(api_verdict(answer), "201");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "id"), "one");
    answer = start(world, "{\"input\":{\"x\":1.50},\"saga\":\"good\",\"id\":\"one\"}", NULL, NULL);
    CU_ASSERT_STRING_EQUAL(api_verdict(answer), "200");
    answer = start(world, "{\"saga\":\"good\",\"id\":\"one\",\"input\":{\"x\":2}}", NULL, NULL);
    CU_ASSERT_STRING_EQUAL(api_verdict(answer), "409 conflict");
    answer = start(world, "{\"saga\":\"good\"}", "wait=10", "key-1");
    CU_ASSERT_STRING_EQUAL(api_verdict(answer), "201");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "status"), "completed");
    CU_ASSERT_TRUE(answer->preference_applied);
    CU_ASSERT_STRING_EQUAL(api_text(answer, "cause"), "(none)");
    char location[512];
    snprintf(location, sizeof location, "GET %s", answer->location);
    CU_ASSERT_STRING_EQUAL(api_verdict(start(world, "{\"saga\":\"good\"}", NULL, "key-1")), "200");
    CU_ASSERT_STRING_EQUAL(api_verdict(start(world, "{\"saga\":\"good\",\"input\":1}", NULL, "key-1")),
                           "409 conflict");
    CU_ASSERT_STRING_EQUAL(api_text(api_ask(world, location, NULL), "status"), "completed");
    CU_ASSERT_STRING_EQUAL(api_verdict(start(world, "{\"saga\":\"goood\"}", NULL, NULL)), "404 not_found");
    CU_ASSERT_STRING_EQUAL(api_verdict(start(world, "{\"saga\":\"good\",\"version\":2}", NULL, NULL)),
                           "404 not_found");
    api_world_free(world);
}

static void the_view_of_a_completed_one(void)
{
    struct api_world *world = world_with_sagas();
    start(world, "{\"saga\":\"good\",\"id\":\"g\",\"input\":{\"z\":19.99,\"a\":1},\"tags\":[\"vip\"]}", NULL,
          NULL);
    api_world_settle(world);
    struct api_answer *answer = api_ask(world, "GET /v1/transactions/g", NULL);
    CU_ASSERT_STRING_EQUAL(api_text(answer, "status"), "completed");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "decision"), "commit");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "begunAt"), "2026-01-02T03:04:05.678Z");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "endedAt"), "2026-01-02T03:04:05.678Z");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "deadline"), "2026-01-02T04:04:05.678Z");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "tags.0"), "vip");
    CU_ASSERT_PTR_NOT_NULL(strstr(answer->body, "\"input\":{\"z\":19.99,\"a\":1}"));
    CU_ASSERT_PTR_NOT_NULL(strstr(answer->body, "\"output\":{\"cents\":19.99}"));
    CU_ASSERT_EQUAL(json_array_size(api_member(answer, "steps")), 2);
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.0.id"), "a");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.0.participant"), "shop");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.0.state"), "done");
    CU_ASSERT_EQUAL(api_number(answer, "steps.0.action.attempts"), 1);
    CU_ASSERT_EQUAL(api_number(answer, "steps.0.action.httpStatus"), 200);
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.0.action.answer"), "yes");
    CU_ASSERT_TRUE(json_is_true(api_member(answer, "steps.0.action.output.ok")));
    CU_ASSERT_PTR_NULL(api_member(answer, "steps.0.compensation"));
    CU_ASSERT_STRING_EQUAL(api_text(api_ask(world, "GET /v1/transactions/g/outcome", NULL), "outcome"), "commit");
    api_world_free(world);
}

static void the_view_of_one_that_was_undone(void)
{
    struct api_world *world = world_with_sagas();
    struct api_answer *answer = start(world, "{\"saga\":\"refused\",\"id\":\"r\"}", "wait=1", NULL);
    CU_ASSERT_STRING_EQUAL(api_verdict(answer), "201");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "status"), "compensated");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "cause"), "step_refused");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "step"), "b");
    answer = api_ask(world, "GET /v1/transactions/r", NULL);
    CU_ASSERT_STRING_EQUAL(api_text(answer, "decision"), "abort");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "causeStep"), "b");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "code"), "card_declined");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "detail"), "no \"cover\"");
    CU_ASSERT_PTR_NULL(api_member(answer, "output"));
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.0.state"), "undone");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.0.compensation.answer"), "yes");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.1.state"), "refused");
    CU_ASSERT_EQUAL(api_number(answer, "steps.1.action.httpStatus"), 409);
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.1.action.code"), "card_declined");
    CU_ASSERT_PTR_NULL(api_member(answer, "steps.1.compensation"));
    CU_ASSERT_STRING_EQUAL(api_text(api_ask(world, "GET /v1/transactions/r/outcome", NULL), "outcome"), "abort");
    api_world_free(world);
}

static void the_view_of_one_that_tries_again(void)
{
    struct api_world *world = world_with_sagas();
    start(world, "{\"saga\":\"broken\",\"id\":\"x\"}", NULL, NULL);
    api_world_settle(world);
    struct api_answer *answer = api_ask(world, "GET /v1/transactions/x", NULL);
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.1.state"), "waiting");
    CU_ASSERT_STRING_NOT_EQUAL(api_text(answer, "steps.1.nextAttemptAt"), "(none)");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.1.action.answer"), "unknown");
    CU_ASSERT_PTR_NULL(api_member(answer, "steps.1.action.endedAt"));
    CU_ASSERT_STRING_EQUAL(api_text(api_ask(world, "GET /v1/transactions/x/outcome", NULL), "outcome"),
                           "undecided");
    answer = api_ask(world, "GET /v1/transactions?step=b&participant=shop&status=running", NULL);
    CU_ASSERT_STRING_EQUAL(api_text(answer, "transactions.0.id"), "x");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "transactions.0.step"), "b");
    world->now_ms += 2000;
    api_world_settle(world);
    answer = api_ask(world, "GET /v1/transactions/x", NULL);
    CU_ASSERT_STRING_EQUAL(api_text(answer, "status"), "compensated");
    CU_ASSERT_EQUAL(api_number(answer, "steps.1.action.attempts"), 2);
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.1.state"), "undone");
    api_world_free(world);
}

static void waiting_for_the_end(void)
{
    struct api_world *world = world_with_sagas();
    start(world, "{\"saga\":\"hanging\",\"id\":\"h\"}", NULL, NULL);
    struct api_answer *answer = api_ask(world, "GET /v1/transactions/h?wait=0", NULL);
    CU_ASSERT_STRING_EQUAL(api_text(answer, "status"), "running");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.1.state"), "calling");
    struct api_answer *patient = api_ask(world, "GET /v1/transactions/h?wait=20", NULL);
    struct api_answer *short_of = api_ask(world, "GET /v1/transactions/h?wait=1", NULL);
    CU_ASSERT_FALSE(patient->done || short_of->done);
    world->now_ms += 1000;
    api_world_settle(world);
    CU_ASSERT_TRUE(short_of->done);
    CU_ASSERT_STRING_EQUAL(api_text(short_of, "status"), "running");
    CU_ASSERT_FALSE(patient->done);
    answer = api_ask(world, "POST /v1/transactions/h/pause", "{}");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "status"), "paused");
    CU_ASSERT_TRUE(patient->done);
    CU_ASSERT_STRING_EQUAL(api_text(patient, "status"), "paused");
    CU_ASSERT_STRING_EQUAL(api_text(patient, "cause"), "operator");
    api_world_free(world);
}

static void operators(void)
{
    struct api_world *world = world_with_sagas();
    struct api_answer *answer = start(world, "{\"saga\":\"stuck\",\"id\":\"s\"}", "wait=9", NULL);
    CU_ASSERT_STRING_EQUAL(api_verdict(answer), "202");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "status"), "paused");
    answer = api_ask(world, "GET /v1/transactions/s", NULL);
    CU_ASSERT_STRING_EQUAL(api_text(answer, "cause"), "compensation_exhausted");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "causeStep"), "a");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "code"), "card_declined"); /* of the undo */
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.0.state"), "stuck");
    answer = api_ask(world, "POST /v1/transactions/s/skip", "{\"step\":\"nope\",\"reason\":\"r\"}");
    CU_ASSERT_TRUE(answer->status == 404 || answer->status == 422 || answer->status == 409);
    answer = api_ask(world, "POST /v1/transactions/s/skip", "{\"step\":\"b\",\"reason\":\"r\"}");
    CU_ASSERT_STRING_EQUAL(api_verdict(answer), "409 conflict");
    answer = api_ask(world, "POST /v1/transactions/s/resolve",
                     "{\"step\":\"a\",\"outcome\":\"done\",\"reason\":\"by hand\",\"actor\":\"ann\"}");
    CU_ASSERT_STRING_EQUAL(api_verdict(answer), "200");
    CU_ASSERT_STRING_EQUAL(api_text(api_ask(world, "GET /v1/transactions/s", NULL), "status"), "compensated");
    answer = api_ask(world, "GET /v1/transactions/s/history", NULL);
    CU_ASSERT_PTR_NOT_NULL(strstr(answer->body, "\"actor\":\"ann\""));
    CU_ASSERT_PTR_NOT_NULL(strstr(answer->body, "\"reason\":\"by hand\""));
    answer = api_ask(world, "POST /v1/transactions/s/cancel", "{}");
    CU_ASSERT_STRING_EQUAL(api_verdict(answer), "409 conflict");

    start(world, "{\"saga\":\"hanging\",\"id\":\"t\"}", NULL, NULL);
    answer = api_ask(world, "POST /v1/transactions/t/terminate", "{\"reason\":\"test\"}");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "status"), "terminated");
    CU_ASSERT_STRING_EQUAL(api_text(api_ask(world, "GET /v1/transactions/t/outcome", NULL), "outcome"), "abort");
    CU_ASSERT_STRING_EQUAL(api_text(api_ask(world, "GET /v1/transactions/never/outcome", NULL), "outcome"),
                           "abort");
    api_world_free(world);
}

static void operators_are_held_to_the_table(void)
{
    static const struct {
        const char *verb;
        const char *body;
        const char *pointer;
    } cases[] = {
        {"skip", "{\"step\":\"a\"}", ""},
        {"skip", "{\"reason\":\"x\"}", ""},
        {"skip", "{\"step\":\"a\",\"reason\":\"\"}", "/reason"},
        {"terminate", "{}", ""},
        {"terminate", "{\"reason\":\"a\\nb\"}", "/reason"},
        {"terminate", "{\"reason\":\"x\",\"step\":\"a\"}", "/step"},
        {"cancel", "{\"step\":\"a\"}", "/step"},
        {"cancel", "{\"outcome\":\"done\"}", "/outcome"},
        {"pause", "{\"actor\":7}", "/actor"},
        {"resolve", "{\"step\":\"a\",\"reason\":\"x\"}", ""},
        {"resolve", "{\"step\":\"a\",\"reason\":\"x\",\"outcome\":\"maybe\"}", "/outcome"},
        {"resolve", "{\"step\":\"a\",\"reason\":\"x\",\"outcome\":\"failed\",\"output\":1}", "/output"},
    };
    struct api_world *world = api_world_fake();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char request[64];
        snprintf(request, sizeof request, "POST /v1/transactions/x/%s", cases[i].verb);
        struct api_answer *answer = api_ask(world, request, cases[i].body);
        CU_ASSERT_STRING_EQUAL(api_verdict(answer), "422 invalid");
        CU_ASSERT_STRING_EQUAL(api_text(answer, "errors.0.pointer"), cases[i].pointer);
    }
    api_world_free(world);
}

static void history_page_by_page(void)
{
    struct api_world *world = world_with_sagas();
    start(world, "{\"saga\":\"refused\",\"id\":\"r\",\"input\":{\"p\":1.25}}", NULL, NULL);
    api_world_settle(world);
    struct api_answer *all = api_ask(world, "GET /v1/transactions/r/history", NULL);
    size_t count = json_array_size(api_member(all, "facts"));
    CU_ASSERT_TRUE(count > 8);
    CU_ASSERT_PTR_NULL(api_member(all, "next"));
    CU_ASSERT_STRING_EQUAL(api_text(all, "facts.0.fact"), "begun");
    CU_ASSERT_PTR_NOT_NULL(strstr(all->body, "\"input\":{\"p\":1.25}"));
    CU_ASSERT_STRING_EQUAL(api_text(all, "facts.1.phase"), "action");
    long long next = 0;
    size_t seen = 0;
    for (bool more = true; more && seen <= count;) {
        char request[64];
        snprintf(request, sizeof request, "GET /v1/transactions/r/history?from=%lld&limit=3", next);
        struct api_answer *page = api_ask(world, request, NULL);
        CU_ASSERT_EQUAL(api_number(page, "facts.0.seq"), (long long)seen);
        seen += json_array_size(api_member(page, "facts"));
        next = api_number(page, "next");
        more = api_member(page, "next") != NULL;
    }
    CU_ASSERT_EQUAL(seen, count);
    CU_ASSERT_STRING_EQUAL(api_ask(world, "GET /v1/transactions/r/history?from=4000000000", NULL)->body,
                           "{\"transaction\":\"r\",\"facts\":[]}");
    api_world_free(world);
}

static void listing(void)
{
    struct api_world *world = world_with_sagas();
    for (int i = 0; i < 5; i++) {
        char body[128];
        snprintf(body, sizeof body, "{\"saga\":\"%s\",\"id\":\"t%d\",\"tags\":[\"n%d\",\"all\"]}",
                 i % 2 ? "refused" : "good", i, i);
        start(world, body, NULL, NULL);
        world->now_ms += 60000;
    }
    struct api_answer *answer = api_ask(world, "GET /v1/transactions?limit=2", NULL);
    CU_ASSERT_STRING_EQUAL(api_text(answer, "transactions.0.id"), "t4");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "transactions.1.id"), "t3");
    char request[128];
    snprintf(request, sizeof request, "GET /v1/transactions?limit=3&cursor=%s", api_text(answer, "next"));
    answer = api_ask(world, request, NULL);
    CU_ASSERT_EQUAL(json_array_size(api_member(answer, "transactions")), 3);
    CU_ASSERT_STRING_EQUAL(api_text(answer, "transactions.2.id"), "t0");
    CU_ASSERT_PTR_NULL(api_member(answer, "next"));
    answer = api_ask(world, "GET /v1/transactions?status=compensated,paused&tag=all", NULL);
    CU_ASSERT_EQUAL(json_array_size(api_member(answer, "transactions")), 2);
    CU_ASSERT_STRING_EQUAL(api_text(answer, "transactions.0.reason"), "step_refused at b: card_declined");
    answer = api_ask(world, "GET /v1/transactions?tag=n2", NULL);
    CU_ASSERT_EQUAL(json_array_size(api_member(answer, "transactions")), 1);
    answer = api_ask(world,
                     "GET /v1/transactions?saga=good&since=2026-01-02T03:06:00Z&until=2026-01-02T04:07:00%2B01:00",
                     NULL);
    CU_ASSERT_EQUAL(json_array_size(api_member(answer, "transactions")), 1);
    CU_ASSERT_STRING_EQUAL(api_text(answer, "transactions.0.id"), "t2");
    static const char *const wrong[] = {"status=runing", "status=new",  "status=,",   "limit=0",
                                        "limit=1001",    "cursor=xyz",  "cursor=0",   "cursor=ffffffffffffffff",
                                        "since=today",   "until=12:00", "cursor=%201"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        snprintf(request, sizeof request, "GET /v1/transactions?%s", wrong[i]);
        CU_ASSERT_STRING_EQUAL(api_verdict(api_ask(world, request, NULL)), "400 usage");
    }
    answer = api_ask(world, "GET /v1/transactions?status=runing", NULL);
    CU_ASSERT_PTR_NOT_NULL(strstr(api_text(answer, "detail"), "did you mean \"running\"?"));
    api_world_free(world);
}

/* Ten steps with a megabyte each: the view leaves out what is too much, the history takes it page by page. */
static void large_outputs(void)
{
    struct api_world *world = world_with_sagas();
    char saga[4096];
    size_t length = (size_t)snprintf(saga, sizeof saga, "{\"name\":\"big\",\"version\":1,\"steps\":[");
    for (int i = 0; i < 10; i++)
        length += (size_t)snprintf(saga + length, sizeof saga - length,
                                   "%s{\"id\":\"s%d\",\"participant\":\"shop\",\"readOnly\":true,"
                                   "\"action\":{\"request\":\"GET /big\"}}",
                                   i ? "," : "", i);
    snprintf(saga + length, sizeof saga - length, "]}");
    CU_ASSERT_EQUAL(api_ask(world, "POST /v1/definitions", saga)->status, 201);
    start(world, "{\"saga\":\"big\",\"id\":\"b\"}", NULL, NULL);
    api_world_settle(world);
    struct api_answer *answer = api_ask(world, "GET /v1/transactions/b", NULL);
    CU_ASSERT_STRING_EQUAL(api_text(answer, "status"), "completed");
    CU_ASSERT_TRUE(answer->length > 7000000 && answer->length < LIMIT_OUTPUTS_BYTES + 10000);
    CU_ASSERT_EQUAL(json_string_length(api_member(answer, "steps.0.action.output")), 999998);
    CU_ASSERT_EQUAL(api_number(answer, "steps.9.action.outputBytes"), 1000000);
    size_t facts = 0;
    long long next = 0;
    do {
        char request[64];
        snprintf(request, sizeof request, "GET /v1/transactions/b/history?from=%lld", next);
        answer = api_ask(world, request, NULL);
        CU_ASSERT_EQUAL(answer->status, 200);
        facts += json_array_size(api_member(answer, "facts"));
        next = api_number(answer, "next");
    } while (next);
    CU_ASSERT_TRUE(facts >= 22);
    api_world_free(world);
}

void api_transactions_test_suite(void);
void api_transactions_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("api: transactions", NULL, NULL);
    CU_add_test(suite, "a start becomes a command", what_the_engine_is_asked);
    CU_add_test(suite, "what is left out has its default", what_is_left_out_has_its_default);
    CU_add_test(suite, "the longest id and the most tags", the_largest_id_tags_and_input);
    CU_add_test(suite, "an input that grows when it is printed", numbers_that_grow_are_counted);
    CU_add_test(suite, "the same start, and another one", started_again_or_otherwise);
    CU_add_test(suite, "the view of a completed one", the_view_of_a_completed_one);
    CU_add_test(suite, "the view of one that was undone", the_view_of_one_that_was_undone);
    CU_add_test(suite, "the view of one that tries again", the_view_of_one_that_tries_again);
    CU_add_test(suite, "waiting for the end, a pause, or in vain", waiting_for_the_end);
    CU_add_test(suite, "operators", operators);
    CU_add_test(suite, "operators are held to the table", operators_are_held_to_the_table);
    CU_add_test(suite, "history page by page", history_page_by_page);
    CU_add_test(suite, "listing, filters and cursors", listing);
    CU_add_test(suite, "outputs that are too much for one answer", large_outputs);
}
