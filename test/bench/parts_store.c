/* The disk, and SQLite on it with the settings of the store. */
#include "bench/parts.h"
#include "bench/sweep.h"
#include "harness/process.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PAGE = 8192, FACTS = 250 }; /* bytes: a page of the log; the facts of an event */

static bool commit(sqlite3 *db, sqlite3_stmt *const *statements, int64_t first, unsigned count);

bool parts_sync(struct part *part, uint64_t us)
{
    static const char page[PAGE];
    char directory[256], path[300];
    bool ok = sweep_directory(directory);
    snprintf(path, sizeof path, "%s/sync", directory);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    uint64_t begun_us = process_now_us(), cpu_us = parts_cpu_us();
    for (*part = (struct part){0}; ok && part->elapsed_us < us; part->elapsed_us = process_now_us() - begun_us) {
        ok = write(fd, page, PAGE) == PAGE && fdatasync(fd) == 0;
        part->count++;
    }
    part->cpu_us = parts_cpu_us() - cpu_us;
    if (!ok)
        perror(path);
    if (fd >= 0)
        close(fd);
    process_remove(directory);
    return ok;
}

bool parts_sqlite(struct part *part, uint64_t us, unsigned per_commit)
{
    static const char settings[] = "PRAGMA page_size=8192;PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;"
                                   "PRAGMA wal_autocheckpoint=4000;PRAGMA cache_size=-32768;"
                                   "CREATE TABLE txn (txn INTEGER PRIMARY KEY, status INTEGER, facts BLOB)";
    static const char *const texts[] = {"BEGIN IMMEDIATE", "INSERT INTO txn VALUES (?1, 1, zeroblob(?2))",
                                        "UPDATE txn SET status = 2 WHERE txn = ?1", "COMMIT"};
    char directory[256], path[300];
    sqlite3 *db = NULL;
    sqlite3_stmt *statements[4] = {NULL};
    bool ok = sweep_directory(directory);
    snprintf(path, sizeof path, "%s/parts.db", directory);
    ok = ok && sqlite3_open(path, &db) == SQLITE_OK && sqlite3_exec(db, settings, NULL, NULL, NULL) == SQLITE_OK;
    for (int i = 0; ok && i < 4; i++)
        ok = sqlite3_prepare_v2(db, texts[i], -1, &statements[i], NULL) == SQLITE_OK;
    uint64_t begun_us = process_now_us(), cpu_us = parts_cpu_us();
    for (*part = (struct part){0}; ok && part->elapsed_us < us; part->elapsed_us = process_now_us() - begun_us) {
        ok = commit(db, statements, (int64_t)part->count + 1, per_commit);
        part->count += per_commit;
    }
    part->cpu_us = parts_cpu_us() - cpu_us;
    if (!ok)
        fprintf(stderr, "%s: %s\n", path, sqlite3_errmsg(db));
    for (int i = 0; i < 4; i++)
        sqlite3_finalize(statements[i]);
    sqlite3_close(db);
    process_remove(directory);
    return ok;
}

/* Each updates the row that was inserted a commit before, or a moment ago in the first one. */
static bool commit(sqlite3 *db, sqlite3_stmt *const *statements, int64_t first, unsigned count)
{
    bool ok = sqlite3_step(statements[0]) == SQLITE_DONE;
    for (int64_t i = first; ok && i < first + count; i++) {
        sqlite3_bind_int64(statements[1], 1, i);
        sqlite3_bind_int(statements[1], 2, FACTS);
        sqlite3_bind_int64(statements[2], 1, i > count ? i - count : i);
        ok = sqlite3_step(statements[1]) == SQLITE_DONE && sqlite3_step(statements[2]) == SQLITE_DONE &&
             sqlite3_changes(db) == 1;
        sqlite3_reset(statements[1]);
        sqlite3_reset(statements[2]);
    }
    ok = ok && sqlite3_step(statements[3]) == SQLITE_DONE;
    sqlite3_reset(statements[0]);
    sqlite3_reset(statements[3]);
    return ok;
}
