/* The logger: each call is told once, with what became of it, and with nothing of the call before. */
#include "belay/participant.h"
#include "sdk_poor.h"
#include "sdk_support.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

/* The last record, as a line. */
static struct {
    int count;
    char line[600];
} told;

static void tell(void *context, const struct belay_record *record)
{
    CU_ASSERT_PTR_EQUAL(context, &told);
    CU_ASSERT_EQUAL(record->size, sizeof *record);
    told.count++;
    snprintf(told.line, sizeof told.line, "%d %s %d %s #%u %s %.8s: %s", (int)record->level, record->what,
             record->status, record->key, record->attempt, record->operation, record->traceparent, record->text);
}

static const struct belay_logger logger = {.context = &told, .log = tell};

static int done(struct belay_call *call)
{
    (void)call;
    return BELAY_YES;
}

static int wait(struct belay_call *call)
{
    (void)call;
    return BELAY_PENDING;
}

static int refuse(struct belay_call *call)
{
    return belay_refuse(call, "out_of_stock", "only %d left", 3);
}

static int fail(struct belay_call *call)
{
    return belay_fail(call, "the printer is on fire");
}

static struct belay_participant *participant_make(struct belay_barrier *barrier,
                                                  const struct belay_allocator *allocator)
{
    const struct belay_operation operations[] = {
        {.size = sizeof operations[0], .name = "add", .on_action = done, .on_compensation = done},
        {.size = sizeof operations[0], .name = "hold", .on_try = done, .on_confirm = done, .on_cancel = done},
        {.size = sizeof operations[0], .name = "no", .on_action = refuse},
        {.size = sizeof operations[0], .name = "wait", .on_action = wait},
        {.size = sizeof operations[0], .name = "fail", .on_action = fail},
    };
    const struct belay_participant_options options = {
        .size = sizeof options, .barrier = barrier, .allocator = allocator, .logger = &logger};
    struct belay_participant *participant = NULL;
    CU_ASSERT_EQUAL_FATAL(belay_participant_new(&options, &participant, NULL), BELAY_OK);
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        CU_ASSERT_EQUAL_FATAL(belay_participant_add(participant, &operations[i], NULL), BELAY_OK);
    return participant;
}

/* A call of an asynchronous step, with a trace; `transaction` NULL leaves its header out. */
static int call(struct belay_participant *participant, const char *transaction, const char *operation,
                const char *phase)
{
    char path[64], key[64];
    snprintf(path, sizeof path, "/belay/%s", operation);
    snprintf(key, sizeof key, "%s/s/%s", transaction ? transaction : "", phase);
    const struct belay_header headers[] = {{"Idempotency-Key", key},
                                           {"Belay-Step", "s"},
                                           {"Belay-Phase", phase},
                                           {"Belay-Attempt", "4"},
                                           {"Belay-Callback", "http://coordinator/callback"},
                                           {"Traceparent", "00-4bf92f-01"},
                                           {"Belay-Transaction", transaction}};
    const struct belay_request request = {.size = sizeof request,
                                          .method = "POST",
                                          .path = path,
                                          .headers = headers,
                                          .headers_count = transaction ? 7 : 6};
    return sdk_send(participant, &request);
}

