/* The SQLite store when the world fails: the disk, the process, a file that is replaced; and readers beside the
 * writer. Whatever was acknowledged is there afterwards. */
#include "base/mem.h"
#include "contract/store_faulty.h"
#include "contract/store_sut.h"

#include <CUnit/Basic.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void failed_for_good(uint64_t next)
{
    CU_ASSERT_EQUAL(sut_commit(next, "small"), ERROR_STORE);
    CU_ASSERT_TRUE(sut_says("restart"));
    CU_ASSERT_EQUAL(sut->commit(sut->self, &(struct store_batch){0}, &sut_error), ERROR_STORE);
}

static void disk_full(void)
{
    sut_begin();
    CU_ASSERT_EQUAL(sut_commit(1, "x"), 0);
    struct store_sqlite *inner = sut->self;
    CU_ASSERT_EQUAL(store_sqlite_run(inner->writer, "limit", "PRAGMA max_page_count = 30", &sut_error), 0);
    char *big = mem_new(1 << 20);
    memset(big, 'x', (1 << 20) - 1);
    CU_ASSERT_EQUAL(sut_commit(2, big), ERROR_STORE);
    CU_ASSERT_TRUE(sut_says("database or disk is full"));
    mem_free(big);
    failed_for_good(2);
    CU_ASSERT_TRUE(sut_holds(1, 1));
    sut_close();
    CU_ASSERT_EQUAL(access(sut_file("belay.db-wal"), F_OK), 0); /* what is in doubt was not copied on */
    CU_ASSERT_PTR_NOT_NULL_FATAL(sut_open());
    CU_ASSERT_TRUE(sut_holds(1, 1));
    CU_ASSERT_EQUAL(sut_commit(2, "x"), 0);
    sut_end();
}

/* Lets the n-th operation fail for every n, from opening to closing: whatever was acknowledged is there
 * afterwards, nothing is acknowledged after a failure, and the store can be opened again. */
static void sweep(enum store_fault fault, bool sticky, int code)
{
    enum { COMMITS = 6 };
    bool fired = true;
    unsigned n;
    for (n = 1; fired; n++) {
        sut_path = store_scratch_new();
        store_faulty_install();
        store_faulty_set(fault, n, sticky, code);
        uint64_t acknowledged = 0;
        bool failed = false;
        if (sut_open()) {
            for (uint64_t txn = 1; txn <= COMMITS; txn++) {
                if (txn == COMMITS / 2) /* as if the log were long enough */
                    ((struct store_sqlite *)sut->self)->wal_pages = SQLITE_CHECKPOINT_PAGES;
                bool done = sut_commit(txn, "facts") == 0;
                CU_ASSERT_FALSE(done && failed);
                failed |= !done;
                acknowledged += done;
            }
            sut_close();
        } else {
            enum error_code got = sut_error.code;
            CU_ASSERT_TRUE(got == ERROR_IO || got == ERROR_STORE || got == ERROR_CORRUPT);
        }
        fired = store_faulty_fired();
        CU_ASSERT_TRUE(fired || acknowledged == COMMITS);
        store_faulty_set(fault, 0, false, 0);
        CU_ASSERT_PTR_NOT_NULL_FATAL(sut_open());
        CU_ASSERT_TRUE(sut_holds(acknowledged, acknowledged + 1));
        sut_close();
        store_faulty_remove();
        store_scratch_remove(sut_path);
    }
    CU_ASSERT_TRUE(n > 2); /* it did strike */
}

static void every_write_fails(void)
{
    sweep(STORE_FAULT_WRITE, false, SQLITE_IOERR_WRITE);
    sweep(STORE_FAULT_WRITE, true, SQLITE_FULL);
}

static void every_sync_fails(void)
{
    sweep(STORE_FAULT_SYNC, false, SQLITE_IOERR_FSYNC);
    sweep(STORE_FAULT_SYNC, true, SQLITE_IOERR_FSYNC);
}

static void every_truncation_fails(void)
{
    sweep(STORE_FAULT_TRUNCATE, true, SQLITE_IOERR_TRUNCATE);
}

/* Each acknowledged commit was synced: none may be left to the next one. */
static void every_commit_syncs(void)
{
    store_faulty_install();
    sut_begin();
    for (uint64_t txn = 1; txn <= 20; txn++) {
        unsigned before = store_faulty_syncs();
        CU_ASSERT_EQUAL(sut_commit(txn, "x"), 0);
        CU_ASSERT_TRUE(store_faulty_syncs() > before);
    }
    sut_end();
    store_faulty_remove();
}

static void replaced_while_open(void)
{
    sut_begin();
    CU_ASSERT_EQUAL(sut_commit(1, "x"), 0);
    sut_copy("belay.db", "copy", -1);
    char from[256];
    snprintf(from, sizeof from, "%s", sut_file("copy"));
    CU_ASSERT_EQUAL(rename(from, sut_file("belay.db")), 0);
    CU_ASSERT_EQUAL(sut_commit(2, "y"), ERROR_STORE);
    CU_ASSERT_TRUE(sut_says("replaced"));
    failed_for_good(2);
    sut_end();
}

