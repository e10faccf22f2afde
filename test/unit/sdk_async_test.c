/* Asynchronous answers: what pending means to the barrier, and where it cannot be. */
#include "sdk_support.h"

#include <CUnit/Basic.h>
#include <string.h>

#define CALLBACK "http://coordinator:8080/v1/transactions/t/steps/s/complete?token=abc"

static struct sdk_service service;

static int begin_work(struct belay_call *call)
{
    const char *callback = belay_call_callback(call);
    sqlite3_stmt *stmt = NULL;
    sqlite3_prepare_v2(belay_sqlite_db(call), "INSERT INTO effect VALUES (?1)", -1, &stmt, NULL);
    sqlite3_bind_text(stmt, 1, callback ? callback : "none", -1, SQLITE_STATIC);
    sqlite3_step(stmt);
    sqlite3_finalize(stmt);
    belay_answer(call, "{\"job\":7}", 9);
    return BELAY_PENDING;
}

static int call_off(struct belay_call *call)
{
    return belay_sqlite_run(call, "DELETE FROM effect", NULL);
}

static int pending_undo(struct belay_call *call)
{
    call_off(call);
    return BELAY_PENDING;
}

static void begin(void)
{
    static const struct belay_operation operations[] = {
        {.size = sizeof operations[0], .name = "work", .on_action = begin_work, .on_compensation = call_off},
        {.size = sizeof operations[0], .name = "slow", .on_action = begin_work, .on_compensation = pending_undo},
    };
    sdk_service_open(&service, ":memory:");
    for (size_t i = 0; i < 2; i++)
        CU_ASSERT_EQUAL(belay_participant_add(service.participant, &operations[i], NULL), BELAY_OK);
}

static int call(const char *path, const char *phase, const char *callback)
{
    const struct belay_header headers[] = {
        {"Idempotency-Key", *phase == 'a' ? "t/s/action" : "t/s/compensation"},
        {"Belay-Transaction", "t"},
        {"Belay-Step", "s"},
        {"Belay-Phase", phase},
        {"Belay-Callback", callback},
    };
    const struct belay_request request = {.size = sizeof request,
                                          .method = "POST",
                                          .path = path,
                                          .headers = headers,
                                          .headers_count = callback ? 5 : 4};
    return sdk_send(service.participant, &request);
}

static void pending_is_kept_and_repeated(void)
{
    begin();
    for (int i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(call("/belay/work", "action", CALLBACK), 202);
        CU_ASSERT_STRING_EQUAL(sdk_body(), "{\"job\":7}");
    }
    CU_ASSERT_EQUAL(sdk_count(service.db, "SELECT count(*) FROM effect WHERE key = '" CALLBACK "'"), 1);
    CU_ASSERT_EQUAL(call("/belay/work", "compensation", NULL), 204); /* the work is called off */
    CU_ASSERT_EQUAL(sdk_count(service.db, "SELECT count(*) FROM effect"), 0);
    CU_ASSERT_EQUAL(call("/belay/work", "action", CALLBACK), 202);
    CU_ASSERT_EQUAL(sdk_count(service.db, "SELECT count(*) FROM effect"), 0);
    sdk_service_close(&service);
}

static void where_it_cannot_be(void)
{
    begin();
    CU_ASSERT_EQUAL(call("/belay/work", "action", NULL), 500); /* 202 would mean yes */
    CU_ASSERT_PTR_NOT_NULL(strstr(sdk_body(), "not asynchronous"));
    CU_ASSERT_EQUAL(sdk_code(), BELAY_ERROR_HOOK);
    CU_ASSERT_EQUAL(sdk_count(service.db, "SELECT count(*) FROM effect"), 0);
    CU_ASSERT_EQUAL(call("/belay/slow", "action", CALLBACK), 202);
    CU_ASSERT_EQUAL(call("/belay/slow", "compensation", CALLBACK), 500);
    CU_ASSERT_PTR_NOT_NULL(strstr(sdk_body(), "can be pending"));
    CU_ASSERT_EQUAL(sdk_count(service.db, "SELECT count(*) FROM effect"), 1);
    sdk_service_close(&service);
}

static void callbacks_are_checked(void)
{
    static char longest[BELAY_CALLBACK_MAX + 2];
    begin();
    memset(longest, 'x', BELAY_CALLBACK_MAX + 1);
    CU_ASSERT_EQUAL(call("/belay/work", "action", longest), 400);
    CU_ASSERT_EQUAL(call("/belay/work", "action", ""), 400);
    CU_ASSERT_EQUAL(call("/belay/work", "action", "http://h/\r\nX: y"), 400);
    longest[BELAY_CALLBACK_MAX] = '\0';
    CU_ASSERT_EQUAL(call("/belay/work", "action", longest), 202);
    sdk_service_close(&service);
}

void sdk_async_test_suite(void);
void sdk_async_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("sdk/async", NULL, NULL);
    CU_add_test(suite, "pending is kept, repeated, and called off by the undo", pending_is_kept_and_repeated);
    CU_add_test(suite, "pending where it cannot be is a failure", where_it_cannot_be);
    CU_add_test(suite, "callbacks are checked like every header", callbacks_are_checked);
}
