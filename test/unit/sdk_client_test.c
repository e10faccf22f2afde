/* The client: requests as they are built, byte for byte; what it refuses to build; answers as they are read. */
#include "belay/client.h"
#include "sdk_poor.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIZED(type)                                                                                               \
    {                                                                                                             \
        .size = sizeof(struct type)                                                                               \
    }

static struct belay_error error;

/* "METHOD target|name: value|...|body" of a request that was built, which it frees. */
static const char *text_of(struct belay_outgoing *out)
{
    static char text[8192];
    int length = snprintf(text, sizeof text, "%s %s", out->method, out->target);
    for (size_t i = 0; i < out->headers_count; i++)
        length += snprintf(text + length, sizeof text - (size_t)length, "|%s: %s", out->headers[i].name,
                           out->headers[i].value);
    snprintf(text + length, sizeof text - (size_t)length, "|%.*s", (int)out->body_length,
             out->body ? out->body : "");
    belay_outgoing_done(out);
    belay_outgoing_done(out);
    CU_ASSERT_PTR_NULL(out->memory);
    return text;
}

#define BUILDS(call, expected)                                                                                    \
    do {                                                                                                          \
        struct belay_outgoing out = SIZED(belay_outgoing);                                                        \
        CU_ASSERT_EQUAL_FATAL(call, BELAY_OK);                                                                    \
        CU_ASSERT_STRING_EQUAL(text_of(&out), expected);                                                          \
    } while (0)

#define REFUSES(call, why)                                                                                        \
    do {                                                                                                          \
        struct belay_outgoing out = SIZED(belay_outgoing);                                                        \
        error.text[0] = '\0';                                                                                     \
        CU_ASSERT_EQUAL(call, BELAY_ERROR_ARGUMENT);                                                              \
        CU_ASSERT_EQUAL(error.code, BELAY_ERROR_ARGUMENT);                                                        \
        CU_ASSERT_PTR_NOT_NULL(strstr(error.text, why));                                                          \
        CU_ASSERT_PTR_NULL(out.memory);                                                                           \
        CU_ASSERT_PTR_NULL(out.method);                                                                           \
    } while (0)

#define JSON_TYPE "|Content-Type: application/json|"

static void starts(void)
{
    struct belay_start start = SIZED(belay_start);
    start.saga = "place-order";
    BUILDS(belay_client_start(&start, &out, &error),
           "POST /v1/transactions" JSON_TYPE "{\"saga\":\"place-order\"}");
    static const char *const tags[] = {"vip", "b\"2"};
    start.version = 3;
    start.input = " {\"a\": [1, 2.50]} ";
    start.input_length = strlen(start.input);
    start.id = "o/1 \xc3\xa9";
    start.key = "k1";
    start.tags = tags;
    start.tags_count = 2;
    start.wait_s = 10;
    BUILDS(belay_client_start(&start, &out, &error),
           "POST /v1/transactions|Idempotency-Key: k1|Prefer: wait=10" JSON_TYPE
           "{\"saga\":\"place-order\",\"version\":3,\"id\":\"o/1 \xc3\xa9\",\"tags\":[\"vip\",\"b\\\"2\"],"
           "\"input\": {\"a\": [1, 2.50]} }");
}

static void tells_what_is_repeatable(void)
{
    struct belay_start start = SIZED(belay_start);
    start.saga = "s";
    for (int i = 0; i < 4; i++) {
        struct belay_outgoing out = SIZED(belay_outgoing);
        start.id = i & 1 ? "i" : NULL;
        start.key = i & 2 ? "k" : NULL;
        start.wait_s = (unsigned)i;
        CU_ASSERT_EQUAL_FATAL(belay_client_start(&start, &out, &error), BELAY_OK);
        CU_ASSERT_EQUAL(out.repeatable, i > 0);
        CU_ASSERT_EQUAL(out.wait_s, (unsigned)i);
        belay_outgoing_done(&out);
    }
}

