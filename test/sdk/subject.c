/* See subject.h. */
#include "subject.h"

#include "belay/postgres.h"
#include "belay/sqlite.h"
#include "cluster.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char path[64];

static struct subject *subject_of(const struct belay_call *call)
{
    return belay_call_context(call);
}

static int change(struct belay_call *call, const char *sql)
{
    struct subject *subject = subject_of(call);
    subject->hooks++;
    return subject->kind == SUBJECT_SQLITE ? belay_sqlite_run(call, sql, NULL)
                                           : belay_postgres_run(call, sql, NULL);
}

static int insert(struct belay_call *call)
{
    int said = change(call, "INSERT INTO effect (key) VALUES (:key)");
    if (said)
        return said;
    return subject_of(call)->kind == SUBJECT_SQLITE
               ? belay_sqlite_answer(call, "SELECT json_object('count', max(id)) FROM effect")
               : belay_postgres_answer(call, "SELECT json_build_object('count', max(id)) FROM effect");
}

static int insert_only(struct belay_call *call)
{
    return change(call, "INSERT INTO effect (key) VALUES (:key)");
}

static int undo(struct belay_call *call)
{
    return change(call, "DELETE FROM effect WHERE key = :action_key");
}

static int confirm(struct belay_call *call)
{
    return change(call, "UPDATE effect SET key = key || ' confirmed' WHERE key = :action_key");
}

static int look(struct belay_call *call)
{
    subject_of(call)->hooks++;
    return BELAY_YES;
}

static int refuse(struct belay_call *call)
{
    insert(call);
    return belay_refuse(call, "no", "not this one");
}

static int fail(struct belay_call *call)
{
    insert(call);
    return belay_fail(call, "not now");
}

const char *subject_place(enum subject_kind kind)
{
    if (kind != SUBJECT_SQLITE) {
        cluster_start();
        return cluster_dsn();
    }
    if (!path[0]) {
        snprintf(path, sizeof path, "/tmp/belay-sdk-XXXXXX");
        int fd = mkstemp(path);
        assert(fd >= 0);
        close(fd);
    }
    return path;
}

void subject_remove(void)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes && path[0]; i++) {
        char name[80];
        snprintf(name, sizeof name, "%s%s", path, suffixes[i]);
        unlink(name);
    }
}

/* Prepared transactions outlive everything else. */
static void roll_back_prepared(PGconn *conn)
{
    PGresult *result = PQexec(conn, "SELECT gid FROM pg_prepared_xacts");
    for (int i = 0; i < PQntuples(result); i++) {
        char sql[300];
        snprintf(sql, sizeof sql, "ROLLBACK PREPARED '%s'", PQgetvalue(result, i, 0));
        cluster_run(conn, sql);
    }
    PQclear(result);
}

void subject_reset(enum subject_kind kind)
{
    subject_place(kind);
    if (kind == SUBJECT_SQLITE) {
        subject_remove();
        return;
    }
    PGconn *conn = cluster_connect();
    roll_back_prepared(conn);
    cluster_run(conn, "DROP TABLE IF EXISTS belay_barrier, effect;"
                      "CREATE TABLE effect (id serial PRIMARY KEY, key text NOT NULL)");
    PQfinish(conn);
}

static bool open_barrier(struct subject *subject, const struct belay_allocator *allocator)
{
    struct belay_error error;
    if (subject->kind == SUBJECT_SQLITE) {
        int rc = sqlite3_open(subject_place(SUBJECT_SQLITE), &subject->db);
        sqlite3_busy_timeout(subject->db, 20000);
        /* NORMAL: a service that is killed loses nothing; only a machine that loses power would. */
        if (!rc)
            rc = sqlite3_exec(subject->db,
                              "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; CREATE TABLE IF NOT EXISTS "
                              "effect (id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL);"
                              "CREATE INDEX IF NOT EXISTS effect_key ON effect (key)",
                              NULL, NULL, NULL);
        const struct belay_sqlite_options options = {.size = sizeof options, .busy_timeout_ms = -1};
        return !rc && !belay_sqlite_open(subject->db, &options, &subject->barrier, &error);
    }
    subject->conn = cluster_connect();
    const struct belay_postgres_options options = {
        .size = sizeof options, .allocator = allocator, .two_phase = subject->kind == SUBJECT_TWO_PHASE};
    return !belay_postgres_open(subject->conn, &options, &subject->barrier, &error);
}

