/* adapters/caller_curl: every call is answered once, with what really became of it, whatever the other side does.
 */
#include "adapters/caller_curl.h"
#include "base/buf.h"
#include "base/mem.h"
#include "contract/caller_hostile.h"

#include <CUnit/Basic.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <netinet/in.h>
#include <unistd.h>

enum { CALLS_MAX = 2048, ANSWER_S = 20 };

/* What came back, by the number in the tag. */
static struct {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    struct response *responses[CALLS_MAX];
    unsigned times[CALLS_MAX];
    size_t count, stray;
} answers = {.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static struct hostile *hostile;
static struct caller_curl *curl;
static struct caller caller;

static void answered(void *context, struct response **responses, size_t count)
{
    pthread_mutex_lock(&answers.mutex);
    answers.stray += context != &answers || !count;
    for (size_t i = 0; i < count; i++) {
        size_t number = responses[i]->tag.txn;
        answers.times[number]++;
        response_free(answers.responses[number]);
        answers.responses[number] = responses[i];
        answers.count++;
    }
    pthread_cond_broadcast(&answers.changed);
    pthread_mutex_unlock(&answers.mutex);
}

static void forget(void)
{
    for (size_t i = 0; i < CALLS_MAX; i++) {
        response_free(answers.responses[i]);
        answers.responses[i] = NULL;
        answers.times[i] = 0;
    }
    answers.count = 0;
}

static void wait_for(size_t count)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += ANSWER_S;
    pthread_mutex_lock(&answers.mutex);
    while (answers.count < count && !pthread_cond_timedwait(&answers.changed, &answers.mutex, &until))
        ;
    CU_ASSERT_EQUAL(answers.count, count);
    CU_ASSERT_EQUAL(answers.stray, 0);
    pthread_mutex_unlock(&answers.mutex);
}

/* `headers` end with a NULL; none at all is NULL. */
static struct request *request_with(const char *method, const char *url, const char *const *headers,
                                    const char *body)
{
    struct buf lines;
    size_t count = 0;
    buf_init(&lines, 1 << 20);
    for (; headers && headers[count]; count++)
        buf_printf(&lines, "%s%s", count ? "\r\n" : "", headers[count]);
    struct request *request = request_new(method, url, lines.data, lines.length, count);
    buf_done(&lines);
    request->timeout_ms = 10000;
    request->response_max = 1 << 20;
    if (body) {
        request->body = mem_string(body);
        request->body_length = strlen(body);
    }
    return request;
}

static struct request *request_to(const char *method, const char *url, const char *body)
{
    return request_with(method, url, NULL, body);
}

static const char *url_of(const char *path)
{
    static char url[300];
    snprintf(url, sizeof url, "http://127.0.0.1:%u%s", hostile_port(hostile), path);
    return url;
}

static struct request *request_at(const char *method, const char *path, const char *body)
{
    return request_to(method, url_of(path), body);
}

/* One call, answered; the response stays until the next. */
static const struct response *call(struct request *request)
{
    forget();
    request->tag = (struct call_tag){.txn = 7, .attempt = 3, .branch = 2, .verb = 1, .participant = 9};
    caller.call(caller.self, &request, 1);
    wait_for(1);
    static const struct response none = {.transport = TRANSPORT_REFUSED, .status = -1};
    return answers.responses[7] ? answers.responses[7] : &none;
}

static enum transport transport_of(const char *path)
{
    const struct response *response = call(request_at("POST", path, "{}"));
    if (response->transport != TRANSPORT_OK) {
        CU_ASSERT_EQUAL(response->status, 0);
        CU_ASSERT_PTR_NULL(response->body);
        CU_ASSERT_TRUE(response->detail[0] != '\0');
    }
    return response->transport;
}

static int begin(void)
{
    struct error error;
    hostile = hostile_start();
    curl = caller_curl_start(answered, &answers, &error);
    caller = caller_curl_port(curl);
    return curl ? 0 : 1;
}

static int end(void)
{
    caller_curl_stop(curl);
    hostile_stop(hostile);
    forget();
    return 0;
}

