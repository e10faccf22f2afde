/* definition/request_line: what may go out, and what would smuggle something along. */
#include "definition/request_line.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

static void right_lines(void)
{
    static const char *const lines[] = {
        "GET /",
        "POST /charges",
        "PUT /a/${ input.id }/b",
        "DELETE /a?b=${ input.a == '}' ? \"}\" : \"{\" }&c=%2F",
        "PATCH /a;v=1/b,c:d@e!$&'()*+=~-._",
        "GET /...",
        "GET /a..b/.c",
        "GET /a?b=..&c=/../",
        "GET /..${ input.a }",
        "GET /a//b",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        const char *message = request_line_check(lines[i]).message;
        CU_ASSERT_PTR_NULL(message);
        if (message)
            printf("\n%s: %s", lines[i], message);
    }
    CU_ASSERT_EQUAL(request_line_method("DELETE /x"), 6);
}

static void wrong_lines(void)
{
    static const struct {
        const char *line;
        size_t offset;
    } lines[] = {
        {"", 0},           {"/charges", 0},      {"GETT /a", 0},        {"GE /a", 0},
        {"get /a", 0},     {"GET", 3},           {"GET ", 4},           {"GET  /a", 4},
        {"GET\t/a", 0},    {"GET a", 4},         {"GET http://a/b", 4}, {"GET HTTPS://a/b", 4},
        {"GET //a/b", 4},  {"GET /a b", 6},      {"GET /a\r\nX: y", 6}, {"GET /a\n", 6},
        {"GET /a\x7f", 6}, {"GET /\xc3\xa9", 5}, {"GET /a#b", 6},       {"GET /a%", 6},
        {"GET /a%2", 6},   {"GET /a%2g", 6},     {"GET /.", 5},         {"GET /./a", 5},
        {"GET /..", 5},    {"GET /a/../b", 7},   {"GET /a/..?b", 7},    {"GET /{a}", 5},
        {"GET /$${a}", 7}, {"GET /${ a }{", 11}, {"GET /a\\b", 6},      {"GET /a\"b", 6},
        {"GET /<b>", 5},
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct request_fault fault = request_line_check(lines[i].line);
        CU_ASSERT_PTR_NOT_NULL(fault.message);
        CU_ASSERT_EQUAL(fault.offset, lines[i].offset);
        if (!fault.message || fault.offset != lines[i].offset)
            printf("\n%s: %s at %zu", lines[i].line, fault.message ? fault.message : "right", fault.offset);
    }
}

static void header_names(void)
{
    static const char *const right[] = {"X", "x-a", "Content-Type", "Accept", "Authorization", "!#$%&'*+-.^_`|~0"};
    static const char *const wrong[] = {"", "a b", "a:", "a\r", "\xc3\xa9", "a/b", "(a)", "a\x7f", "a\"", "a,b"};
    static const char *const own[] = {"Host",
                                      "HOST",
                                      "content-length",
                                      "Transfer-Encoding",
                                      "belay-step",
                                      "Belay-Anything",
                                      "webhook-id",
                                      "Idempotency-Key",
                                      "traceparent",
                                      "TE",
                                      "te"};
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
        CU_ASSERT_TRUE(request_header_name(right[i]));
        CU_ASSERT_FALSE(request_header_own(right[i]));
    }
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        CU_ASSERT_FALSE(request_header_name(wrong[i]));
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        CU_ASSERT_TRUE(request_header_own(own[i]));
    CU_ASSERT_FALSE(request_header_own("Test"));
    CU_ASSERT_FALSE(request_header_own("Belay"));
}

void request_line_test_suite(void);
void request_line_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("definition/request_line", NULL, NULL);
    CU_add_test(suite, "lines that can be sent", right_lines);
    CU_add_test(suite, "lines that cannot, and where they go wrong", wrong_lines);
    CU_add_test(suite, "header names", header_names);
}
