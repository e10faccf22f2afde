/* api: callbacks, heartbeats, approvals and signals, on the real engine and the memory store. */
#include "api_support.h"
#include "base/limits.h"
#include "base/mem.h"

#include <CUnit/Basic.h>
#include <string.h>

#define CALL(id, path, more)                                                                                      \
    "{\"id\":\"" id "\",\"participant\":\"shop\",\"retry\":\"none\",\"action\":{\"request\":\"POST " path "\"},"  \
    "\"compensation\":{\"request\":\"POST /undo/" id "\"}" more "}"
#define SAGA(name, steps)                                                                                         \
    "{\"name\":\"" name "\",\"version\":1,\"timeout\":\"30d\",\"steps\":[" steps "],"                             \
    "\"output\":{\"got\":\"${ has(steps.w.output) ? steps.w.output : 'nothing' }\"}}"

/* Each saga is named after what its step "w" waits for. */
static const char *const sagas[] = {
    SAGA("callback", CALL("a", "/a", "") "," CALL("w", "/later",
                                                  ",\"async\":{\"timeout\":\"1h\",\"heartbeat\":"
                                                  "\"10m\"}")),
    SAGA("signal", CALL("a", "/hang", "") ",{\"id\":\"w\",\"waitFor\":{\"signal\":\"paid\",\"timeout\":\"2d\"}},"
                                          "{\"id\":\"v\",\"waitFor\":{\"signal\":\"paid\",\"timeout\":\"1h\"}}"),
    SAGA("person",
         CALL("a", "/a", "") ",{\"id\":\"w\",\"approval\":{\"title\":\"Pay ${ input.cents } (${ "
                             "steps.a.output.ok })?\",\"roles\":[\"fraud\",\"boss\"],\"timeout\":\"2h\"}}"),
    SAGA("anybody", "{\"id\":\"w\",\"approval\":{\"title\":\"Now ${ input.missing }?\",\"timeout\":\"2h\","
                    "\"onTimeout\":\"approve\"}}"),
};

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
    for (size_t i = 0; i < sizeof sagas / sizeof *sagas; i++)
        define(world, sagas[i]);
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

/* POST to the callback, `between` put in front of its query. */
static struct api_answer *call_back(struct api_world *world, const char *between, const char *body)
{
    char request[2048];
    const char *query = strchr(world->callback, '?');
    CU_ASSERT_PTR_NOT_NULL_FATAL(query);
    snprintf(request, sizeof request, "POST %.*s%s%s", (int)(query - world->callback), world->callback, between,
             query);
    return api_ask(world, request, body);
}

/* The same, to another verb than complete. */
static struct api_answer *call_verb(struct api_world *world, const char *verb, const char *body)
{
    char request[2048];
    const char *complete = strstr(world->callback, "complete?");
    CU_ASSERT_PTR_NOT_NULL_FATAL(complete);
    snprintf(request, sizeof request, "POST %.*s%s%s", (int)(complete - world->callback), world->callback, verb,
             strchr(world->callback, '?'));
    return api_ask(world, request, body);
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

static void a_callback_completes(void)
{
    struct api_world *world = world_with_sagas();
    start(world, "callback", "o/1", "{}");
    CU_ASSERT_PTR_EQUAL(strstr(world->callback, "/v1/transactions/o%2F1/steps/w/complete?token="),
                        world->callback);
    struct api_answer *answer = get(world, "o%2F1", "");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.1.state"), "pending");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.1.waitsUntil"), "2026-01-02T03:14:05.678Z");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.1.deadline"), "2026-01-02T04:04:05.678Z");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.1.action.answer"), "pending");
    CU_ASSERT_PTR_NULL(api_member(answer, "steps.1.action.endedAt"));
    CU_ASSERT_PTR_NULL(api_member(answer, "steps.1.kind"));
    CU_ASSERT_STRING_EQUAL(fact_text(get(world, "o%2F1", "/history"), "answered", "waitsUntil"),
                           "2026-01-02T03:14:05.678Z");

    world->now_ms += 9 * 60 * 1000;
    answer = call_back(world, "/heartbeat", NULL);
    VERDICT(answer, "200");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "status"), "running");
    CU_ASSERT_STRING_EQUAL(api_text(get(world, "o%2F1", ""), "steps.1.waitsUntil"), "2026-01-02T03:23:05.678Z");
    world->now_ms += 9 * 60 * 1000;
    VERDICT(call_verb(world, "heartbeat", "{}"), "200");
    CU_ASSERT_STRING_EQUAL(fact_text(get(world, "o%2F1", "/history"), "heartbeat", "waitsUntil"),
                           "2026-01-02T03:32:05.678Z");

    answer = call_back(world, "", "{\"status\":\"completed\",\"output\":{\"tracking\":[1,\"x\"]}}");
    VERDICT(answer, "200");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "id"), "o/1");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "status"), "completed");
    answer = get(world, "o%2F1", "");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "output.got.tracking.1"), "x");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.1.action.answer"), "yes");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.1.action.endedAt"), "2026-01-02T03:22:05.678Z");
    CU_ASSERT_PTR_NULL(api_member(answer, "steps.1.waitsUntil"));

    /* The first answer wins; what comes after it, also the same, is late. */
    VERDICT(call_back(world, "", "{\"status\":\"completed\",\"output\":{\"tracking\":[1,\"x\"]}}"), "410 gone");
    VERDICT(call_verb(world, "fail", "{}"), "410 gone");
    VERDICT(call_back(world, "/heartbeat", "{}"), "410 gone");
    api_world_free(world);
}

