/* The n-th allocation fails, for every n, wherever the SDK or SQLite below it asks for memory: a clean error,
 * nothing half done, and the next call is as good as ever. What was left behind, the address sanitizer tells. */
#include "memory.h"
#include "belay/conformance.h"
#include "belay/curl.h"
#include "belay/postgres.h"
#include "belay/serve.h"
#include "belay/sqlite.h"
#include "cluster.h"
#include "harness/http.h"
#include "service.h"
#include "suites.h"
#include "world.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct belay_error error;

static int64_t left(struct subject *subject)
{
    return subject_count(subject,
                         "SELECT (SELECT count(*) FROM effect) * 100 + (SELECT count(*) FROM belay_barrier)");
}

/* ---- Calls ---- */

static void opening_on_sqlite(void)
{
    subject_reset(SUBJECT_SQLITE);
    for (int n = 1, enough = 0; !enough; n++) {
        sqlite3 *db = NULL;
        struct belay_barrier *barrier = NULL;
        struct belay_outbox *outbox = NULL;
        CU_ASSERT_EQUAL(sqlite3_open(subject_place(SUBJECT_SQLITE), &db), SQLITE_OK);
        memory_fail_sqlite(n);
        int code = belay_sqlite_open(db, NULL, &barrier, &error);
        if (!code)
            code = belay_sqlite_outbox_open(db, &outbox, &error);
        enough = memory_was_enough();
        CU_ASSERT(!enough || code == BELAY_OK);
        CU_ASSERT(!code || code == error.code);
        CU_ASSERT_EQUAL(outbox != NULL, code == BELAY_OK);
        belay_outbox_close(outbox);
        belay_sqlite_close(barrier);
        CU_ASSERT_EQUAL(sqlite3_close(db), SQLITE_OK); /* no statement was left behind */
    }
}

/* One call with every failure before it. SQLite does without some of its memory: then the call may succeed. */
static void sweep(struct subject *subject, const char *operation, const char *phase, int status, int64_t after,
                  void (*fail)(int n))
{
    int64_t before = left(subject);
    int n = 1;
    for (bool enough = false; !enough; n++) {
        fail(n);
        int found = subject_call(subject, operation, phase, "t");
        enough = memory_was_enough();
        CU_ASSERT(found == status || (!enough && found >= 500));
        CU_ASSERT_EQUAL(left(subject), found == status ? after : before);
        if (found == status)
            before = after;
    }
    CU_ASSERT(n > 2);
    CU_ASSERT_EQUAL(left(subject), after);
}

static void calls_on_sqlite(void)
{
    struct subject subject;
    subject_reset(SUBJECT_SQLITE);
    CU_ASSERT_TRUE_FATAL(subject_open(&subject, SUBJECT_SQLITE, NULL));
    sweep(&subject, "add", "action", 200, 101, memory_fail_sqlite);
    sweep(&subject, "add", "action", 200, 101, memory_fail_sqlite);
    sweep(&subject, "add", "compensation", 204, 2, memory_fail_sqlite);
    subject_close(&subject);
    CU_ASSERT_TRUE_FATAL(subject_open(&subject, SUBJECT_SQLITE, NULL));
    sqlite3_exec(subject.db, "DELETE FROM belay_barrier", NULL, NULL, NULL);
    sweep(&subject, "add", "compensation", 204, 2, memory_fail_sqlite);
    sweep(&subject, "add", "action", 409, 2, memory_fail_sqlite);
    subject_close(&subject);
}

static int insert_body(struct belay_call *call)
{
    return belay_postgres_run(call, "INSERT INTO effect (key) VALUES (:body)", NULL);
}

static void fail_here(int n)
{
    memory_fail(n, MEMORY_HERE);
}