static void tells_what_became_of_each_call(void)
{
    static const struct {
        const char *transaction, *operation, *phase, *line;
    } calls[] = {
        {"a", "add", "action", "0 done 204 a/s/action #4 add 00-4bf92: "},
        {"a", "add", "action", "0 repeated 204 a/s/action #4 add 00-4bf92: "},
        {"a", "add", "compensation", "0 done 204 a/s/compensation #4 add 00-4bf92: "},
        {"b", "add", "compensation", "0 empty 204 b/s/compensation #4 add 00-4bf92: there was nothing to undo"},
        {"b", "add", "action", "0 late 409 b/s/action #4 add 00-4bf92: the undo of this branch"},
        {"c", "hold", "confirm", "2 unknown_branch 409 c/s/confirm #4 hold 00-4bf92: this branch was never done"},
        {"d", "hold", "try", "0 done 204 d/s/try #4 hold 00-4bf92: "},
        {"d", "hold", "confirm", "0 done 204 d/s/confirm #4 hold 00-4bf92: "},
        {"d", "hold", "cancel", "1 confirmed 409 d/s/cancel #4 hold 00-4bf92: this branch was confirmed"},
        {"e", "no", "action", "0 refused 409 e/s/action #4 no 00-4bf92: out_of_stock: only 3 left"},
        {"e", "no", "action", "0 repeated 409 e/s/action #4 no 00-4bf92: "},
        {"f", "wait", "action", "0 pending 202 f/s/action #4 wait 00-4bf92: "},
        {"g", "fail", "action", "2 hook 500 g/s/action #4 fail 00-4bf92: fail/action: the printer is on fire"},
        {"h", "wait", "compensation", "1 unknown_phase 405 h/s/compensation #4 wait 00-4bf92: operation \"wait\""},
        {"i", "none", "action", "1 unknown_operation 404  #0  00-4bf92: POST /belay/none"},
        {NULL, "add", "action", "1 bad_request 400  #0 add 00-4bf92: missing: Belay-Transaction"},
    };
    struct sdk_service service;
    sdk_service_open(&service, ":memory:");
    struct belay_participant *participant = participant_make(service.barrier, NULL);
    told.count = 0;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        call(participant, calls[i].transaction, calls[i].operation, calls[i].phase);
        CU_ASSERT_EQUAL(told.count, (int)i + 1);
        CU_ASSERT_NSTRING_EQUAL(told.line, calls[i].line, strlen(calls[i].line));
        if (strncmp(told.line, calls[i].line, strlen(calls[i].line)))
            printf("\n    expected: %s\n    found:    %s", calls[i].line, told.line);
    }
    sqlite3_exec(service.db, "DROP TABLE belay_barrier", NULL, NULL, NULL);
    CU_ASSERT_EQUAL(call(participant, "z", "add", "action"), 500);
    CU_ASSERT_PTR_NOT_NULL(strstr(told.line, "2 backend 500 z/s/action #4 add"));
    CU_ASSERT_PTR_NOT_NULL(strstr(told.line, "no such table: belay_barrier"));
    belay_participant_free(participant);
    sdk_service_close(&service);
}

/* What was noted on the way does not survive a failure that comes after it. */
static void tells_a_failure_whatever_was_noted(void)
{
    struct sdk_service service;
    struct poor poor = {0};
    const struct belay_allocator allocator = {.context = &poor, .resize = poor_resize};
    sdk_service_open(&service, ":memory:");
    struct belay_participant *participant = participant_make(service.barrier, &allocator);
    static const char *const operations[] = {"no", "none"};
    for (size_t i = 0; i < 2; i++)
        for (int n = 1;; n++) {
            poor.countdown = n;
            int status = call(participant, "t", operations[i], "action");
            if (poor.countdown > 0)
                break;
            CU_ASSERT_EQUAL(status, 500);
            CU_ASSERT_NSTRING_EQUAL(told.line, "2 memory 500 ", 13);
        }
    CU_ASSERT_NSTRING_EQUAL(told.line, "1 unknown_operation 404 ", 24);
    belay_participant_free(participant);
    sdk_service_close(&service);
}

static void refuses_half_a_logger(void)
{
    struct sdk_service service;
    struct belay_error error;
    struct belay_participant *participant = NULL;
    const struct belay_logger half = {.context = &told};
    sdk_service_open(&service, ":memory:");
    const struct belay_participant_options options = {
        .size = sizeof options, .barrier = service.barrier, .logger = &half};
    CU_ASSERT_EQUAL(belay_participant_new(&options, &participant, &error), BELAY_ERROR_ARGUMENT);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "the logger has no function"));
    sdk_service_close(&service);
}

void sdk_log_test_suite(void);
void sdk_log_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("sdk/log", NULL, NULL);
    CU_add_test(suite, "tells what became of each call", tells_what_became_of_each_call);
    CU_add_test(suite, "tells a failure, whatever was noted before", tells_a_failure_whatever_was_noted);
    CU_add_test(suite, "refuses half a logger", refuses_half_a_logger);
}