static void tells_what_was_answered(void)
{
    const struct response *response = call(request_at("POST", "/ok", "{}"));
    CU_ASSERT_EQUAL(response->transport, TRANSPORT_OK);
    CU_ASSERT_EQUAL(response->status, 200);
    CU_ASSERT_STRING_EQUAL(response->content_type, "application/json");
    CU_ASSERT_EQUAL_FATAL(response->body_length, 11);
    CU_ASSERT_NSTRING_EQUAL(response->body, "{\"ok\":true}", 11);
    CU_ASSERT_STRING_EQUAL(response->detail, "");
    CU_ASSERT_EQUAL(response->retry_after_ms, 0);
    CU_ASSERT_TRUE(response->tag.attempt == 3 && response->tag.branch == 2 && response->tag.verb == 1 &&
                   response->tag.participant == 9);
    response = call(request_at("GET", "/empty", NULL));
    CU_ASSERT_EQUAL(response->status, 204);
    CU_ASSERT_PTR_NULL(response->body);
    response = call(request_at("POST", "/no", "{}"));
    CU_ASSERT_EQUAL(response->transport, TRANSPORT_OK);
    CU_ASSERT_EQUAL(response->status, 409);
    response = call(request_at("PUT", "/chunked", NULL));
    CU_ASSERT_EQUAL(response->body_length, 5);
    CU_ASSERT_EQUAL(call(request_at("POST", "/interim", "{}"))->status, 200);
    CU_ASSERT_EQUAL(call(request_at("HEAD", "/ok", NULL))->transport, TRANSPORT_OK);
    CU_ASSERT_EQUAL(call(request_at("GET", "/ok", NULL))->body_length, 11);
    char url[100]; /* through the resolver, and past an address where nobody listens ([::1]) */
    snprintf(url, sizeof url, "http://localhost:%u/ok", hostile_port(hostile));
    for (int i = 0; i < 3; i++)
        CU_ASSERT_EQUAL(call(request_to("POST", url, "{}"))->status, 200);
}

static void sends_what_was_meant(void)
{
    char seen[4096], expected[256];
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    static const char *const headers[] = {"Content-Type: application/json", "Idempotency-Key: t/s/action", NULL};
    call(request_with("POST", url_of("/a/../ok?x=%2F"), headers, "{\"a\":1}"));
    unsetenv("http_proxy");
    hostile_last(hostile, seen, sizeof seen);
    snprintf(expected, sizeof expected,
             "POST /a/../ok?x=%%2F HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n"
             "Content-Type: application/json\r\nIdempotency-Key: t/s/action\r\nContent-Length: 7\r\n\r\n{\"a\":1}",
             hostile_port(hostile));
    CU_ASSERT_STRING_EQUAL(seen, expected);
    call(request_at("POST", "/ok", NULL));
    hostile_last(hostile, seen, sizeof seen);
    CU_ASSERT_PTR_NOT_NULL(strstr(seen, "\r\nContent-Length: 0\r\n"));
    CU_ASSERT_PTR_NULL(strstr(seen, "Content-Type"));
    call(request_at("DELETE", "/ok", NULL));
    hostile_last(hostile, seen, sizeof seen);
    CU_ASSERT_NSTRING_EQUAL(seen, "DELETE /ok HTTP/1.1\r\n", 21);
    CU_ASSERT_PTR_NULL(strstr(seen, "Content-Length"));
}

/* Bodies over 1 MiB are where the library would ask "Expect: 100-continue" and wait a second. */
static void sends_big_bodies_at_once(void)
{
    size_t length = 1500000;
    char *body = mem_new(length + 1), seen[4096];
    memset(body, 'b', length);
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    CU_ASSERT_EQUAL(call(request_at("POST", "/ok", body))->status, 200);
    clock_gettime(CLOCK_MONOTONIC, &to);
    CU_ASSERT_TRUE(to.tv_sec - from.tv_sec < 2);
    hostile_last(hostile, seen, sizeof seen);
    CU_ASSERT_PTR_NULL(strstr(seen, "Expect"));
    mem_free(body);
}

static void does_not_follow_redirects(void)
{
    unsigned before = hostile_requests(hostile);
    CU_ASSERT_EQUAL(call(request_at("POST", "/redirect", "{}"))->status, 307);
    CU_ASSERT_EQUAL(hostile_requests(hostile), before + 1);
}

