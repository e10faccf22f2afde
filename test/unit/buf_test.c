/* base/buf: growth, the maximum, and JSON strings. */
#include "base/buf.h"
#include "base/mem.h"
#include "base/put.h"

#include <CUnit/Basic.h>
#include <string.h>

static void grows(void)
{
    struct buf buf;
    buf_init(&buf, 100000);
    for (int i = 0; i < 1000; i++)
        buf_printf(&buf, "%d,", i % 10);
    CU_ASSERT_EQUAL(buf.length, 2000);
    CU_ASSERT_FALSE(buf.full);
    CU_ASSERT_NSTRING_EQUAL(buf_text(&buf), "0,1,2,3,", 8);
    buf_done(&buf);
}

static void stops_at_the_maximum(void)
{
    struct buf buf;
    buf_init(&buf, 4);
    buf_puts(&buf, "abcd");
    CU_ASSERT_FALSE(buf.full);
    buf_putc(&buf, 'e');
    CU_ASSERT_TRUE(buf.full);
    CU_ASSERT_STRING_EQUAL(buf_text(&buf), "abcd");
    buf_done(&buf);
}

static void json_strings(void)
{
    struct buf buf;
    buf_init(&buf, 1000);
    const char text[] = "a\"b\\\n\x01\xff\xc3\xa9";
    buf_put_json(&buf, text, sizeof text - 1);
    CU_ASSERT_STRING_EQUAL(buf_text(&buf), "\"a\\\"b\\\\\\n\\u0001\\ufffd\xc3\xa9\"");
    buf_clear(&buf);
    buf_put_json(&buf, "plain, and \x7f\0~", 14);
    CU_ASSERT_STRING_EQUAL(buf_text(&buf), "\"plain, and \\u007f\\u0000~\"");
    buf_done(&buf);
}

static void numbers(void)
{
    struct buf buf;
    buf_init(&buf, 100);
    buf_put_number(&buf, 0);
    buf_putc(&buf, ' ');
    buf_put_number(&buf, 1090);
    buf_putc(&buf, ' ');
    buf_put_number(&buf, UINT64_MAX);
    CU_ASSERT_STRING_EQUAL(buf_text(&buf), "0 1090 18446744073709551615");
    buf_done(&buf);
}

static void into_room(void)
{
    struct buf buf;
    buf_init(&buf, 40);
    buf_puts(&buf, "a ");
    char *at = buf_room(&buf, 38);
    CU_ASSERT_PTR_NOT_NULL_FATAL(at);
    at = put_constant(at, "b ");
    at = put_bytes(at, "cd", 1);
    at = put_hex(at, 0x00c0ffee12345678);
    at = put_number(at, 907);
    buf_fill(&buf, at);
    CU_ASSERT_STRING_EQUAL(buf_text(&buf), "a b c00c0ffee12345678907");
    CU_ASSERT_PTR_NULL(buf_room(&buf, 17));
    CU_ASSERT_TRUE(buf.full);
    CU_ASSERT_EQUAL(buf.length, 24);
    buf_done(&buf);
}

static void percent(void)
{
    struct buf buf;
    buf_init(&buf, 100);
    buf_put_percent(&buf, "order-7", 7);
    buf_put_percent(&buf, "/a~b_c.d%\xc3\xa4?", 12);
    CU_ASSERT_STRING_EQUAL(buf_text(&buf), "order-7%2Fa~b_c.d%25%C3%A4%3F");
    buf_done(&buf);
}

static void texts(void)
{
    char field[4] = "zzz";
    put_text(field, sizeof field, "ab");
    CU_ASSERT_STRING_EQUAL(field, "ab");
    put_text(field, sizeof field, "abc");
    CU_ASSERT_STRING_EQUAL(field, "abc");
}

static void taken(void)
{
    struct buf buf;
    buf_init(&buf, 10);
    size_t length = 7;
    char *none = buf_take(&buf, &length);
    CU_ASSERT_EQUAL(length, 0);
    CU_ASSERT_STRING_EQUAL(none, "");
    mem_free(none);
}

void buf_test_suite(void);
void buf_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("base/buf", NULL, NULL);
    CU_add_test(suite, "grows as it is filled", grows);
    CU_add_test(suite, "refuses to go over its maximum and says so", stops_at_the_maximum);
    CU_add_test(suite, "writes JSON strings whatever the bytes", json_strings);
    CU_add_test(suite, "writes numbers", numbers);
    CU_add_test(suite, "gives room to write into", into_room);
    CU_add_test(suite, "percent-encodes all that RFC 3986 reserves", percent);
    CU_add_test(suite, "puts a text into a field that it just fits", texts);
    CU_add_test(suite, "hands over an empty text too", taken);
}
