/* The conformance program against the examples, which are right, and against services that are wrong in one way
 * each: it must say so, by the name of the case. */
#include "belay/conformance.h"
#include "cluster.h"
#include "harness/process.h"
#include "service.h"
#include "suites.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define SECOND "whsec_c2VjcmV0LW9mLWEtcm90YXRlZC1lbmRwb2ludA=="

/* What a run said. */
struct said {
    char wrong[512]; /* the words of the cases that are, each followed by a blank */
    unsigned skipped;
    bool tell;
};

static void listen_to(void *context, const char *word, enum belay_verdict verdict, const char *detail)
{
    struct said *said = context;
    size_t length = strlen(said->wrong);
    if (verdict == BELAY_WRONG)
        snprintf(said->wrong + length, sizeof said->wrong - length, "%s ", word);
    if (verdict == BELAY_WRONG && said->tell)
        printf("\n    %s: %s", word, detail);
    said->skipped += verdict == BELAY_SKIPPED;
}

static void ask(const struct service *service, const char *kind, const char *only, struct said *said)
{
    static const char *const secrets[] = {SECRET, SECOND};
    char restart[80];
    snprintf(restart, sizeof restart, "sh %s", service->script);
    const struct belay_conformance_options options = {.size = sizeof options,
                                                      .url = service->url,
                                                      .body = "{\"cents\":5}",
                                                      .refused_body = "{\"cents\":0}",
                                                      .count_url = service->count,
                                                      .kind = kind,
                                                      .secrets = secrets,
                                                      .secrets_count = 2,
                                                      .restart = restart,
                                                      .only = only,
                                                      .rounds = suites_long ? 8 : 2,
                                                      .report = listen_to,
                                                      .context = said};
    struct belay_conformance_result result = {.size = sizeof result};
    struct belay_error error = {.code = BELAY_OK};
    CU_ASSERT_EQUAL(belay_conformance_run(&options, &result, &error), BELAY_OK);
    if (error.code)
        printf("\n    %s", error.text);
    CU_ASSERT_EQUAL(result.passed + result.wrong + result.skipped, only ? 1 : BELAY_CASES_COUNT);
    CU_ASSERT_EQUAL(result.wrong == 0, said->wrong[0] == '\0');
}

static void expect_right(struct service *service, const char *kind)
{
    struct said said = {.tell = true};
    ask(service, kind, NULL, &said);
    CU_ASSERT_STRING_EQUAL(said.wrong, "");
    CU_ASSERT_EQUAL(said.skipped, strcmp(kind, "saga") ? 0 : 2);
}

static void sqlite_is_right(void)
{
    struct service service;
    char database[64] = "/tmp/belay-ledger-XXXXXX", command[256];
    CU_ASSERT_FATAL(mkstemp(database) >= 0);
    snprintf(command, sizeof command, "%s/example-ledger_sqlite %%s %s " SECRET " " SECOND, suites_build(),
             database);
    service_start(&service, command, 0);
    expect_right(&service, "saga");
    expect_right(&service, "tcc");
    expect_right(&service, "2pc");
    service_stop(&service);
    service_forget(database);
}

static void postgres_is_right(void)
{
    struct service service;
    char command[384];
    cluster_start();
    snprintf(command, sizeof command, "%s/example-ledger_postgres %%s '%s' " SECRET " " SECOND, suites_build(),
             cluster_dsn());
    PGconn *conn = cluster_connect();
    cluster_run(conn, "DROP TABLE IF EXISTS entry, belay_barrier");
    service_start(&service, command, 0);
    expect_right(&service, "saga");
    expect_right(&service, "tcc");
    expect_right(&service, "2pc");
    CU_ASSERT_EQUAL(cluster_count(conn, "SELECT count(*) FROM pg_prepared_xacts"), 0);
    service_stop(&service);
    PQfinish(conn);
}

static void python_is_right(void)
{
    struct service service;
    char database[64] = "/tmp/belay-ledger-XXXXXX", command[256];
    CU_ASSERT_FATAL(mkstemp(database) >= 0);
    snprintf(command, sizeof command, "python3 participant-sdk/examples/ledger.py %%s %s " SECRET " " SECOND,
             database);
    service_start(&service, command, 1);
    expect_right(&service, "saga");
    service_stop(&service);
    unlink(database);
}

