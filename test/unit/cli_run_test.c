/* cli: whole commands against a scripted coordinator. */
#include "cli/cli.h"
#include "cli_server.h"

#include <CUnit/Basic.h>
#include <string.h>
#include <unistd.h>

enum { WORDS = 16 };

/* One run and what came of it. */
struct run {
    int status;
    char *out, *err;
};

static void run_words(struct run *run, const char *url, const char *const *words)
{
    char *argv[WORDS + 4];
    int argc = 0;
    size_t out_length, err_length;
    FILE *out = open_memstream(&run->out, &out_length), *err = open_memstream(&run->err, &err_length);
    argv[argc++] = (char *)(uintptr_t) "belay";
    if (url) {
        argv[argc++] = (char *)(uintptr_t) "--url";
        argv[argc++] = (char *)(uintptr_t)url;
    }
    while (*words)
        argv[argc++] = (char *)(uintptr_t)*words++;
    run->status = cli_run(argc, argv, out, err);
    fclose(out);
    fclose(err);
    CU_ASSERT_PTR_NULL(strchr(run->out, '\033')); /* whatever the coordinator said */
    CU_ASSERT_PTR_NULL(strchr(run->err, '\033'));
}

static void run_done(struct run *run)
{
    free(run->out);
    free(run->err);
}

#define RUN(run, url, ...) run_words(run, url, (const char *const[]){__VA_ARGS__, NULL})
#define PLAY(scenes)       cli_server_start(scenes, sizeof(scenes) / sizeof *(scenes))

static void expect(const char *text, const char *expected)
{
    if (!strstr(text, expected))
        printf("\n--- expected\n%s\n--- found\n%s\n", expected, text);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, expected));
}

#define TXN(status, rest)                                                                                         \
    "{\"id\":\"o-1\",\"saga\":\"order\",\"version\":2,\"status\":\"" status                                       \
    "\",\"begunAt\":\"2026-01-02T03:04:05.000Z\",\"steps\":[]" rest "}"

static void lists_pages(void)
{
    static const struct scene scenes[] = {
        {"GET /v1/transactions?limit=3&status=paused%2Crunning&saga=a%20b&since=2026-01-02T03%3A04%3A05.000Z", 200,
         NULL,
         "{\"transactions\":[{\"id\":\"o-1\",\"status\":\"paused\"},{\"id\":\"o-2\",\"status\":\"running\"}],"
         "\"next\":\"c/1\"}"},
        {"GET "
         "/v1/"
         "transactions?limit=1&status=paused%2Crunning&saga=a%20b&since=2026-01-02T03%3A04%3A05.000Z&cursor=c%2F1",
         200, NULL, "{\"transactions\":[{\"id\":\"o-3\",\"status\":\"\\u001b[2J\"}],\"next\":\"c2\"}"},
    };
    struct cli_server *server = PLAY(scenes);
    struct run run;
    RUN(&run, cli_server_url(server), "list", "--status", "paused,running", "--saga", "a b", "--since",
        "2026-01-02T03:04:05Z", "--limit", "3");
    CU_ASSERT_EQUAL(run.status, EXIT_DONE);
    CU_ASSERT_STRING_EQUAL(run.out, "ID   STATUS\no-1  paused\no-2  running\no-3  \\u001b[2J\n");
    expect(run.err, "there are more");
    run_done(&run);
    CU_ASSERT_EQUAL(cli_server_stop(server), 0);
}

/* A server that always says there is more, of nothing, is not believed for ever. */
static void lists_all(void)
{
    static const struct scene scenes[] = {
        {"GET /v1/transactions?limit=500", 200, NULL, "{\"transactions\":[{\"id\":\"o-1\"}],\"next\":\"x\"}"},
        {"GET /v1/transactions?limit=500&cursor=x", 200, NULL, "{\"transactions\":[],\"next\":\"x\"}"},
    };
    struct cli_server *server = PLAY(scenes);
    struct run run;
    RUN(&run, cli_server_url(server), "list", "--all", "-o", "jsonl");
    CU_ASSERT_EQUAL(run.status, EXIT_DONE);
    CU_ASSERT_STRING_EQUAL(run.out, "{\"id\":\"o-1\"}\n");
    run_done(&run);
    CU_ASSERT_EQUAL(cli_server_stop(server), 0);
}

