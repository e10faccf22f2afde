/* adapters/server_gate: which heads pass. The heads are cut up here as leniently as the library does it. */
#include "adapters/server_gate.h"
#include "base/limits.h"
#include "base/mem.h"

#include <CUnit/Basic.h>
#include <string.h>

enum { BODY_MAX = 1000 };

/* A received head, NULs in place of separators, and where its parts lie. */
struct cut {
    char *bytes;
    char *target;
    struct gate_header headers[GATE_HEADERS_MAX + 1];
    struct gate_head head;
};

/* Ends the line at `from` (CRLF or a bare LF); returns where the next begins. */
static char *cut_line(char *from, char *end)
{
    char *lf = memchr(from, '\n', (size_t)(end - from));
    if (lf > from && lf[-1] == '\r')
        lf[-1] = '\0';
    *lf = '\0';
    return lf + 1;
}

static void cut(struct cut *cut, const char *text, size_t length)
{
    *cut = (struct cut){.bytes = mem_copy(text, length)};
    char *end = cut->bytes + length, *next = cut_line(cut->bytes, end);
    char *target = strchr(cut->bytes, ' ');
    *target++ = '\0';
    while (*target == ' ')
        target++;
    char *version = strrchr(target, ' ') ? strrchr(target, ' ') : target + strlen(target);
    if (!strchr(target, ' ')) /* a NUL in the target hides the blank before the version */
        version = memchr(target, ' ', (size_t)(next - target));
    *version++ = '\0';
    cut->target = mem_copy(target, strlen(target));
    cut->head =
        (struct gate_head){cut->bytes, version, cut->target, strlen(target), cut->headers, 0, length, target};
    while (*next != '\r' && *next != '\n' && cut->head.headers_count <= GATE_HEADERS_MAX) {
        char *name = next;
        next = cut_line(next, end);
        char *colon = strchr(name, ':');
        if (*name == ' ' || !colon) { /* a folded line: the one before it now lies elsewhere */
            static const char copy[] = "X\0a b";
            cut->headers[cut->head.headers_count - 1] = (struct gate_header){copy, 1, copy + 2, 3};
            continue;
        }
        *colon = '\0';
        char *value = colon + 1;
        value += strspn(value, " \t");
        cut->headers[cut->head.headers_count++] = (struct gate_header){name, strlen(name), value, strlen(value)};
    }
    cut_line(next, end);
}

static void cut_done(struct cut *cut)
{
    mem_free(cut->bytes);
    mem_free(cut->target);
}

static enum gate_verdict judge_bytes(const char *text, size_t length, struct gate_body *body)
{
    struct cut pieces;
    cut(&pieces, text, length);
    enum gate_verdict verdict = server_gate_check(&pieces.head, BODY_MAX, body);
    cut_done(&pieces);
    return verdict;
}

static enum gate_verdict judge(const char *text)
{
    struct gate_body body;
    return judge_bytes(text, strlen(text), &body);
}

#define JUDGE(verdict, text) CU_ASSERT_EQUAL(judge(text), verdict)

