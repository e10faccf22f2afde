/* engine/requests: no value becomes a header of its own, wherever it comes from. */
#include "adapters/caller_curl_check.h"
#include "unit/engine_fake.h"

#include <CUnit/Basic.h>
#include <string.h>
#include <strings.h>

static const char saga[] =
    "{\"name\":\"order\",\"version\":1,\"timeout\":\"1h\","
    "\"steps\":[{\"id\":\"reserve\",\"pivot\":true,\"participant\":\"inventory\",\"action\":{\"request\":"
    "\"POST /reserve\",\"body\":{},"
    "\"headers\":{\"X-First\":\"1\",\"X-Note\":\"${ input.note }\",\"X-Last\":\"2\"}}}]}";

/* What the caller says to the only call that is out. */
static const char *wrong_with(const struct fake *fake)
{
    unsigned has;
    return caller_curl_check(fake->calls[0], &has);
}

static size_t lines_of(const struct request *request)
{
    size_t count = 0;
    struct header_line line;
    for (size_t at = 0; request_line(request, &at, &line);)
        count++;
    return count;
}

static void as_it_is_written(void)
{
    struct fake fake;
    fake_open(&fake);
    fake_define(&fake, saga);
    fake_participant(
        &fake, "inventory",
        "{\"url\":\"http://inventory\",\"headers\":{\"Authorization\":\"Bearer t\",\"X-Zone\":\"b\"}}");
    fake_start(&fake, "order", "{\"note\":\"a: b\"}", "o-1");
    CU_ASSERT_EQUAL_FATAL(fake.calls_count, 1);
    const struct request *request = fake.calls[0];
    static const char begin[] = "Idempotency-Key: o-1/reserve/action\r\nBelay-Transaction: o-1\r\n"
                                "Belay-Step: reserve\r\nBelay-Phase: action\r\nBelay-Attempt: 1\r\n"
                                "Belay-Deadline: 2023-11-14T22:13:30.000Z\r\ntraceparent: 00-";
    static const char end[] = "-01\r\nX-First: 1\r\nX-Note: a: b\r\nX-Last: 2\r\nAuthorization: Bearer t\r\n"
                              "X-Zone: b\r\nContent-Type: application/json";
    CU_ASSERT_NSTRING_EQUAL(request->headers, begin, sizeof begin - 1);
    CU_ASSERT_STRING_EQUAL(request->headers + request->headers_length - (sizeof end - 1), end);
    CU_ASSERT_EQUAL(request->headers_count, 13);
    CU_ASSERT_EQUAL(lines_of(request), 13);
    CU_ASSERT_PTR_NULL(wrong_with(&fake));
    fake_close(&fake);
}

static size_t types_of(const struct request *request, const char *type)
{
    size_t count = 0;
    struct header_line line;
    for (size_t at = 0; request_line(request, &at, &line);)
        if (line.name_length == strlen("Content-Type") &&
            !strncasecmp(line.name, "Content-Type", line.name_length))
            count += line.value_length == strlen(type) && !memcmp(line.value, type, line.value_length) ? 1 : 100;
    return count;
}

/* Who says what the body is says it instead of us, not beside us. */
static void one_content_type(void)
{
    static const char patch[] =
        "{\"name\":\"order\",\"version\":1,\"timeout\":\"1h\",\"steps\":[{\"id\":\"reserve\",\"pivot\":true,"
        "\"participant\":\"inventory\",\"action\":{\"request\":\"PATCH /reserve\",\"body\":{},"
        "\"headers\":{\"content-type\":\"application/merge-patch+json\"}}}]}";
    static const char contact[] = "{\"url\":\"http://inventory\",\"headers\":{\"Content-Type\":\"a/b\"}}";
    struct fake fake;
    fake_open(&fake);
    fake_define(&fake, patch);
    fake_start(&fake, "order", "{}", "o-1");
    CU_ASSERT_EQUAL_FATAL(fake.calls_count, 1);
    CU_ASSERT_EQUAL(types_of(fake.calls[0], "application/merge-patch+json"), 1);
    fake_close(&fake);
    fake_open(&fake);
    fake_define(&fake, saga);
    fake_participant(&fake, "inventory", contact);
    fake_start(&fake, "order", "{\"note\":\"a\"}", "o-1");
    CU_ASSERT_EQUAL_FATAL(fake.calls_count, 1);
    CU_ASSERT_EQUAL(types_of(fake.calls[0], "a/b"), 1);
    fake_close(&fake);
}

/* As if it were not there. */
static void blank_values_are_not_sent(void)
{
    static const char *const inputs[] = {"{\"note\":\"\"}", "{\"note\":\"  \"}"};
    for (size_t i = 0; i < 2; i++) {
        struct fake fake;
        fake_open(&fake);
        fake_define(&fake, saga);
        fake_start(&fake, "order", inputs[i], "o-1");
        CU_ASSERT_EQUAL_FATAL(fake.calls_count, 1);
        CU_ASSERT_PTR_NULL(fake_header(fake.calls[0], "X-Note"));
        CU_ASSERT_STRING_EQUAL(fake_header(fake.calls[0], "X-Last"), "2");
        CU_ASSERT_PTR_NULL(wrong_with(&fake));
        fake_close(&fake);
    }
}

static void rendered_ends_of_lines_are_refused(void)
{
    static const char *const inputs[] = {"{\"note\":\"a\\r\\nX-Evil: y\"}", "{\"note\":\"a\\nX-Evil: y\"}",
                                         "{\"note\":\"a\\r\"}", "{\"note\":\"\\r\\n\\r\\n\"}",
                                         "{\"note\":\"\\u007f\"}"};
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        struct fake fake;
        fake_open(&fake);
        fake_define(&fake, saga);
        fake_start(&fake, "order", inputs[i], "o-1");
        CU_ASSERT_EQUAL(fake.calls_count, 0);
        fake_close(&fake);
    }
}

/* They are checked before they are registered; a store that says otherwise does not add headers either. */
static void registered_ends_of_lines_are_refused(void)
{
    static const char *const values[] = {"a\\r\\nX-Evil: y", "a\\nX-Evil: y", "a\\r", "\\r\\n",
                                         "a\\r\\n\\r\\nGET / HTTP/1.1"};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char json[200];
        struct fake fake;
        fake_open(&fake);
        fake_define(&fake, saga);
        snprintf(json, sizeof json, "{\"url\":\"http://inventory\",\"headers\":{\"X-A\":\"%s\",\"X-B\":\"b\"}}",
                 values[i]);
        fake_participant(&fake, "inventory", json);
        fake_start(&fake, "order", "{\"note\":\"a\"}", "o-1");
        CU_ASSERT_EQUAL_FATAL(fake.calls_count, 1);
        CU_ASSERT_PTR_NOT_NULL(wrong_with(&fake));
        fake_close(&fake);
    }
}

void requests_test_suite(void);
void requests_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("engine: requests", NULL, NULL);
    CU_add_test(suite, "headers stand as they go out", as_it_is_written);
    CU_add_test(suite, "one Content-Type", one_content_type);
    CU_add_test(suite, "blank values are not sent", blank_values_are_not_sent);
    CU_add_test(suite, "rendered ends of lines are refused", rendered_ends_of_lines_are_refused);
    CU_add_test(suite, "registered ends of lines are refused", registered_ends_of_lines_are_refused);
}