static void says_who_does_not_answer(void)
{
    static const struct scene scenes[] = {
        {"GET /v1/transactions?limit=50", 200, "text/html", "<html>"},
        {"GET /v1/transactions?limit=50", 0, NULL, NULL},
        {"GET /v1/transactions?limit=50", 302, NULL, ""},
        {"GET /v1/transactions?limit=50", 502, NULL, "{\"x\":"},
    };
    struct run run;
    RUN(&run, "http://127.0.0.1:1", "list");
    CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
    expect(run.err,
           "no coordinator answers at http://127.0.0.1:1: connection refused\n       is belayd running there?");
    run_done(&run);
    RUN(&run, "ftp://x", "list");
    expect(run.err, "the coordinator's URL is http://HOST:PORT");
    run_done(&run);
    RUN(&run, "http://x/\r\nEvil: 1", "list");
    expect(run.err, "the coordinator's URL is http://HOST:PORT");
    run_done(&run);
    struct cli_server *server = PLAY(scenes);
    static const char *const expected[] = {
        "is not a Belay coordinator (status 200, text/html)",
        "no coordinator answers at http://127.0.0.1:", "is not a Belay coordinator (status 302", "(status 502"};
    for (size_t i = 0; i < 4; i++) {
        RUN(&run, cli_server_url(server), "list");
        CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
        CU_ASSERT_STRING_EQUAL(run.out, "");
        expect(run.err, expected[i]);
        run_done(&run);
    }
    CU_ASSERT_EQUAL(cli_server_stop(server), 0);
}

static const char saga_path[] = "/tmp/belay-cli-test.saga.json";