static void asks_about_one(void)
{
    BUILDS(belay_client_get("o/1 %\xc3\xa9", 0, &out, &error), "GET /v1/transactions/o%2F1%20%25%C3%A9|");
    BUILDS(belay_client_get("...", 60, &out, &error), "GET /v1/transactions/...?wait=60|");
    BUILDS(belay_client_outcome("a", &out, &error), "GET /v1/transactions/a/outcome|");
    BUILDS(belay_client_cancel("a", NULL, &out, &error), "POST /v1/transactions/a/cancel" JSON_TYPE "{}");
    BUILDS(belay_client_cancel("a", "no\n\"need\"", &out, &error),
           "POST /v1/transactions/a/cancel" JSON_TYPE "{\"reason\":\"no\\u000a\\\"need\\\"\"}");
    BUILDS(belay_client_signal("a", "paid now", "[true]", 6, &out, &error),
           "POST /v1/transactions/a/signals/paid%20now" JSON_TYPE "[true]");
    BUILDS(belay_client_signal("a", "paid", NULL, 0, &out, &error),
           "POST /v1/transactions/a/signals/paid" JSON_TYPE "");
}

static void reports(void)
{
    static const char url[] = "https://c.example:7070/v1/transactions/a/steps/s/complete?token=x";
    BUILDS(belay_client_complete("http://c/x", "{\"n\":1}", 7, &out, &error),
           "POST http://c/x" JSON_TYPE "{\"status\":\"completed\",\"output\":{\"n\":1}}");
    BUILDS(belay_client_complete(url, NULL, 0, &out, &error),
           "POST https://c.example:7070/v1/transactions/a/steps/s/complete?token=x" JSON_TYPE
           "{\"status\":\"completed\"}");
    BUILDS(belay_client_refuse("http://c/x", "card_declined", "no", &out, &error),
           "POST http://c/x" JSON_TYPE "{\"status\":\"failed\",\"code\":\"card_declined\",\"detail\":\"no\"}");
    BUILDS(belay_client_heartbeat("http://c/x", &out, &error), "POST http://c/x/heartbeat|");
    BUILDS(belay_client_heartbeat(url, &out, &error),
           "POST https://c.example:7070/v1/transactions/a/steps/s/complete/heartbeat?token=x|");
    REFUSES(belay_client_complete("http://c/x", "{", 1, &out, &error), "output is no JSON from byte 1");
    REFUSES(belay_client_refuse("http://c/x", NULL, NULL, &out, &error), "needs a code");
    static const char *const urls[] = {"",           "c/x",           "ftp://c/x", "http://", "http://c/\r\nX: y",
                                       "http://c x", "http://c/\xc3", NULL};
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++)
        REFUSES(belay_client_heartbeat(urls[i], &out, &error), "is no http or https URL");
}