/* Late while the transaction still runs, too. */
static void late_and_overdue(void)
{
    struct api_world *world = world_with_sagas();
    start(world, "callback", "o", "{}");
    world->now_ms += 10 * 60 * 1000; /* the silence was too long */
    api_world_settle(world);
    VERDICT(call_back(world, "", NULL), "410 gone");
    struct api_answer *answer = get(world, "o", "");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "status"), "compensated");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.1.action.transport"), "overdue");
    api_world_free(world);
}

static void a_callback_fails(void)
{
    static const char *const verbs[] = {"complete", "fail"};
    struct api_world *world = world_with_sagas();
    for (size_t i = 0; i < 2; i++) {
        char id[8], body[8000];
        snprintf(id, sizeof id, "o%zu", i);
        start(world, "callback", id, "{}");
        size_t length =
            (size_t)snprintf(body, sizeof body, "{%s\"code\":\"lost\",\"detail\":\"two\\nlines \xc3\xa9",
                             i ? "" : "\"status\":\"failed\",");
        for (size_t k = 0; k < 2 * LIMIT_DETAIL_BYTES; k += 2)
            length += (size_t)snprintf(body + length, sizeof body - length, "\xc3\xa4");
        snprintf(body + length, sizeof body - length, "\"}");
        struct api_answer *answer = call_verb(world, verbs[i], body);
        VERDICT(answer, "200");
        answer = get(world, id, "");
        CU_ASSERT_STRING_EQUAL(api_text(answer, "status"), "compensated");
        CU_ASSERT_STRING_EQUAL(api_text(answer, "causeStep"), "w");
        CU_ASSERT_STRING_EQUAL(api_text(answer, "code"), "lost");
        CU_ASSERT_PTR_EQUAL(strstr(api_text(answer, "detail"), "two\nlines \xc3\xa9"), api_text(answer, "detail"));
        size_t kept = strlen(api_text(answer, "detail"));
        CU_ASSERT_TRUE(kept <= LIMIT_DETAIL_BYTES && kept > LIMIT_DETAIL_BYTES - 4);
        CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.1.action.code"), "lost");
    }
    api_world_free(world);
}

