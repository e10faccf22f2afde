/* belay_handle: what is refused before the barrier is asked, and what the participant's functions refuse. */
#include "sdk_support.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

static struct sdk_service service;

static int setup(void)
{
    sdk_service_open(&service, ":memory:");
    return 0;
}

static int teardown(void)
{
    sdk_service_close(&service);
    return 0;
}

enum { KEY, TRANSACTION, STEP, PHASE, ITEM, ATTEMPT, ACTION_KEY, EXTRA, HEADERS };

/* A good call; tests spoil one thing of it. */
struct sample {
    struct belay_header headers[HEADERS];
    struct belay_request request;
};

static void sample_make(struct sample *sample)
{
    *sample = (struct sample){
        .headers =
            {
                [KEY] = {"idempotency-KEY", "order 7 \xe2\x82\xac/reserve/red/compensation"},
                [TRANSACTION] = {"belay-transaction", "order 7 \xe2\x82\xac"},
                [STEP] = {"BELAY-STEP", "reserve"},
                [PHASE] = {"Belay-Phase", "compensation"},
                [ITEM] = {"Belay-Item", "red"},
                [ATTEMPT] = {"Belay-Attempt", "4294967295"},
                [ACTION_KEY] = {"Belay-Action-Key", "order 7 \xe2\x82\xac/reserve/red/action"},
                [EXTRA] = {"X-Shop", "7"},
            },
        .request =
            {
                .size = sizeof(struct belay_request),
                .method = "POST",
                .path = "/belay/add",
                .headers_count = HEADERS,
            },
    };
    sample->request.headers = sample->headers;
}

static void the_sample_is_good(void)
{
    struct sample sample;
    sample_make(&sample);
    CU_ASSERT_EQUAL(sdk_send(service.participant, &sample.request), 204);
}

static void refuses(struct sample *sample, int status, const char *detail)
{
    CU_ASSERT_EQUAL(sdk_send(service.participant, &sample->request), status);
    CU_ASSERT_EQUAL(sdk_code(), BELAY_OK);
    if (!strstr(sdk_body(), detail)) {
        printf("\nexpected %s in %s\n", detail, sdk_body());
        CU_FAIL("the problem does not say what is wrong");
    }
}

static void missing_headers(void)
{
    static const struct {
        int header;
        const char *detail;
    } required[] = {{KEY, "missing: Idempotency-Key\""},
                    {TRANSACTION, "missing: Belay-Transaction\""},
                    {STEP, "missing: Belay-Step\""},
                    {PHASE, "missing: Belay-Phase\""}};
    for (size_t i = 0; i < sizeof required / sizeof *required; i++) {
        struct sample sample;
        sample_make(&sample);
        sample.headers[required[i].header].name = "X-Nothing";
        refuses(&sample, 400, required[i].detail);
        CU_ASSERT_PTR_NOT_NULL(strstr(sdk_body(), "\"code\":\"bad_request\""));
    }
    struct sample none;
    sample_make(&none);
    none.request.headers_count = 0;
    refuses(&none, 400, "missing: Idempotency-Key, Belay-Transaction, Belay-Step, Belay-Phase\"");
    none.request.headers = NULL;
    refuses(&none, 400, "missing: ");
}

static void optional_headers(void)
{
    struct sample sample;
    sample_make(&sample);
    sample.headers[ATTEMPT].name = sample.headers[ACTION_KEY].name = "X-Nothing";
    CU_ASSERT_EQUAL(sdk_send(service.participant, &sample.request), 204);
}

