/* The contract of the store port, run against every implementation: what is committed, what is refused, and
 * what comes back, also after a restart. Lists and facts have their own files, store_list_test.c and
 * store_facts_test.c. */
#include "contract/store_harness.h"

#include <CUnit/Basic.h>
#include <assert.h>
#include <inttypes.h>
#include <string.h>

static struct store *store;
static struct error error;
static void start(void)
{
    store = store_kind->make();
    error = (struct error){0};
}

static void stop(void)
{
    store_kind->drop(store);
    store = NULL;
}

static void restart(void)
{
    store = store_kind->again(store);
}

static bool rows_are(int code, const struct store_seen *seen, const char *expected)
{
    return code == 0 && strcmp(seen->text, expected) == 0;
}

/* "1 2 3 " of what each call visits. */
static bool waking_are(const char *expected)
{
    struct store_seen seen = {0};
    return rows_are(store_each_waking(store, store_see_row, &seen, &error), &seen, expected);
}

static bool row_is(uint64_t txn, const char *expected)
{
    struct store_seen seen = {0};
    return rows_are(store->row(store->self, txn, store_see_row, &seen, &error), &seen, expected);
}

static bool find_is(const char *id, const char *key, const char *expected)
{
    struct store_seen seen = {0};
    return rows_are(store->find(store->self, id, key, store_see_row, &seen, &error), &seen, expected);
}

static bool facts_are(uint64_t txn, uint32_t from, const char *expected)
{
    struct store_seen seen = {0};
    return rows_are(store->each_fact(store->self, txn, from, store_see_facts, &seen, &error), &seen, expected);
}

static uint64_t last(void)
{
    uint64_t txn = UINT64_MAX;
    CU_ASSERT_EQUAL(store->last(store->self, &txn, &error), 0);
    return txn;
}

static void empty(void)
{
    start();
    CU_ASSERT_EQUAL(last(), 0);
    CU_ASSERT_TRUE(waking_are("") && row_is(1, ""));
    CU_ASSERT_TRUE(facts_are(1, 0, ""));
    CU_ASSERT_TRUE(find_is("a", "b", ""));
    CU_ASSERT_TRUE(find_is(NULL, NULL, ""));
    CU_ASSERT_EQUAL(store->commit(store->self, &(struct store_batch){0}, &error), 0);
    stop();
}

struct wanted {
    const struct store_row *row;
    unsigned seen;
};

static bool compare(void *context, const struct store_row *row)
{
    struct wanted *wanted = context;
    CU_ASSERT_TRUE(store_same_row(row, wanted->row));
    wanted->seen++;
    return true;
}

static void comes_back_as(const struct store_row *row)
{
    struct wanted wanted = {row, 0};
    CU_ASSERT_EQUAL(store->row(store->self, row->txn, compare, &wanted, &error), 0);
    CU_ASSERT_EQUAL(wanted.seen, 1);
}

static void rows_come_back(void)
{
    start();
    struct store_row plain = store_plain_row(1);
    struct store_row full = {.txn = INT64_MAX,
                             .id = "order \xe2\x82\xac '; DROP TABLE txn; --",
                             .key = "%_\"\\",
                             .saga = "s",
                             .version = UINT32_MAX,
                             .status = 31,
                             .begun_ms = INT64_MAX,
                             .updated_ms = INT64_MAX,
                             .ended_ms = INT64_MAX,
                             .step = "",
                             .participant = "payments",
                             .reason = "line\nline",
                             .tags = "\nvip\neu\n"};
    CU_ASSERT_EQUAL(store_insert(store, &plain), 0);
    CU_ASSERT_EQUAL(store_insert(store, &full), 0);
    comes_back_as(&plain);
    comes_back_as(&full);
    restart();
    comes_back_as(&plain);
    comes_back_as(&full);
    CU_ASSERT_EQUAL(last(), INT64_MAX);
    CU_ASSERT_TRUE(find_is(full.id, NULL, "9223372036854775807 "));
    stop();
}

