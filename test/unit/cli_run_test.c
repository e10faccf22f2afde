/* cli: whole commands against a scripted coordinator. */
#include "cli/cli.h"
#include "cli_runner.h"

#include <CUnit/Basic.h>
#include <string.h>

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
    run_expect(run.err, "there are more");
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
        {"GET /v1/transactions?limit=50", 201, NULL, NULL}, /* broken off in its head */
    };
    struct run run;
    RUN(&run, "http://127.0.0.1:1", "list");
    CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
    run_expect(
        run.err,
        "no coordinator answers at http://127.0.0.1:1: connection refused\n       is belayd running there?");
    run_done(&run);
    RUN(&run, "ftp://x", "list");
    run_expect(run.err, "the coordinator's URL is http://HOST:PORT");
    run_done(&run);
    RUN(&run, "http://x/\r\nEvil: 1", "list");
    run_expect(run.err, "the coordinator's URL is http://HOST:PORT");
    run_done(&run);
    struct cli_server *server = PLAY(scenes);
    static const char *const expected[] = {
        "is not a Belay coordinator (status 200, text/html)",
        "no coordinator answers at http://127.0.0.1:", "is not a Belay coordinator (status 302", "(status 502",
        "the connection ended before the head of the answer did"};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        RUN(&run, cli_server_url(server), "list");
        CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
        CU_ASSERT_STRING_EQUAL(run.out, "");
        run_expect(run.err, expected[i]);
        run_done(&run);
    }
    CU_ASSERT_EQUAL(cli_server_stop(server), 0);
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
    run_expect(run.out, "started: o-1  order v2\n    +0ms  begun\n    +1ms  pay           action called\n"
                        "   +10ms  ended: compensated\n\no-1  order v2  compensated");
    run_expect(run.out, "compensated: it was cancelled, and there was nothing to undo\n");
    run_expect(run.err, "waiting for it");
    run_done(&run);
    run_expect(cli_server_request(server, 0), "Idempotency-Key: k1\r\n");
    run_expect(cli_server_request(server, 0),
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
    run_expect(run.err, "--input:2:");
    run_done(&run);
    RUN(&run, "http://127.0.0.1:1", "start", "order", "--input", "/nowhere.json");
    run_expect(run.err, "--input takes a file, - or JSON: cannot read /nowhere.json");
    run_done(&run);
    RUN(&run, "http://127.0.0.1:1", "start", "order", "--version", "0");
    CU_ASSERT_EQUAL(run.status, EXIT_MISUSED);
    run_done(&run);
    RUN(&run, "http://127.0.0.1:1", "start", "order", "--key", "a\nX-Evil: 1");
    CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
    run_expect(run.err, "Idempotency-Key cannot hold control characters");
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
    run_expect(run.out, "resolve: o-1 is running\nNext:\n  belay watch o-1 ");
    run_done(&run);
    run_expect(cli_server_request(server, 0),
               "{\"reason\":\"seen\",\"actor\":\"ann\",\"step\":\"pay\",\"outcome\":\"done\","
               "\"output\":{\"n\":1}}");
    RUN(&run, cli_server_url(server), "cancel", "o-1");
    CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
    run_expect(run.err, "belay: the pivot succeeded (conflict)\n");
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
    run_expect(run.err, "belay: no transaction \"nope\" (not_found)\n");
    run_done(&run);
    RUN(&run, cli_server_url(server), "show", "..");
    CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
    run_done(&run);
    CU_ASSERT_EQUAL(cli_server_stop(server), 0);
}

/* Answers that are JSON and nothing else do no harm to any command, in any format. */
static void survives_useless_answers(void)
{
    static const char *const cases[][4] = {
        {"list"},
        {"show", "x"},
        {"history", "x"},
        {"participants"},
        {"definitions"},
        {"cancel", "x"},
        {"start", "x"},
        {"definitions", "show", "x"},
        {"participants", "delete", "x"},
    };
    static const char *const paths[] = {"GET /v1/transactions?limit=50",
                                        "GET /v1/transactions/x",
                                        "GET /v1/transactions/x/history?from=0&limit=500",
                                        "GET /v1/participants",
                                        "GET /v1/definitions",
                                        "POST /v1/transactions/x/cancel",
                                        "POST /v1/transactions",
                                        "GET /v1/definitions/x",
                                        "DELETE /v1/participants/x"};
    static const char *const formats[] = {"table", "wide", "json", "jsonl"};
    static const struct scene answers[] = {
        {NULL, 200, NULL, "{}"},
        {NULL, 200, NULL, "[[]]"},
        {NULL, 200, NULL, "null"},
        {NULL, 204, NULL, ""},
        {NULL, 200, NULL,
         "{\"transactions\":{},\"facts\":7,\"participants\":\"x\",\"definitions\":null,\"next\":-1}"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t k = 0; k < 4 * (sizeof answers / sizeof *answers); k++) {
            struct scene scene = answers[k / 4];
            scene.request = paths[i];
            struct cli_server *server = cli_server_start(&scene, 1);
            const char *const words[] = {"-o", formats[k % 4], cases[i][0], cases[i][1], cases[i][2], NULL};
            struct run run;
            run_words(&run, cli_server_url(server), words);
            CU_ASSERT_TRUE(run.status == EXIT_DONE || run.status == EXIT_FAILED);
            run_done(&run);
            CU_ASSERT_EQUAL(cli_server_stop(server), 0);
        }
    }
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
    CU_add_test(suite, "start --wait tells every fact once, through a restart", starts_and_waits);
    CU_add_test(suite, "the exit status tells the outcome", exit_tells_the_outcome);
    CU_add_test(suite, "start refuses what is no JSON before it asks", refuses_bad_input);
    CU_add_test(suite, "operators' verbs send what was said", operates);
    CU_add_test(suite, "what is missing is said before anything is asked", operates_only_when_told_enough);
    CU_add_test(suite, "history and show", shows);
    CU_add_test(suite, "survives answers of no use", survives_useless_answers);
    CU_add_test(suite, "watch prints what changed, oldest first", watches_all);
    CU_add_test(suite, "output that cannot be written is a failure", notices_a_full_disk);
}