static void broken_values(void)
{
    static char long_text[600];
    memset(long_text, 'x', sizeof long_text - 1);
    const struct {
        int header;
        const char *value;
        const char *detail;
    } broken[] = {
        {KEY, "", "Idempotency-Key is empty"},
        {KEY, long_text, "Idempotency-Key is too long"},
        {KEY, "order 7/reserve/red/compensation", "Idempotency-Key is not <transaction>"},
        {KEY, "order 7 \xe2\x82\xac/reserve/red/compensation/2", "Idempotency-Key is not <transaction>"},
        {TRANSACTION, "", "Belay-Transaction is empty"},
        {TRANSACTION, long_text, "Belay-Transaction is too long"},
        {TRANSACTION, "a\x01", "Belay-Transaction is not printable"},
        {TRANSACTION, "a\x7f", "Belay-Transaction is not printable"},
        {TRANSACTION, "\xc2\x85", "Belay-Transaction is not printable"},
        {TRANSACTION, "\xff", "Belay-Transaction is not printable"},
        {TRANSACTION, "\xc0\x80", "Belay-Transaction is not printable"},
        {TRANSACTION, "\xe0\x80\x80", "Belay-Transaction is not printable"},
        {TRANSACTION, "\xed\xa0\x80", "Belay-Transaction is not printable"},
        {TRANSACTION, "\xf4\x90\x80\x80", "Belay-Transaction is not printable"},
        {TRANSACTION, "\xe2\x82", "Belay-Transaction is not printable"},
        {TRANSACTION, "\xf0", "Belay-Transaction is not printable"},
        {STEP, long_text, "Belay-Step is too long"},
        {ITEM, "", "Belay-Item is empty"},
        {ITEM, "blue", "Idempotency-Key is not"},
        {PHASE, "Compensation", "Belay-Phase is no phase"},
        {PHASE, "undo", "Belay-Phase is no phase"},
        {PHASE, "compensation-or-so", "Belay-Phase is too long"},
        {ATTEMPT, "0", "Belay-Attempt is no number"},
        {ATTEMPT, "-1", "Belay-Attempt is no number"},
        {ATTEMPT, "1x", "Belay-Attempt is no number"},
        {ATTEMPT, "4294967296", "Belay-Attempt is no number"},
        {ATTEMPT, "99999999999", "Belay-Attempt is too long"},
        {ACTION_KEY, "x", "Belay-Action-Key is not the key"},
    };
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct sample sample;
        sample_make(&sample);
        sample.headers[broken[i].header].value = broken[i].value;
        refuses(&sample, 400, broken[i].detail);
    }
    struct sample twice;
    sample_make(&twice);
    twice.headers[EXTRA] = (struct belay_header){"belay-STEP", "reserve"};
    refuses(&twice, 400, "Belay-Step is there twice");
}

static void longest_ids(void)
{
    char transaction[BELAY_TRANSACTION_MAX + 1], step[BELAY_STEP_MAX + 1], item[BELAY_ITEM_MAX + 1];
    char key[BELAY_KEY_MAX + 1];
    memset(transaction, 't', sizeof transaction);
    memset(step, 's', sizeof step);
    memset(item, 'i', sizeof item);
    transaction[BELAY_TRANSACTION_MAX] = step[BELAY_STEP_MAX] = item[BELAY_ITEM_MAX] = '\0';
    snprintf(key, sizeof key, "%s/%s/%s/compensation", transaction, step, item);
    struct sample sample;
    sample_make(&sample);
    sample.headers[KEY].value = key;
    sample.headers[TRANSACTION].value = transaction;
    sample.headers[STEP].value = step;
    sample.headers[ITEM].value = item;
    sample.request.headers_count = ATTEMPT;
    CU_ASSERT_EQUAL(sdk_send(service.participant, &sample.request), 204);
}

static void wrong_requests(void)
{
    static const struct {
        const char *method, *path;
        int status;
        const char *detail;
    } wrong[] = {
        {"GET", "/belay/add", 405, "method_not_allowed"},
        {"post", "/belay/add", 405, "method_not_allowed"},
        {"POST", "/belay/subtract", 404, "unknown_operation"},
        {"POST", "/belay/", 404, "unknown_operation"},
        {"POST", "/belay/add/", 404, "unknown_operation"},
        {"POST", "/add", 404, "unknown_operation"},
        {"POST", "", 404, "unknown_operation"},
        {"POST", "/belay/\"\x01\xff", 404, "\\\"\\u0001\\ufffd"},
        {"POST", "/belay/no", 204, ""},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct sample sample;
        sample_make(&sample);
        sample.request.method = wrong[i].method;
        sample.request.path = wrong[i].path;
        refuses(&sample, wrong[i].status, wrong[i].detail);
    }
    struct sample large;
    sample_make(&large);
    large.request.body = "";
    large.request.body_length = BELAY_BODY_MAX + 1;
    refuses(&large, 413, "too_large");
    CU_ASSERT_EQUAL(sdk_call(service.participant, "no", "cancel", NULL), 405);
    CU_ASSERT_PTR_NOT_NULL(strstr(sdk_body(), "operation \\\"no\\\" has no cancel"));
}

static void structs_without_their_size(void)
{
    struct sample sample;
    sample_make(&sample);
    sample.request.size = 0;
    CU_ASSERT_EQUAL(sdk_send(service.participant, &sample.request), 500);
    CU_ASSERT_EQUAL(sdk_code(), BELAY_ERROR_ARGUMENT);
    struct belay_response response = {.size = 1};
    sample.request.size = sizeof sample.request;
    CU_ASSERT_EQUAL(belay_handle(service.participant, &sample.request, &response, NULL), BELAY_ERROR_ARGUMENT);
}

static int yes(struct belay_call *call)
{
    (void)call;
    return BELAY_YES;
}