static bool open_participant(struct subject *subject, const struct belay_allocator *allocator)
{
    bool two = subject->kind == SUBJECT_TWO_PHASE;
    const struct belay_operation operations[] = {
        {.size = sizeof operations[0],
         .name = "add",
         .context = subject,
         .on_action = insert,
         .on_compensation = undo,
         .on_try = insert,
         .on_confirm = confirm,
         .on_cancel = undo,
         .on_prepare = two ? insert_only : insert,
         .on_commit = two ? look : confirm,
         .on_rollback = two ? look : undo},
        {.size = sizeof operations[0],
         .name = "no",
         .context = subject,
         .on_action = refuse,
         .on_compensation = undo,
         .on_prepare = refuse,
         .on_rollback = undo},
        {.size = sizeof operations[0],
         .name = "fail",
         .context = subject,
         .on_action = fail,
         .on_compensation = undo,
         .on_prepare = fail,
         .on_rollback = undo},
    };
    const struct belay_participant_options options = {
        .size = sizeof options, .barrier = subject->barrier, .allocator = allocator};
    if (belay_participant_new(&options, &subject->participant, NULL))
        return false;
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        if (belay_participant_add(subject->participant, &operations[i], NULL))
            return false;
    return true;
}

bool subject_open(struct subject *subject, enum subject_kind kind, const struct belay_allocator *allocator)
{
    *subject = (struct subject){.kind = kind};
    if (open_barrier(subject, allocator) && open_participant(subject, allocator))
        return true;
    subject_close(subject);
    return false;
}

void subject_close(struct subject *subject)
{
    belay_participant_free(subject->participant);
    if (subject->barrier)
        subject->barrier->close(subject->barrier->self);
    int rc = sqlite3_close(subject->db); /* fails when a statement was left behind */
    assert(rc == SQLITE_OK);
    PQfinish(subject->conn);
}

int subject_call(struct subject *subject, const char *operation, const char *phase, const char *transaction)
{
    char target[64], key[200];
    snprintf(target, sizeof target, "/belay/%s", operation);
    snprintf(key, sizeof key, "%s/s/%s", transaction, phase);
    const struct belay_header headers[] = {
        {"Idempotency-Key", key}, {"Belay-Transaction", transaction}, {"Belay-Step", "s"}, {"Belay-Phase", phase}};
    const struct belay_request request = {.size = sizeof request,
                                          .method = "POST",
                                          .path = target,
                                          .headers = headers,
                                          .headers_count = 4,
                                          .body = "{}",
                                          .body_length = 2};
    struct belay_response response = {.size = sizeof response};
    struct belay_error error = {.code = BELAY_OK};
    subject->code = belay_handle(subject->participant, &request, &response, &error);
    assert(subject->code == BELAY_OK || subject->code == error.code);
    size_t length = response.body_length < sizeof subject->body ? response.body_length : sizeof subject->body - 1;
    if (length)
        memcpy(subject->body, response.body, length);
    subject->body[length] = '\0';
    int status = response.status;
    belay_response_done(&response);
    return status;
}

int64_t subject_count(struct subject *subject, const char *sql)
{
    if (subject->conn)
        return cluster_count(subject->conn, sql);
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(subject->db, sql, -1, &stmt, NULL);
    assert(rc == SQLITE_OK);
    rc = sqlite3_step(stmt);
    assert(rc == SQLITE_ROW);
    int64_t count = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return count;
}