static void on_postgres(void)
{
    struct subject subject;
    subject_reset(SUBJECT_POSTGRES);
    PGconn *conn = cluster_connect();
    for (int n = 1, enough = 0; !enough; n++) {
        struct belay_barrier *barrier = NULL;
        struct belay_outbox *outbox = NULL;
        fail_here(n);
        int code = belay_postgres_open(conn, NULL, &barrier, &error);
        if (!code)
            code = belay_postgres_outbox_open(conn, NULL, &outbox, &error);
        enough = memory_was_enough();
        CU_ASSERT_EQUAL(code, enough ? BELAY_OK : BELAY_ERROR_MEMORY);
        belay_outbox_close(outbox);
        belay_postgres_close(barrier);
    }
    PQfinish(conn);
    CU_ASSERT_TRUE_FATAL(subject_open(&subject, SUBJECT_POSTGRES, NULL));
    const struct belay_operation operation = {.size = sizeof operation, .name = "body", .on_action = insert_body};
    CU_ASSERT_EQUAL(belay_participant_add(subject.participant, &operation, NULL), BELAY_OK);
    sweep(&subject, "body", "action", 204, 101, fail_here);
    subject_close(&subject);
}

/* ---- The outbox ---- */

static void outbox_on_sqlite(void)
{
    struct world world;
    struct belay_outbox_report report;
    for (int n = 1, enough = 0; !enough; n++) {
        world_make(&world, SUBJECT_SQLITE);
        memory_fail_sqlite(n);
        int wrote = world_order(&world, world_message(false), &error);
        int pumped = wrote ? BELAY_OK : belay_outbox_pump(world.outbox, &world.transport, 0, NULL, &error);
        enough = memory_was_enough();
        CU_ASSERT(!enough || (!wrote && !pumped));
        CU_ASSERT_EQUAL(world_orders(&world), wrote == BELAY_OK);
        CU_ASSERT_EQUAL(subject_count(&world.subject, "SELECT count(*) FROM belay_outbox"), world_orders(&world));
        CU_ASSERT_EQUAL(world_pump(&world, &report, &error), BELAY_OK);
        CU_ASSERT_EQUAL(world_rows(&world, BELAY_OUTBOX_HANDED), world_orders(&world));
        world_remove(&world);
    }
}

static void threads(void)
{
    struct world world;
    world_make(&world, SUBJECT_SQLITE);
    const struct belay_outbox_thread_options outbox = {
        .size = sizeof outbox, .outbox = world.outbox, .transport = &world.transport};
    const struct belay_lease_options lease = {
        .size = sizeof lease, .transport = &world.transport, .participant = "shop", .url = "http://127.0.0.1:1"};
    for (int n = 1, enough = 0; !enough; n++) {
        struct belay_outbox_thread *thread = NULL;
        fail_here(n);
        int code = belay_outbox_thread_start(&outbox, &thread, &error);
        enough = memory_was_enough();
        CU_ASSERT_EQUAL(code, enough ? BELAY_OK : BELAY_ERROR_MEMORY);
        belay_outbox_thread_stop(thread);
    }
    for (int n = 1, enough = 0; !enough; n++) {
        struct belay_lease *held = NULL;
        fail_here(n);
        int code = belay_lease_start(&lease, &held, &error);
        enough = memory_was_enough();
        CU_ASSERT_EQUAL(code, enough ? BELAY_OK : BELAY_ERROR_MEMORY);
        belay_lease_stop(held);
    }
    world_remove(&world);
}

/* ---- Over HTTP ---- */

static void server(void)
{
    struct subject subject;
    struct belay_server *server = NULL;
    subject_reset(SUBJECT_SQLITE);
    CU_ASSERT_TRUE_FATAL(subject_open(&subject, SUBJECT_SQLITE, NULL));
    const struct belay_serve_options options = {.size = sizeof options, .participant = subject.participant};
    for (int n = 1; !server; n++) {
        fail_here(n);
        int code = belay_serve_start(&options, &server, &error);
        CU_ASSERT_EQUAL(code, memory_was_enough() ? BELAY_OK : BELAY_ERROR_MEMORY);
        CU_ASSERT_EQUAL(server != NULL, code == BELAY_OK);
    }
    int refused = 0;
    for (int n = 1, enough = 0; !enough; n++) {
        memory_fail(n, MEMORY_ELSEWHERE);
        struct http_answer answer = http_send(
            belay_serve_port(server), "POST", "/belay/add",
            "Idempotency-Key: t/s/action\r\nBelay-Transaction: t\r\nBelay-Step: s\r\nBelay-Phase: action\r\n",
            "{}");
        enough = memory_was_enough();
        CU_ASSERT(answer.status == 200 || (!enough && (answer.status == 0 || answer.status >= 500)));
        refused += answer.status != 200;
        http_done(&answer);
    }
    CU_ASSERT(refused >= 3);
    belay_serve_stop(server, 1000);
    CU_ASSERT_EQUAL(left(&subject), 101);
    subject_close(&subject);
}