static void operations(void)
{
    static char long_name[BELAY_OPERATION_MAX + 2];
    memset(long_name, 'x', sizeof long_name - 1);
    const struct belay_operation good = {.size = sizeof good, .name = "fine", .on_action = yes};
    struct belay_operation bad[] = {good, good, good, good, good, good, good, good, good, good};
    bad[0].size = 0;
    bad[1].name = NULL;
    bad[2].name = "";
    bad[3].name = "a/b";
    bad[4].name = long_name;
    bad[5].name = "add"; /* taken */
    bad[6].on_action = NULL;
    bad[7].on_confirm = yes; /* of what? */
    bad[8].on_rollback = yes;
    bad[9].on_action = NULL, bad[9].on_check = yes, bad[9].on_try = yes;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct belay_error error = {.code = BELAY_OK};
        CU_ASSERT_EQUAL(belay_participant_add(service.participant, &bad[i], &error), BELAY_ERROR_ARGUMENT);
        CU_ASSERT_EQUAL(error.code, BELAY_ERROR_ARGUMENT);
        CU_ASSERT(error.text[0] != '\0');
    }
    const struct belay_participant_options options = {.size = sizeof options, .barrier = service.barrier};
    struct belay_participant *full = NULL;
    CU_ASSERT_EQUAL(belay_participant_new(&options, &full, NULL), BELAY_OK);
    for (int i = 0; i <= BELAY_OPERATIONS_MAX; i++) {
        char name[16];
        snprintf(name, sizeof name, "op-%d", i);
        const struct belay_operation operation = {.size = sizeof operation, .name = name, .on_action = yes};
        int expected = i < BELAY_OPERATIONS_MAX ? BELAY_OK : BELAY_ERROR_ARGUMENT;
        CU_ASSERT_EQUAL(belay_participant_add(full, &operation, NULL), expected);
    }
    CU_ASSERT_EQUAL(sdk_call(full, "op-255", "action", NULL), 204); /* the name was copied */
    belay_participant_free(full);
    belay_participant_free(NULL);
}

static void later_and_earlier_versions(void)
{
    struct {
        struct belay_operation known;
        void *added;
    } later = {.known = {.size = sizeof later, .name = "later", .on_action = yes}};
    CU_ASSERT_EQUAL(belay_participant_add(service.participant, &later.known, NULL), BELAY_OK);
    later.known.name = "later-still";
    later.added = &later; /* something that this version does not know must not be ignored */
    CU_ASSERT_EQUAL(belay_participant_add(service.participant, &later.known, NULL), BELAY_ERROR_ARGUMENT);
}

static void incomplete_barriers(void)
{
    struct belay_participant *none = NULL;
    struct belay_participant_options options = {.size = sizeof options};
    CU_ASSERT_EQUAL(belay_participant_new(&options, &none, NULL), BELAY_ERROR_ARGUMENT);
    for (int missing = 0; missing < 10; missing++) {
        struct belay_barrier barrier = *service.barrier;
        if (missing == 0)
            barrier.begin = NULL;
        if (missing == 1)
            barrier.find = NULL;
        if (missing == 2)
            barrier.claim = NULL;
        if (missing == 3)
            barrier.store = NULL;
        if (missing == 4)
            barrier.enter = NULL;
        if (missing == 5)
            barrier.leave = NULL;
        if (missing == 6)
            barrier.commit = NULL;
        if (missing == 7)
            barrier.rollback = NULL;
        if (missing == 8)
            barrier.close = NULL;
        if (missing == 9)
            barrier.size = 0;
        options.barrier = &barrier;
        struct belay_error error = {.code = BELAY_OK};
        CU_ASSERT_EQUAL(belay_participant_new(&options, &none, &error), BELAY_ERROR_ARGUMENT);
        CU_ASSERT_PTR_NULL(none);
    }
}

static void error_words(void)
{
    CU_ASSERT_STRING_EQUAL(belay_error_word(BELAY_OK), "ok");
    CU_ASSERT_STRING_EQUAL(belay_error_word(BELAY_ERROR_BUSY), "busy");
    CU_ASSERT_STRING_EQUAL(belay_error_word(BELAY_ERROR_SYSTEM), "system");
    CU_ASSERT_EQUAL(belay_error_set(NULL, BELAY_ERROR_HOOK, "nobody %s", "listens"), BELAY_ERROR_HOOK);
}

void sdk_handle_test_suite(void);
void sdk_handle_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("sdk/handle", setup, teardown);
    CU_add_test(suite, "header names in any case, UTF-8 ids", the_sample_is_good);
    CU_add_test(suite, "missing headers are all named", missing_headers);
    CU_add_test(suite, "item, attempt and action key may be left out", optional_headers);
    CU_add_test(suite, "broken values are refused with the header's name", broken_values);
    CU_add_test(suite, "the longest ids fit", longest_ids);
    CU_add_test(suite, "wrong method, path, size and phase", wrong_requests);
    CU_add_test(suite, "structs without their size", structs_without_their_size);
    CU_add_test(suite, "operations that are none", operations);
    CU_add_test(suite, "structs of other versions", later_and_earlier_versions);
    CU_add_test(suite, "barriers that are incomplete", incomplete_barriers);
    CU_add_test(suite, "error words", error_words);
}