static void only_with_the_right_token(void)
{
    struct api_world *world = world_with_sagas();
    char foreign[1024], request[2048];
    start(world, "callback", "one", "{}");
    snprintf(foreign, sizeof foreign, "%s", strchr(world->callback, '='));
    start(world, "callback", "two", "{}");
    static const char *const verbs[] = {"complete", "fail", "heartbeat", "complete/heartbeat"};
    const char *const tokens[] = {"", "?token=", "?token=00000000000000000000000000000000", foreign};
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        for (size_t k = 0; k < sizeof tokens / sizeof *tokens; k++) {
            snprintf(request, sizeof request, "POST /v1/transactions/two/steps/w/%s%s%s", verbs[i],
                     *tokens[k] == '=' ? "?token" : "", tokens[k]);
            VERDICT(api_ask(world, request, "{}"), "403 forbidden");
        }
    VERDICT(api_ask(world, "POST /v1/transactions/two/steps/w/complete?token=a&token=b", NULL), "400 usage");
    VERDICT(api_ask(world, "POST /v1/transactions/two/steps/w/complete?tokn=a", NULL), "400 usage");
    VERDICT(api_ask(world, "POST /v1/transactions/two/steps/nope/complete?token=a", NULL), "404 not_found");
    VERDICT(api_ask(world, "POST /v1/transactions/two/steps/a/complete?token=a", NULL), "409 conflict");
    VERDICT(api_ask(world, "POST /v1/transactions/two/steps/w/approve", "{}"), "409 conflict");
    VERDICT(api_ask(world, "POST /v1/transactions/two/signals/w", "{}"), "404 not_found");
    CU_ASSERT_STRING_EQUAL(api_text(get(world, "two", ""), "steps.1.state"), "pending");
    VERDICT(call_back(world, "", "{}"), "200");
    api_world_free(world);
}

static void unknown_transactions(void)
{
    static const char *const paths[] = {"steps/a/complete", "steps/a/complete/heartbeat",
                                        "steps/a/fail",     "steps/a/heartbeat",
                                        "steps/a/approve",  "steps/a/reject",
                                        "signals/s"};
    struct api_world *world = world_with_sagas();
    char request[256];
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        snprintf(request, sizeof request, "POST /v1/transactions/x/%s", paths[i]);
        VERDICT(api_ask(world, request, "{}"), "404 not_found");
        snprintf(request, sizeof request, "GET /v1/transactions/x/%s", paths[i]);
        VERDICT(api_ask(world, request, NULL), "405 method_not_allowed");
        snprintf(request, sizeof request, "POST /v1/transactions/x/%s/more", paths[i]);
        VERDICT(api_ask(world, request, "{}"), "404 not_found");
    }
    api_world_free(world);
}

static void reports_are_held_to_their_form(void)
{
    static const struct {
        const char *verb, *body, *verdict, *says;
    } cases[] = {
        {"complete", "[]", "400 syntax", "an array"},
        {"complete", "{", "400 syntax", "not JSON"},
        {"complete", "{\"status\":\"done\"}", "422 invalid", "\"completed\" or \"failed\""},
        {"complete", "{\"status\":7}", "422 invalid", "a text"},
        {"complete", "{\"status\":\"failed\",\"output\":1}", "422 invalid", "has no output"},
        {"complete", "{\"code\":\"lost\"}", "422 invalid", "says why a step failed"},
        {"complete", "{\"outptu\":1}", "422 invalid", "no member"},
        {"complete", "{\"output\":{\"a\":1,\"a\":2}}", "422 invalid", "twice"},
        {"fail", "{\"status\":\"failed\"}", "422 invalid", "no member"},
        {"fail", "{\"code\":\"a\\nb\"}", "422 invalid", "control"},
        {"fail", "{\"code\":\"\"}", "422 invalid", "1 to 64"},
        {"heartbeat", "{\"progress\":0.5}", "422 invalid", "no member"},
    };
    struct api_world *world = world_with_sagas();
    start(world, "callback", "o", "{}");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct api_answer *answer = call_verb(world, cases[i].verb, cases[i].body);
        VERDICT(answer, cases[i].verdict);
        if (!strstr(api_text(answer, "detail"), cases[i].says))
            printf("\n  %s: %s\n", cases[i].body, answer->body);
        CU_ASSERT_PTR_NOT_NULL(strstr(api_text(answer, "detail"), cases[i].says));
    }
    const struct api_header text[] = {{"Content-Type", "text/plain"}, {NULL, NULL}};
    char request[1200];
    snprintf(request, sizeof request, "POST %s", world->callback);
    VERDICT(api_ask_raw(world, request, "{}", 2, text), "415 media_type");
    CU_ASSERT_STRING_EQUAL(api_text(get(world, "o", ""), "steps.1.state"), "pending");
    const struct api_header none[] = {{NULL, NULL}};
    VERDICT(api_ask_raw(world, request, NULL, 0, none), "200"); /* the token is enough */
    CU_ASSERT_STRING_EQUAL(api_text(get(world, "o", ""), "output.got"), "nothing");
    api_world_free(world);
}