static void wrong_is_found(void)
{
    static const struct {
        const char *what, *only, *wrong;
    } services[] = {
        {"memory", "basic", ""},
        {"memory", "repeat", ""},
        {"memory", "unsigned", ""},
        {"memory", "restart", "restart "},
        {"memory", "crash", "crash "},
        {"barrier", "repeat", "repeat "},
        {"barrier", "late", "late "},
        {"barrier", "concurrent", "concurrent "},
        {"answers", "repeat", "repeat "},
        {"answers", "basic", ""},
        {"answers", "concurrent", "concurrent "},
        {"fence", "late", "late "},
        {"fence", "basic", ""},
        {"fence", "race", "race "},
        {"refusals", "refused", "refused "},
        {"refusals", "repeat", ""},
        {"unsigned", "unsigned", "unsigned "},
        {"unsigned", "forged", "forged "},
        {"unsigned", "replayed", "replayed "},
        {"unsigned", "repeat", ""},
    };
    struct service service;
    const char *running = NULL;
    for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
        struct said said = {.wrong = ""};
        char command[256];
        if (!running || strcmp(running, services[i].what)) {
            if (running)
                service_stop(&service);
            running = services[i].what;
            snprintf(command, sizeof command, "%s/test-sdk --wrong %s %%s " SECRET, suites_build(), running);
            service_start(&service, command, 0);
        }
        ask(&service, "saga", services[i].only, &said);
        if (strcmp(said.wrong, services[i].wrong))
            printf("\n    %s/%s: expected \"%s\", found \"%s\"", running, services[i].only, services[i].wrong,
                   said.wrong);
        CU_ASSERT_STRING_EQUAL(said.wrong, services[i].wrong);
    }
    service_stop(&service);
}

/* The program: exit codes, and what it prints. */
static int program(const char *arguments, char *out, size_t size)
{
    char command[512];
    char said[64] = "/tmp/belay-said-XXXXXX";
    int fd = mkstemp(said), status = -1;
    CU_ASSERT_FATAL(fd >= 0);
    snprintf(command, sizeof command, "%s/belay-conformance %s", suites_build(), arguments);
    const char *const argv[] = {"/bin/sh", "-c", command, NULL};
    waitpid(process_start(argv, said), &status, 0);
    ssize_t length = read(fd, out, size - 1);
    out[length > 0 ? length : 0] = '\0';
    close(fd);
    unlink(said);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void the_program(void)
{
    static char out[16384];
    struct service service;
    char command[256];
    CU_ASSERT_EQUAL(program("", out, sizeof out), 2);
    CU_ASSERT_EQUAL(program("--help", out, sizeof out), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "usage: belay-conformance"));
    CU_ASSERT_EQUAL(program("--list", out, sizeof out), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "crash "));
    CU_ASSERT_EQUAL(program("--kind what http://127.0.0.1:1/", out, sizeof out), 2);
    CU_ASSERT_EQUAL(program("--only what http://127.0.0.1:1/", out, sizeof out), 2);
    CU_ASSERT_EQUAL(program("--secret what http://127.0.0.1:1/", out, sizeof out), 2);
    CU_ASSERT_EQUAL(program("--threads 0 http://127.0.0.1:1/", out, sizeof out), 2);
    CU_ASSERT_EQUAL(program("http://127.0.0.1:1/", out, sizeof out), 3);
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "nobody answers"));
    snprintf(command, sizeof command, "%s/test-sdk --wrong fence %%s " SECRET, suites_build());
    service_start(&service, command, 0);
    char arguments[384];
    snprintf(arguments, sizeof arguments, "--body '{\"cents\":5}' --count %s --secret " SECRET " %s",
             service.count, service.url);
    CU_ASSERT_EQUAL(program(arguments, out, sizeof out), 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "WRONG    late "));
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "ok       repeat "));
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "skipped  crash "));
    snprintf(arguments, sizeof arguments, "--only repeat --body '{\"cents\":5}' --secret " SECRET " %s",
             service.url);
    CU_ASSERT_EQUAL(program(arguments, out, sizeof out), 0); /* without a count only answers are compared */
    service_stop(&service);
}

void conformance_test_suite(void);
void conformance_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("sdk/conformance", NULL, NULL);
    CU_add_test(suite, "the example on SQLite is right", sqlite_is_right);
    CU_add_test(suite, "the example on PostgreSQL is right", postgres_is_right);
    CU_add_test(suite, "the example in Python is right", python_is_right);
    CU_add_test(suite, "what is wrong is found, by its name", wrong_is_found);
    CU_add_test(suite, "the program and its exit codes", the_program);
}