static void log_stays_bounded(void)
{
    sut_begin();
    size_t length = 1 << 20;
    char *big = mem_new(length);
    memset(big, 'y', length - 1);
    off_t longest = 0;
    for (uint64_t txn = 1; txn <= 150; txn++) {
        CU_ASSERT_EQUAL(sut_commit(txn, big), 0);
        struct stat stats;
        CU_ASSERT_EQUAL(stat(sut_file("belay.db-wal"), &stats), 0);
        longest = stats.st_size > longest ? stats.st_size : longest;
    }
    CU_ASSERT_TRUE(longest < 3 * (off_t)SQLITE_CHECKPOINT_PAGES * SQLITE_PAGE_BYTES / 2);
    mem_free(big);
    sut_end();
}

/* A process that is killed while it commits loses nothing that it was told is durable. */
static void child_commits(int out)
{
    if (!sut_open())
        _exit(1);
    uint64_t last = 0;
    sut->last(sut->self, &last, &sut_error);
    for (uint64_t txn = last + 1;; txn++)
        if (sut_commit(txn, "a few facts") || write(out, &txn, sizeof txn) != sizeof txn)
            _exit(2);
}

static void killed(void)
{
    sut_path = store_scratch_new();
    uint64_t acknowledged = 0;
    for (unsigned round = 0; round < 8; round++) {
        int ends[2];
        CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
        pid_t child = fork();
        if (child == 0)
            child_commits(ends[1]);
        close(ends[1]);
        uint64_t stop_at = acknowledged + 1 + round * 13, txn = 0;
        while (txn < stop_at && read(ends[0], &txn, sizeof txn) == sizeof txn)
            acknowledged = txn;
        if (round == 3)
            CU_ASSERT_TRUE(sut_refused(ERROR_LOCKED, "in use by process"));
        kill(child, SIGKILL);
        while (read(ends[0], &txn, sizeof txn) == sizeof txn)
            acknowledged = txn;
        close(ends[0]);
        int status = 0;
        CU_ASSERT_EQUAL(waitpid(child, &status, 0), child);
        CU_ASSERT_TRUE(WIFSIGNALED(status));
        CU_ASSERT_PTR_NOT_NULL_FATAL(sut_open());
        CU_ASSERT_TRUE(sut_holds(acknowledged, acknowledged + 1));
        CU_ASSERT_EQUAL(sut->last(sut->self, &acknowledged, &sut_error), 0);
        sut_close();
    }
    sut_end();
}

static atomic_bool over;
static atomic_uint mistakes, reads;

static bool remember(void *context, const struct store_row *row)
{
    *(uint64_t *)context = row->txn;
    return false;
}

static void *reader_thread(void *context)
{
    struct error own;
    uint64_t seen = 0;
    (void)context;
    while (!atomic_load(&over)) {
        uint64_t last = 0, newest = 0;
        struct store_seen row = {0}, facts = {0}, opened = {.stop_after = 20};
        struct store_query query = {.saga = "place-order", .limit = 10};
        int codes = sut->last(sut->self, &last, &own);
        codes |= sut->each_row(sut->self, &query, remember, &newest, &own);
        codes |= store_each_waking(sut, store_see_row, &opened, &own);
        if (last) {
            codes |= sut->row(sut->self, last, store_see_row, &row, &own);
            codes |= sut->each_fact(sut->self, last, 0, store_see_facts, &facts, &own);
            codes |= row.count != 1 || facts.count != 1; /* a commit is seen whole */
        }
        if (codes || last < seen || newest < last) /* time never goes back */
            atomic_fetch_add(&mistakes, 1);
        seen = newest;
        atomic_fetch_add(&reads, 1);
    }
    return NULL;
}

static void readers_beside_the_writer(void)
{
    enum { READERS = 10 }; /* more than the pool keeps */
    sut_begin();
    atomic_store(&over, false);
    pthread_t threads[READERS];
    for (int i = 0; i < READERS; i++)
        CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[i], NULL, reader_thread, NULL), 0);
    uint64_t txn = 0;
    while (txn < 300 || atomic_load(&reads) < 300) {
        txn++;
        if (txn % 50 == 0) /* and with checkpoints in between */
            ((struct store_sqlite *)sut->self)->wal_pages = SQLITE_CHECKPOINT_PAGES;
        CU_ASSERT_EQUAL_FATAL(sut_commit(txn, "x"), 0);
    }
    atomic_store(&over, true);
    for (int i = 0; i < READERS; i++)
        pthread_join(threads[i], NULL);
    CU_ASSERT_EQUAL(atomic_load(&mistakes), 0);
    CU_ASSERT_TRUE(sut_holds(txn, txn));
    struct store_sqlite *inner = sut->self;
    CU_ASSERT_TRUE(inner->readers_count <= SQLITE_READERS_KEPT);
    sut_end();
}

void store_fault_test_suite(void);
void store_fault_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("adapters/store_sqlite under faults", NULL, NULL);
    CU_add_test(suite, "a full disk fails the commit and all after it", disk_full);
    CU_add_test(suite, "the n-th write fails, for every n", every_write_fails);
    CU_add_test(suite, "the n-th sync fails, for every n", every_sync_fails);
    CU_add_test(suite, "the n-th truncation fails, for every n", every_truncation_fails);
    CU_add_test(suite, "every commit is synced", every_commit_syncs);
    CU_add_test(suite, "a database replaced under us is noticed", replaced_while_open);
    CU_add_test(suite, "the log stays bounded", log_stays_bounded);
    CU_add_test(suite, "a killed process loses nothing acknowledged", killed);
    CU_add_test(suite, "readers of several threads beside the writer", readers_beside_the_writer);
}
