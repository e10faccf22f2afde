/* JSON as the SDK's client reads it: which payloads it takes, and what it finds in answers. */
#include "belay/client.h"

#include <CUnit/Basic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A copy without a NUL behind it, so that the sanitizer sees every byte too many. */
static char *bare(const char *text, size_t length)
{
    char *copy = malloc(length ? length : 1);
    memcpy(copy, text, length);
    return copy;
}

/* Whether `text` is taken as JSON; if not, `*bad` is where it stops being it. */
static bool is_json(const char *text, size_t length, size_t *bad)
{
    struct belay_outgoing out = {.size = sizeof out};
    struct belay_error error = {.code = BELAY_OK};
    char *copy = bare(text, length);
    int code = belay_client_signal("a", "s", copy, length, &out, &error);
    free(copy);
    belay_outgoing_done(&out);
    *bad = length;
    if (code)
        CU_ASSERT_EQUAL(sscanf(error.text, "payload is no JSON from byte %zu on", bad), 1);
    return code == BELAY_OK;
}

static void valid(void)
{
    static const char *const texts[] = {
        "0",
        "-0",
        "10",
        "1.5",
        "-1.5e+10",
        "1E5",
        "2e-3",
        "\"\"",
        "true",
        "false",
        "null",
        " [ ] ",
        "[1]",
        "[1,[2,[]],{}]",
        "{}",
        "{\"a\":1}",
        " { \"a\" : [ ] , \"a\" : { } } ",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00\"",
        "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\x7f\"",
        "\t\r\n1\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        size_t length = strlen(texts[i]), bad = 77;
        CU_ASSERT_TRUE(is_json(texts[i], length, &bad));
        for (size_t cut = 0; cut < length; cut++) { /* no prefix is read beyond its end */
            is_json(texts[i], cut, &bad);
            CU_ASSERT(bad <= cut);
        }
    }
}

static void invalid(void)
{
    static const struct {
        const char *text;
        size_t bad;
    } texts[] = {
        {"", 0},
        {" ", 1},
        {"x", 0},
        {"01", 1},
        {"-", 1},
        {"+1", 0},
        {".5", 0},
        {"1.", 2},
        {"1e", 2},
        {"1e+", 3},
        {"0x1", 1},
        {"tru", 0},
        {"nulll", 4},
        {"\"", 1},
        {"\"a", 2},
        {"'a'", 0},
        {"\"\\x\"", 2},
        {"\"\\u12g4\"", 5},
        {"\"\\ud83d\"", 7},
        {"\"\\ud83d\\u0041\"", 13},
        {"\"\\ude00\"", 7},
        {"\"\n\"", 1},
        {"\"\xff\"", 1},
        {"\"\xc3\"", 1},
        {"\"\xed\xa0\x80\"", 1},
        {"\"\xc0\xaf\"", 1},
        {"\"\xf4\x90\x80\x80\"", 1},
        {"[", 1},
        {"[1", 2},
        {"[1,", 3},
        {"[1,]", 3},
        {"[,1]", 1},
        {"[1 2]", 3},
        {"[1}", 2},
        {"{", 1},
        {"{1:2}", 1},
        {"{\"a\"}", 4},
        {"{\"a\":}", 5},
        {"{\"a\":1,}", 7},
        {"{\"a\":1]", 6},
        {"{\"a\" 1}", 5},
        {"1 2", 2},
        {"{}}", 2},
        {"[]]", 2},
        {"\xef\xbb\xbf{}", 0},
        {"NaN", 0},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        size_t length = strlen(texts[i].text), bad = 77;
        CU_ASSERT_FALSE(is_json(texts[i].text, length, &bad));
        CU_ASSERT_EQUAL(bad, texts[i].bad);
    }
    size_t bad;
    CU_ASSERT_FALSE(is_json("1\0", 2, &bad));
    CU_ASSERT_FALSE(is_json("\"\0\"", 3, &bad));
}

static void depth(void)
{
    char text[2 * BELAY_JSON_DEPTH + 4];
    size_t bad;
    for (size_t levels = 1; levels <= BELAY_JSON_DEPTH + 1; levels++) {
        memset(text, '[', levels);
        memset(text + levels, ']', levels);
        CU_ASSERT_EQUAL(is_json(text, 2 * levels, &bad), levels <= BELAY_JSON_DEPTH);
    }
    static char deep[1 << 20];
    memset(deep, '[', sizeof deep);
    CU_ASSERT_FALSE(is_json(deep, sizeof deep, &bad));
    CU_ASSERT_EQUAL(bad, BELAY_JSON_DEPTH);
}

static struct belay_result read_one(const char *text)
{
    struct belay_result result = {.size = sizeof result};
    const struct belay_response response = {.size = sizeof response,
                                            .status = 200,
                                            .content_type = "application/json",
                                            .body = bare(text, strlen(text)),
                                            .body_length = strlen(text)};
    CU_ASSERT_EQUAL(belay_client_read(&response, &result, NULL), BELAY_OK);
    free((char *)response.body);
    return result;
}

static void members(void)
{
    struct belay_result result =
        read_one(" { \"output\" : [ {\"id\":1} , 2 ] , \"\\u0069d\" : \"found\" ,\"id\":\"second\","
                 " \"\":{} , \"code\":-1.5, \"cause\":\"\", \"detail\":\"a\\u0000b\" }");
    CU_ASSERT_STRING_EQUAL(result.id, "found");
    CU_ASSERT_EQUAL(result.output_length, strlen("[ {\"id\":1} , 2 ]"));
    CU_ASSERT_STRING_EQUAL(result.code, "");
    CU_ASSERT_STRING_EQUAL(result.cause, "");
    CU_ASSERT_STRING_EQUAL(result.detail, "a\xef\xbf\xbd"
                                          "b");
    result = read_one("{\"idd\":\"x\",\"i\":\"y\",\"output\":null,\"detail\":\"\\u00e9\\u20ac\\n\\/\"}");
    CU_ASSERT_STRING_EQUAL(result.id, "");
    CU_ASSERT_EQUAL(result.output_length, 4);
    CU_ASSERT_STRING_EQUAL(result.detail, "\xc3\xa9\xe2\x82\xac\n/");
    CU_ASSERT_PTR_NULL(read_one("[1]").output);
    CU_ASSERT_PTR_NULL(read_one("{}").output);
}

void sdk_client_json_test_suite(void);
void sdk_client_json_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("sdk/client_json", NULL, NULL);
    CU_add_test(suite, "valid texts", valid);
    CU_add_test(suite, "invalid texts, and where", invalid);
    CU_add_test(suite, "depth", depth);
    CU_add_test(suite, "members", members);
}
