/* The SDK's examples, as the programs that they are: built beside this one, started, called. */
#include "cli_server.h"
#include "sdk_support.h"

#include <CUnit/Basic.h>
#include <assert.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Starts an example, with its output (2: the errors) in `said`, a descriptor, unless NULL. */
static pid_t begin(const char *name, const char *const *arguments, int *said)
{
    char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 64);
    assert(length > 0);
    path[length] = '\0';
    snprintf(strrchr(path, '/'), 64, "/example-%s", name);
    int ends[2] = {-1, -1};
    int failed = said ? pipe2(ends, O_CLOEXEC) : 0;
    const char *argv[8] = {path};
    for (size_t i = 0; arguments[i]; i++)
        argv[i + 1] = arguments[i];
    pid_t child = fork();
    assert(!failed && child >= 0);
    if (child == 0) {
        if (said && (dup2(ends[1], 1) < 0 || dup2(ends[1], 2) < 0))
            _exit(126);
        execv(path, (char *const *)argv);
        _exit(127);
    }
    if (said) {
        close(ends[1]);
        *said = ends[0];
    }
    return child;
}

static int finish(pid_t child)
{
    int status = -1;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Waits until it listens, for at most ten seconds. */
static bool wait_for(unsigned port)
{
    char got[256];
    for (int i = 0; i < 1000; i++) {
        if (sdk_http(port, "GET / HTTP/1.1\r\n\r\n", got, sizeof got) > 0)
            return true;
        usleep(10000);
    }
    return false;
}

#define CALL(transaction, phase, rest)                                                                            \
    "POST /belay/count HTTP/1.1\r\nHost: x\r\nIdempotency-Key: " transaction "/s/" phase                          \
    "\r\nBelay-Transaction: " transaction "\r\nBelay-Step: s\r\nBelay-Phase: " phase "\r\n" rest "\r\n"

static void epoll_serves(void)
{
    static const struct {
        const char *text;
        int status;
        const char *says;
    } requests[] = {
        {CALL("a", "action", "Content-Length: 2\r\n") "{}", 200, "{\"value\":1}"},
        {CALL("a", "action", "content-length:  2 \r\n") "{}", 200, "{\"value\":1}"},
        {CALL("b", "action", ""), 200, "{\"value\":2}"},
        {CALL("b", "compensation", ""), 204, ""},
        {CALL("c", "action", "Content-Length: 0\r\n") CALL("d", "action", ""), 200, "{\"value\":2}"},
        {CALL("e", "compensation", ""), 204, ""},
        {CALL("e", "action", ""), 409, "\"late\""},
        {CALL("f", "action", "Content-Length: 1\r\nContent-Length: 1\r\n") "x", 400, ""},
        {CALL("f", "action", "Content-Length: 1048577\r\n"), 400, ""},
        {CALL("f", "action", "Content-Length: 99999999999999999999\r\n"), 400, ""},
        {CALL("f", "action", "Content-Length: -1\r\n"), 400, ""},
        {CALL("f", "action", "Transfer-Encoding: chunked\r\n") "0\r\n\r\n", 400, ""},
        {CALL("f", "action", "nonsense\r\n"), 400, ""},
        {"GET / HTTP/1.0\r\n\r\n", 400, ""},
        {"\r\n\r\n", 400, ""},
        {"GET /belay/count HTTP/1.1\r\n\r\n", 405, "POST"},
        {CALL("g", "action", ""), 200, "{\"value\":4}"},
    };
    char path[64], number[16], got[4096];
    unsigned port = sdk_free_port();
    sdk_path_make(path);
    snprintf(number, sizeof number, "%u", port);
    pid_t child = begin("epoll", (const char *const[]){number, path, NULL}, NULL);
    CU_ASSERT_TRUE_FATAL(wait_for(port));
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        CU_ASSERT_EQUAL(sdk_http(port, requests[i].text, got, sizeof got), requests[i].status);
        CU_ASSERT_PTR_NOT_NULL(strstr(got, requests[i].says));
    }
    kill(child, SIGTERM);
    CU_ASSERT_EQUAL(finish(child), 0);
    sdk_path_remove(path);
    CU_ASSERT_EQUAL(finish(begin("epoll", (const char *const[]){NULL}, &(int){0})), 2);
}