static int no_transaction(void *context, const struct belay_request *request, struct belay_response *response)
{
    (void)context, (void)request;
    return belay_response_set(response, 404, "application/json", "{\"code\":\"not_found\"}", 20);
}

static void transport(void)
{
    struct subject subject;
    struct belay_server *server = NULL;
    subject_reset(SUBJECT_SQLITE);
    CU_ASSERT_TRUE_FATAL(subject_open(&subject, SUBJECT_SQLITE, NULL));
    const struct belay_serve_options options = {
        .size = sizeof options, .participant = subject.participant, .other = no_transaction};
    CU_ASSERT_EQUAL_FATAL(belay_serve_start(&options, &server, &error), BELAY_OK);
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%u", belay_serve_port(server));
    const struct belay_curl_options to = {.size = sizeof to, .url = url, .token = "t"};
    for (int n = 1, enough = 0; !enough; n++) {
        struct belay_curl *curl = NULL;
        struct belay_outgoing request = {.size = sizeof request};
        struct belay_response response = {.size = sizeof response};
        struct belay_result result = {.size = sizeof result};
        fail_here(n);
        int code = belay_curl_new(&to, &curl, &error);
        if (!code)
            code = belay_client_get("t", 0, &request, &error);
        if (!code)
            code = belay_client_send(belay_curl_transport(curl), &request, &response, &result, &error);
        enough = memory_was_enough();
        CU_ASSERT_EQUAL(code, enough ? BELAY_ERROR_REFUSED : BELAY_ERROR_MEMORY);
        belay_response_done(&response);
        belay_outgoing_done(&request);
        belay_curl_free(curl);
    }
    belay_serve_stop(server, 1000);
    subject_close(&subject);
}

static void note(void *context, const char *word, enum belay_verdict verdict, const char *detail)
{
    (void)word;
    if (verdict == BELAY_WRONG)
        snprintf(context, 100, "%s", detail);
}

static void conformance(void)
{
    struct service service;
    char command[256], wrong[100], database[64] = "/tmp/belay-ledger-XXXXXX";
    CU_ASSERT_FATAL(mkstemp(database) >= 0);
    snprintf(command, sizeof command, "%s/example-ledger_sqlite %%s %s", suites_build(), database);
    service_start(&service, command, 0);
    const struct belay_conformance_options options = {.size = sizeof options,
                                                      .url = service.url,
                                                      .body = "{\"cents\":5}",
                                                      .count_url = service.count,
                                                      .only = "concurrent",
                                                      .threads = 2,
                                                      .report = note,
                                                      .context = wrong};
    for (int n = 1, enough = 0; !enough; n++) {
        struct belay_conformance_result result = {.size = sizeof result};
        wrong[0] = '\0';
        memory_fail(n, MEMORY_ANYWHERE);
        int code = belay_conformance_run(&options, &result, &error);
        enough = memory_was_enough();
        CU_ASSERT(code == BELAY_OK || (!enough && code == BELAY_ERROR_MEMORY));
        CU_ASSERT(code || result.passed + result.wrong == 1);
        CU_ASSERT(!result.wrong || (!enough && strstr(wrong, "no memory")));
    }
    service_stop(&service);
    service_forget(database);
}

void memory_test_suite(void);
void memory_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("sdk/memory", NULL, NULL);
    CU_add_test(suite, "opening on SQLite", opening_on_sqlite);
    CU_add_test(suite, "calls on SQLite", calls_on_sqlite);
    CU_add_test(suite, "opening and calls on PostgreSQL", on_postgres);
    CU_add_test(suite, "the outbox on SQLite", outbox_on_sqlite);
    CU_add_test(suite, "the threads of the outbox and of the lease", threads);
    CU_add_test(suite, "the server", server);
    CU_add_test(suite, "the transport", transport);
    CU_add_test(suite, "the conformance program", conformance);
}
