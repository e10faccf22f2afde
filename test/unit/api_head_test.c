/* api: the head of a request: paths, percent-encoding, queries, headers. */
#include "api/headers.h"
#include "api/path.h"
#include "api/percent.h"
#include "api/query.h"

#include <CUnit/Basic.h>
#include <string.h>

static void paths_are_split_before_they_are_decoded(void)
{
    struct path path;
    struct error error;
    CU_ASSERT_EQUAL(path_parse("/v1/transactions/a%2fb%2F..", &path, &error), 0);
    CU_ASSERT_EQUAL(path.count, 3);
    CU_ASSERT_STRING_EQUAL(path.segments[PATH_ID], "a/b/..");
    CU_ASSERT_TRUE(path_matches(&path, "/v1/transactions/{id}"));
    CU_ASSERT_FALSE(path_matches(&path, "/v1/transactions"));
    CU_ASSERT_FALSE(path_matches(&path, "/v1/transactions/{id}/history"));
    CU_ASSERT_FALSE(path_matches(&path, "/v1/definitions/{name}"));
    CU_ASSERT_EQUAL(path_parse("/v1/tr%61nsactions/%E2%82%AC", &path, &error), 0);
    CU_ASSERT_STRING_EQUAL(path.segments[PATH_ID], "\xe2\x82\xac");
    CU_ASSERT_TRUE(path_matches(&path, "/v1/transactions/{id}"));
    CU_ASSERT_EQUAL(path_parse("/", &path, &error), 0);
    CU_ASSERT_EQUAL(path.count, 0);
}