static void write_saga(const char *text)
{
    FILE *file = fopen(saga_path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs(text, file);
    fclose(file);
}

static void applies(void)
{
    static const struct scene scenes[] = {
        {"POST /v1/definitions", 201, NULL,
         "{\"name\":\"s\",\"version\":1,\"findings\":[{\"code\":\"W101\",\"line\":2,\"column\":3,\"message\":"
         "\"slow\"}]}"},
        {"POST /v1/definitions", 200, NULL, "{\"name\":\"s\",\"version\":1,\"findings\":[]}"},
        {"POST /v1/definitions", 422, "application/problem+json",
         "{\"title\":\"Unprocessable\",\"status\":422,\"code\":\"invalid\",\"detail\":\"2 "
         "findings\",\"hint\":\"mend them\","
         "\"errors\":[{\"code\":\"E201\",\"pointer\":\"/steps/0/"
         "idd\",\"line\":4,\"column\":7,\"message\":\"unknown key "
         "\\\"idd\\\"\",\"hint\":\"did you mean "
         "\\\"id\\\"?\"},{\"code\":\"E1\",\"pointer\":\"/x\",\"message\":\"m\\u009b\"}]}"},
    };
    struct cli_server *server = PLAY(scenes);
    struct run run;
    write_saga("{\"name\": \"s\"}");
    RUN(&run, cli_server_url(server), "apply", saga_path);
    CU_ASSERT_EQUAL(run.status, EXIT_DONE);
    expect(run.out,
           "/tmp/belay-cli-test.saga.json: s v1 registered\n/tmp/belay-cli-test.saga.json:2:3: W101 slow\n");
    run_done(&run);
    expect(cli_server_request(server, 0), "\r\n\r\n{\"name\": \"s\"}"); /* as it was written */
    RUN(&run, cli_server_url(server), "apply", saga_path);
    expect(run.out, "s v1 is registered already");
    run_done(&run);
    RUN(&run, cli_server_url(server), "apply", saga_path, "/nowhere/x.saga.json");
    CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
    expect(run.err,
           "2 findings (invalid)\n       mend them\n/tmp/belay-cli-test.saga.json:4:7: E201 unknown key \"idd\" "
           "(did you mean \"id\"?)\n/x: E1 m\\u009b\n");
    expect(run.err, "cannot read /nowhere/x.saga.json: No such file");
    run_done(&run);
    CU_ASSERT_EQUAL(cli_server_stop(server), 0);
    unlink(saga_path);
}

static void validates_offline(void)
{
    struct run run;
    write_saga("{ \"name\": \"s\",\n  \"nmae\": 1 }");
    RUN(&run, NULL, "validate", saga_path);
    CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
    expect(run.out, "/tmp/belay-cli-test.saga.json:2:");
    run_done(&run);
    RUN(&run, NULL, "validate", saga_path, "-o", "json");
    CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
    json_t *rows = json_loads(run.out, 0, NULL);
    CU_ASSERT_TRUE(json_is_false(json_object_get(json_array_get(rows, 0), "valid")));
    CU_ASSERT_TRUE(json_array_size(json_object_get(json_array_get(rows, 0), "findings")) > 0);
    json_decref(rows);
    run_done(&run);
    write_saga("{\"name\":\"s\",\"version\":1,\"timeout\":\"1h\",\"steps\":[{\"id\":\"a\",\"participant\":\"p\","
               "\"operation\":\"o\"}]}");
    RUN(&run, NULL, "validate", saga_path);
    CU_ASSERT_EQUAL(run.status, EXIT_DONE);
    expect(run.out, ": ok, s v1\n");
    run_done(&run);
    unlink(saga_path);
    RUN(&run, NULL, "validate", saga_path);
    CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
    expect(run.err, "cannot read");
    run_done(&run);
}

static void starts_and_waits(void)
{
    static const struct scene scenes[] = {
        {"POST /v1/transactions", 201, NULL,
         "{\"id\":\"o-1\",\"saga\":\"order\",\"version\":2,\"status\":\"running\"}"},
        {"GET /v1/transactions/o-1/history?from=0&limit=500", 200, NULL,
         "{\"facts\":[{\"seq\":0,\"at\":\"2026-01-02T03:04:05.000Z\",\"fact\":\"begun\"},"
         "{\"seq\":1,\"at\":\"2026-01-02T03:04:05.001Z\",\"fact\":\"called\",\"step\":\"pay\",\"phase\":"
         "\"action\"}]}"},
        {"GET /v1/transactions/o-1/history?from=2&limit=500", 503, NULL, "{\"title\":\"Unavailable\"}"},
        {"GET /v1/transactions/o-1/history?from=2&limit=500", 200, NULL,
         "{\"facts\":[{\"seq\":1,\"fact\":\"called\"},{\"seq\":2,\"at\":\"2026-01-02T03:04:05.010Z\",\"fact\":"
         "\"ended\","
         "\"status\":\"compensated\"}]}"},
        {"GET /v1/transactions/o-1", 200, NULL, TXN("compensated", ",\"cause\":\"cancelled\"")},
        {"GET /v1/transactions/o-1/history?from=3&limit=500", 200, NULL, "{\"facts\":[]}"},
    };
    struct cli_server *server = PLAY(scenes);
    struct run run;
    RUN(&run, cli_server_url(server), "start", "order", "--input", "{\"cents\": 1.10}", "--id", "o-1", "--key",
        "k1", "--version", "2", "--tag", "a", "--tag", "b", "--wait");
    CU_ASSERT_EQUAL(run.status, EXIT_COMPENSATED);
    expect(run.out, "started: o-1  order v2\n    +0ms  begun\n    +1ms  pay           action called\n"
                    "   +10ms  ended: compensated\n\no-1  order v2  compensated");
    expect(run.out, "compensated: it was cancelled, and there was nothing to undo\n");
    expect(run.err, "waiting for it");
    run_done(&run);
    expect(cli_server_request(server, 0), "Idempotency-Key: k1\r\n");
    expect(cli_server_request(server, 0),
           "\r\n\r\n{\"saga\":\"order\",\"id\":\"o-1\",\"version\":2,\"tags\":[\"a\",\"b\"],"
           "\"input\":{\"cents\": 1.10}}");
    CU_ASSERT_EQUAL(cli_server_stop(server), 0);
}

static void exit_tells_the_outcome(void)
{
    static const struct {
        const char *txn;
        int status;
    } cases[] = {{TXN("completed", ""), EXIT_DONE},       {TXN("compensated", ""), EXIT_COMPENSATED},
                 {TXN("paused", ""), EXIT_PAUSED},        {TXN("terminated", ""), EXIT_TERMINATED},
                 {TXN("compensating", ""), EXIT_RUNNING}, {"[]", EXIT_RUNNING}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scene scenes[] = {
            {"GET /v1/transactions/o-1/history?from=0&limit=500", 200, NULL, "{\"facts\":[]}"},
            {"GET /v1/transactions/o-1", 200, NULL, cases[i].txn},
            {"GET /v1/transactions/o-1/history?from=0&limit=500", 200, NULL, "{\"facts\":[]}"},
        };
        struct cli_server *server = cli_server_start(scenes, cases[i].status == EXIT_RUNNING ? 2 : 3);
        struct run run;
        RUN(&run, cli_server_url(server), "watch", "o-1", "--timeout", "0", "-o", "json");
        CU_ASSERT_EQUAL(run.status, cases[i].status);
        run_done(&run);
        CU_ASSERT_EQUAL(cli_server_stop(server), 0);
    }
}

static void refuses_bad_input(void)
{
    struct run run;
    RUN(&run, "http://127.0.0.1:1", "start", "order", "--input", "{\"a\": 1,\n \"a\": 2}");
    CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
    expect(run.err, "--input:2:");
    run_done(&run);
    RUN(&run, "http://127.0.0.1:1", "start", "order", "--input", "/nowhere.json");
    expect(run.err, "--input takes a file, - or JSON: cannot read /nowhere.json");
    run_done(&run);
    RUN(&run, "http://127.0.0.1:1", "start", "order", "--version", "0");
    CU_ASSERT_EQUAL(run.status, EXIT_MISUSED);
    run_done(&run);
    RUN(&run, "http://127.0.0.1:1", "start", "order", "--key", "a\nX-Evil: 1");
    CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
    expect(run.err, "Idempotency-Key cannot hold control characters");
    run_done(&run);
}

static void operates(void)
{
    static const struct scene scenes[] = {
        {"POST /v1/transactions/a%2F..%20b/resolve", 200, NULL, TXN("running", "")},
        {"POST /v1/transactions/o-1/cancel", 409, "application/problem+json",
         "{\"title\":\"Conflict\",\"status\":409,\"code\":\"conflict\",\"detail\":\"the pivot succeeded\"}"},
    };
    struct cli_server *server = PLAY(scenes);
    struct run run;
    RUN(&run, cli_server_url(server), "resolve", "a/.. b", "--step", "pay", "--outcome", "done", "--output",
        "{\"n\":1}", "--reason", "seen", "--actor", "ann");
    CU_ASSERT_EQUAL(run.status, EXIT_DONE);
    expect(run.out, "resolve: o-1 is running\nNext:\n  belay watch o-1 ");
    run_done(&run);
    expect(cli_server_request(server, 0),
           "{\"reason\":\"seen\",\"actor\":\"ann\",\"step\":\"pay\",\"outcome\":\"done\","
           "\"output\":{\"n\":1}}");
    RUN(&run, cli_server_url(server), "cancel", "o-1");
    CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
    expect(run.err, "belay: the pivot succeeded (conflict)\n");
    run_done(&run);
    CU_ASSERT_EQUAL(cli_server_stop(server), 0);
}

/* What is missing is said without asking the coordinator: none is there. */
static void operates_only_when_told_enough(void)
{
    struct run run;
    static const char *const cases[][8] = {
        {"terminate", "o-1"},
        {"terminate", "o-1", "--reason", ""},
        {"skip", "o-1", "--reason", "x"},
        {"resolve", "o-1", "--reason", "x", "--step", "s"},
        {"resolve", "o-1", "--reason", "x", "--step", "s", "--outcome=perhaps"},
        {"resolve", "o-1", "--reason=x", "--step", "s", "--outcome=failed", "--output=1"},
        {"resolve", "o-1", "--reason=x", "--step", "s", "--outcome=done", "--output={"},
        {"participants", "put", "name"},
        {"participants", "remove", "name"},
        {"participants", "put", "name", "http://x", "--header", "no-colon"},
        {"participants", "put", "name", "http://x", "--max-in-flight", "0"},
        {"definitions", "show"},
        {"definitions", "show", "x", "latest"},
        {"list", "--limit", "0"},
        {"list", "--since", "yesterday"},
        {"list", "-o", "tabel"},
        {"watch", "--timeout", "x"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        run_words(&run, "http://127.0.0.1:1", cases[i]);
        if (run.status != EXIT_MISUSED)
            printf("\n  case %zu: %d %s\n", i, run.status, run.err);
        CU_ASSERT_EQUAL(run.status, EXIT_MISUSED);
        run_done(&run);
    }
}

static void keeps_the_registry(void)
{
    static const struct scene scenes[] = {
        {"PUT /v1/participants/pay%2Fments", 201, NULL, "{}"},
        {"DELETE /v1/participants/pay", 204, NULL, ""},
        {"GET /v1/participants", 200, NULL,
         "{\"participants\":[{\"name\":\"pay\",\"url\":\"http://x\",\"maxInFlight\":64}]}"},
        {"GET /v1/participants", 200, NULL, "{\"participants\":[]}"},
        {"GET /v1/definitions", 200, NULL, "{\"definitions\":[{\"name\":\"s\",\"version\":1}]}"},
        {"GET /v1/definitions/s/1", 200, NULL, "{\"name\":\"s\",\"definition\":{\"name\":\"s\",\"steps\":[]}}"},
    };
    struct cli_server *server = PLAY(scenes);
    struct run run;
    RUN(&run, cli_server_url(server), "participants", "put", "pay/ments", "http://x", "--header", "A: b:c",
        "--max-in-flight", "8");
    CU_ASSERT_STRING_EQUAL(run.out, "pay/ments registered\n");
    run_done(&run);
    expect(cli_server_request(server, 0), "{\"url\":\"http://x\",\"maxInFlight\":8,\"headers\":{\"A\":\"b:c\"}}");
    RUN(&run, cli_server_url(server), "participants", "delete", "pay");
    CU_ASSERT_STRING_EQUAL(run.out, "pay removed\n");
    run_done(&run);
    RUN(&run, cli_server_url(server), "participants");
    CU_ASSERT_STRING_EQUAL(run.out, "NAME  URL       IN FLIGHT\npay   http://x  64\n");
    run_done(&run);
    RUN(&run, cli_server_url(server), "participants", "list");
    expect(run.err, "no participants; `belay participants put");
    run_done(&run);
    RUN(&run, cli_server_url(server), "definitions");
    CU_ASSERT_STRING_EQUAL(run.out, "NAME  V\ns     1\n");
    run_done(&run);
    RUN(&run, cli_server_url(server), "definitions", "show", "s", "1");
    CU_ASSERT_STRING_EQUAL(run.out, "{\n  \"name\": \"s\",\n  \"steps\": []\n}\n");
    run_done(&run);
    CU_ASSERT_EQUAL(cli_server_stop(server), 0);
}

static void shows(void)
{
    static const struct scene scenes[] = {
        {"GET /v1/transactions/o-1/history?from=0&limit=500", 200, NULL,
         "{\"facts\":[{\"seq\":0,\"at\":\"t\",\"fact\":\"begun\"}],\"next\":1}"},
        {"GET /v1/transactions/o-1/history?from=1&limit=500", 200, NULL,
         "{\"facts\":[{\"seq\":1,\"at\":\"t\",\"fact\":\"answered\",\"answer\":\"no\",\"code\":\"\\u001b[31m\"}],"
         "\"next\":1}"},
        {"GET /v1/transactions/nope", 404, "application/problem+json",
         "{\"title\":\"Not Found\",\"status\":404,\"code\":\"not_found\",\"detail\":\"no transaction "
         "\\\"nope\\\"\"}"},
        {"GET /v1/transactions/%2E%2E", 404, NULL, "{\"title\":\"Not Found\"}"},
    };
    struct cli_server *server = PLAY(scenes);
    struct run run;
    RUN(&run, cli_server_url(server), "history", "o-1");
    CU_ASSERT_STRING_EQUAL(run.out,
                           "SEQ  AT  FACT      WHAT\n0    t   begun\n1    t   answered  NO, \\u001b[31m\n");
    run_done(&run);
    RUN(&run, cli_server_url(server), "show", "nope");
    CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
    expect(run.err, "belay: no transaction \"nope\" (not_found)\n");
    run_done(&run);
    RUN(&run, cli_server_url(server), "show", "..");
    CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
    run_done(&run);
    CU_ASSERT_EQUAL(cli_server_stop(server), 0);
}

static void watches_all(void)
{
    static const struct scene scenes[] = {
        {"GET /v1/transactions?limit=100", 200, NULL,
         "{\"transactions\":[{\"id\":\"b\",\"saga\":\"s\",\"status\":\"running\",\"updatedAt\":\"2026-01-02T03:04:"
         "06.000Z\"},"
         "{\"id\":\"a\",\"saga\":\"s\",\"status\":\"completed\",\"updatedAt\":\"2026-01-02T03:04:05.000Z\"}]}"},
        {"GET /v1/transactions?limit=100", 200, NULL,
         "{\"transactions\":[{\"id\":\"b\",\"saga\":\"s\",\"status\":\"paused\",\"updatedAt\":\"2026-01-02T03:04:"
         "07.000Z\","
         "\"reason\":\"operator\"},{\"id\":\"a\",\"status\":\"completed\",\"updatedAt\":\"2026-01-02T03:04:05."
         "000Z\"}]}"},
    };
    struct cli_server *server = PLAY(scenes);
    struct run run;
    RUN(&run, cli_server_url(server), "watch", "--timeout", "400ms");
    CU_ASSERT_EQUAL(run.status, EXIT_DONE);
    CU_ASSERT_STRING_EQUAL(run.out, "03:04:05.000Z  completed     a  s\n03:04:06.000Z  running       b  s\n"
                                    "03:04:07.000Z  paused        b  s  operator\n");
    run_done(&run);
    CU_ASSERT_EQUAL(cli_server_stop(server), 0);
}

static void doctors(void)
{
    static const struct scene scenes[] = {
        {"GET /health/live", 200, NULL, "{\"status\":\"live\"}"},
        {"GET /health/ready", 200, NULL, "{\"status\":\"ready\",\"open\":12}"},
        {"GET /v1/participants", 200, NULL,
         "{\"participants\":[{\"name\":\"gone\",\"url\":\"http://"
         "127.0.0.1:1\"},{\"name\":\"file\",\"url\":\"file:///etc/passwd\"}]}"},
    };
    struct cli_server *server = PLAY(scenes);
    struct run run;
    RUN(&run, cli_server_url(server), "doctor", "--data", "/tmp");
    CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
    expect(run.out, "ok    coordinator: belayd answers at http://127.0.0.1:");
    expect(run.out, "ok    ready: 12 open transactions\n");
    expect(run.out, "ok    data directory: /tmp can be written\n");
    expect(run.out, " fsync: ");
    expect(run.out, "ok    SQLite: 3.");
    expect(run.out, "warn  clock: this machine and the coordinator are ");
    expect(run.out, "fail  participant gone: http://127.0.0.1:1, seen from here: connection refused\n");
    expect(run.out, "fail  participant file: file:///etc/passwd, seen from here: ");
    run_done(&run);
    CU_ASSERT_EQUAL(cli_server_stop(server), 0);
    RUN(&run, "http://127.0.0.1:1", "doctor", "--data", "/nowhere", "-o", "json");
    CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
    json_t *rows = json_loads(run.out, 0, NULL);
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(json_array_get(rows, 1), "verdict")), "fail");
    json_decref(rows);
    run_done(&run);
}

