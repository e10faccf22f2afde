/* What belay_handle costs: without a database, with the barrier on SQLite, and beside the same change made without
 * the SDK. `test-sdk-bench [CALLS]` prints one JSON line per case; its exit tells whether the promises hold: under
 * 10 microseconds a call without a database, at most one more row written per call with SQLite. */
#include "belay/participant.h"
#include "belay/sqlite.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { CALLS = 200000, LIMIT_NS = 10000, ROWS_LIMIT = 1 };

static double now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* ---- A back end that keeps nothing ---- */

static int none_begin(void *self, void **session, struct belay_error *error)
{
    (void)error;
    *session = self;
    return BELAY_OK;
}

static int none_find(void *self, const struct belay_branch *branch, const char *phase, struct belay_row *row,
                     struct belay_error *error)
{
    (void)self, (void)branch, (void)phase, (void)error;
    *row = (struct belay_row){.state = BELAY_STATE_OPEN};
    return BELAY_OK;
}

static int none_store(void *self, const struct belay_branch *branch, const char *phase,
                      const struct belay_row *row, struct belay_error *error)
{
    (void)self, (void)branch, (void)phase, (void)row, (void)error;
    return BELAY_OK;
}

static int none_enter(void *self, struct belay_error *error)
{
    (void)self, (void)error;
    return BELAY_OK;
}

static int none_leave(void *self, int keep, struct belay_error *error)
{
    (void)self, (void)keep, (void)error;
    return BELAY_OK;
}

static void none_end(void *self)
{
    (void)self;
}

static struct belay_barrier none = {
    .size = sizeof none,
    .begin = none_begin,
    .find = none_find,
    .claim = none_find,
    .store = none_store,
    .enter = none_enter,
    .leave = none_leave,
    .commit = none_enter,
    .rollback = none_end,
    .close = none_end,
};

/* ---- Calls ---- */

static int nothing(struct belay_call *call)
{
    return belay_answer(call, "{\"done\":true}", 13);
}

static int change(struct belay_call *call)
{
    return belay_sqlite_run(call, "UPDATE stock SET free = free - 1 WHERE sku = 'book'", NULL);
}

static struct belay_participant *make(struct belay_barrier *barrier, belay_hook *hook)
{
    const struct belay_participant_options options = {.size = sizeof options, .barrier = barrier};
    const struct belay_operation operation = {.size = sizeof operation, .name = "reserve", .on_action = hook};
    struct belay_participant *participant = NULL;
    int failed = belay_participant_new(&options, &participant, NULL);
    failed += failed ? 0 : belay_participant_add(participant, &operation, NULL);
    assert(!failed);
    return participant;
}

/* The n-th transaction's call, with the headers that a coordinator sends. */
static void call_one(struct belay_participant *participant, long n)
{
    char id[40], key[64];
    static const char body[] =
        "{\"sku\":\"book\",\"quantity\":1,\"customer\":\"0190b5a2-7c3e-7d10-9c41-3f1f3c2a5b6d\"}";
    snprintf(id, sizeof id, "0190b5a2-7c3e-7d10-9c41-%012lx", n);
    snprintf(key, sizeof key, "%s/reserve/action", id);
    const struct belay_header headers[] = {
        {"Host", "127.0.0.1:7101"},
        {"Content-Type", "application/json"},
        {"Content-Length", "85"},
        {"Idempotency-Key", key},
        {"Belay-Transaction", id},
        {"Belay-Step", "reserve"},
        {"Belay-Phase", "action"},
        {"Belay-Attempt", "1"},
        {"Belay-Action-Key", key},
        {"Belay-Deadline", "2026-01-02T03:04:05.678Z"},
        {"traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"},
    };
    const struct belay_request request = {.size = sizeof request,
                                          .method = "POST",
                                          .path = "/belay/reserve",
                                          .headers = headers,
                                          .headers_count = sizeof headers / sizeof *headers,
                                          .body = body,
                                          .body_length = sizeof body - 1};
    struct belay_response response = {.size = sizeof response};
    int failed = belay_handle(participant, &request, &response, NULL);
    assert(!failed && response.status / 100 == 2);
    belay_response_done(&response);
}