static void passes(void)
{
    struct gate_body body;
    const char *post = "POST /v1/transactions?dryRun=true HTTP/1.1\r\nHost: [::1]:7070\r\nContent-Length: 12\r\n"
                       "Content-Type: application/json; charset=utf-8\r\nX-Empty:\r\nX:  blanks \t \r\n\r\n";
    CU_ASSERT_EQUAL(judge_bytes(post, strlen(post), &body), GATE_PASS);
    CU_ASSERT_TRUE(body.length == 12 && !body.chunked && body.json);
    const char *chunked =
        "PUT /x HTTP/1.1\r\nHost: a\r\ntransfer-encoding: Chunked\r\nExpect: 100-Continue\r\n\r\n";
    CU_ASSERT_EQUAL(judge_bytes(chunked, strlen(chunked), &body), GATE_PASS);
    CU_ASSERT_TRUE(body.length == 0 && body.chunked && !body.json);
    JUDGE(GATE_PASS, "GET / HTTP/1.0\r\n\r\n");
    JUDGE(GATE_PASS, "GET /a%2Fb//../%C3%A9?q=%00%0a&%2f HTTP/1.1\r\nHost:\r\n\r\n");
    JUDGE(GATE_PASS, "GET / HTTP/1.1\r\nHost: a\r\nX: \xc3\xa9\r\nAccept: a\r\nAccept: b\r\n\r\n");
    JUDGE(GATE_PASS, "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
}

static void layout(void)
{
    JUDGE(GATE_AMBIGUOUS, "GET / HTTP/1.1\nHost: a\r\n\r\n");
    JUDGE(GATE_AMBIGUOUS, "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n");
    JUDGE(GATE_AMBIGUOUS, "GET / HTTP/1.1\r\nHost: a\n\r\n");
    JUDGE(GATE_AMBIGUOUS, "GET / HTTP/1.1\r\nHost: a\r\n\n");
    JUDGE(GATE_AMBIGUOUS, "GET / HTTP/1.1\r\nHost: a\n\n");
    JUDGE(GATE_AMBIGUOUS, "GET  / HTTP/1.1\r\nHost: a\r\n\r\n");
    JUDGE(GATE_AMBIGUOUS, "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\nY: c\r\n\r\n");
    JUDGE(GATE_AMBIGUOUS, "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n\tb\r\n\r\n");
    struct gate_body body;
    static const char nul_value[] = "GET / HTTP/1.1\r\nHost: a\0b\r\nX: y\r\n\r\n";
    CU_ASSERT_EQUAL(judge_bytes(nul_value, sizeof nul_value - 1, &body), GATE_AMBIGUOUS);
    static const char nul_last[] = "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\0x\r\n\r\n";
    CU_ASSERT_EQUAL(judge_bytes(nul_last, sizeof nul_last - 1, &body), GATE_AMBIGUOUS);
    static const char nul_target[] = "GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n";
    CU_ASSERT_EQUAL(judge_bytes(nul_target, sizeof nul_target - 1, &body), GATE_AMBIGUOUS);
}

static void lines(void)
{
    JUDGE(GATE_METHOD, "G(T / HTTP/1.1\r\nHost: a\r\n\r\n");
    JUDGE(GATE_METHOD, "ABCDEFGHIJKLMNOPQ / HTTP/1.1\r\nHost: a\r\n\r\n");
    JUDGE(GATE_VERSION, "GET / HTTP/1.2\r\nHost: a\r\n\r\n");
    JUDGE(GATE_VERSION, "GET / HTTP/2.0\r\nHost: a\r\n\r\n");
    JUDGE(GATE_VERSION, "GET / http/1.1\r\nHost: a\r\n\r\n");
    JUDGE(GATE_TARGET, "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n");
    JUDGE(GATE_TARGET, "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
    JUDGE(GATE_TARGET, "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n");
    JUDGE(GATE_TARGET, "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n");
    JUDGE(GATE_TARGET, "GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n");
    JUDGE(GATE_TARGET, "GET /a\x7f HTTP/1.1\r\nHost: a\r\n\r\n");
    JUDGE(GATE_TARGET, "GET /a\tb HTTP/1.1\r\nHost: a\r\n\r\n");
    JUDGE(GATE_TARGET, "GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n");
    JUDGE(GATE_TARGET, "GET /%0d%0a HTTP/1.1\r\nHost: a\r\n\r\n");
    JUDGE(GATE_TARGET, "GET /%7F HTTP/1.1\r\nHost: a\r\n\r\n");
    JUDGE(GATE_TARGET, "GET /% HTTP/1.1\r\nHost: a\r\n\r\n");
    JUDGE(GATE_TARGET, "GET /%2 HTTP/1.1\r\nHost: a\r\n\r\n");
    JUDGE(GATE_TARGET, "GET /?%zz HTTP/1.1\r\nHost: a\r\n\r\n");
}

static void headers(void)
{
    JUDGE(GATE_HEADER, "GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n");
    JUDGE(GATE_HEADER, "GET / HTTP/1.1\r\n: y\r\nHost: a\r\n\r\n");
    JUDGE(GATE_HEADER, "GET / HTTP/1.1\r\nHost: a\r\nX\xc3: y\r\n\r\n");
    JUDGE(GATE_HEADER, "GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n");
    JUDGE(GATE_HEADER, "GET / HTTP/1.1\r\nHost: a\r\nX: \x1b[31m\r\n\r\n");
    JUDGE(GATE_REPEATED, "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n");
    JUDGE(GATE_REPEATED, "GET / HTTP/1.1\r\nHost: a\r\nhOST: b\r\n\r\n");
    JUDGE(GATE_REPEATED, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n");
    JUDGE(GATE_REPEATED, "POST / HTTP/1.1\r\nHost: a\r\nIdempotency-Key: 1\r\nX: y\r\nidempotency-key: 2\r\n\r\n");
    JUDGE(GATE_HOST, "GET / HTTP/1.1\r\n\r\n");
    JUDGE(GATE_HOST, "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n");
    JUDGE(GATE_HOST, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n");
    JUDGE(GATE_HOST, "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n");
    JUDGE(GATE_EXPECT, "GET / HTTP/1.1\r\nHost: a\r\nExpect: a miracle\r\n\r\n");
}

static void framing(void)
{
    JUDGE(GATE_LENGTH, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n");
    static const char *const lengths[] = {"+3", "-3", "3,3", "0x3", "3 ", " ", "", "3.0", "99999999999999999999"};
    static const char *const codings[] = {
        "gzip", "chunked, chunked", "gzip, chunked", "xchunked", "chunked ", "identity", ""};
    char text[300];
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        snprintf(text, sizeof text, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %s\r\n\r\n", lengths[i]);
        JUDGE(GATE_LENGTH, text);
    }
    for (size_t i = 0; i < sizeof codings / sizeof *codings; i++) {
        snprintf(text, sizeof text, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: %s\r\n\r\n", codings[i]);
        JUDGE(GATE_ENCODING, text);
    }
    JUDGE(GATE_ENCODING, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n");
    JUDGE(GATE_BODY_ODD, "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n");
    JUDGE(GATE_BODY_ODD, "HEAD / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
}

static void bodies(void)
{
#define BODY(length, more) "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " length "\r\n" more "\r\n"
    JUDGE(GATE_PASS, BODY("1000", "Content-Type: application/json\r\n"));
    JUDGE(GATE_BODY_LARGE, BODY("1001", "Content-Type: application/json\r\n"));
    JUDGE(GATE_BODY_LARGE, BODY("9999999999999999999", ""));
    JUDGE(GATE_MEDIA, BODY("1", ""));
    JUDGE(GATE_MEDIA, BODY("1", "Content-Type: text/plain\r\n"));
    JUDGE(GATE_MEDIA, BODY("1", "Content-Type: application/jsonx\r\n"));
    JUDGE(GATE_MEDIA, BODY("1", "Content-Type: application/+json\r\n"));
    JUDGE(GATE_MEDIA, BODY("1", "Content-Type: text/x+json\r\n"));
    JUDGE(GATE_MEDIA, BODY("1", "Content-Type: application/json\r\nContent-Encoding: gzip\r\n"));
    JUDGE(GATE_PASS, BODY("1", "Content-Type: Application/JSON\r\nContent-Encoding: identity\r\n"));
    JUDGE(GATE_PASS, BODY("1", "Content-Type: application/cloudevents+json;x=y\r\n"));
    JUDGE(GATE_PASS, BODY("0", "Content-Type: text/plain\r\n"));
#undef BODY
}

static void sizes(void)
{
    size_t room = LIMIT_HEAD_BYTES + 1000;
    char *text = mem_new(room);
    struct gate_body body;
    size_t length =
        (size_t)snprintf(text, room, "GET /%0*d HTTP/1.1\r\nHost: a\r\n\r\n", LIMIT_TARGET_BYTES - 1, 0);
    CU_ASSERT_EQUAL(judge_bytes(text, length, &body), GATE_PASS);
    length = (size_t)snprintf(text, room, "GET /%0*d HTTP/1.1\r\nHost: a\r\n\r\n", LIMIT_TARGET_BYTES, 0);
    CU_ASSERT_EQUAL(judge_bytes(text, length, &body), GATE_TARGET_LONG);
    length =
        (size_t)snprintf(text, room, "GET / HTTP/1.1\r\nHost: a\r\nX: %0*d\r\n\r\n", LIMIT_HEAD_BYTES - 32, 0);
    CU_ASSERT_EQUAL(length, LIMIT_HEAD_BYTES);
    CU_ASSERT_EQUAL(judge_bytes(text, length, &body), GATE_PASS);
    length =
        (size_t)snprintf(text, room, "GET / HTTP/1.1\r\nHost: a\r\nX: %0*d\r\n\r\n", LIMIT_HEAD_BYTES - 31, 0);
    CU_ASSERT_EQUAL(judge_bytes(text, length, &body), GATE_HEAD_LARGE);
    for (int count = GATE_HEADERS_MAX; count <= GATE_HEADERS_MAX + 1; count++) {
        length = (size_t)snprintf(text, room, "GET / HTTP/1.1\r\nHost: a\r\n");
        for (int i = 1; i < count; i++)
            length += (size_t)snprintf(text + length, room - length, "X-%d: y\r\n", i);
        length += (size_t)snprintf(text + length, room - length, "\r\n");
        CU_ASSERT_EQUAL(judge_bytes(text, length, &body), count <= GATE_HEADERS_MAX ? GATE_PASS : GATE_HEAD_LARGE);
    }
    mem_free(text);
}

static void words(void)
{
    CU_ASSERT_EQUAL(server_gate_status(GATE_PASS), 200);
    CU_ASSERT_EQUAL(server_gate_status(GATE_MEDIA), 415);
    CU_ASSERT_STRING_EQUAL(server_gate_code(GATE_BODY_LARGE), "too_large");
    for (int verdict = GATE_AMBIGUOUS; verdict <= GATE_EXPECT; verdict++) {
        CU_ASSERT_TRUE(server_gate_status((enum gate_verdict)verdict) >= 400);
        CU_ASSERT_TRUE(strlen(server_gate_detail((enum gate_verdict)verdict)) > 10);
    }
    struct gate_header two[] = {{"Accept", 6, "a", 1}, {"HOST", 4, "b", 1}};
    CU_ASSERT_PTR_EQUAL(server_gate_find(two, 2, "host"), &two[1]);
    CU_ASSERT_PTR_NULL(server_gate_find(two, 2, "Hos"));
    CU_ASSERT_PTR_NULL(server_gate_find(two, 1, "Host"));
}

void gate_test_suite(void);
void gate_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("adapters/server_gate", NULL, NULL);
    CU_add_test(suite, "lets proper requests pass and reads their framing", passes);
    CU_add_test(suite, "sees bare line feeds, folded lines, NUL and odd blanks", layout);
    CU_add_test(suite, "judges the request line", lines);
    CU_add_test(suite, "judges headers, and those that may stand once", headers);
    CU_add_test(suite, "lets no body be measured in two ways", framing);
    CU_add_test(suite, "caps bodies and wants JSON", bodies);
    CU_add_test(suite, "caps target, head and headers, to the byte", sizes);
    CU_add_test(suite, "has a status, a code and words for every verdict", words);
}