/* What grows while it is printed is measured then. */
static void an_output_has_its_limit(void)
{
    struct api_world *world = world_with_sagas();
    start(world, "callback", "o", "{}");
    struct buf body;
    buf_init(&body, LIMIT_BODY_BYTES);
    buf_puts(&body, "{\"output\":[1e20");
    while (body.length < LIMIT_BODY_BYTES - 10)
        buf_puts(&body, ",1e20");
    buf_puts(&body, "]}");
    struct api_answer *answer = call_back(world, "", buf_text(&body));
    VERDICT(answer, "422 invalid");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "errors.0.pointer"), "/output");
    buf_done(&body);
    api_world_free(world);
}

static void signals_early_and_late(void)
{
    struct api_world *world = world_with_sagas();
    start(world, "signal", "o", "{}");
    VERDICT(api_ask(world, "POST /v1/transactions/o/signals/sent", "{}"), "404 not_found");
    world->now_ms += 1000;
    struct api_answer *answer = api_ask(world, "POST /v1/transactions/o/signals/paid", "[1,{\"by\":\"card\"}]");
    VERDICT(answer, "200");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "status"), "running");
    answer = get(world, "o", "");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.1.kind"), "signal");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.1.signal"), "paid");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.1.state"), "idle");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.1.signalledAt"), "2026-01-02T03:04:06.678Z");
    CU_ASSERT_PTR_NULL(api_member(answer, "steps.1.action"));
    CU_ASSERT_PTR_NULL(api_member(answer, "steps.2.signalledAt"));
    answer = get(world, "o", "/history");
    CU_ASSERT_STRING_EQUAL(fact_text(answer, "signalled", "step"), "w");
    CU_ASSERT_STRING_EQUAL(fact_text(answer, "signalled", "signal"), "paid");
    CU_ASSERT_EQUAL(json_array_size(json_object_get(fact(answer, "signalled"), "output")), 2);

    VERDICT(api_ask(world, "POST /v1/transactions/o/signals/paid", "\"second\""), "200"); /* of step v */
    VERDICT(api_ask(world, "POST /v1/transactions/o/signals/paid", "\"third\""), "410 gone");
    CU_ASSERT_EQUAL(world->waiting_count, 1);
    struct response *response = mem_new(sizeof *response);
    response->tag = world->waiting[0]->tag;
    response->transport = TRANSPORT_OK;
    response->status = 204;
    request_free(world->waiting[0]);
    world->waiting_count = 0;
    engine_answered(world->engine, &response, 1);
    api_world_settle(world);
    answer = get(world, "o", "");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "status"), "completed");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "output.got.1.by"), "card");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.1.action.output.1.by"), "card");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.2.action.output"), "second");
    CU_ASSERT_PTR_NULL(api_member(answer, "steps.1.signalledAt"));
    VERDICT(api_ask(world, "POST /v1/transactions/o/signals/paid", NULL), "410 gone");
    api_world_free(world);
}

/* Answers the call that hangs, so that the steps behind it wait. */
static void let_go(struct api_world *world)
{
    VERDICT(api_ask(world, "POST /v1/transactions/o/pause", "{}"), "200");
    VERDICT(api_ask(world, "POST /v1/transactions/o/resume", "{}"), "200");
    struct response *response = mem_new(sizeof *response);
    CU_ASSERT_EQUAL_FATAL(world->waiting_count, 1);
    response->tag = world->waiting[0]->tag;
    response->transport = TRANSPORT_OK;
    response->status = 204;
    request_free(world->waiting[0]);
    world->waiting_count = 0;
    engine_answered(world->engine, &response, 1);
    api_world_settle(world);
}

