/* adapters/caller_curl: what goes over the wire is the lines of the request, each once and in their order, and
 * what the library has to add; a block of lines that is anything else is refused. */
#include "adapters/caller_curl.h"
#include "adapters/caller_curl_check.h"
#include "base/buf.h"
#include "base/mem.h"
#include "contract/caller_hostile.h"

#include <CUnit/Basic.h>
#include <semaphore.h>
#include <string.h>
#include <time.h>

enum { ANSWER_S = 20 };

static struct hostile *hostile;
static struct caller_curl *curl;
static sem_t came;
static struct response *last;

static void answered(void *context, struct response **responses, size_t count)
{
    (void)context;
    for (size_t i = 0; i < count; i++) {
        response_free(last);
        last = responses[i];
        sem_post(&came);
    }
}

static int begin(void)
{
    struct error error;
    sem_init(&came, 0, 0);
    hostile = hostile_start();
    curl = caller_curl_start(answered, NULL, &error);
    return curl ? 0 : 1;
}

static int end(void)
{
    caller_curl_stop(curl);
    hostile_stop(hostile);
    response_free(last);
    last = NULL;
    sem_destroy(&came);
    return 0;
}

static struct request *make(const char *method, const char *url, const char *lines, size_t count, const char *body)
{
    struct request *request = request_new(method, url, lines, strlen(lines), count);
    request->timeout_ms = 10000;
    request->response_max = 1 << 20;
    request->body = body ? mem_string(body) : NULL;
    request->body_length = body ? strlen(body) : 0;
    return request;
}

/* `expected` is all of what the other side saw, with "HOST" for where it is. */
static void expect_sent(const char *method, const char *user, const char *lines, size_t count, const char *body,
                        const char *expected)
{
    char url[100], host[40], seen[4096];
    snprintf(host, sizeof host, "127.0.0.1:%u", hostile_port(hostile));
    snprintf(url, sizeof url, "http://%s%s/ok", user, host);
    struct request *request = make(method, url, lines, count, body);
    struct caller caller = caller_curl_port(curl);
    caller.call(caller.self, &request, 1);
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += ANSWER_S;
    CU_ASSERT_EQUAL_FATAL(sem_timedwait(&came, &until), 0);
    CU_ASSERT_EQUAL(last->transport, TRANSPORT_OK);
    hostile_last(hostile, seen, sizeof seen);
    struct buf wanted;
    buf_init(&wanted, 4096);
    const char *place = strstr(expected, "HOST");
    if (place)
        buf_printf(&wanted, "%.*s%s%s", (int)(place - expected), expected, host, place + strlen("HOST"));
    else
        buf_puts(&wanted, expected);
    CU_ASSERT_STRING_EQUAL(seen, buf_text(&wanted));
    buf_done(&wanted);
}

static void methods(void)
{
    static const char *const methods[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        bool sends = methods[i][0] == 'P';
        char plain[200], full[200], lines[200];
        const char *none = sends ? "Content-Length: 0\r\n" : "";
        snprintf(plain, sizeof plain, "%s /ok HTTP/1.1\r\nHost: HOST\r\n%s\r\n", methods[i], none);
        expect_sent(methods[i], "", "", 0, NULL, plain);
        snprintf(lines, sizeof lines, "%s /ok HTTP/1.1\r\nHost: HOST\r\nX-A: a\r\nX-B: b\r\n%s\r\n", methods[i],
                 none);
        expect_sent(methods[i], "", "X-A: a\r\nX-B: b", 2, NULL, lines);
        snprintf(full, sizeof full, "%s /ok HTTP/1.1\r\nHost: HOST\r\nX-A: a\r\nContent-Length: 2\r\n\r\n{}",
                 methods[i]);
        if (strcmp(methods[i], "HEAD") != 0) /* the library knows no HEAD with a body */
            expect_sent(methods[i], "", "X-A: a", 1, "{}", full);
    }
}