static void hostile_paths_are_refused_with_a_reason(void)
{
    static const struct {
        const char *raw;
        const char *why;
    } cases[] = {
        {"", "does not start"},
        {"*", "does not start"},
        {"http://x/v1", "does not start"},
        {"//", "empty"},
        {"/v1//transactions", "empty"},
        {"/v1/transactions/", "empty"},
        {"/v1/transactions/%00", "NUL"},
        {"/v1/transactions/a%00b", "NUL"},
        {"/v1/transactions/%", "hexadecimal"},
        {"/v1/transactions/%2", "hexadecimal"},
        {"/v1/transactions/%zz", "hexadecimal"},
        {"/v1/transactions/%%41", "hexadecimal"},
        {"/v1/transactions/%0a", "printable"},
        {"/v1/transactions/%0d%0aX", "printable"},
        {"/v1/transactions/%c0%af", "printable"}, /* an overlong "/" */
        {"/v1/transactions/%ff", "printable"},
        {"/v1/transactions/%c2%85", "printable"}, /* a C1 control */
        {"/v1/transactions/..", "not followed"},
        {"/v1/../v1/transactions", "not followed"},
        {"/v1/%2e%2E/x", "not followed"},
        {"/v1/./x", "not followed"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct path path;
        struct error error = {0};
        CU_ASSERT_EQUAL(path_parse(cases[i].raw, &path, &error), ERROR_SYNTAX);
        CU_ASSERT_PTR_NOT_NULL(strstr(error.text, cases[i].why));
    }
}

static void lengths_of_paths(void)
{
    struct path path;
    struct error error;
    char raw[1000] = "/v1/transactions/";
    size_t length = strlen(raw);
    memset(raw + length, 'x', LIMIT_ID_BYTES);
    CU_ASSERT_EQUAL(path_parse(raw, &path, &error), 0);
    raw[length + LIMIT_ID_BYTES] = 'x';
    CU_ASSERT_EQUAL(path_parse(raw, &path, &error), ERROR_SYNTAX);
    CU_ASSERT_EQUAL(path_parse("/1/2/3/4/5/6/7/8/9", &path, &error), 0); /* longer than any route */
    CU_ASSERT_FALSE(path_matches(&path, "/1/2/3/4"));
}

static void encoding_is_undone_by_decoding(void)
{
    struct buf buf;
    struct error error;
    char text[64];
    const char *id = "a/b c?#%\xe2\x82\xac+~";
    buf_init(&buf, 1000);
    buf_put_percent(&buf, id, strlen(id));
    CU_ASSERT_STRING_EQUAL(buf_text(&buf), "a%2Fb%20c%3F%23%25%E2%82%AC%2B~");
    CU_ASSERT_EQUAL(percent_decode(buf.data, buf.length, false, text, sizeof text, &error), 0);
    CU_ASSERT_STRING_EQUAL(text, id);
    CU_ASSERT_EQUAL(percent_decode("a+b", 3, true, text, sizeof text, &error), 0);
    CU_ASSERT_STRING_EQUAL(text, "a b");
    CU_ASSERT_EQUAL(percent_decode("a+b", 3, false, text, sizeof text, &error), 0);
    CU_ASSERT_STRING_EQUAL(text, "a+b");
    CU_ASSERT_EQUAL(percent_decode("abc", 3, false, text, 3, &error), ERROR_SYNTAX);
    CU_ASSERT_EQUAL(percent_decode("%41", 2, false, text, sizeof text, &error), ERROR_SYNTAX); /* ends too early */
    buf_done(&buf);
}

static void queries(void)
{
    struct query query;
    struct error error;
    uint64_t number = 9;
    bool truth = false;
    CU_ASSERT_EQUAL(query_parse("saga=a%26b&&limit=7&tag=&on=true", "limit saga tag on", &query, &error), 0);
    CU_ASSERT_STRING_EQUAL(query_find(&query, "saga"), "a&b");
    CU_ASSERT_PTR_NULL(query_find(&query, "tag")); /* no value is as good as absent */
    CU_ASSERT_EQUAL(query_number(&query, "limit", 1, 10, &number, &error), 0);
    CU_ASSERT_EQUAL(number, 7);
    CU_ASSERT_EQUAL(query_number(&query, "limit", 1, 6, &number, &error), ERROR_USAGE);
    CU_ASSERT_EQUAL(query_number(&query, "none", 1, 6, &number, &error), 0);
    CU_ASSERT_EQUAL(number, 7);
    CU_ASSERT_EQUAL(query_bool(&query, "on", &truth, &error), 0);
    CU_ASSERT_TRUE(truth);
    CU_ASSERT_EQUAL(query_bool(&query, "limit", &truth, &error), ERROR_USAGE);
    CU_ASSERT_EQUAL(query_time(&query, "saga", &number, &error), ERROR_USAGE);
}

static void queries_are_strict(void)
{
    static const struct {
        const char *raw;
        int code;
        const char *why;
    } cases[] = {
        {"limt=7", ERROR_USAGE, "known here: limit saga"},
        {"limit=1&limit=1", ERROR_USAGE, "twice"},
        {"limit=%zz", ERROR_SYNTAX, "hexadecimal"},
        {"limit=%00", ERROR_SYNTAX, "NUL"},
        {"li%00mit=1", ERROR_SYNTAX, "NUL"},
        {"=1", ERROR_USAGE, "unknown"},
        {"Limit=1", ERROR_USAGE, "unknown"},
        {"lim=1", ERROR_USAGE, "unknown"},
        {"limit+saga=1", ERROR_USAGE, "unknown"},
        {"a-name-that-is-much-longer-than-any-parameter=1", ERROR_SYNTAX, "longer"},
    };
    struct query query;
    struct error error;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CU_ASSERT_EQUAL(query_parse(cases[i].raw, "limit saga", &query, &error), cases[i].code);
        CU_ASSERT_PTR_NOT_NULL(strstr(error.text, cases[i].why));
    }
    CU_ASSERT_EQUAL(query_parse("x=1", "", &query, &error), ERROR_USAGE);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "none is known here"));
    uint64_t number = 3;
    static const char *const wrong[] = {"limit=-1",
                                        "limit=+1",
                                        "limit=%201",
                                        "limit=1x",
                                        "limit=0x1",
                                        "limit=1.0",
                                        "limit=99999999999999999999999"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CU_ASSERT_EQUAL(query_parse(wrong[i], "limit", &query, &error), 0);
        CU_ASSERT_EQUAL(query_number(&query, "limit", 0, UINT64_MAX, &number, &error), ERROR_USAGE);
    }
    CU_ASSERT_EQUAL(number, 3);
}