static void drives(void)
{
    struct belay_enlist branches[] = {SIZED(belay_enlist), SIZED(belay_enlist)};
    branches[0].branch = "debit";
    branches[0].participant = "bank";
    branches[0].operation = "move";
    branches[0].body = "{\"cents\":1}";
    branches[0].body_length = 11;
    branches[1].branch = "credit";
    branches[1].url = "http://10.0.0.1/belay/move";
    BUILDS(belay_client_enlist("t", &branches[0], &out, &error),
           "POST /v1/transactions/t/branches" JSON_TYPE
           "{\"id\":\"debit\",\"participant\":\"bank\",\"operation\":\"move\",\"body\":{\"cents\":1}}");
    struct belay_begin begin = SIZED(belay_begin);
    begin.kind = BELAY_KIND_TCC;
    begin.id = "t";
    BUILDS(belay_client_begin(&begin, &out, &error),
           "POST /v1/transactions" JSON_TYPE "{\"kind\":\"tcc\",\"id\":\"t\"}");
    begin.kind = BELAY_KIND_MESSAGE;
    begin.timeout_ms = 1500;
    begin.branches = branches;
    begin.branches_count = 2;
    begin.check_participant = "shop";
    begin.check_operation = "outbox";
    BUILDS(belay_client_begin(&begin, &out, &error),
           "POST /v1/transactions" JSON_TYPE "{\"kind\":\"message\",\"id\":\"t\",\"timeout\":\"1500ms\","
           "\"check\":{\"participant\":\"shop\",\"operation\":\"outbox\"},\"branches\":["
           "{\"id\":\"debit\",\"participant\":\"bank\",\"operation\":\"move\",\"body\":{\"cents\":1}},"
           "{\"id\":\"credit\",\"url\":\"http://10.0.0.1/belay/move\"}]}");
    BUILDS(belay_client_commit("t", 5, &out, &error),
           "POST /v1/transactions/t/commit|Prefer: wait=5" JSON_TYPE "{}");
    BUILDS(belay_client_rollback("t", "late", &out, &error),
           "POST /v1/transactions/t/rollback" JSON_TYPE "{\"reason\":\"late\"}");
    branches[1].participant = "bank";
    REFUSES(belay_client_enlist("t", &branches[1], &out, &error), "a URL and a participant");
    REFUSES(belay_client_begin(&begin, &out, &error), "a URL and a participant");
    branches[1].url = NULL;
    REFUSES(belay_client_enlist("t", &branches[1], &out, &error), "together with its operation");
    branches[0].branch = NULL;
    REFUSES(belay_client_enlist("t", &branches[0], &out, &error), "without an id");
    branches[0].size--;
    REFUSES(belay_client_enlist("t", &branches[0], &out, &error), "size is not set");
    REFUSES(belay_client_begin(&begin, &out, &error), "branch 0: size is not set");
    begin.branches_count = 0;
    begin.check_operation = NULL;
    REFUSES(belay_client_begin(&begin, &out, &error), "together with its operation");
    begin.check_participant = begin.id = NULL;
    REFUSES(belay_client_begin(&begin, &out, &error), "no id");
    begin.kind = BELAY_KINDS_COUNT;
    REFUSES(belay_client_begin(&begin, &out, &error), "no kind");
}

static void registers(void)
{
    BUILDS(belay_client_register("bank", "host:1", "http://10.0.0.1:7101", 30, &out, &error),
           "PUT /v1/participants/bank/instances/host%3A1" JSON_TYPE
           "{\"url\":\"http://10.0.0.1:7101\",\"leaseSeconds\":30}");
    BUILDS(belay_client_deregister("bank", "host:1", &out, &error),
           "DELETE /v1/participants/bank/instances/host%3A1|");
    REFUSES(belay_client_register("bank", "i", "bank:1", 30, &out, &error), "is no http or https URL");
    REFUSES(belay_client_register("bank", "i", "http://b", 0, &out, &error), "a lease of 0 seconds");
    REFUSES(belay_client_register("bank", "i", "http://b", 86401, &out, &error), "a lease of 86401 seconds");
    REFUSES(belay_client_register("", "i", "http://b", 1, &out, &error), "the participant's name");
}

static void refuses_mistakes(void)
{
    static char longer[1200];
    memset(longer, 'x', sizeof longer - 1);
    static const char *const ids[] = {NULL, "", ".", "..", "a\nb", "\xff", "\xc2\x80", longer};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        REFUSES(belay_client_get(ids[i], 0, &out, &error), "the transaction's id");
        REFUSES(belay_client_signal("a", ids[i], NULL, 0, &out, &error), "the signal's name");
        struct belay_start start = SIZED(belay_start);
        const char *const *tags = &ids[i];
        start.saga = ids[i];
        if (i != 2 && i != 3) {
            REFUSES(belay_client_start(&start, &out, &error), "saga");
            start.saga = "s";
            start.tags = tags;
            start.tags_count = 1;
            REFUSES(belay_client_start(&start, &out, &error), "tag");
        }
    }
    REFUSES(belay_client_get("a", 61, &out, &error), "limited to 60 seconds");
    REFUSES(belay_client_commit("a", 61, &out, &error), "limited to 60 seconds");
    REFUSES(belay_client_cancel("a", longer, &out, &error), "reason has over 1024 bytes");
    struct belay_start start = SIZED(belay_start);
    start.saga = "s";
    start.tags_count = 17;
    REFUSES(belay_client_start(&start, &out, &error), "17 tags, 16 are allowed");
    start.tags_count = 0;
    start.key = "a\rb";
    REFUSES(belay_client_start(&start, &out, &error), "Idempotency-Key");
    start.size = 8;
    REFUSES(belay_client_start(&start, &out, &error), "size is not set");
    struct belay_outgoing unsized = {.size = 3};
    CU_ASSERT_EQUAL(belay_client_get("a", 0, &unsized, &error), BELAY_ERROR_ARGUMENT);
    CU_ASSERT_EQUAL(belay_client_get("a", 0, &unsized, NULL), BELAY_ERROR_ARGUMENT);
}