/* Success that nobody could read is no success. */
static void notices_a_full_disk(void)
{
    FILE *full = fopen("/dev/full", "w"), *err = fopen("/dev/null", "w");
    char name[] = "belay", word[] = "help";
    char *argv[] = {name, word};
    CU_ASSERT_PTR_NOT_NULL_FATAL(full);
    CU_ASSERT_EQUAL(cli_run(2, argv, full, err), EXIT_FAILED);
    fclose(full);
    fclose(err);
}

void cli_run_test_suite(void);
void cli_run_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("cli", NULL, NULL);
    CU_add_test(suite, "list asks page by page, as far as it should", lists_pages);
    CU_add_test(suite, "list --all ends even when the coordinator does not", lists_all);
    CU_add_test(suite, "says who does not answer, and who answers instead", says_who_does_not_answer);
    CU_add_test(suite, "apply registers, and places findings in the file", applies);
    CU_add_test(suite, "validate needs no coordinator", validates_offline);
    CU_add_test(suite, "start --wait tells every fact once, through a restart", starts_and_waits);
    CU_add_test(suite, "the exit status tells the outcome", exit_tells_the_outcome);
    CU_add_test(suite, "start refuses what is no JSON before it asks", refuses_bad_input);
    CU_add_test(suite, "operators' verbs send what was said", operates);
    CU_add_test(suite, "what is missing is said before anything is asked", operates_only_when_told_enough);
    CU_add_test(suite, "participants and definitions", keeps_the_registry);
    CU_add_test(suite, "history and show", shows);
    CU_add_test(suite, "watch prints what changed, oldest first", watches_all);
    CU_add_test(suite, "doctor finds what is wrong", doctors);
    CU_add_test(suite, "output that cannot be written is a failure", notices_a_full_disk);
}