static void tells_unsent_from_broken(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof at;
    int bound = socket(AF_INET, SOCK_STREAM, 0); /* bound, not listening: refuses */
    CU_ASSERT_EQUAL_FATAL(bind(bound, (struct sockaddr *)&at, sizeof at), 0);
    getsockname(bound, (struct sockaddr *)&at, &length);
    char url[100];
    snprintf(url, sizeof url, "http://127.0.0.1:%u/x", ntohs(at.sin_port));
    CU_ASSERT_EQUAL(call(request_to("POST", url, "{}"))->transport, TRANSPORT_UNSENT);
    close(bound);
    CU_ASSERT_EQUAL(call(request_to("POST", "http://no-such-host.invalid/x", "{}"))->transport, TRANSPORT_UNSENT);
    snprintf(url, sizeof url, "https://127.0.0.1:%u/ok", hostile_port(hostile)); /* no TLS there */
    struct request *request = request_to("POST", url, "{}");
    request->timeout_ms = 300;
    CU_ASSERT_EQUAL(call(request)->transport, TRANSPORT_UNSENT);
    CU_ASSERT_EQUAL(transport_of("/reset-before"), TRANSPORT_BROKEN);
    CU_ASSERT_EQUAL(transport_of("/close-before"), TRANSPORT_BROKEN);
    CU_ASSERT_EQUAL(transport_of("/reset-head"), TRANSPORT_BROKEN);
    CU_ASSERT_EQUAL(transport_of("/reset-body"), TRANSPORT_BROKEN);
    CU_ASSERT_EQUAL(transport_of("/short-line"), TRANSPORT_BROKEN); /* not a yes without an output */
    CU_ASSERT_EQUAL(transport_of("/short-head"), TRANSPORT_BROKEN);
    CU_ASSERT_EQUAL(transport_of("/short"), TRANSPORT_BROKEN);
    CU_ASSERT_EQUAL(transport_of("/short-chunk"), TRANSPORT_BROKEN);
}