/* Whether the library would send such a header by itself or not, and wherever it stands. */
static void own_headers_once(void)
{
    static const char *const own[] = {
        "Accept: application/json", "accept: a/b",        "Content-Type: application/json",
        "content-type: text/plain", "Cookie: a=b",        "User-Agent: belay",
        "Referer: http://x/",       "Range: x=1",         "Accept-Encoding: gzip",
        "Authorization: Bearer t",  "Proxy-Connection: x"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        char lines[200], expected[300];
        static const char *const before[] = {"", "", "X-A: a\r\n", "X-A: a\r\n"};
        static const char *const behind[] = {"", "\r\nX-B: b", "", "\r\nX-B: b"};
        static const size_t counts[] = {1, 2, 2, 3};
        for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
            snprintf(lines, sizeof lines, "%s%s%s", before[k], own[i], behind[k]);
            snprintf(expected, sizeof expected,
                     "POST /ok HTTP/1.1\r\nHost: HOST\r\n%s\r\nContent-Length: 2\r\n\r\n{}", lines);
            expect_sent("POST", "", lines, counts[k], "{}", expected);
        }
    }
}

static void own_host(void)
{
    expect_sent("GET", "", "Host: a.example", 1, NULL, "GET /ok HTTP/1.1\r\nHost: a.example\r\n\r\n");
    expect_sent("GET", "", "X-A: a\r\nhost: a.example:7\r\nX-B: b", 3, NULL,
                "GET /ok HTTP/1.1\r\nX-A: a\r\nhost: a.example:7\r\nX-B: b\r\n\r\n");
    expect_sent("GET", "", "X-Host: x", 1, NULL, "GET /ok HTTP/1.1\r\nHost: HOST\r\nX-Host: x\r\n\r\n");
}

static void own_authorization(void)
{
    expect_sent("GET", "u:p@", "X-A: a", 1, NULL,
                "GET /ok HTTP/1.1\r\nHost: HOST\r\nAuthorization: Basic dTpw\r\nX-A: a\r\n\r\n");
    expect_sent("GET", "u:p@", "X-A: a\r\nAuthorization: Bearer t", 2, NULL,
                "GET /ok HTTP/1.1\r\nHost: HOST\r\nX-A: a\r\nAuthorization: Bearer t\r\n\r\n");
    expect_sent("GET", "", "X-A: a", 1, NULL, "GET /ok HTTP/1.1\r\nHost: HOST\r\nX-A: a\r\n\r\n");
}

static void values_as_they_are(void)
{
    expect_sent("GET", "", "X-A: a;b: c\r\nX-B:b\tc \r\nX-C: \xc3\xa9\xff", 3, NULL,
                "GET /ok HTTP/1.1\r\nHost: HOST\r\nX-A: a;b: c\r\nX-B:b\tc \r\nX-C: \xc3\xa9\xff\r\n\r\n");
    expect_sent("GET", "", "X-A: \r\nX-B: b", 2, NULL,
                "GET /ok HTTP/1.1\r\nHost: HOST\r\nX-A: \r\nX-B: b\r\n\r\n");
}

static const char *wrong_with(const char *lines, size_t length, size_t count)
{
    unsigned has;
    struct request *request = request_new("GET", "http://h/", lines, length, count);
    request->timeout_ms = 1;
    const char *wrong = caller_curl_check(request, &has);
    request_free(request);
    return wrong;
}