static const char *header_value;

static const char *one_header(struct exchange *exchange, const char *name)
{
    (void)exchange, (void)name;
    return header_value;
}

static void prefer_wait(void)
{
    static const struct {
        const char *value;
        uint64_t ms;
    } cases[] = {
        {NULL, 0},
        {"", 0},
        {"wait=10", 10000},
        {"WAIT = 10", 10000},
        {"respond-async, wait=5", 5000},
        {"respond-async,\twait=5;x=y, foo", 5000},
        {"wait=1, wait=2", 1000}, /* the first counts (RFC 7240, section 2) */
        {"wait=61", 60000},
        {"wait=99999999999999999999999999", 60000},
        {"wait=", 0},
        {"wait", 0},
        {"wait=ten", 0},
        {"wait=-1", 0},
        {"wait=1x", 0},
        {"waiting=1", 0},
        {"xwait=1", 0},
        {"wait=,5", 0},
    };
    struct exchange exchange = {.header = one_header};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        header_value = cases[i].value;
        CU_ASSERT_EQUAL(headers_wait_ms(&exchange), cases[i].ms);
    }
}

static void media_types(void)
{
    static const char *const right[] = {"application/json", "Application/JSON", "application/json; charset=utf-8",
                                        "application/json;charset=\"UTF-8\"", "application/json "};
    static const char *const wrong[] = {NULL,
                                        "",
                                        "text/plain",
                                        "application/jsonp",
                                        "application/json; charset=latin-1",
                                        "application/json, text/plain",
                                        "application/x-www-form-urlencoded"};
    struct exchange exchange = {.header = one_header};
    struct error error;
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        header_value = right[i];
        CU_ASSERT_EQUAL(headers_check_json(&exchange, &error), 0);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        header_value = wrong[i];
        CU_ASSERT_EQUAL(headers_check_json(&exchange, &error), ERROR_MEDIA_TYPE);
    }
}

static void idempotency_keys(void)
{
    char longest[LIMIT_ID_BYTES + 2];
    struct exchange exchange = {.header = one_header};
    struct error error;
    const char *key = "x";
    header_value = NULL;
    CU_ASSERT_EQUAL(headers_key(&exchange, &key, &error), 0);
    CU_ASSERT_PTR_NULL(key);
    memset(longest, 'k', sizeof longest);
    longest[LIMIT_ID_BYTES] = '\0';
    header_value = longest;
    CU_ASSERT_EQUAL(headers_key(&exchange, &key, &error), 0);
    CU_ASSERT_STRING_EQUAL(key, longest);
    longest[LIMIT_ID_BYTES] = 'k';
    longest[LIMIT_ID_BYTES + 1] = '\0';
    CU_ASSERT_EQUAL(headers_key(&exchange, &key, &error), ERROR_USAGE);
    header_value = "";
    CU_ASSERT_EQUAL(headers_key(&exchange, &key, &error), ERROR_USAGE);
    header_value = "a\tb";
    CU_ASSERT_EQUAL(headers_key(&exchange, &key, &error), ERROR_USAGE);
    header_value = "\xff";
    CU_ASSERT_EQUAL(headers_key(&exchange, &key, &error), ERROR_USAGE);
}

void api_head_test_suite(void);
void api_head_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("api: the head of a request", NULL, NULL);
    CU_add_test(suite, "paths are split at raw slashes, then decoded", paths_are_split_before_they_are_decoded);
    CU_add_test(suite, "hostile paths are refused with a reason", hostile_paths_are_refused_with_a_reason);
    CU_add_test(suite, "a segment is as long as an id, a path as a route", lengths_of_paths);
    CU_add_test(suite, "percent-encoding and back", encoding_is_undone_by_decoding);
    CU_add_test(suite, "queries are read", queries);
    CU_add_test(suite, "queries are strict", queries_are_strict);
    CU_add_test(suite, "Prefer: wait, read as RFC 7240 wants it", prefer_wait);
    CU_add_test(suite, "bodies are application/json", media_types);
    CU_add_test(suite, "Idempotency-Key has its limits", idempotency_keys);
}
