/* Facts, in every implementation of the store: how they come back, and which may follow which. */
#include "contract/store_harness.h"

#include "base/mem.h"

#include <CUnit/Basic.h>
#include <string.h>

static struct store *store;
static struct error error;

static bool facts_are(uint64_t txn, uint32_t from, const char *expected)
{
    struct store_seen seen = {0};
    int code = store->each_fact(store->self, txn, from, store_see_facts, &seen, &error);
    return code == 0 && strcmp(seen.text, expected) == 0;
}

static void facts_in_order(void)
{
    store = store_kind->make();
    for (uint64_t txn = 1; txn <= 3; txn++) {
        struct store_row row = store_plain_row(txn);
        CU_ASSERT_EQUAL(store_insert(store, &row), 0);
    }
    CU_ASSERT_EQUAL(store_put_facts(store, 2, 0, 3, "a"), 0);
    CU_ASSERT_EQUAL(store_put_facts(store, 3, 0, 1, "other"), 0);
    CU_ASSERT_EQUAL(store_put_facts(store, 2, 3, 1, ""), 0);
    CU_ASSERT_EQUAL(store_put_facts(store, 2, 4, 300, "c"), 0);
    store = store_kind->again(store);
    CU_ASSERT_EQUAL(store_put_facts(store, 2, 304, 1, "d"), 0);
    CU_ASSERT_TRUE(facts_are(2, 0, "0+3=a 3+1= 4+300=c 304+1=d "));
    CU_ASSERT_TRUE(facts_are(2, 2, "0+3=a 3+1= 4+300=c 304+1=d ")); /* inside a commit: all of it */
    CU_ASSERT_TRUE(facts_are(2, 3, "3+1= 4+300=c 304+1=d "));
    CU_ASSERT_TRUE(facts_are(2, 303, "4+300=c 304+1=d "));
    CU_ASSERT_TRUE(facts_are(2, 304, "304+1=d "));
    CU_ASSERT_TRUE(facts_are(2, 305, ""));
    CU_ASSERT_TRUE(facts_are(2, UINT32_MAX, ""));
    CU_ASSERT_TRUE(facts_are(1, 0, ""));
    struct store_seen two = {.stop_after = 2};
    CU_ASSERT_EQUAL(store->each_fact(store->self, 2, 0, store_see_facts, &two, &error), 0);
    CU_ASSERT_EQUAL(two.count, 2);
    store_kind->drop(store);
}

static bool see_big(void *context, const struct store_facts *facts)
{
    const struct store_facts *wanted = context;
    CU_ASSERT_EQUAL_FATAL(facts->length, wanted->length);
    CU_ASSERT_EQUAL(memcmp(facts->bytes, wanted->bytes, wanted->length), 0);
    return true;
}

static void facts_of_any_bytes(void)
{
    store = store_kind->make();
    struct store_row row = store_plain_row(1);
    CU_ASSERT_EQUAL(store_insert(store, &row), 0);
    size_t length = 3 << 20;
    unsigned char *bytes = mem_new(length);
    for (size_t i = 0; i < length; i++)
        bytes[i] = (unsigned char)(i * 2654435761u >> 13); /* with NULs and all else */
    struct store_facts facts = {1, 0, 1, bytes, length};
    struct store_batch batch = {.facts = &facts, .facts_count = 1};
    CU_ASSERT_EQUAL(store->commit(store->self, &batch, &error), 0);
    memset(bytes, 0, length); /* borrowed: the store has its own copy by now */
    for (size_t i = 0; i < length; i++)
        bytes[i] = (unsigned char)(i * 2654435761u >> 13);
    store = store_kind->again(store);
    CU_ASSERT_EQUAL(store->each_fact(store->self, 1, 0, see_big, &facts, &error), 0);
    mem_free(bytes);
    store_kind->drop(store);
}

/* Two transactions that begin in one batch: in whatever order their facts stand, each begins once and goes on
 * without a gap. */
static void facts_of_what_begins(void)
{
    static const struct {
        struct store_facts facts[3]; /* up to the first without a number */
        int code;
        const char *one, *two; /* what comes back */
    } cases[] = {
        {{{1, 0, 1, "a", 1}, {2, 0, 2, "b", 1}}, 0, "0+1=a ", "0+2=b "},
        {{{2, 0, 2, "b", 1}, {1, 0, 1, "a", 1}}, 0, "0+1=a ", "0+2=b "},
        {{{1, 0, 1, "a", 1}, {1, 1, 1, "c", 1}, {2, 0, 2, "b", 1}}, 0, "0+1=a 1+1=c ", "0+2=b "},
        {{{2, 0, 2, "b", 1}, {2, 2, 1, "c", 1}}, 0, "", "0+2=b 2+1=c "},
        {{{1, 0, 1, "a", 1}, {1, 0, 2, "c", 1}}, ERROR_CONFLICT, "", ""},
        {{{1, 0, 1, "a", 1}, {2, 0, 2, "b", 1}, {2, 0, 1, "c", 1}}, ERROR_CONFLICT, "", ""},
        {{{2, 0, 1, "b", 1}, {1, 0, 1, "a", 1}, {2, 0, 2, "c", 1}}, ERROR_CONFLICT, "", ""},
        {{{2, 0, 1, "b", 1}, {2, 0, 2, "c", 1}}, ERROR_CONFLICT, "", ""},
        {{{1, 0, 1, "a", 1}, {1, 2, 1, "c", 1}}, ERROR_CONFLICT, "", ""},
        {{{1, 1, 1, "a", 1}, {1, 0, 1, "c", 1}}, ERROR_CONFLICT, "", ""},
        {{{1, 0, 1, "a", 1}, {3, 0, 1, "c", 1}}, ERROR_CONFLICT, "", ""},
    };
    const struct store_row rows[] = {store_plain_row(1), store_plain_row(2)};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct store_batch batch = {.inserts = rows, .inserts_count = 2, .facts = cases[i].facts};
        while (batch.facts_count < 3 && cases[i].facts[batch.facts_count].txn)
            batch.facts_count++;
        store = store_kind->make();
        CU_ASSERT_EQUAL(store->commit(store->self, &batch, &error), cases[i].code);
        CU_ASSERT_TRUE(facts_are(1, 0, cases[i].one));
        CU_ASSERT_TRUE(facts_are(2, 0, cases[i].two));
        store_kind->drop(store);
    }
}

static void add_suite(const char *name, int (*use)(void))
{
    CU_pSuite suite = CU_add_suite(name, use, NULL);
    CU_add_test(suite, "facts come back in order, from any of them on", facts_in_order);
    CU_add_test(suite, "facts hold any bytes, and many", facts_of_any_bytes);
    CU_add_test(suite, "what begins in a batch begins once, in any order", facts_of_what_begins);
}

void store_facts_test_suite(void);
void store_facts_test_suite(void)
{
    add_suite("adapters/store facts: memory", store_use_memory);
    add_suite("adapters/store facts: SQLite", store_use_sqlite);
}