static void updates_keep_the_start(void)
{
    start();
    struct store_row row = store_plain_row(5), change = store_plain_row(5);
    row.id = "mine";
    row.tags = "\na\n";
    CU_ASSERT_EQUAL(store_insert(store, &row), 0);
    change.id = "other";
    change.key = "other";
    change.saga = NULL;
    change.version = 9;
    change.begun_ms = 1;
    change.tags = "nonsense";
    change.status = row.status = 6;
    change.step = row.step = "charge";
    change.participant = row.participant = "payments";
    change.reason = row.reason = "stuck";
    change.updated_ms = row.updated_ms = 1800000000000;
    CU_ASSERT_EQUAL(store_update(store, &change), 0);
    comes_back_as(&row);
    change.status = row.status = 3;
    change.open = row.open = false;
    change.wake_ms = row.wake_ms = 0;
    change.ended_ms = row.ended_ms = 1800000000001;
    change.step = row.step = change.participant = row.participant = change.reason = row.reason = NULL;
    CU_ASSERT_EQUAL(store_update(store, &change), 0);
    restart();
    comes_back_as(&row);
    CU_ASSERT_TRUE(find_is("other", "other", ""));
    stop();
}

/* A transaction may begin, move and end in one commit; the last update counts. */
static void one_batch_does_it_all(void)
{
    start();
    struct store_row rows[] = {store_plain_row(1), store_plain_row(2)};
    struct store_row updates[] = {store_plain_row(2), store_plain_row(2)};
    updates[0].status = 4;
    updates[1].status = 5;
    store_end(&updates[1]);
    struct store_facts facts[] = {store_text_facts(2, 0, 2, "begun"), store_text_facts(1, 0, 1, "x"),
                                  store_text_facts(2, 2, 1, "ended")};
    struct store_definition definition = {"s", 1, "{}", 2, 7};
    struct store_participant participant = {"p", "{}", 2};
    struct store_batch batch = {rows, 2,    updates, 2,    facts, 3,    &definition, 1,    &participant,
                                1,    NULL, 0,       NULL, 0,     NULL, 0,           NULL, 0};
    CU_ASSERT_EQUAL(store->commit(store->self, &batch, &error), 0);
    restart();
    CU_ASSERT_TRUE(waking_are("1 "));
    CU_ASSERT_TRUE(row_is(2, "2 "));
    comes_back_as(&updates[1]);
    CU_ASSERT_TRUE(facts_are(2, 0, "0+2=begun 2+1=ended "));
    CU_ASSERT_TRUE(store_definitions_are(store, "s", 0, "s/1={} "));
    CU_ASSERT_TRUE(store_participants_are(store, "p={} "));
    stop();
}

/* What a refused batch left: nothing but what was there, with and without a restart. */
static void nothing_but(const struct store_row *known, bool restarting)
{
    for (int round = 0; round < 2; round++) {
        comes_back_as(known);
        CU_ASSERT_TRUE(waking_are("5 "));
        CU_ASSERT_EQUAL(last(), 5);
        CU_ASSERT_TRUE(find_is("new", "fresh", ""));
        CU_ASSERT_TRUE(find_is("taken", "used", "5 "));
        CU_ASSERT_TRUE(facts_are(5, 0, "0+2=first "));
        CU_ASSERT_TRUE(store_definitions_are(store, NULL, 0, "s/1={} "));
        CU_ASSERT_TRUE(store_participants_are(store, ""));
        if (restarting) /* the store forgets what it refused, not only a restart */
            restart();
    }
}

static void goes_on_with(const struct store_batch *right)
{
    CU_ASSERT_EQUAL(store->commit(store->self, right, &error), 0);
    CU_ASSERT_TRUE(find_is("new", "fresh", "6 "));
    CU_ASSERT_TRUE(facts_are(5, 0, "0+2=first 2+3=second "));
    struct store_query since = {.since_ms = right->inserts[0].begun_ms, .limit = 9};
    struct store_seen seen = {0};
    CU_ASSERT_EQUAL(store->each_row(store->self, &since, store_see_row, &seen, &error), 0);
    CU_ASSERT_STRING_EQUAL(seen.text, "6 ");
}

