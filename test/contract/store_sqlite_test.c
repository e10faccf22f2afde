/* What only the SQLite store has: files, their lock, age and version, hashes, and damage to all of them. */
#include "contract/store_sut.h"

#include <CUnit/Basic.h>
#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Runs SQL on the closed database, as someone with another tool would. */
static void meddle(const char *sql)
{
    sqlite3 *db = NULL;
    assert(sqlite3_open(sut_file("belay.db"), &db) == SQLITE_OK);
    char *words = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &words) != SQLITE_OK)
        fprintf(stderr, "%s: %s\n", sql, words);
    CU_ASSERT_PTR_NULL(words);
    sqlite3_free(words);
    sqlite3_close(db);
}

static void private_files(void)
{
    mode_t mask = umask(0);
    sut_path = store_scratch_new();
    rmdir(sut_path);
    CU_ASSERT_PTR_NOT_NULL_FATAL(sut_open());
    CU_ASSERT_EQUAL(sut_commit(1, "x"), 0);
    struct stat stats;
    CU_ASSERT_EQUAL(stat(sut_path, &stats), 0);
    CU_ASSERT_EQUAL(stats.st_mode & 0777, 0700);
    static const char *const names[] = {"belay.db", "belay.db-wal", "belay.db-shm", "lock", "opened"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        CU_ASSERT_EQUAL(stat(sut_file(names[i]), &stats), 0);
        CU_ASSERT_EQUAL(stats.st_mode & 0777, 0600);
    }
    umask(mask);
    sut_end();
}

static void no_directory(void)
{
    sut_begin();
    char *good = sut_path;
    sut_close();
    char text[256];
    snprintf(text, sizeof text, "%s/missing/dir", good);
    sut_path = text;
    CU_ASSERT_TRUE(sut_refused(ERROR_IO, "No such file"));
    snprintf(text, sizeof text, "%s/belay.db", good);
    CU_ASSERT_TRUE(sut_refused(ERROR_IO, "Not a directory"));
    sut_path = good;
    sut_end();
}

static void durable_settings(void)
{
    sut_begin();
    struct store_sqlite *inner = sut->self;
    struct sqlite_reader *reader = store_sqlite_take_reader(inner, &sut_error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(reader);
    const struct {
        sqlite3 *db;
        const char *sql;
    } wanted[] = {{inner->writer, "SELECT synchronous = 2 FROM pragma_synchronous"},
                  {inner->writer, "SELECT journal_mode = 'wal' FROM pragma_journal_mode"},
                  {inner->writer, "SELECT page_size = 8192 FROM pragma_page_size"},
                  {inner->writer, "SELECT timeout > 0 FROM pragma_busy_timeout"},
                  {reader->db, "SELECT query_only FROM pragma_query_only"}};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        int64_t right = 0;
        CU_ASSERT_EQUAL(store_sqlite_number(wanted[i].db, wanted[i].sql, &right, &sut_error), 0);
        CU_ASSERT_EQUAL(right, 1);
    }
    CU_ASSERT_NOT_EQUAL(sqlite3_exec(reader->db, "DELETE FROM txn", NULL, NULL, NULL), SQLITE_OK);
    store_sqlite_give_reader(inner, reader);
    sut_end();
}

static void one_at_a_time(void)
{
    sut_begin();
    struct store *first = sut;
    char holder[32];
    snprintf(holder, sizeof holder, "process %ld:", (long)getpid());
    CU_ASSERT_TRUE(sut_refused(ERROR_LOCKED, holder));
    struct store_sqlite *inner = first->self;
    CU_ASSERT_TRUE(fcntl(inner->directory.lock, F_GETFD) & FD_CLOEXEC);
    CU_ASSERT_TRUE(fcntl(inner->directory.fd, F_GETFD) & FD_CLOEXEC);
    sut = first;
    CU_ASSERT_EQUAL(sut_commit(1, "still mine"), 0); /* the refused one took nothing with it */
    sut_close();
    CU_ASSERT_PTR_NOT_NULL(sut_open());
    sut_end();
}

static void newer_version(void)
{
    sut_begin();
    CU_ASSERT_EQUAL(sut_commit(1, "x"), 0);
    sut_close();
    meddle("PRAGMA user_version = 99");
    CU_ASSERT_TRUE(sut_refused(ERROR_VERSION, "version 99, this Belay knows versions up to 6: run the"));
    meddle("PRAGMA user_version = -1");
    CU_ASSERT_TRUE(sut_refused(ERROR_CORRUPT, "version -1"));
    meddle("PRAGMA user_version = 6");
    CU_ASSERT_PTR_NOT_NULL_FATAL(sut_open());
    CU_ASSERT_TRUE(sut_holds(1, 1));
    sut_end();
}

