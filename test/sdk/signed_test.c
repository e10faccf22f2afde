/* Signatures from end to end: belayd signs, the ledger verifies, and a secret is replaced while sagas run. */
#include "harness/http.h"
#include "harness/process.h"
#include "service.h"
#include "suites.h"

#include <CUnit/Basic.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define OLD "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define NEW "whsec_c2VjcmV0LW9mLWEtcm90YXRlZC1lbmRwb2ludA=="

static unsigned coordinator;
static struct service ledger;

static void use_secrets(const char *secrets)
{
    char body[256];
    snprintf(body, sizeof body, "{\"url\":\"http://%s\",\"secrets\":[%s]}", ledger.address, secrets);
    int status = http_status(coordinator, "PUT", "/v1/participants/ledger", body);
    CU_ASSERT(status == 200 || status == 201);
}

/* Starts a saga and waits for at most two seconds: 201 when it has ended by then, 202 otherwise. */
static int deposit(const char *id, char *answer, size_t size)
{
    char body[128];
    snprintf(body, sizeof body, "{\"saga\":\"deposit\",\"id\":\"%s\",\"input\":{\"cents\":5}}", id);
    struct http_answer got = http_send(coordinator, "POST", "/v1/transactions", "Prefer: wait=2\r\n", body);
    snprintf(answer, size, "%s", got.body ? got.body : "");
    int status = got.status;
    http_done(&got);
    return status;
}

static void expect_cents(int cents)
{
    char expected[32];
    snprintf(expected, sizeof expected, "{\"cents\":%d}", cents);
    struct http_answer got = http_send(ledger.port, "GET", "/cents", NULL, NULL);
    CU_ASSERT_STRING_EQUAL(got.body, expected);
    http_done(&got);
}

static void a_secret_is_replaced(void)
{
    static const char saga[] = "{\"name\":\"deposit\",\"version\":1,\"defaults\":{\"retry\":{\"maxAttempts\":500,"
                               "\"initialInterval\":\"200ms\","
                               "\"maxInterval\":\"200ms\"}},\"steps\":[{\"id\":\"put\",\"participant\":\"ledger\","
                               "\"operation\":\"deposit\"}]}";
    char answer[1024];
    CU_ASSERT_EQUAL(http_status(coordinator, "POST", "/v1/definitions", saga), 201);
    use_secrets("\"" OLD "\"");
    CU_ASSERT_EQUAL(deposit("one", answer, sizeof answer), 201);
    CU_ASSERT_PTR_NOT_NULL(strstr(answer, "\"completed\""));
    use_secrets("\"" OLD "\",\"" NEW "\""); /* the ledger knows only the old one: enough */
    CU_ASSERT_EQUAL(deposit("two", answer, sizeof answer), 201);
    expect_cents(10);
    use_secrets("\"" NEW "\"");
    CU_ASSERT_EQUAL(deposit("three", answer, sizeof answer), 202); /* refused, and tried again */
    expect_cents(10);
    use_secrets("");
    CU_ASSERT_EQUAL(deposit("four", answer, sizeof answer), 202);
    expect_cents(10);
    use_secrets("\"" NEW "\",\"" OLD "\"");
    for (int i = 0; i < 100 && !strstr(answer, "\"completed\""); i++) {
        process_sleep_ms(100);
        struct http_answer got = http_send(coordinator, "GET", "/v1/transactions/four", NULL, NULL);
        snprintf(answer, sizeof answer, "%s", got.body);
        http_done(&got);
    }
    CU_ASSERT_PTR_NOT_NULL(strstr(answer, "\"completed\"")); /* what waited for the right signature goes on */
    if (!strstr(answer, "\"completed\""))
        printf("\n    %s", answer);
    struct http_answer got = http_send(coordinator, "GET", "/v1/participants", NULL, NULL);
    CU_ASSERT_PTR_NULL(strstr(got.body, "whsec_"));
    http_done(&got);
}

static void from_end_to_end(void)
{
    char directory[256], listen[32], program[560], database[300], command[1100], log[300];
    CU_ASSERT_TRUE_FATAL(process_directory("signed", directory));
    snprintf(program, sizeof program, "%s/belayd", suites_build());
    snprintf(log, sizeof log, "%s/log", directory);
    snprintf(database, sizeof database, "%s/ledger.db", directory);
    snprintf(command, sizeof command, "%s/example-ledger_sqlite %%s %s " OLD, suites_build(), database);
    service_start(&ledger, command, 0);
    coordinator = process_free_port();
    snprintf(listen, sizeof listen, "127.0.0.1:%u", coordinator);
    const char *const argv[] = {program, "--data", directory, "--listen", listen, NULL};
    pid_t belayd = process_start(argv, log);
    CU_ASSERT_EQUAL(http_await(coordinator, "/health/ready", 10000), 200);
    a_secret_is_replaced();
    process_end(belayd, SIGTERM);
    service_stop(&ledger);
    process_remove(directory);
}

void signed_test_suite(void);
void signed_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("sdk/signed", NULL, NULL);
    CU_add_test(suite, "belayd signs, a service verifies, a secret is replaced", from_end_to_end);
}
