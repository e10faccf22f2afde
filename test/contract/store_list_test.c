/* Lists of transactions: every implementation against a plain filter over an array, with random rows and
 * random queries, a clock that jumps, and odd questions. */
#include "contract/store_harness.h"

#include <CUnit/Basic.h>
#include <inttypes.h>
#include <string.h>

enum { ROWS = 3000, QUERIES = 1500, PAGE = 64 };

static struct store *store;
static struct error error;
static struct store_row rows[ROWS];
static uint64_t seed;

static uint64_t draw(uint64_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed % below;
}

static const char *pick(const char *const *texts, size_t count)
{
    return texts[draw(count)];
}

static const char *const sagas[] = {"place-order", "place-order-2", "refund", "Refund"};
static const char *const steps[] = {NULL, NULL, NULL, "charge", "ship"};
static const char *const who[] = {NULL, NULL, "payments", "shipping"};
static const char *const tags[] = {NULL, NULL, "\nvip\n", "\nvip\neu\n", "\neu\nvipx\n", "\nxvip\neu\neu\n"};
static const char *const asked_tags[] = {NULL, NULL, NULL, "vip", "eu", "vipx", "nobody", "", "vip\neu", "%"};
#define PICK(texts) pick(texts, sizeof(texts) / sizeof *(texts))

/* About 20 minutes of transactions; now and then the clock is set, forward or back. */
static void make_rows(void)
{
    uint64_t now = 1700000000000, txn = 1;
    for (size_t i = 0; i < ROWS; i++) {
        now += draw(800);
        if (draw(300) == 0)
            now = now - 400000 + draw(800000);
        txn += 1 + draw(5);
        rows[i] = store_plain_row(txn);
        rows[i].saga = PICK(sagas);
        rows[i].status = (uint8_t)draw(8);
        rows[i].open = draw(3) > 0;
        rows[i].wake_ms = rows[i].open;
        rows[i].begun_ms = now;
        rows[i].step = PICK(steps);
        rows[i].participant = PICK(who);
        rows[i].tags = PICK(tags);
    }
}

static void start(void)
{
    seed = 88172645463325252u;
    make_rows();
    store = store_kind->make();
    for (size_t i = 0; i < ROWS; i += 100) {
        struct store_batch batch = {.inserts = rows + i, .inserts_count = 100};
        CU_ASSERT_EQUAL(store->commit(store->self, &batch, &error), 0);
    }
    for (size_t i = 0; i < ROWS; i += 2) { /* half of them have moved on */
        rows[i].status = (uint8_t)draw(8);
        rows[i].open = draw(2) > 0;
        rows[i].wake_ms = rows[i].open;
        rows[i].step = PICK(steps);
        rows[i].participant = PICK(who);
        CU_ASSERT_EQUAL(store_update(store, &rows[i]), 0);
        i += i % 7;
        i -= i % 2;
    }
}

static bool is(const char *wanted, const char *text)
{
    return !wanted || (text && strcmp(wanted, text) == 0);
}

/* One of the lines between the newlines; written differently from both stores on purpose. */
static bool tagged(const char *lines, const char *tag)
{
    char line[64];
    for (const char *at = lines; at && *at; at = strchr(at + 1, '\n')) {
        size_t length = strcspn(at + 1, "\n");
        snprintf(line, sizeof line, "%.*s", (int)length, at + 1);
        if (length && strcmp(line, tag) == 0)
            return true;
    }
    return false;
}

static bool expected(const struct store_query *query, const struct store_row *row)
{
    if (query->statuses && !(query->statuses & 1u << row->status))
        return false;
    if (!is(query->saga, row->saga) || !is(query->step, row->step) || !is(query->participant, row->participant))
        return false;
    if (query->tag && !tagged(row->tags, query->tag))
        return false;
    if (row->begun_ms < query->since_ms || (query->until_ms && row->begun_ms >= query->until_ms))
        return false;
    return !query->before || row->txn < query->before;
}

struct walk {
    const struct store_query *query;
    size_t at; /* rows[at - 1] is looked at next */
    uint32_t count;
    bool right;
};

static bool step(void *context, const struct store_row *row)
{
    struct walk *walk = context;
    while (walk->at > 0 && !expected(walk->query, &rows[walk->at - 1]))
        walk->at--;
    walk->right = walk->right && walk->at > 0 && store_same_row(row, &rows[walk->at - 1]);
    walk->at -= walk->at > 0;
    walk->count++;
    return true;
}