/* Databases that are not, or no longer, what was written here. */
static void not_ours(void)
{
    sut_begin();
    for (uint64_t txn = 1; txn <= 50; txn++)
        CU_ASSERT_EQUAL(sut_commit(txn, "some facts"), 0);
    sut_close();
    sut_copy("belay.db", "copy", -1);
    struct stat whole;
    CU_ASSERT_EQUAL(stat(sut_file("copy"), &whole), 0);

    CU_ASSERT_EQUAL(truncate(sut_file("belay.db"), whole.st_size - 8192), 0);
    CU_ASSERT_TRUE(sut_refused(ERROR_CORRUPT, "malformed"));
    sut_copy("copy", "belay.db", 8192);
    CU_ASSERT_TRUE(sut_refused(ERROR_CORRUPT, "malformed"));
    sut_copy("copy", "belay.db", 100);
    CU_ASSERT_TRUE(sut_refused(ERROR_CORRUPT, "malformed"));
    CU_ASSERT_EQUAL(truncate(sut_file("belay.db"), 0), 0);
    CU_ASSERT_TRUE(sut_refused(ERROR_CORRUPT, "opened 0 times, expected at least 1"));
    unlink(sut_file("belay.db"));
    CU_ASSERT_TRUE(sut_refused(ERROR_CORRUPT, "remove the file \"opened\""));

    unlink(sut_file("belay.db"));
    meddle("CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)");
    CU_ASSERT_TRUE(sut_refused(ERROR_CORRUPT, "not one of Belay's"));
    sut_copy("lock", "belay.db", -1);
    CU_ASSERT_EQUAL(truncate(sut_file("belay.db"), 20000), 0);
    CU_ASSERT_TRUE(sut_refused(ERROR_CORRUPT, "not a database"));

    sut_copy("copy", "belay.db", -1);
    meddle("DELETE FROM meta");
    CU_ASSERT_TRUE(sut_refused(ERROR_CORRUPT, "meta"));
    sut_copy("copy", "belay.db", -1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(sut_open());
    CU_ASSERT_TRUE(sut_holds(50, 50));
    sut_end();
}

/* A backup that was put back is only taken when a person says so. */
static void rolled_back(void)
{
    sut_begin();
    CU_ASSERT_EQUAL(sut_commit(1, "x"), 0);
    sut_close();
    sut_copy("belay.db", "copy", -1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(sut_open());
    CU_ASSERT_EQUAL(sut_commit(2, "y"), 0);
    sut_close();
    sut_copy("copy", "belay.db", -1);
    CU_ASSERT_TRUE(sut_refused(ERROR_CORRUPT, "opened 1 times, expected at least 2"));
    FILE *witness = fopen(sut_file("opened"), "w");
    fputs("many\n", witness);
    fclose(witness);
    CU_ASSERT_TRUE(sut_refused(ERROR_CORRUPT, "not a number"));
    unlink(sut_file("opened"));
    CU_ASSERT_PTR_NOT_NULL_FATAL(sut_open());
    CU_ASSERT_TRUE(sut_holds(1, 1));
    sut_end();
}

/* Overwrites parts of the file at random: whatever comes of it is an answer, never a crash. */
static void garbled(void)
{
    sut_begin();
    for (uint64_t txn = 1; txn <= 200; txn++) {
        struct store_row row = store_plain_row(txn);
        row.id = txn % 3 ? NULL : "abc";
        row.id = row.id && txn > 3 ? NULL : row.id;
        row.tags = "\nvip\n";
        CU_ASSERT_EQUAL(store_insert(sut, &row), 0);
        CU_ASSERT_EQUAL(store_put_facts(sut, txn, 0, 2, "some facts that fill a little of a page"), 0);
    }
    sut_close();
    sut_copy("belay.db", "copy", -1);
    struct stat whole;
    CU_ASSERT_EQUAL(stat(sut_file("copy"), &whole), 0);
    uint64_t seed = 4711;
    unsigned opened = 0, noticed = 0;
    for (int round = 0; round < 60; round++) {
        sut_copy("copy", "belay.db", -1);
        unlink(sut_file("opened"));
        FILE *out = fopen(sut_file("belay.db"), "r+b");
        for (int i = 0; i < 40; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            fseek(out, 100 + (long)((seed >> 33) % ((uint64_t)whole.st_size - 100)), SEEK_SET);
            fputc((int)(seed >> 25 & 0xff), out);
        }
        fclose(out);
        if (!sut_open()) {
            enum error_code got = sut_error.code;
            CU_ASSERT_TRUE(got == ERROR_CORRUPT || got == ERROR_IO || got == ERROR_VERSION);
            noticed++;
            continue;
        }
        opened++;
        struct store_seen seen = {0};
        struct store_query query = {.tag = "vip", .limit = 500};
        int codes = store_each_waking(sut, store_see_row, &seen, &sut_error);
        codes |= sut->each_row(sut->self, &query, store_see_row, &seen, &sut_error);
        codes |= sut->find(sut->self, "abc", "abc", store_see_row, &seen, &sut_error);
        for (uint64_t txn = 1; txn <= 200; txn++)
            codes |= sut->each_fact(sut->self, txn, 0, store_see_facts, &seen, &sut_error);
        codes |= sut_commit(1000, "on top");
        noticed += codes != 0;
        sut_close();
    }
    CU_ASSERT_TRUE(opened > 0 && noticed > 0);
    sut_end();
}

static void missing_facts(void)
{
    sut_begin();
    CU_ASSERT_EQUAL(sut_commit(1, "a"), 0);
    CU_ASSERT_EQUAL(store_put_facts(sut, 1, 1, 2, "b"), 0);
    CU_ASSERT_EQUAL(store_put_facts(sut, 1, 3, 1, "c"), 0);
    sut_close();
    meddle("DELETE FROM fact WHERE seq = 1");
    CU_ASSERT_PTR_NOT_NULL_FATAL(sut_open());
    struct store_seen seen = {0};
    CU_ASSERT_EQUAL(sut->each_fact(sut->self, 1, 0, store_see_facts, &seen, &sut_error), ERROR_CORRUPT);
    CU_ASSERT_TRUE(sut_says("go on at 3, expected 1"));
    CU_ASSERT_EQUAL(sut->each_fact(sut->self, 1, 3, store_see_facts, &seen, &sut_error), 0);
    sut_close();
    meddle("DELETE FROM fact WHERE seq = 0");
    CU_ASSERT_PTR_NOT_NULL_FATAL(sut_open());
    CU_ASSERT_EQUAL(sut->each_fact(sut->self, 1, 0, store_see_facts, &seen, &sut_error), ERROR_CORRUPT);
    sut_end();
}

static void migrations(void)
{
    sqlite3 *db = NULL;
    CU_ASSERT_EQUAL(sqlite3_open(":memory:", &db), SQLITE_OK);
    const char *const steps[] = {"CREATE TABLE a (x); INSERT INTO a VALUES (7)",
                                 "ALTER TABLE a ADD COLUMN y DEFAULT 8",
                                 "CREATE TABLE b (x); INSERT INTO nowhere VALUES (1)"};
    int64_t number = 0;
    CU_ASSERT_EQUAL(store_sqlite_migrate(db, steps, 1, &sut_error), 0);
    CU_ASSERT_EQUAL(store_sqlite_migrate(db, steps, 3, &sut_error), ERROR_IO);
    CU_ASSERT_TRUE(sut_says("migrate from version 2 to 3: "));
    CU_ASSERT_TRUE(sut_says("no such table: nowhere"));
    CU_ASSERT_TRUE(sqlite3_get_autocommit(db));
    CU_ASSERT_EQUAL(store_sqlite_number(db, "PRAGMA user_version", &number, &sut_error), 0);
    CU_ASSERT_EQUAL(number, 1); /* not 2: all steps or none */
    CU_ASSERT_NOT_EQUAL(store_sqlite_number(db, "SELECT y FROM a", &number, &sut_error), 0);
    CU_ASSERT_NOT_EQUAL(store_sqlite_number(db, "SELECT count(*) FROM b", &number, &sut_error), 0);
    CU_ASSERT_EQUAL(store_sqlite_migrate(db, steps, 2, &sut_error), 0);
    CU_ASSERT_EQUAL(store_sqlite_number(db, "SELECT x + y FROM a", &number, &sut_error), 0);
    CU_ASSERT_EQUAL(number, 15);
    CU_ASSERT_EQUAL(store_sqlite_migrate(db, steps, 2, &sut_error), 0); /* nothing to do */
    CU_ASSERT_EQUAL(store_sqlite_migrate(db, steps, 1, &sut_error), ERROR_VERSION);
    sqlite3_close(db);
}

static void paced_checkpoints(void)
{
    sut_begin();
    struct store_sqlite *inner = sut->self;
    CU_ASSERT_EQUAL(inner->due_pages, SQLITE_CHECKPOINT_PAGES);
    store_sqlite_pace(inner, SQLITE_CHECKPOINT_MS + 1);
    CU_ASSERT_EQUAL(inner->due_pages, SQLITE_CHECKPOINT_PAGES / 2);
    store_sqlite_pace(inner, SQLITE_CHECKPOINT_MS);
    CU_ASSERT_EQUAL(inner->due_pages, SQLITE_CHECKPOINT_PAGES / 2);
    for (int i = 0; i < 10; i++)
        store_sqlite_pace(inner, 1000);
    CU_ASSERT_EQUAL(inner->due_pages, SQLITE_CHECKPOINT_LEAST);
    for (int i = 0; i < 30; i++)
        store_sqlite_pace(inner, 1);
    CU_ASSERT_EQUAL(inner->due_pages, SQLITE_CHECKPOINT_PAGES);
    sut_end();
}

/* Facts lay in the order of their transactions once. */
static void old_facts(void)
{
    sut_begin();
    sut_close();
    unlink(sut_file("belay.db"));
    unlink(sut_file("opened"));
    sqlite3 *db = NULL;
    CU_ASSERT_EQUAL(sqlite3_open(sut_file("belay.db"), &db), SQLITE_OK);
    CU_ASSERT_EQUAL(store_sqlite_schema_to(db, 5, &sut_error), 0);
    sqlite3_close(db);
    meddle("INSERT INTO txn (txn, open, status, version, begun_ms, updated_ms, ended_ms, saga)"
           " VALUES (1, 1, 1, 1, 1, 1, 0, 's'), (2, 1, 1, 1, 1, 1, 0, 's');"
           "INSERT INTO fact VALUES (1, 0, 1, x'61'), (2, 0, 1, x'62'), (1, 1, 2, x'63')");
    CU_ASSERT_PTR_NOT_NULL_FATAL(sut_open());
    struct store_seen seen = {0};
    CU_ASSERT_EQUAL(store_put_facts(sut, 1, 1, 2, "c"), ERROR_CONFLICT);
    CU_ASSERT_EQUAL(store_put_facts(sut, 1, 3, 1, "d"), 0);
    CU_ASSERT_EQUAL(sut->each_fact(sut->self, 1, 0, store_see_facts, &seen, &sut_error), 0);
    CU_ASSERT_STRING_EQUAL(seen.text, "0+1=a 1+2=c 3+1=d ");
    sut_end();
}

/* Two ids with one hash: the texts decide. */
static void collisions(void)
{
    sut_begin();
    struct store_row rows[] = {store_plain_row(1), store_plain_row(2), store_plain_row(3)};
    rows[0].id = "a";
    rows[1].id = "b";
    rows[2].key = "a";
    struct store_batch batch = {.inserts = rows, .inserts_count = 3};
    CU_ASSERT_EQUAL(sut->commit(sut->self, &batch, &sut_error), 0);
    sut_close();
    meddle("INSERT INTO finder SELECT f.hash, t.txn FROM finder f, txn t WHERE f.txn <> t.txn");
    CU_ASSERT_PTR_NOT_NULL_FATAL(sut_open());
    struct store_seen a = {0}, b = {0}, c = {0};
    CU_ASSERT_EQUAL(sut->find(sut->self, "a", NULL, store_see_row, &a, &sut_error), 0);
    CU_ASSERT_EQUAL(sut->find(sut->self, "b", NULL, store_see_row, &b, &sut_error), 0);
    CU_ASSERT_EQUAL(sut->find(sut->self, NULL, "a", store_see_row, &c, &sut_error), 0);
    CU_ASSERT_STRING_EQUAL(a.text, "1 ");
    CU_ASSERT_STRING_EQUAL(b.text, "2 ");
    CU_ASSERT_STRING_EQUAL(c.text, "3 ");
    struct store_row again = store_plain_row(4), hashed = store_plain_row(4);
    again.id = "b";
    CU_ASSERT_EQUAL(store_insert(sut, &again), ERROR_CONFLICT);
    hashed.key = "b"; /* free, whatever ids there are */
    CU_ASSERT_EQUAL(store_insert(sut, &hashed), 0);
    sut_end();
}

void store_sqlite_test_suite(void);
void store_sqlite_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("adapters/store_sqlite", NULL, NULL);
    CU_add_test(suite, "directory and files are private", private_files);
    CU_add_test(suite, "a directory that cannot be made is refused", no_directory);
    CU_add_test(suite, "the settings that durability rests on", durable_settings);
    CU_add_test(suite, "a second coordinator is refused, with the first one's process", one_at_a_time);
    CU_add_test(suite, "a database from the future is refused", newer_version);
    CU_add_test(suite, "truncated, foreign, lost and headless databases are refused", not_ours);
    CU_add_test(suite, "an older copy is refused until a person accepts it", rolled_back);
    CU_add_test(suite, "random damage never crashes", garbled);
    CU_add_test(suite, "missing facts are noticed", missing_facts);
    CU_add_test(suite, "migrations happen as a whole or not at all", migrations);
    CU_add_test(suite, "a checkpoint that took long makes the next one smaller", paced_checkpoints);
    CU_add_test(suite, "facts of an older database are read on and go on", old_facts);
    CU_add_test(suite, "ids of one hash are told apart by their text", collisions);
}