static void lines_that_are_refused(void)
{
    static const struct {
        const char *lines;
        size_t count;
    } cases[] = {
        {"X: a\r\nY: b", 1}, /* one value with a line in it */
        {"X: a", 2},
        {"X: a\r\n", 1},
        {"\r\nX: a", 1},
        {"X: a\r\n\r\nY: b", 2},
        {"X: a\r\n folded: b", 2},
        {"X: a\r\n\tfolded: b", 2},
        {"X: a\nY: b", 2},
        {"X: a\rY: b", 2},
        {"X: a\n\rY: b", 2},
        {"X: a\r\r\nY: b", 2},
        {"X: a\r\n\nY: b", 2},
        {"X: a\r\nY: b\r", 2},
        {"X: a\r\nY", 2},
        {"X", 1},
        {":", 1},
        {"X : a", 1},
        {" X: a", 1},
        {"X\t: a", 1},
        {"X\xc3\xa9: a", 1},
        {"X(: a", 1},
        {"X;", 1},
        {"CONNECTION: close", 1},
        {"X: a\r\nkeep-alive: 1", 2},
        {"X: a\r\nTE: trailers", 2},
        {"X: a\r\nTrailer: x", 2},
        {"X: a\r\ntransfer-encoding: chunked\r\nY: b", 3},
        {"X: a\r\nUpgrade: h2c", 2},
        {"X: a\r\ncontent-Length: 0", 2},
        {"X: a\r\nexpect: 100-continue", 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CU_ASSERT_PTR_NOT_NULL(wrong_with(cases[i].lines, strlen(cases[i].lines), cases[i].count));
    static const char fine[] = "X:\r\nTE-X: a\r\nHosts: b\r\nConnections: c\r\nT: \t\r\n!#$%&'*+-.^_`|~09azAZ: d";
    CU_ASSERT_PTR_NULL(wrong_with(fine, sizeof fine - 1, 6));
    CU_ASSERT_PTR_NULL(wrong_with("", 0, 0));
}

/* Every byte at every place of a value, which is looked at by eight. */
static void every_byte_of_a_value(void)
{
    for (unsigned byte = 0; byte < 256; byte++) {
        bool allowed = byte == '\t' || (byte >= ' ' && byte != 0x7f);
        for (size_t place = 0; place < sizeof "01234567..~ 23456789ab" - 1; place++) {
            char line[] = "X:01234567\x80\xff~ 23456789ab";
            line[2 + place] = (char)byte;
            CU_ASSERT_EQUAL(wrong_with(line, sizeof line - 1, 1) == NULL, allowed);
        }
    }
}

static void every_byte_of_a_name(void)
{
    for (unsigned byte = 0; byte < 256; byte++) {
        bool letter = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
        bool allowed = letter || (byte && strchr("!#$%&'*+-.^_`|~:", (int)byte));
        char line[] = "X0: a";
        line[1] = (char)byte;
        CU_ASSERT_EQUAL(wrong_with(line, sizeof line - 1, 1) == NULL, allowed);
    }
}

static void every_byte_of_a_url(void)
{
    for (unsigned byte = 1; byte < 256; byte++) {
        unsigned has;
        char url[] = "http://h/x";
        url[9] = (char)byte;
        struct request *request = make("GET", url, "", 0, NULL);
        bool allowed = byte > ' ' && byte < 0x7f && byte != '\\';
        CU_ASSERT_EQUAL(caller_curl_check(request, &has) == NULL, allowed);
        request_free(request);
    }
}

void caller_headers_test_suite(void);
void caller_headers_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("contract: headers of calls", begin, end);
    CU_add_test(suite, "each method, with and without headers and body", methods);
    CU_add_test(suite, "what the library would add is sent once, as the request says", own_headers_once);
    CU_add_test(suite, "a Host of its own replaces the URL's, for that request", own_host);
    CU_add_test(suite, "an Authorization of its own replaces the URL's user", own_authorization);
    CU_add_test(suite, "values go as they are", values_as_they_are);
    CU_add_test(suite, "refuses lines that are not what was meant", lines_that_are_refused);
    CU_add_test(suite, "refuses control characters anywhere in a value", every_byte_of_a_value);
    CU_add_test(suite, "refuses names that are no tokens", every_byte_of_a_name);
    CU_add_test(suite, "refuses bytes that no URL has", every_byte_of_a_url);
}