static void a_signal_that_is_waited_for(void)
{
    struct api_world *world = world_with_sagas();
    start(world, "signal", "o", "{}");
    let_go(world);
    struct api_answer *answer = get(world, "o", "");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.1.state"), "pending");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.1.waitsUntil"), "2026-01-04T03:04:05.678Z");
    CU_ASSERT_EQUAL(api_number(answer, "steps.1.action.attempts"), 1);
    answer = get(world, "o", "/history");
    CU_ASSERT_STRING_EQUAL(fact_text(answer, "awaited", "waitsUntil"), "2026-01-04T03:04:05.678Z");
    CU_ASSERT_STRING_EQUAL(fact_text(answer, "awaited", "kind"), "signal");
    CU_ASSERT_STRING_EQUAL(fact_text(answer, "awaited", "signal"), "paid");

    /* A stranger's page can send a body without a type, or a form; neither gets in. */
    const struct api_header none[] = {{NULL, NULL}}, form[] = {{"Content-Type", "text/plain"}, {NULL, NULL}};
    VERDICT(api_ask_raw(world, "POST /v1/transactions/o/signals/paid", NULL, 0, none), "415 media_type");
    VERDICT(api_ask_raw(world, "POST /v1/transactions/o/signals/paid", "{}", 2, form), "415 media_type");
    VERDICT(api_ask(world, "POST /v1/transactions/o/signals/paid", "{\"a\":1,\"a\":2}"), "422 invalid");
    VERDICT(api_ask(world, "POST /v1/transactions/o/signals/paid", "nope"), "400 syntax");
    VERDICT(api_ask(world, "POST /v1/transactions/o/signals/paid?token=x", "1"), "400 usage");
    VERDICT(api_ask(world, "POST /v1/transactions/o/steps/w/complete", "{}"), "409 conflict");
    VERDICT(api_ask(world, "POST /v1/transactions/o/steps/w/approve", "{}"), "409 conflict");

    VERDICT(api_ask(world, "POST /v1/transactions/o/signals/paid", NULL), "200");
    VERDICT(api_ask(world, "POST /v1/transactions/o/signals/paid", "null"), "200");
    answer = get(world, "o", "");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "status"), "completed");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "output.got"), "nothing");
    CU_ASSERT_PTR_NULL(api_member(answer, "steps.1.action.output"));
    CU_ASSERT_TRUE(json_is_null(api_member(answer, "steps.2.action.output")));
    api_world_free(world);
}

static void a_person_says_no(void)
{
    struct api_world *world = world_with_sagas();
    start(world, "person", "p", "{\"cents\":100}");
    struct api_answer *answer = get(world, "p", "");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.1.kind"), "approval");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.1.title"), "Pay 100 (true)?");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.1.roles.0"), "fraud");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.1.roles.1"), "boss");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.1.waitsUntil"), "2026-01-02T05:04:05.678Z");
    CU_ASSERT_STRING_EQUAL(fact_text(get(world, "p", "/history"), "awaited", "kind"), "approval");
    VERDICT(api_ask(world, "POST /v1/transactions/p/steps/w/approve", "{}"), "403 forbidden");
    answer = api_ask(world, "POST /v1/transactions/p/steps/w/reject", "{\"role\":\"guest\"}");
    VERDICT(answer, "403 forbidden");
    CU_ASSERT_PTR_NOT_NULL(strstr(api_text(answer, "detail"), "fraud"));
    VERDICT(api_ask(world, "POST /v1/transactions/p/steps/w/complete?token=x", "{}"), "409 conflict");
    VERDICT(api_ask(world, "POST /v1/transactions/p/steps/a/approve", "{}"), "409 conflict");
    VERDICT(api_ask(world, "POST /v1/transactions/p/steps/w/approve", NULL), "400 syntax");
    const struct api_header none[] = {{NULL, NULL}};
    VERDICT(api_ask_raw(world, "POST /v1/transactions/p/steps/w/approve", NULL, 0, none), "415 media_type");
    VERDICT(api_ask(world, "POST /v1/transactions/p/steps/w/approve", "{\"reason\":\"x\"}"), "422 invalid");
    VERDICT(api_ask(world, "POST /v1/transactions/p/steps/w/approve", "{\"actor\":\"\"}"), "422 invalid");
    VERDICT(api_ask(world, "POST /v1/transactions/p/steps/w/approve?token=x", "{}"), "400 usage");

    answer = api_ask(world, "POST /v1/transactions/p/steps/w/reject",
                     "{\"role\":\"boss\",\"actor\":\"ann\",\"comment\":\"too \\\"dear\\\"\"}");
    VERDICT(answer, "200");
    answer = get(world, "p", "");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "status"), "compensated");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "detail"), "too \"dear\"");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.1.action.answer"), "no");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.1.action.actor"), "ann");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.1.title"), "Pay 100 (true)?");
    answer = get(world, "p", "/history?from=4&limit=2");
    CU_ASSERT_STRING_EQUAL(fact_text(answer, "answered", "actor"), "ann");
    CU_ASSERT_STRING_EQUAL(fact_text(answer, "answered", "detail"), "too \"dear\"");
    VERDICT(api_ask(world, "POST /v1/transactions/p/steps/w/approve", "{\"role\":\"boss\"}"), "410 gone");
    api_world_free(world);
}

