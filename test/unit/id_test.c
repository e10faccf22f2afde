/* engine/id: numbers that grow, and the UUIDs made of them. */
#include "engine/id.h"

#include "core/retry.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

static void grows(void)
{
    uint64_t last = 0;
    for (int i = 0; i < 1000; i++) {
        uint64_t next = id_next(last, 1700000000000u);
        CU_ASSERT_TRUE(next > last);
        last = next;
    }
    CU_ASSERT_EQUAL(id_next(last, 1600000000000u), last + 1); /* the clock went back */
    CU_ASSERT_EQUAL(id_next(last, 1700000000001u), 1700000000001u << 20);
}

static void reads_back(void)
{
    for (uint32_t i = 0; i < 2000; i++) {
        char text[LIMIT_ID_TEXT];
        uint64_t txn = retry_noise(1, i, 0) & INT64_MAX, read = 0;
        id_print(txn, 42, text);
        CU_ASSERT_EQUAL(strlen(text), 36);
        CU_ASSERT_EQUAL(text[14], '7');                             /* version */
        CU_ASSERT_PTR_NOT_NULL(strchr("89ab", text[19]));           /* variant */
        CU_ASSERT_TRUE(id_parse(text, 42, &read) && read == txn);
        CU_ASSERT_FALSE(id_parse(text, 43, &read)); /* another store's */
    }
}

static void sorts_by_time(void)
{
    char a[LIMIT_ID_TEXT], b[LIMIT_ID_TEXT];
    id_print(id_next(0, 1700000000000u), 42, a);
    id_print(id_next(0, 1700000000001u), 42, b);
    CU_ASSERT_TRUE(strcmp(a, b) < 0);
}

static void others_are_refused(void)
{
    const char *const others[] = {"",
                                  "order-17",
                                  "018bcfe5-6800-7000-8000-000000000000",
                                  "018BCFE5-6800-7000-8000-000000000000",
                                  "018bcfe5-6800-7000-8000-00000000000",
                                  "018bcfe5-6800-7000-8000-0000000000000",
                                  "018bcfe56800700080000000000000000000",
                                  "------------------------------------",
                                  "018bcfe5-6800-7000-8000-00000000000g"};
    uint64_t read;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        CU_ASSERT_FALSE(id_parse(others[i], 42, &read));
}

void id_test_suite(void);
void id_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("engine/id", NULL, NULL);
    CU_add_test(suite, "numbers only grow, whatever the clock does", grows);
    CU_add_test(suite, "a UUIDv7 gives its number back, in its own store only", reads_back);
    CU_add_test(suite, "UUIDs sort by time", sorts_by_time);
    CU_add_test(suite, "other texts are no ids of ours", others_are_refused);
}