/* Runs an example to its end. */
static void expect(const char *name, const char *const *arguments, int status, const char *says)
{
    char text[1024] = "";
    int said = -1;
    pid_t child = begin(name, arguments, &said);
    size_t length = 0;
    for (ssize_t got; (got = read(said, text + length, sizeof text - 1 - length)) > 0;)
        length += (size_t)got;
    close(said);
    CU_ASSERT_EQUAL(finish(child), status);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, says));
}

static void start_waits_for_the_end(void)
{
    static const struct scene scenes[] = {
        {"POST /v1/transactions", 202, NULL, "{\"id\":\"o-1\",\"status\":\"running\"}"},
        {"GET /v1/transactions/o-1?wait=60", 200, NULL, "{\"id\":\"o-1\",\"status\":\"compensating\"}"},
        {"GET /v1/transactions/o-1?wait=60", 200, NULL,
         "{\"id\":\"o-1\",\"status\":\"compensated\",\"cause\":\"step_refused\",\"causeStep\":\"charge\"}"},
        {"POST /v1/transactions", 200, NULL, "{\"id\":\"o-1\",\"status\":\"completed\",\"output\":{\"n\":1}}"},
        {"POST /v1/transactions", 404, "application/problem+json",
         "{\"code\":\"not_found\",\"detail\":\"no saga\"}"},
    };
    static const struct {
        int status;
        const char *says;
    } runs[] = {{1, "o-1: compensated step_refused charge"},
                {0, "o-1: completed  \n{\"n\":1}\n"},
                {1, "404 not_found): no saga"}};
    struct cli_server *server = cli_server_start(scenes, 5);
    const char *const arguments[] = {cli_server_url(server), "order", "o-1", "{}", NULL};
    for (size_t i = 0; i < 3; i++)
        expect("start", arguments, runs[i].status, runs[i].says);
    CU_ASSERT_EQUAL(cli_server_stop(server), 0);
}

/* The coordinator is not there; then it is, and the next run hands over what was left. */
static void order_leaves_nothing_behind(void)
{
    static const struct scene scenes[] = {
        {"POST /v1/transactions", 201, NULL, "{\"id\":\"o-1\"}"},
        {"POST /v1/transactions/o-1/commit", 202, NULL, "{\"id\":\"o-1\"}"},
        {"POST /v1/transactions", 201, NULL, "{\"id\":\"o-2\"}"},
        {"POST /v1/transactions/o-2/commit", 409, NULL, "{\"code\":\"conflict\"}"},
    };
    char path[64], nobody[64];
    sqlite3 *db = NULL;
    sdk_path_make(path);
    snprintf(nobody, sizeof nobody, "http://127.0.0.1:%u", sdk_free_port());
    expect("order", (const char *const[]){path, nobody, "o-1", "book", NULL}, 1, "0 refused, 1 waiting");
    CU_ASSERT_EQUAL(sqlite3_open(path, &db), SQLITE_OK);
    CU_ASSERT_EQUAL(sqlite3_exec(db, "UPDATE belay_outbox SET due = 0", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    struct cli_server *server = cli_server_start(scenes, 4);
    expect("order", (const char *const[]){path, cli_server_url(server), "o-2", "pen", NULL}, 0,
           "1 handed over, 1 refused, 0 waiting");
    expect("order", (const char *const[]){path, cli_server_url(server), "o-1", "book", NULL}, 0,
           "0 handed over, 0 refused, 0 waiting");
    expect("order", (const char *const[]){path, cli_server_url(server), "o-3", "a\"b", NULL}, 1, "JSON");
    CU_ASSERT_EQUAL(cli_server_stop(server), 0);
    expect("order", (const char *const[]){NULL}, 2, "usage: order");
    sdk_path_remove(path);
}

void sdk_examples_test_suite(void);
void sdk_examples_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("sdk/examples", NULL, NULL);
    CU_add_test(suite, "epoll serves", epoll_serves);
    CU_add_test(suite, "start waits for the end", start_waits_for_the_end);
    CU_add_test(suite, "order leaves nothing behind", order_leaves_nothing_behind);
}
