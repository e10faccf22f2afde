/* Definitions and participants, in every implementation of the store. */
#include "contract/store_harness.h"

#include <CUnit/Basic.h>
#include <string.h>

static struct store *store;
static struct error error;

static void definitions(void)
{
    store = store_kind->make();
    CU_ASSERT_EQUAL(store_define(store, "beta", 1, "{b1}"), 0);
    CU_ASSERT_EQUAL(store_define(store, "alpha", 2, "{a2}"), 0);
    CU_ASSERT_EQUAL(store_define(store, "beta", 10, "{b10}"), 0);
    CU_ASSERT_EQUAL(store_define(store, "alpha", 1, "{a1}"), 0);
    CU_ASSERT_EQUAL(store_define(store, "Alpha", 1, "{A1}"), 0);
    CU_ASSERT_EQUAL(store_define(store, "beta", 9, "{b9}"), 0);
    CU_ASSERT_EQUAL(store_define(store, "beta", 9, "{b9}"), ERROR_CONFLICT);
    for (int round = 0; round < 2; round++) {
        CU_ASSERT_TRUE(store_definitions_are(store, "beta", 0, "beta/10={b10} beta/9={b9} beta/1={b1} "));
        CU_ASSERT_TRUE(store_definitions_are(store, "beta", 9, "beta/9={b9} "));
        CU_ASSERT_TRUE(store_definitions_are(store, "beta", 8, ""));
        CU_ASSERT_TRUE(store_definitions_are(store, "gamma", 0, ""));
        CU_ASSERT_TRUE(store_definitions_are(store, NULL, 1, "Alpha/1={A1} alpha/1={a1} beta/1={b1} "));
        CU_ASSERT_TRUE(store_definitions_are(store, NULL, 0,
                                             "Alpha/1={A1} alpha/2={a2} alpha/1={a1} "
                                             "beta/10={b10} beta/9={b9} beta/1={b1} "));
        store = store_kind->again(store);
    }
    struct store_seen newest = {.stop_after = 1};
    CU_ASSERT_EQUAL(store->each_definition(store->self, "beta", 0, store_see_definition, &newest, &error), 0);
    CU_ASSERT_STRING_EQUAL(newest.text, "beta/10={b10} ");
    store_kind->drop(store);
}

static void participants(void)
{
    store = store_kind->make();
    CU_ASSERT_EQUAL(store_register(store, "payments", "{1}"), 0);
    CU_ASSERT_EQUAL(store_register(store, "inventory", "{2}"), 0);
    CU_ASSERT_EQUAL(store_register(store, "nobody", NULL), 0); /* removing nothing is no failure */
    CU_ASSERT_EQUAL(store_register(store, "payments", "{longer than before}"), 0);
    CU_ASSERT_EQUAL(store_register(store, "zebra", ""), 0);
    store = store_kind->again(store);
    CU_ASSERT_TRUE(store_participants_are(store, "inventory={2} payments={longer than before} zebra= "));
    CU_ASSERT_EQUAL(store_register(store, "inventory", NULL), 0);
    CU_ASSERT_TRUE(store_participants_are(store, "payments={longer than before} zebra= "));
    CU_ASSERT_EQUAL(store_register(store, "payments", NULL), 0);
    CU_ASSERT_EQUAL(store_register(store, "zebra", NULL), 0);
    store = store_kind->again(store);
    CU_ASSERT_TRUE(store_participants_are(store, ""));
    CU_ASSERT_EQUAL(store_register(store, "zebra", "{}"), 0);
    CU_ASSERT_TRUE(store_participants_are(store, "zebra={} "));
    store_kind->drop(store);
}

static bool see_schedule(void *context, const struct store_schedule *schedule)
{
    char *text = context;
    size_t length = strlen(text);
    snprintf(text + length, 256 - length, "%s=%llu ", schedule->saga, (unsigned long long)schedule->done_ms);
    return true;
}

static void follow(const char *saga, uint64_t done_ms, const char *expected)
{
    char seen[256] = "";
    const struct store_schedule schedule = {saga, done_ms};
    const struct store_batch batch = {.schedules = &schedule, .schedules_count = 1};
    CU_ASSERT_EQUAL(store->commit(store->self, &batch, &error), 0);
    CU_ASSERT_EQUAL(store->each_schedule(store->self, see_schedule, seen, &error), 0);
    CU_ASSERT_STRING_EQUAL(seen, expected);
}

static void schedules(void)
{
    store = store_kind->make();
    follow("clean", 5, "clean=5 ");
    follow("backup", 7, "backup=7 clean=5 ");
    follow("clean", 9, "backup=7 clean=9 ");
    store = store_kind->again(store);
    follow("tidy", 1, "backup=7 clean=9 tidy=1 ");
    store_kind->drop(store);
}

static void add_suite(const char *name, int (*use)(void))
{
    CU_pSuite suite = CU_add_suite(name, use, NULL);
    CU_add_test(suite, "definitions are immutable and ordered", definitions);
    CU_add_test(suite, "schedules are put and replaced", schedules);
    CU_add_test(suite, "participants are put, replaced and removed", participants);
}

void store_registry_test_suite(void);
void store_registry_test_suite(void)
{
    add_suite("adapters/store registry: memory", store_use_memory);
    add_suite("adapters/store registry: SQLite", store_use_sqlite);
}