/* True when the store answers the query with exactly the rows of the model, in order. */
static bool right(const struct store_query *query)
{
    struct walk walk = {query, ROWS, 0, true};
    if (store->each_row(store->self, query, step, &walk, &error) || !walk.right || walk.count > query->limit)
        return false;
    bool more = false;
    for (size_t i = 0; i < walk.at; i++)
        more |= expected(query, &rows[i]);
    return !more || walk.count == query->limit;
}

static uint64_t draw_time(void)
{
    return draw(3) ? 0 : rows[draw(ROWS)].begun_ms + draw(3) - 1;
}

static void random_queries(void)
{
    start();
    unsigned wrong = 0;
    for (int i = 0; i < QUERIES; i++) {
        struct store_query query = {.statuses = draw(2) ? (uint32_t)draw(256) : 0,
                                    .saga = draw(3) ? NULL : PICK(sagas),
                                    .tag = PICK(asked_tags),
                                    .step = PICK(steps),
                                    .participant = PICK(who),
                                    .since_ms = draw_time(),
                                    .until_ms = draw_time(),
                                    .before = draw(2) ? 0 : rows[draw(ROWS)].txn + draw(3) - 1,
                                    .limit = 1 + (uint32_t)draw(draw(2) ? 20 : ROWS + 10)};
        bool fine = right(&query);
        wrong += !fine;
        if (!fine)
            fprintf(stderr,
                    "query %d: statuses %" PRIx32 " saga %s tag %s step %s participant %s since %" PRIu64
                    " until %" PRIu64 " before %" PRIu64 " limit %" PRIu32 ": %s\n",
                    i, query.statuses, query.saga, query.tag, query.step, query.participant, query.since_ms,
                    query.until_ms, query.before, query.limit, error.text);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    store_kind->drop(store);
}

static void odd_queries(void)
{
    start();
    const struct store_query queries[] = {
        {.limit = 1},
        {.limit = UINT32_MAX},
        {.statuses = UINT32_MAX, .limit = 50},
        {.statuses = 1u << 31, .limit = 50},
        {.statuses = UINT32_MAX, .saga = "refund", .limit = ROWS},
        {.since_ms = UINT64_MAX, .limit = 5},
        {.until_ms = UINT64_MAX, .limit = 5},
        {.until_ms = 1, .limit = 5},
        {.since_ms = 1, .limit = 5},
        {.since_ms = 1700000100000, .until_ms = 1700000100000, .limit = 5},
        {.since_ms = 1700000200000, .until_ms = 1700000100000, .limit = 5},
        {.before = 1, .limit = 5},
        {.before = UINT64_MAX, .limit = 5},
        {.saga = "'; DELETE FROM txn; --", .limit = 5},
        {.saga = "place-order", .tag = "vip", .step = "charge", .participant = "payments", .limit = ROWS},
    };
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++)
        CU_ASSERT_TRUE(right(&queries[i]));
    store_kind->drop(store);
}

struct page {
    uint64_t last;
    unsigned count;
};

static bool turn(void *context, const struct store_row *row)
{
    struct page *page = context;
    CU_ASSERT_TRUE(page->last == 0 || row->txn < page->last);
    page->last = row->txn;
    page->count++;
    return true;
}

static void pages(void)
{
    start();
    for (uint32_t statuses = 0; statuses < 4; statuses++) {
        struct store_query query = {.statuses = statuses, .limit = PAGE};
        unsigned wanted = 0, got = 0;
        for (size_t i = 0; i < ROWS; i++)
            wanted += expected(&query, &rows[i]);
        struct page page = {0};
        do {
            page.count = 0;
            query.before = page.last;
            CU_ASSERT_EQUAL_FATAL(store->each_row(store->self, &query, turn, &page, &error), 0);
            got += page.count;
        } while (page.count == PAGE);
        CU_ASSERT_EQUAL(got, wanted);
    }
    struct store_seen two = {.stop_after = 2};
    struct store_query nine = {.limit = 9};
    CU_ASSERT_EQUAL(store->each_row(store->self, &nine, store_see_row, &two, &error), 0);
    CU_ASSERT_EQUAL(two.count, 2);
    store_kind->drop(store);
}

static void add_suite(const char *name, int (*use)(void))
{
    CU_pSuite suite = CU_add_suite(name, use, NULL);
    CU_add_test(suite, "random queries select what a plain filter does", random_queries);
    CU_add_test(suite, "odd questions have plain answers", odd_queries);
    CU_add_test(suite, "pages follow each other without gap or repetition", pages);
}

void store_list_test_suite(void);
void store_list_test_suite(void)
{
    add_suite("adapters/store lists: memory", store_use_memory);
    add_suite("adapters/store lists: SQLite", store_use_sqlite);
}
