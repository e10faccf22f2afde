/* What wakes when, in every implementation of the store. */
#include "contract/store_harness.h"

#include <CUnit/Basic.h>
#include <string.h>

static struct store *store;
static struct error error;

static bool wake_until(struct store_waking after, uint64_t until_ms, uint32_t limit, const char *expected)
{
    struct store_seen seen = {0};
    int code = store->each_waking(store->self, &after, until_ms, limit, store_see_row, &seen, &error);
    return code == 0 && strcmp(seen.text, expected) == 0;
}

static bool count_is(uint64_t expected)
{
    uint64_t count = 99;
    return store->open_count(store->self, &count, &error) == 0 && count == expected;
}

/* By moment and then by number, from any place on; what waits for somebody alone is not among them. */
static void what_wakes_is_in_order(void)
{
    static const uint64_t wakes[] = {700, 1, 0, 700, 300, 1, 900};
    store = store_kind->make();
    CU_ASSERT_TRUE(count_is(0) && wake_until((struct store_waking){0}, INT64_MAX, 10, ""));
    for (uint64_t i = 0; i < 7; i++) {
        struct store_row row = store_plain_row(i + 1);
        row.wake_ms = wakes[i];
        CU_ASSERT_EQUAL(store_insert(store, &row), 0);
    }
    CU_ASSERT_TRUE(count_is(7));
    CU_ASSERT_TRUE(wake_until((struct store_waking){0}, INT64_MAX, 10, "2 6 5 1 4 7 "));
    CU_ASSERT_TRUE(wake_until((struct store_waking){0}, 699, 10, "2 6 5 "));
    CU_ASSERT_TRUE(wake_until((struct store_waking){0}, 700, 4, "2 6 5 1 "));
    CU_ASSERT_TRUE(wake_until((struct store_waking){1, 2}, INT64_MAX, 2, "6 5 "));
    CU_ASSERT_TRUE(wake_until((struct store_waking){1, 6}, 300, 2, "5 "));
    CU_ASSERT_TRUE(wake_until((struct store_waking){700, 1}, INT64_MAX, 10, "4 7 "));
    CU_ASSERT_TRUE(wake_until((struct store_waking){700, INT64_MAX}, 899, 10, ""));
    struct store_row moved = store_plain_row(2), ended = store_plain_row(4);
    moved.wake_ms = 800;
    store_end(&ended);
    CU_ASSERT_EQUAL(store_update(store, &moved), 0);
    CU_ASSERT_EQUAL(store_update(store, &ended), 0);
    store = store_kind->again(store);
    CU_ASSERT_TRUE(count_is(6));
    CU_ASSERT_TRUE(wake_until((struct store_waking){0}, INT64_MAX, 10, "6 5 1 2 7 "));
    store_kind->drop(store);
}

static void add_suite(const char *name, int (*use)(void))
{
    CU_pSuite suite = CU_add_suite(name, use, NULL);
    CU_add_test(suite, "what wakes is listed in the order of its moments", what_wakes_is_in_order);
}

void store_waking_test_suite(void);
void store_waking_test_suite(void)
{
    add_suite("adapters/store waking: memory", store_use_memory);
    add_suite("adapters/store waking: SQLite", store_use_sqlite);
}