static void limits_bodies(void)
{
    static char json[BELAY_BODY_MAX + 2];
    memset(json, '1', sizeof json - 1);
    REFUSES(belay_client_signal("a", "s", json, BELAY_BODY_MAX + 1, &out, &error),
            "payload has over 1048576 bytes");
    REFUSES(belay_client_complete("http://c", json, BELAY_BODY_MAX, &out, &error),
            "the body of the request has over");
    struct belay_outgoing full = SIZED(belay_outgoing);
    CU_ASSERT_EQUAL(belay_client_signal("a", "s", json, BELAY_BODY_MAX, &full, &error), BELAY_OK);
    CU_ASSERT_EQUAL(full.body_length, BELAY_BODY_MAX);
    belay_outgoing_done(&full);
    struct belay_enlist branches[3];
    struct belay_begin begin = SIZED(belay_begin);
    for (int i = 0; i < 3; i++)
        branches[i] = (struct belay_enlist){.size = sizeof branches[i],
                                            .branch = "b",
                                            .url = "http://b",
                                            .body = json,
                                            .body_length = BELAY_BODY_MAX};
    begin.id = "t";
    begin.branches = branches;
    begin.branches_count = 3;
    REFUSES(belay_client_begin(&begin, &out, &error), "the body of the request has over");
}

static void every_allocation_fails(void)
{
    struct belay_start start = SIZED(belay_start);
    static char input[5000];
    memset(input, '7', sizeof input);
    start.saga = start.id = start.key = "s";
    start.input = input;
    start.input_length = sizeof input;
    for (int n = 1;; n++) {
        struct poor poor = {.countdown = n};
        struct belay_outgoing out = {.size = sizeof out, .allocator = {.context = &poor, .resize = poor_resize}};
        int code = belay_client_start(&start, &out, &error);
        CU_ASSERT_EQUAL(poor.live, code == BELAY_OK);
        if (code == BELAY_OK) {
            CU_ASSERT(n > 3);
            CU_ASSERT_EQUAL(out.body_length, sizeof input + strlen("{\"saga\":\"s\",\"id\":\"s\",\"input\":}"));
            belay_outgoing_done(&out);
            CU_ASSERT_EQUAL(poor.live, 0);
            return;
        }
        CU_ASSERT_EQUAL(code, BELAY_ERROR_MEMORY);
        CU_ASSERT_EQUAL(error.code, BELAY_ERROR_MEMORY);
    }
}

