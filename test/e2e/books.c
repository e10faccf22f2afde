/* Reading the banks' databases. */
#include "e2e/books.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the accounts of a new bank have: the samples of sagas/bank, and what accounts.c has opened. */
static const char opening[] = "CASE WHEN id LIKE 'd%' OR id LIKE 'c%' THEN 100000000"
                              " WHEN id = 'ada' THEN 100000 WHEN id = 'bob' THEN 500 ELSE 0 END";

static bool read_pages(struct book *book, sqlite3 *db);
static void read_page(struct page *page, sqlite3_stmt *row);
static long long number(sqlite3 *db, const char *sql);
static int compare(const void *a, const void *b);

bool book_read(struct book *book, const struct town *town, enum bank bank)
{
    char path[TOWN_PATH], file[32], sql[512];
    sqlite3 *db = NULL;
    *book = (struct book){0};
    snprintf(file, sizeof file, "%s.db", town_bank_names[bank]);
    town_path(town, file, path);
    book_integrity(path, book->sound, sizeof book->sound);
    bool ok = sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK && read_pages(book, db);
    if (ok) {
        book->total = number(db, "SELECT sum(cents) FROM account");
        book->entries = number(db, "SELECT coalesce(sum(cents), 0) FROM entry");
        snprintf(sql, sizeof sql,
                 "SELECT count(*) FROM account LEFT JOIN (SELECT account, sum(cents) moved FROM entry GROUP BY 1)"
                 " ON account = id WHERE cents != %s + coalesce(moved, 0)",
                 opening);
        book->wrong_accounts = (unsigned)number(db, sql);
    }
    sqlite3_close(db);
    return ok;
}

void book_done(struct book *book)
{
    free(book->pages);
}

const struct page *book_find(const struct book *book, const char *transfer)
{
    static const struct page none = {.in_order = true};
    struct page wanted;
    snprintf(wanted.transfer, sizeof wanted.transfer, "%s", transfer);
    const struct page *found =
        book->count ? bsearch(&wanted, book->pages, book->count, sizeof wanted, compare) : NULL;
    return found ? found : &none;
}

void book_integrity(const char *path, char *words, size_t size)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    bool read = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
                sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &stmt, NULL) == SQLITE_OK &&
                sqlite3_step(stmt) == SQLITE_ROW;
    snprintf(words, size, "%s", read ? (const char *)sqlite3_column_text(stmt, 0) : sqlite3_errmsg(db));
    sqlite3_finalize(stmt);
    sqlite3_close(db);
}

static bool read_pages(struct book *book, sqlite3 *db)
{
    static const char sql[] =
        "SELECT transfer, max(account), sum(kind IN ('debit', 'credit')), sum(kind IN ('refund', 'reversal')),"
        " sum(kind = 'settled'), sum(iif(kind IN ('debit', 'credit'), cents, 0)), sum(cents),"
        " coalesce(min(iif(kind IN ('refund', 'reversal'), id, NULL)) >"
        " min(iif(kind IN ('debit', 'credit'), id, NULL)), sum(kind IN ('refund', 'reversal')) = 0)"
        " FROM entry GROUP BY transfer ORDER BY transfer";
    sqlite3_stmt *stmt = NULL;
    size_t capacity = (size_t)number(db, "SELECT count(DISTINCT transfer) FROM entry");
    book->pages = calloc(capacity + 1, sizeof *book->pages);
    int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
    while (rc == SQLITE_OK && book->count < capacity && sqlite3_step(stmt) == SQLITE_ROW)
        read_page(&book->pages[book->count++], stmt);
    sqlite3_finalize(stmt);
    return rc == SQLITE_OK && book->count == capacity;
}

static void read_page(struct page *page, sqlite3_stmt *row)
{
    snprintf(page->transfer, sizeof page->transfer, "%s", (const char *)sqlite3_column_text(row, 0));
    snprintf(page->account, sizeof page->account, "%s", (const char *)sqlite3_column_text(row, 1));
    page->done = (unsigned)sqlite3_column_int(row, 2);
    page->undone = (unsigned)sqlite3_column_int(row, 3);
    page->settled = (unsigned)sqlite3_column_int(row, 4);
    page->cents = sqlite3_column_int64(row, 5);
    page->balance = sqlite3_column_int64(row, 6);
    page->in_order = sqlite3_column_int(row, 7);
}

static long long number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    long long value = 0;
    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW)
        value = sqlite3_column_int64(stmt, 0);
    else
        printf("%s: %s\n", sql, sqlite3_errmsg(db));
    sqlite3_finalize(stmt);
    return value;
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct page *)a)->transfer, ((const struct page *)b)->transfer);
}
