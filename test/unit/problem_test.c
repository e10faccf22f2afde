/* api/problem: the shape of an error. */
#include "api/problem.h"

#include <CUnit/Basic.h>

static void shape(void)
{
    struct buf buf;
    buf_init(&buf, 4096);
    problem_put(&buf, 404, "not_found", "no saga \"x\"\n");
    CU_ASSERT_STRING_EQUAL(buf_text(&buf), "{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404,"
                                           "\"code\":\"not_found\",\"detail\":\"no saga \\\"x\\\"\\n\"}");
    buf_done(&buf);
}

static void open_for_more(void)
{
    struct buf buf;
    buf_init(&buf, 4096);
    problem_open(&buf, 422, "invalid", "");
    buf_puts(&buf, ",\"errors\":[]}");
    CU_ASSERT_STRING_EQUAL(buf_text(&buf),
                           "{\"type\":\"about:blank\",\"title\":\"Unprocessable Content\",\"status\":422,"
                           "\"code\":\"invalid\",\"detail\":\"\",\"errors\":[]}");
    buf_done(&buf);
}

static void hostile_detail(void)
{
    struct buf buf;
    buf_init(&buf, 4096);
    problem_put(&buf, 400, "syntax", "\xff\x01</script>");
    CU_ASSERT_STRING_EQUAL(buf_text(&buf), "{\"type\":\"about:blank\",\"title\":\"Bad Request\",\"status\":400,"
                                           "\"code\":\"syntax\",\"detail\":\"\\ufffd\\u0001</script>\"}");
    buf_done(&buf);
}

static void titles(void)
{
    CU_ASSERT_STRING_EQUAL(problem_title(503), "Service Unavailable");
    CU_ASSERT_STRING_EQUAL(problem_title(431), "Request Header Fields Too Large");
    CU_ASSERT_STRING_EQUAL(problem_title(499), "Error");
}

void problem_test_suite(void);
void problem_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("api/problem", NULL, NULL);
    CU_add_test(suite, "has the members of RFC 9457 and a stable code", shape);
    CU_add_test(suite, "can be left open for further members", open_for_more);
    CU_add_test(suite, "stays JSON whatever the detail holds", hostile_detail);
    CU_add_test(suite, "names every status the coordinator sends", titles);
}