static void takes_headers(void)
{
    struct belay_outgoing out = SIZED(belay_outgoing);
    CU_ASSERT_EQUAL(belay_outgoing_header(&out, "X", "y", &error), BELAY_ERROR_ARGUMENT); /* not built yet */
    CU_ASSERT_EQUAL_FATAL(belay_client_get("a", 0, &out, &error), BELAY_OK);
    static const char *const names[] = {NULL, "", "a b", "a:", "a\r\n", "\xc3\xa9"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        CU_ASSERT_EQUAL(belay_outgoing_header(&out, names[i], "y", &error), BELAY_ERROR_ARGUMENT);
    CU_ASSERT_EQUAL(belay_outgoing_header(&out, "X", "a\nb", &error), BELAY_ERROR_ARGUMENT);
    CU_ASSERT_EQUAL(belay_outgoing_header(&out, "X", NULL, &error), BELAY_ERROR_ARGUMENT);
    CU_ASSERT_EQUAL(out.headers_count, 0);
    for (int i = 0; i < BELAY_OUTGOING_HEADERS_MAX; i++)
        CU_ASSERT_EQUAL(belay_outgoing_header(&out, "X-Request", "y", &error), BELAY_OK);
    CU_ASSERT_EQUAL(belay_outgoing_header(&out, "X", "y", &error), BELAY_ERROR_ARGUMENT);
    CU_ASSERT_EQUAL(out.headers_count, BELAY_OUTGOING_HEADERS_MAX);
    belay_outgoing_done(&out);
}

/* ---- Answers ---- */

static int read_one(int status, const char *type, const char *body, struct belay_result *result)
{
    const struct belay_response response = {.size = sizeof response,
                                            .status = status,
                                            .content_type = type,
                                            .body = body,
                                            .body_length = strlen(body)};
    memset(result, 'x', sizeof *result);
    result->size = sizeof *result;
    error.code = BELAY_OK;
    int code = belay_client_read(&response, result, &error);
    CU_ASSERT_EQUAL(code, error.code);
    CU_ASSERT_EQUAL(result->http, status);
    return code;
}

static void reads_answers(void)
{
    struct belay_result result;
    static const char json[] = "application/json", problem[] = "application/problem+json";
    CU_ASSERT_EQUAL(
        read_one(201, json,
                 "{\"id\":\"a\\u00e9\\ud83d\\ude00\",\"saga\":\"s\",\"version\":1,\"status\":\"completed\","
                 "\"output\": {\"id\":\"inner\"} }",
                 &result),
        BELAY_OK);
    CU_ASSERT_STRING_EQUAL(result.id, "a\xc3\xa9\xf0\x9f\x98\x80");
    CU_ASSERT_EQUAL(result.status, BELAY_STATUS_COMPLETED);
    CU_ASSERT_EQUAL(result.output_length, 14);
    CU_ASSERT_EQUAL(memcmp(result.output, "{\"id\":\"inner\"}", 14), 0);
    CU_ASSERT_EQUAL(read_one(200, json,
                             "{\"status\":\"compensated\",\"cause\":\"step_refused\",\"causeStep\":\"charge\"}",
                             &result),
                    BELAY_OK);
    CU_ASSERT_STRING_EQUAL(result.cause, "step_refused");
    CU_ASSERT_STRING_EQUAL(result.step, "charge");
    CU_ASSERT_PTR_NULL(result.output);
    CU_ASSERT_EQUAL(read_one(200, json, "{\"outcome\":\"undecided\",\"status\":\"later word\"}", &result),
                    BELAY_OK);
    CU_ASSERT_EQUAL(result.outcome, BELAY_OUTCOME_UNDECIDED);
    CU_ASSERT_EQUAL(result.status, BELAY_STATUS_UNKNOWN);
    CU_ASSERT_EQUAL(read_one(204, NULL, "", &result), BELAY_OK);
    CU_ASSERT_EQUAL(
        read_one(409, problem, "{\"status\":409,\"code\":\"conflict\",\"detail\":\"too late\"}", &result),
        BELAY_ERROR_REFUSED);
    CU_ASSERT_STRING_EQUAL(result.code, "conflict");
    CU_ASSERT_STRING_EQUAL(error.text, "the coordinator refused (409 conflict): too late");
    CU_ASSERT_EQUAL(result.status, BELAY_STATUS_UNKNOWN);
}

static void reads_nonsense(void)
{
    static const struct {
        int status;
        const char *type, *body;
        int code;
    } answers[] = {
        {200, NULL, "<html>", BELAY_ERROR_UNAVAILABLE},
        {200, "application/json", "", BELAY_ERROR_UNAVAILABLE},
        {200, "application/json", "{\"id\":\"a\"", BELAY_ERROR_UNAVAILABLE},
        {200, "application/json", "{} {}", BELAY_ERROR_UNAVAILABLE},
        {200, "application/json", "[{\"id\":\"a\"}]", BELAY_OK},
        {200, "application/json", "{\"id\":{\"id\":\"a\"},\"status\":7}", BELAY_OK},
        {100, NULL, "", BELAY_ERROR_UNAVAILABLE},
        {302, NULL, "", BELAY_ERROR_UNAVAILABLE},
        {404, NULL, "<html>", BELAY_ERROR_REFUSED},
        {408, NULL, "", BELAY_ERROR_UNAVAILABLE},
        {425, NULL, "", BELAY_ERROR_UNAVAILABLE},
        {429, NULL, "", BELAY_ERROR_UNAVAILABLE},
        {503, "application/problem+json", "{\"detail\":\"full\"}", BELAY_ERROR_UNAVAILABLE},
        {0, NULL, "", BELAY_ERROR_UNAVAILABLE},
    };
    struct belay_result result;
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        CU_ASSERT_EQUAL(read_one(answers[i].status, answers[i].type, answers[i].body, &result), answers[i].code);
        CU_ASSERT_STRING_EQUAL(result.id, "");
        CU_ASSERT_PTR_NULL(result.output);
    }
    static char body[4000] = "{\"id\":\"";
    for (size_t i = strlen(body); i + 4 < sizeof body; i += 2)
        memcpy(body + i, "\xc3\xa9", 3);
    memcpy(body + strlen(body), "\"}", 3);
    CU_ASSERT_EQUAL(read_one(200, "application/json", body, &result), BELAY_OK);
    CU_ASSERT_EQUAL(strlen(result.id), BELAY_TRANSACTION_MAX); /* cut between characters */
    struct belay_response response = {.size = sizeof response};
    result.size = 1;
    CU_ASSERT_EQUAL(belay_client_read(&response, &result, &error), BELAY_ERROR_ARGUMENT);
}