static void tells_a_timeout(void)
{
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    static const char *const paths[] = {"/hang", "/drip"};
    for (size_t i = 0; i < 2; i++) {
        struct request *request = request_at("POST", paths[i], "{}");
        request->timeout_ms = 150;
        CU_ASSERT_EQUAL(call(request)->transport, TRANSPORT_TIMEOUT);
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    long took_ms = (to.tv_sec - from.tv_sec) * 1000 + (to.tv_nsec - from.tv_nsec) / 1000000;
    CU_ASSERT_TRUE(took_ms >= 290);
    CU_ASSERT_TRUE(took_ms < 3000);
    CU_ASSERT_EQUAL(call(request_at("POST", "/slow", "{}"))->status, 200);
}

static void refuses_what_is_too_large(void)
{
    CU_ASSERT_EQUAL(transport_of("/huge"), TRANSPORT_TOO_LARGE);
    CU_ASSERT_EQUAL(transport_of("/endless"), TRANSPORT_TOO_LARGE);
    struct request *request = request_at("POST", "/ok", "{}");
    request->response_max = 10;
    CU_ASSERT_EQUAL(call(request)->transport, TRANSPORT_TOO_LARGE);
    request = request_at("POST", "/chunked", "{}");
    request->response_max = 4;
    CU_ASSERT_EQUAL(call(request)->transport, TRANSPORT_TOO_LARGE);
    request = request_at("POST", "/ok", "{}");
    request->response_max = 11;
    CU_ASSERT_EQUAL(call(request)->transport, TRANSPORT_OK);
    request = request_at("POST", "/chunked", "{}");
    request->response_max = 0;
    CU_ASSERT_EQUAL(call(request)->transport, TRANSPORT_TOO_LARGE);
}

static void is_not_taken_in_by_garbage(void)
{
    CU_ASSERT_EQUAL(transport_of("/garbage"), TRANSPORT_GARBLED);
    CU_ASSERT_EQUAL(transport_of("/status"), TRANSPORT_GARBLED);
    CU_ASSERT_EQUAL(transport_of("/http2"), TRANSPORT_GARBLED);
    CU_ASSERT_EQUAL(transport_of("/storm"), TRANSPORT_GARBLED);
    CU_ASSERT_EQUAL(transport_of("/headers"), TRANSPORT_GARBLED);
    enum transport header = transport_of("/header"); /* the library's own limit on one line comes first */
    CU_ASSERT_TRUE(header == TRANSPORT_GARBLED || header == TRANSPORT_BROKEN);
    const struct response *response = call(request_at("POST", "/long", "{}"));
    CU_ASSERT_EQUAL(response->status, 200);
    CU_ASSERT_EQUAL(response->body_length, 2);
    CU_ASSERT_EQUAL(call(request_at("POST", "/ok", "{}"))->status, 200); /* not the smuggled 500 */
    response = call(request_at("POST", "/gzip", "{}"));
    CU_ASSERT_EQUAL(response->transport, TRANSPORT_OK);
    CU_ASSERT_EQUAL(response->body_length, 20); /* as it came, not inflated */
}

static void reads_retry_after(void)
{
    static const struct {
        const char *path;
        uint64_t least_ms, most_ms;
    } cases[] = {
        {"/retry/7", 7000, 7000},
        {"/retry/0", 0, 0},
        {"/retry/-5", 0, 0},
        {"/retry/soon", 0, 0},
        {"/retry/1000000000", 86400000, 86400000},
        {"/retry/99999999999999999999999999", 0, 86400000},
        {"/retry/1e9", 0, 86400000},
        {"/retry/Fri,_31_Dec_2199_23:59:59_GMT", 86400000, 86400000},
        {"/retry/Sun,_06_Nov_1994_08:49:37_GMT", 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct response *response = call(request_at("POST", cases[i].path, "{}"));
        CU_ASSERT_EQUAL(response->status, 503);
        CU_ASSERT_TRUE(response->retry_after_ms >= cases[i].least_ms);
        CU_ASSERT_TRUE(response->retry_after_ms <= cases[i].most_ms);
    }
    char path[100] = "/retry/";
    time_t soon = time(NULL) + 100;
    struct tm utc;
    gmtime_r(&soon, &utc);
    strftime(path + 7, sizeof path - 7, "%a,_%d_%b_%Y_%H:%M:%S_GMT", &utc);
    const struct response *response = call(request_at("POST", path, "{}"));
    CU_ASSERT_TRUE(response->retry_after_ms > 90000 && response->retry_after_ms <= 100000);
}

static void refuses_what_cannot_be_sent(void)
{
    static const char *const urls[] = {
        "ftp://127.0.0.1/x",    "file:///etc/passwd",     "http://127.0.0.1/a\r\nX: y", "http://127.0.0.1/a b",
        "gopher://127.0.0.1/x", "//127.0.0.1/x",          "http://127.0.0.1/\xc3\xa9",  "",
        "http://[::1/x",        "http://127.0.0.1:99999/"};
    static const char *const headers[] = {"X: a\r\nY: b",
                                          "X: a\nb",
                                          "X : a",
                                          "nocolon",
                                          ": empty",
                                          "Transfer-Encoding: chunked",
                                          "content-length: 3",
                                          "Connection: close",
                                          "X: a\x01",
                                          "Expect: 100-continue"};
    unsigned before = hostile_requests(hostile);
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++)
        CU_ASSERT_EQUAL(call(request_to("POST", urls[i], "{}"))->transport, TRANSPORT_REFUSED);
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        const char *const one[] = {headers[i], NULL};
        struct request *request = request_with("POST", url_of("/ok"), one, "{}");
        CU_ASSERT_EQUAL(call(request)->transport, TRANSPORT_REFUSED);
    }
    CU_ASSERT_EQUAL(call(request_at("PO ST", "/ok", "{}"))->transport, TRANSPORT_REFUSED);
    CU_ASSERT_EQUAL(call(request_at("", "/ok", "{}"))->transport, TRANSPORT_REFUSED);
    CU_ASSERT_EQUAL(hostile_requests(hostile), before);
}

/* Calls `count` of them at once, in batches of 50. */
static void burst(size_t count, const char *path, uint64_t timeout_ms)
{
    forget();
    for (size_t i = 0; i < count; i += 50) {
        struct request *requests[50];
        for (size_t j = 0; j < 50; j++) {
            requests[j] = request_at("POST", path, "{}");
            requests[j]->tag.txn = i + j;
            requests[j]->timeout_ms = timeout_ms;
        }
        caller.call(caller.self, requests, 50);
    }
}

static void every_one_once(size_t count, enum transport transport)
{
    size_t right = 0;
    for (size_t i = 0; i < count; i++)
        right += answers.times[i] == 1 && answers.responses[i]->transport == transport;
    CU_ASSERT_EQUAL(right, count);
}

