/* How SQLite finds what is asked for: through an index, in the index's order. What is scanned or sorted grows with
 * the number of transactions that were ever kept. */
#include "adapters/store_sqlite_inner.h"
#include "contract/store_sut.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    const char *sql;
} statements[] = {
#define X(name, sql) {#name, sql},
    READS(X) WRITES(X)
#undef X
};

/* Their tables hold few rows and are read whole, at the start. */
static bool is_small(const char *name)
{
    static const char *const names[] = {"READ_PARTICIPANTS", "READ_DEFINITIONS", "READ_SCHEDULES"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static void check_plan(sqlite3 *db, const char *name, const char *sql)
{
    char explain[4096];
    sqlite3_stmt *statement = NULL;
    snprintf(explain, sizeof explain, "EXPLAIN QUERY PLAN %s", sql);
    CU_ASSERT_EQUAL_FATAL(sqlite3_prepare_v2(db, explain, -1, &statement, NULL), SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        const char *detail = (const char *)sqlite3_column_text(statement, 3);
        bool whole =
            strncmp(detail, "SCAN", 4) == 0 && strcmp(detail, "SCAN CONSTANT ROW") != 0 && !is_small(name);
        bool sorted = strstr(detail, "TEMP B-TREE") != NULL && !is_small(name);
        if (whole || sorted)
            fprintf(stderr, "%s: %s\n", name, detail);
        CU_ASSERT_FALSE(whole || sorted);
    }
    sqlite3_finalize(statement);
}

static void nothing_is_scanned(void)
{
    sut_begin();
    struct store_sqlite *inner = sut->self;
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
        if (strncmp(statements[i].sql, "BEGIN", 5) != 0 && strcmp(statements[i].sql, "COMMIT") != 0)
            check_plan(inner->writer, statements[i].name, statements[i].sql);
    sut_end();
}

/* Everything behind a place in its moment, without a look at what lies before: a start reads a million in pages.
 */
static void waking_is_read_from_a_place(void)
{
    static const char *const reads[] = {
#define X(name, sql) sql,
        READS(X)
#undef X
    };
    sut_begin();
    struct store_sqlite *inner = sut->self;
    sqlite3_stmt *statement = NULL;
    char explain[4096];
    bool right = false;
    snprintf(explain, sizeof explain, "EXPLAIN QUERY PLAN %s", reads[READ_WAKING_SAME]);
    CU_ASSERT_EQUAL_FATAL(sqlite3_prepare_v2(inner->writer, explain, -1, &statement, NULL), SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW)
        right |= strstr((const char *)sqlite3_column_text(statement, 3), "(wake_ms=? AND rowid>?)") != NULL;
    sqlite3_finalize(statement);
    CU_ASSERT_TRUE(right);
    sut_end();
}

void store_plans_test_suite(void);
void store_plans_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("adapters/store SQLite plans", NULL, NULL);
    CU_add_test(suite, "nothing is scanned or sorted", nothing_is_scanned);
    CU_add_test(suite, "what wakes is read from a place on", waking_is_read_from_a_place);
}
