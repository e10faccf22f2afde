/* base/utf8: the door for every text that comes in. */
#include "base/utf8.h"

#include <CUnit/Basic.h>
#include <string.h>

static void widths(void)
{
    CU_ASSERT_EQUAL(utf8_width("a", 1), 1);
    CU_ASSERT_EQUAL(utf8_width("\xc3\xa9", 2), 2);
    CU_ASSERT_EQUAL(utf8_width("\xe2\x82\xac", 3), 3);
    CU_ASSERT_EQUAL(utf8_width("\xf0\x9f\x98\x80", 4), 4);
    CU_ASSERT_EQUAL(utf8_code("\xf0\x9f\x98\x80", 4), 0x1f600);
}

static void refused(void)
{
    CU_ASSERT_EQUAL(utf8_width("", 0), 0);
    CU_ASSERT_EQUAL(utf8_width("\xc0\x80", 2), 0);         /* overlong NUL */
    CU_ASSERT_EQUAL(utf8_width("\xe0\x80\x80", 3), 0);     /* overlong */
    CU_ASSERT_EQUAL(utf8_width("\xed\xa0\x80", 3), 0);     /* surrogate */
    CU_ASSERT_EQUAL(utf8_width("\xf4\x90\x80\x80", 4), 0); /* over U+10FFFF */
    CU_ASSERT_EQUAL(utf8_width("\xe2\x82", 2), 0);         /* cut short */
    CU_ASSERT_EQUAL(utf8_width("\x80", 1), 0);             /* a tail without a head */
}

static void printable(void)
{
    CU_ASSERT_TRUE(utf8_printable("order 7 \xe2\x82\xac", 11));
    CU_ASSERT_FALSE(utf8_printable("a\nb", 3));
    CU_ASSERT_FALSE(utf8_printable("a\x7f", 2));
    CU_ASSERT_FALSE(utf8_printable("\xc2\x85", 2)); /* U+0085, a C1 control */
}

void utf8_test_suite(void);
void utf8_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("base/utf8", NULL, NULL);
    CU_add_test(suite, "width and code of valid characters", widths);
    CU_add_test(suite, "overlong, surrogate, cut and stray bytes have no width", refused);
    CU_add_test(suite, "control characters are not printable", printable);
}