static double run(struct belay_participant *participant, long calls)
{
    double start = now_ns();
    for (long n = 0; n < calls; n++)
        call_one(participant, n);
    return (now_ns() - start) / (double)calls;
}

static sqlite3 *open_database(char path[64])
{
    sqlite3 *db = NULL;
    snprintf(path, 64, "/tmp/belay-sdk-bench-XXXXXX");
    int fd = mkstemp(path);
    assert(fd >= 0);
    close(fd);
    /* Neither syncs nor checkpoints are the SDK's: the change without it needs them as well. */
    int failed = sqlite3_open(path, &db) || sqlite3_exec(db,
                                                         "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;"
                                                         "CREATE TABLE stock (sku TEXT PRIMARY KEY, free INTEGER);"
                                                         "INSERT INTO stock VALUES ('book', 0)",
                                                         NULL, NULL, NULL);
    assert(!failed);
    return db;
}

static void close_database(sqlite3 *db, const char *path)
{
    static const char *const suffixes[] = {"", "-wal", "-shm"};
    int failed = sqlite3_close(db);
    assert(!failed);
    for (size_t i = 0; i < 3; i++) {
        char name[80];
        snprintf(name, sizeof name, "%s%s", path, suffixes[i]);
        unlink(name);
    }
}

/* The same change in a transaction of its own, without the SDK. */
static double run_plain(long calls)
{
    char path[64];
    sqlite3 *db = open_database(path);
    double start = now_ns();
    for (long n = 0; n < calls; n++)
        sqlite3_exec(db, "BEGIN IMMEDIATE; UPDATE stock SET free = free - 1 WHERE sku = 'book'; COMMIT", NULL,
                     NULL, NULL);
    double each = (now_ns() - start) / (double)calls;
    close_database(db, path);
    return each;
}

/* With the barrier; `*rows` is what it wrote per call beside the change itself. */
static double run_sqlite(long calls, double *rows)
{
    char path[64];
    sqlite3 *db = open_database(path);
    struct belay_barrier *barrier = NULL;
    int failed = belay_sqlite_open(db, NULL, &barrier, NULL);
    assert(!failed);
    struct belay_participant *participant = make(barrier, change);
    sqlite3_int64 before = sqlite3_total_changes64(db);
    double each = run(participant, calls);
    *rows = (double)(sqlite3_total_changes64(db) - before) / (double)calls - 1;
    belay_participant_free(participant);
    belay_sqlite_close(barrier);
    close_database(db, path);
    return each;
}

int main(int argc, char **argv)
{
    long calls = argc > 1 ? strtol(argv[1], NULL, 10) : CALLS;
    double rows = 0;
    if (calls < 1)
        return fprintf(stderr, "usage: test-sdk-bench [CALLS]\n"), 2;
    struct belay_participant *participant = make(&none, nothing);
    run(participant, calls / 10 + 1);
    double without = run(participant, calls);
    belay_participant_free(participant);
    double plain = run_plain(calls), with = run_sqlite(calls, &rows);
    bool good = without < LIMIT_NS && rows <= ROWS_LIMIT;
    printf("{\"case\":\"handle\",\"calls\":%ld,\"microseconds\":%.2f,\"limit\":%d}\n", calls, without / 1000,
           LIMIT_NS / 1000);
    printf("{\"case\":\"sqlite-without-sdk\",\"calls\":%ld,\"microseconds\":%.2f}\n", calls, plain / 1000);
    printf("{\"case\":\"sqlite\",\"calls\":%ld,\"microseconds\":%.2f,\"extra_rows\":%.3f,\"limit\":%d}\n", calls,
           with / 1000, rows, ROWS_LIMIT);
    return good ? 0 : 1;
}
