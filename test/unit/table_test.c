/* engine/table: putting, finding, removing, also with equal hashes. */
#include "engine/table.h"

#include "core/retry.h"

#include <CUnit/Basic.h>
#include <stdbool.h>

enum { COUNT = 1000 };

struct thing {
    struct link link;
    bool in;
};

static void count_one(struct link *link, void *context)
{
    (void)link;
    ++*(size_t *)context;
}

static void keeps_what_is_put(void)
{
    static struct thing things[COUNT];
    struct table table = {0};
    size_t in = 0;
    CU_ASSERT_PTR_NULL(table_first(&table, 1));
    for (uint32_t step = 0; step < 20000; step++) {
        uint32_t i = (uint32_t)(retry_noise(5, step, 0) % COUNT);
        uint64_t hash = i % 100; /* ten of each hash */
        if (things[i].in)
            table_remove(&table, &things[i].link);
        else
            table_put(&table, &things[i].link, hash);
        things[i].in = !things[i].in;
        in += things[i].in ? 1 : (size_t)-1;
        bool found = false;
        for (struct link *link = table_first(&table, hash); link; link = table_next(link))
            found |= table_owner(link, struct thing, link) == &things[i];
        CU_ASSERT_EQUAL_FATAL(found, things[i].in);
    }
    size_t visited = 0;
    table_each(&table, count_one, &visited);
    CU_ASSERT_EQUAL(visited, in);
    CU_ASSERT_EQUAL(table.count, in);
    table_done(&table);
}

static void hashes_depend_on_the_key(void)
{
    struct table a = {0}, b = {.key = {1}};
    CU_ASSERT_EQUAL(table_hash(&a, "order-1"), table_hash(&a, "order-1"));
    CU_ASSERT_NOT_EQUAL(table_hash(&a, "order-1"), table_hash(&b, "order-1"));
}

void table_test_suite(void);
void table_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("engine/table", NULL, NULL);
    CU_add_test(suite, "finds what is in it and nothing else, with colliding hashes", keeps_what_is_put);
    CU_add_test(suite, "hashes of texts depend on the table's key", hashes_depend_on_the_key);
}