static void tells_statuses(void)
{
    CU_ASSERT_STRING_EQUAL(belay_status_word(BELAY_STATUS_PAUSED), "paused");
    CU_ASSERT_STRING_EQUAL(belay_status_word((enum belay_status)99), "unknown");
    int ended = 0;
    for (int i = 0; i < BELAY_STATUSES_END; i++)
        ended += belay_status_ended((enum belay_status)i);
    CU_ASSERT_EQUAL(ended, 3);
    CU_ASSERT_EQUAL(belay_status_ended(BELAY_STATUS_TERMINATED), 1);
    CU_ASSERT_EQUAL(belay_status_ended(BELAY_STATUS_PAUSED), 0);
}

static int answer_503(void *self, const struct belay_outgoing *request, struct belay_response *response,
                      struct belay_error *why)
{
    (void)why;
    *(const char **)self = request->target;
    return belay_response_set(response, 503, "application/problem+json", "{}", 2);
}

static void sends_through_a_transport(void)
{
    const char *target = NULL;
    struct belay_transport transport = {.size = sizeof transport, .self = &target, .send = answer_503};
    struct belay_outgoing out = SIZED(belay_outgoing);
    struct belay_response response = SIZED(belay_response);
    struct belay_result result = SIZED(belay_result);
    CU_ASSERT_EQUAL_FATAL(belay_client_get("a", 0, &out, &error), BELAY_OK);
    CU_ASSERT_EQUAL(belay_client_send(&transport, &out, &response, &result, &error), BELAY_ERROR_UNAVAILABLE);
    CU_ASSERT_STRING_EQUAL(target, "/v1/transactions/a");
    CU_ASSERT_EQUAL(result.http, 503);
    belay_response_done(&response);
    transport.send = NULL;
    CU_ASSERT_EQUAL(belay_client_send(&transport, &out, &response, &result, &error), BELAY_ERROR_ARGUMENT);
    belay_outgoing_done(&out);
}

void sdk_client_test_suite(void);
void sdk_client_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("sdk/client", NULL, NULL);
    CU_add_test(suite, "starts", starts);
    CU_add_test(suite, "tells what may be sent twice", tells_what_is_repeatable);
    CU_add_test(suite, "asks about one transaction", asks_about_one);
    CU_add_test(suite, "reports of asynchronous steps", reports);
    CU_add_test(suite, "drives a transaction", drives);
    CU_add_test(suite, "registers an instance", registers);
    CU_add_test(suite, "refuses mistakes", refuses_mistakes);
    CU_add_test(suite, "limits bodies", limits_bodies);
    CU_add_test(suite, "each allocation fails", every_allocation_fails);
    CU_add_test(suite, "takes headers", takes_headers);
    CU_add_test(suite, "reads answers", reads_answers);
    CU_add_test(suite, "reads nonsense", reads_nonsense);
    CU_add_test(suite, "tells statuses", tells_statuses);
    CU_add_test(suite, "sends through a transport", sends_through_a_transport);
}