static void makes_many_calls_and_keeps_connections(void)
{
    burst(500, "/slow", 15000);
    wait_for(500);
    every_one_once(500, TRANSPORT_OK);
    unsigned before = hostile_connections(hostile);
    for (int round = 0; round < 3; round++) {
        burst(500, "/ok", 15000);
        wait_for(500);
        every_one_once(500, TRANSPORT_OK);
    }
    CU_ASSERT_EQUAL(hostile_connections(hostile), before);
    CU_ASSERT_EQUAL(call(request_at("POST", "/close-before", "{}"))->transport, TRANSPORT_BROKEN);
    CU_ASSERT_EQUAL(call(request_at("POST", "/ok", "{}"))->status, 200); /* a dead one does no harm */
}

/* More URLs than are remembered, each of them twice; and a call that the library makes again on a new connection,
 * with a handle that went elsewhere before. */
static void goes_where_it_was_meant(void)
{
    char seen[4096], path[40], expected[60];
    size_t right = 0;
    for (int i = 0; i < 1200; i++) {
        snprintf(path, sizeof path, "/retry/%d", i / 2 + i % 2 * 100);
        snprintf(expected, sizeof expected, "POST %s HTTP/1.1\r\n", path);
        right += call(request_at("POST", path, "{}"))->status == 503;
        hostile_last(hostile, seen, sizeof seen);
        right += !strncmp(seen, expected, strlen(expected));
    }
    CU_ASSERT_EQUAL(right, 2400);
    unsigned before = hostile_requests(hostile);
    CU_ASSERT_EQUAL(call(request_at("POST", "/close-before?again", "{}"))->transport, TRANSPORT_BROKEN);
    before = hostile_requests(hostile) - before;
    CU_ASSERT_TRUE(before > 1 && before <= 6); /* the library gives up after five kept connections */
    hostile_last(hostile, seen, sizeof seen);
    CU_ASSERT_NSTRING_EQUAL(seen, "POST /close-before?again HTTP/1.1\r\n", 35);
}

static void times_many_out(void)
{
    burst(300, "/hang", 200);
    wait_for(300);
    every_one_once(300, TRANSPORT_TIMEOUT);
}

static void answers_all_when_it_stops(void)
{
    burst(200, "/hang", 60000);
    usleep(50 * 1000);
    caller_curl_stop(curl);
    CU_ASSERT_EQUAL(answers.count, 200);
    for (size_t i = 0; i < 200; i++)
        CU_ASSERT_TRUE(answers.times[i] == 1 && (answers.responses[i]->transport == TRANSPORT_BROKEN ||
                                                 answers.responses[i]->transport == TRANSPORT_UNSENT));
    struct error error;
    curl = caller_curl_start(answered, &answers, &error);
    caller = caller_curl_port(curl);
    burst(50, "/ok", 60000);
    caller_curl_stop(curl); /* at once: some are still in the queue */
    CU_ASSERT_EQUAL(answers.count, 50);
    for (size_t i = 0; i < 50; i++)
        CU_ASSERT_EQUAL(answers.times[i], 1);
    curl = caller_curl_start(answered, &answers, &error);
    caller = caller_curl_port(curl);
    CU_ASSERT_EQUAL(call(request_at("POST", "/ok", "{}"))->status, 200);
}

void caller_contract_test_suite(void);
void caller_contract_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("contract: caller on curl", begin, end);
    CU_add_test(suite, "tells what was answered", tells_what_was_answered);
    CU_add_test(suite, "sends what was meant and nothing else", sends_what_was_meant);
    CU_add_test(suite, "sends big bodies without asking first", sends_big_bodies_at_once);
    CU_add_test(suite, "does not follow redirects", does_not_follow_redirects);
    CU_add_test(suite, "tells unsent from broken", tells_unsent_from_broken);
    CU_add_test(suite, "tells a timeout, also of a dripping body", tells_a_timeout);
    CU_add_test(suite, "refuses responses over the limit while they are read", refuses_what_is_too_large);
    CU_add_test(suite, "is not taken in by garbage, storms and floods", is_not_taken_in_by_garbage);
    CU_add_test(suite, "reads Retry-After in both forms, up to a day", reads_retry_after);
    CU_add_test(suite, "refuses requests that cannot be sent safely", refuses_what_cannot_be_sent);
    CU_add_test(suite, "makes 500 calls at once and keeps their connections",
                makes_many_calls_and_keeps_connections);
    CU_add_test(suite, "goes where it was meant, also the second time", goes_where_it_was_meant);
    CU_add_test(suite, "times out 300 calls, each once", times_many_out);
    CU_add_test(suite, "answers every call exactly once when it stops", answers_all_when_it_stops);
}