static void a_person_says_yes(void)
{
    struct api_world *world = world_with_sagas();
    start(world, "person", "p", "{\"cents\":100}");
    struct api_answer *answer =
        api_ask(world, "POST /v1/transactions/p/steps/w/approve", "{\"role\":\"fraud\",\"actor\":\"bob\"}");
    VERDICT(answer, "200");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "status"), "completed");
    answer = get(world, "p", "");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "output.got.by"), "bob");
    CU_ASSERT_TRUE(json_is_true(api_member(answer, "steps.1.action.output.approved")));
    VERDICT(api_ask(world, "POST /v1/transactions/p/steps/w/approve", "{\"role\":\"fraud\",\"actor\":\"bob\"}"),
            "410 gone");
    api_world_free(world);
}

static void silence_and_a_broken_title(void)
{
    struct api_world *world = world_with_sagas();
    start(world, "anybody", "n", "{}");
    struct api_answer *answer = get(world, "n", "");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.0.state"), "pending");
    CU_ASSERT_PTR_NULL(api_member(answer, "steps.0.title")); /* rather none than a wrong one */
    CU_ASSERT_PTR_NULL(api_member(answer, "steps.0.roles"));
    world->now_ms += 2 * 60 * 60 * 1000;
    api_world_settle(world);
    answer = get(world, "n", "");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "status"), "completed");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.0.action.answer"), "yes");
    CU_ASSERT_STRING_EQUAL(api_text(answer, "steps.0.action.transport"), "overdue");
    start(world, "anybody", "m", "{}");
    VERDICT(api_ask(world, "POST /v1/transactions/m/steps/w/approve", "{}"), "200"); /* of no role: anybody may */
    api_world_free(world);
}

static void a_full_engine(void)
{
    struct api_world *world = world_with_sagas();
    start(world, "callback", "o", "{}");
    engine_stop(world->engine);
    VERDICT(call_back(world, "", "{\"output\":1}"), "503 busy");
    VERDICT(api_ask(world, "POST /v1/transactions/o/signals/x", "1"), "503 busy");
    VERDICT(api_ask(world, "POST /v1/transactions/o/steps/w/approve", "{\"actor\":\"a\",\"role\":\"b\"}"),
            "503 busy");
    api_world_free(world);
}

void api_outside_test_suite(void);
void api_outside_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("api/outside", NULL, NULL);
    CU_add_test(suite, "a callback completes a step, once", a_callback_completes);
    CU_add_test(suite, "what is overdue is late", late_and_overdue);
    CU_add_test(suite, "a callback fails a step", a_callback_fails);
    CU_add_test(suite, "only with the right token", only_with_the_right_token);
    CU_add_test(suite, "unknown transactions, methods and paths", unknown_transactions);
    CU_add_test(suite, "reports are held to their form", reports_are_held_to_their_form);
    CU_add_test(suite, "an output has its limit", an_output_has_its_limit);
    CU_add_test(suite, "signals that come early, and too often", signals_early_and_late);
    CU_add_test(suite, "a signal that is waited for", a_signal_that_is_waited_for);
    CU_add_test(suite, "a person says no", a_person_says_no);
    CU_add_test(suite, "a person says yes", a_person_says_yes);
    CU_add_test(suite, "silence, and a title that cannot be rendered", silence_and_a_broken_title);
    CU_add_test(suite, "a full engine", a_full_engine);
}