/* Each contradiction stands behind good parts of the same batch; none of them may remain. */
static void contradictions_change_nothing(void)
{
    struct store_row known = store_plain_row(5), good = store_plain_row(6), change = store_plain_row(5);
    known.id = "taken";
    known.key = "used";
    good.id = "new";
    good.key = "fresh";
    good.tags = "\nt\n";
    good.begun_ms += 600000; /* in another minute, which a refused batch must not be remembered for */
    change.status = 7;
    struct store_row backward = store_plain_row(4), same = store_plain_row(5), again = store_plain_row(6);
    struct store_row id = store_plain_row(7), key = store_plain_row(7), id_of_batch = store_plain_row(7);
    struct store_row nobody = store_plain_row(99);
    id.id = "taken";
    key.key = "used";
    id_of_batch.id = "new";
    const struct {
        const char *what;
        const struct store_row *insert;
        const struct store_row *update;
        struct store_facts facts;
        struct store_definition definition;
    } cases[] = {
        {"an insert before the last", &backward, NULL, {0}, {0}},
        {"an insert that exists", &same, NULL, {0}, {0}},
        {"an insert twice in a batch", &again, NULL, {0}, {0}},
        {"an id that is taken", &id, NULL, {0}, {0}},
        {"a key that is taken", &key, NULL, {0}, {0}},
        {"an id twice in a batch", &id_of_batch, NULL, {0}, {0}},
        {"an update of nobody", NULL, &nobody, {0}, {0}},
        {"facts of nobody", NULL, NULL, {99, 0, 1, "x", 1}, {0}},
        {"later facts of nobody", NULL, NULL, {99, 3, 1, "x", 1}, {0}},
        {"a gap", NULL, NULL, {5, 4, 1, "x", 1}, {0}},
        {"facts that exist", NULL, NULL, {5, 0, 1, "x", 1}, {0}},
        {"facts that overlap", NULL, NULL, {5, 1, 5, "x", 1}, {0}},
        {"facts twice in a batch", NULL, NULL, {5, 2, 1, "x", 1}, {0}},
        {"first facts that are not the first", NULL, NULL, {6, 1, 1, "x", 1}, {0}},
        {"a definition that exists", NULL, NULL, {0}, {"s", 1, "{}", 2, 1}},
        {"a definition twice in a batch", NULL, NULL, {0}, {"s", 2, "{}", 2, 1}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        start();
        CU_ASSERT_EQUAL(store_insert(store, &known), 0);
        CU_ASSERT_EQUAL(store_put_facts(store, 5, 0, 2, "first"), 0);
        CU_ASSERT_EQUAL(store_define(store, "s", 1, "{}"), 0);
        struct store_row inserts[2] = {good}, updates[2] = {change};
        struct store_facts facts[2] = {store_text_facts(5, 2, 3, "second")};
        struct store_definition definitions[2] = {{"s", 2, "{2}", 3, 1}};
        struct store_participant participant = {"p", "{}", 2};
        struct store_batch batch = {inserts, 1,    updates, 1,    facts, 1,    definitions, 1,    &participant,
                                    1,       NULL, 0,       NULL, 0,     NULL, 0,           NULL, 0};
        struct store_batch right = batch;
        if (cases[i].insert)
            inserts[batch.inserts_count++] = *cases[i].insert;
        if (cases[i].update)
            updates[batch.updates_count++] = *cases[i].update;
        if (cases[i].facts.txn)
            facts[batch.facts_count++] = cases[i].facts;
        if (cases[i].definition.name)
            definitions[batch.definitions_count++] = cases[i].definition;
        int code = store->commit(store->self, &batch, &error);
        if (code != ERROR_CONFLICT)
            fprintf(stderr, "%s: %d %s\n", cases[i].what, code, error.text);
        CU_ASSERT_TRUE(code == ERROR_CONFLICT && error.code == ERROR_CONFLICT);
        CU_ASSERT_EQUAL(strncmp(error.text, "commit: ", 8), 0);
        nothing_but(&known, i % 2);
        goes_on_with(&right);
        stop();
    }
}

static void found_by_what_the_client_knows(void)
{
    start();
    struct store_row rows[] = {store_plain_row(1), store_plain_row(2), store_plain_row(3), store_plain_row(4)};
    rows[0].id = "a";
    rows[1].key = "a"; /* ids and keys are two name spaces */
    rows[2].id = "b";
    rows[2].key = "b"; /* even within one transaction */
    struct store_batch batch = {.inserts = rows, .inserts_count = 4};
    CU_ASSERT_EQUAL(store->commit(store->self, &batch, &error), 0);
    for (int round = 0; round < 2; round++) {
        CU_ASSERT_TRUE(find_is("a", NULL, "1 "));
        CU_ASSERT_TRUE(find_is(NULL, "a", "2 "));
        CU_ASSERT_TRUE(find_is("a", "a", "1 2 "));
        CU_ASSERT_TRUE(find_is("b", "a", "3 2 "));
        CU_ASSERT_TRUE(find_is("b", "b", "3 "));
        CU_ASSERT_TRUE(find_is("b", "nothing", "3 "));
        CU_ASSERT_TRUE(find_is("nothing", "b", "3 "));
        CU_ASSERT_TRUE(find_is("", "", ""));
        CU_ASSERT_TRUE(find_is("A", "a ", ""));
        restart();
    }
    struct store_seen one = {.stop_after = 1};
    CU_ASSERT_EQUAL(store->find(store->self, "a", "a", store_see_row, &one, &error), 0);
    CU_ASSERT_EQUAL(one.count, 1);
    stop();
}

struct nested {
    struct store_seen facts;
    unsigned opened;
};

static bool read_within(void *context, const struct store_row *row)
{
    struct nested *nested = context;
    nested->opened++;
    struct error inner;
    CU_ASSERT_EQUAL(store->each_fact(store->self, row->txn, 0, store_see_facts, &nested->facts, &inner), 0);
    CU_ASSERT_TRUE(find_is("c", NULL, "1 "));
    return true;
}

static void recovery_reads_open_ones(void)
{
    start();
    for (uint64_t txn = 1; txn <= 6; txn++) {
        struct store_row row = store_plain_row(txn * txn);
        row.status = txn % 2 ? 1 : 4;
        row.id = txn == 1 ? "c" : NULL;
        row.open = txn != 3;
        row.wake_ms = row.open;
        CU_ASSERT_EQUAL(store_insert(store, &row), 0);
        char text[8];
        snprintf(text, sizeof text, "f%d", (int)txn);
        CU_ASSERT_EQUAL(store_put_facts(store, row.txn, 0, 1, text), 0);
    }
    struct store_row ended = store_plain_row(16);
    store_end(&ended);
    CU_ASSERT_EQUAL(store_update(store, &ended), 0);
    restart();
    CU_ASSERT_TRUE(waking_are("1 4 25 36 "));
    struct nested nested = {0};
    CU_ASSERT_EQUAL(store_each_waking(store, read_within, &nested, &error), 0);
    CU_ASSERT_EQUAL(nested.opened, 4);
    CU_ASSERT_STRING_EQUAL(nested.facts.text, "0+1=f1 0+1=f2 0+1=f5 0+1=f6 ");
    struct store_seen one = {.stop_after = 1};
    CU_ASSERT_EQUAL(store_each_waking(store, store_see_row, &one, &error), 0);
    CU_ASSERT_STRING_EQUAL(one.text, "1 ");
    stop();
}

static bool expired_are(uint64_t now_ms, uint32_t limit, const char *expected)
{
    struct store_seen seen = {0};
    int code = store->each_expired(store->self, now_ms, limit, store_see_row, &seen, &error);
    return rows_are(code, &seen, expected);
}

static int remove_some(const uint64_t *txns, size_t count)
{
    struct store_batch batch = {.removes = txns, .removes_count = count};
    return store->commit(store->self, &batch, &error);
}

/* What has expired is listed in its order, the newest never, and goes with everything that is its own. */
static void what_expired_is_removed(void)
{
    start();
    struct store_row row[5];
    for (uint64_t i = 1; i <= 4; i++) {
        row[i] = store_plain_row(i);
        CU_ASSERT_EQUAL(store_insert(store, &row[i]), 0);
        store_end(&row[i]);
        row[i].expires_ms = i == 3 ? 0 : 1000 - i * 100;
        CU_ASSERT_EQUAL(store_update(store, &row[i]), 0);
    }
    struct store_row last = store_plain_row(5);
    last.id = "mine";
    last.key = "once";
    last.tags = "\na\nb\n";
    CU_ASSERT_EQUAL(store_insert(store, &last), 0);
    CU_ASSERT_EQUAL(store_put_facts(store, 5, 0, 1, "x"), 0);
    CU_ASSERT_TRUE(expired_are(599, 10, ""));
    CU_ASSERT_TRUE(expired_are(10000, 10, "4 2 1 ")); /* 3 is kept for ever, 5 is open */
    CU_ASSERT_TRUE(expired_are(10000, 2, "4 2 "));
    CU_ASSERT_EQUAL(remove_some((uint64_t[]){5}, 1), ERROR_CONFLICT);
    store_end(&last);
    last.expires_ms = 1;
    CU_ASSERT_EQUAL(store_update(store, &last), 0);
    CU_ASSERT_TRUE(expired_are(10000, 10, "4 2 1 ")); /* 5 is the newest */
    CU_ASSERT_EQUAL(remove_some((uint64_t[]){4, 2, 77, 5}, 4), 0);
    CU_ASSERT_TRUE(expired_are(10000, 10, "1 "));
    struct store_seen seen = {0};
    CU_ASSERT_EQUAL(store->find(store->self, "mine", "once", store_see_row, &seen, &error), 0);
    CU_ASSERT_EQUAL(store->each_fact(store->self, 5, 0, store_see_facts, &seen, &error), 0);
    struct store_query tagged = {.tag = "a", .limit = 10};
    CU_ASSERT_EQUAL(store->each_row(store->self, &tagged, store_see_row, &seen, &error), 0);
    CU_ASSERT_STRING_EQUAL(seen.text, "");
    last.txn = 6; /* what it was known by is free again */
    last.open = true;
    last.expires_ms = 0;
    CU_ASSERT_EQUAL(store_insert(store, &last), 0);
    stop();
}

static void identity(void)
{
    start();
    uint64_t secret = store->secret(store->self);
    CU_ASSERT_NOT_EQUAL(secret, 0);
    restart();
    CU_ASSERT_EQUAL(store->secret(store->self), secret);
    stop();
}

static void add_suite(const char *name, int (*use)(void))
{
    CU_pSuite suite = CU_add_suite(name, use, NULL);
    CU_add_test(suite, "an empty store has nothing to visit", empty);
    CU_add_test(suite, "rows come back as they were put, whatever is in them", rows_come_back);
    CU_add_test(suite, "an update leaves what a transaction began with", updates_keep_the_start);
    CU_add_test(suite, "one batch may begin, move and end a transaction", one_batch_does_it_all);
    CU_add_test(suite, "a contradiction refuses the whole batch and nothing else", contradictions_change_nothing);
    CU_add_test(suite, "the client's id and key find their transaction", found_by_what_the_client_knows);
    CU_add_test(suite, "open transactions in order, with reading from within", recovery_reads_open_ones);
    CU_add_test(suite, "what expired is listed and removed with all that is its own", what_expired_is_removed);
    CU_add_test(suite, "a store keeps its identity", identity);
}

void store_contract_test_suite(void);
void store_contract_test_suite(void)
{
    add_suite("adapters/store: memory", store_use_memory);
    add_suite("adapters/store: SQLite", store_use_sqlite);
}
