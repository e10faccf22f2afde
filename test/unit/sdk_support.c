/* See sdk_support.h. */
#include "sdk_support.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static atomic_int hooks_ran;
static _Thread_local char body[4096];
static _Thread_local int handle_code;

static int insert(struct belay_call *call)
{
    atomic_fetch_add(&hooks_ran, 1);
    if (belay_sqlite_run(call, "INSERT INTO effect VALUES (:key)", NULL))
        return BELAY_FAILED;
    return belay_sqlite_answer(call, "SELECT json_object('count', count(*)) FROM effect");
}

static int delete (struct belay_call *call)
{
    atomic_fetch_add(&hooks_ran, 1);
    return belay_sqlite_run(call, "DELETE FROM effect WHERE key = :action_key", NULL);
}

static int confirm(struct belay_call *call)
{
    atomic_fetch_add(&hooks_ran, 1);
    return belay_sqlite_run(call, "UPDATE effect SET key = key || ' confirmed' WHERE key = :action_key", NULL);
}

static int check(struct belay_call *call)
{
    return belay_sqlite_answer(call, "SELECT json_object('there', count(*)) FROM effect WHERE key = :action_key");
}

static int change_and_refuse(struct belay_call *call)
{
    insert(call);
    return belay_refuse(call, "out_of_stock", "only %d left", 3);
}

static int change_and_fail(struct belay_call *call)
{
    insert(call);
    return belay_fail(call, "the printer is on fire");
}

static const struct belay_operation operations[] = {
    {
        .size = sizeof(struct belay_operation),
        .name = "add",
        .on_action = insert,
        .on_compensation = delete,
        .on_check = check,
        .on_try = insert,
        .on_confirm = confirm,
        .on_cancel = delete,
        .on_prepare = insert,
        .on_commit = confirm,
        .on_rollback = delete,
    },
    {
        .size = sizeof(struct belay_operation),
        .name = "no",
        .on_action = change_and_refuse,
        .on_compensation = delete,
    },
    {
        .size = sizeof(struct belay_operation),
        .name = "fail",
        .on_action = change_and_fail,
        .on_compensation = delete,
    },
    {
        .size = sizeof(struct belay_operation),
        .name = "stubborn",
        .on_action = insert,
        .on_compensation = change_and_refuse,
    },
};

void sdk_service_open(struct sdk_service *service, const char *path)
{
    snprintf(service->path, sizeof service->path, "%s", path);
    int rc = sqlite3_open(path, &service->db);
    assert(rc == SQLITE_OK);
    sqlite3_busy_timeout(service->db, 10000);
    rc = sqlite3_exec(service->db, "PRAGMA journal_mode = WAL; CREATE TABLE IF NOT EXISTS effect (key TEXT)", NULL,
                      NULL, NULL);
    assert(rc == SQLITE_OK);
    const struct belay_sqlite_options wait = {.size = sizeof wait, .busy_timeout_ms = -1};
    rc = belay_sqlite_open(service->db, &wait, &service->barrier, NULL);
    assert(rc == BELAY_OK);
    const struct belay_participant_options options = {.size = sizeof options, .barrier = service->barrier};
    rc = belay_participant_new(&options, &service->participant, NULL);
    assert(rc == BELAY_OK);
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
        rc = belay_participant_add(service->participant, &operations[i], NULL);
        assert(rc == BELAY_OK);
    }
}

void sdk_service_close(struct sdk_service *service)
{
    belay_participant_free(service->participant);
    belay_sqlite_close(service->barrier);
    int rc = sqlite3_close(service->db); /* fails when a statement was left behind */
    assert(rc == SQLITE_OK);
}

void sdk_path_make(char path[64])
{
    snprintf(path, 64, "/tmp/belay-sdk-XXXXXX");
    int fd = mkstemp(path);
    assert(fd >= 0);
    close(fd);
}

void sdk_path_remove(const char *path)
{
    const char *suffixes[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        char name[80];
        snprintf(name, sizeof name, "%s%s", path, suffixes[i]);
        unlink(name);
    }
}

sqlite3_int64 sdk_count(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
    assert(rc == SQLITE_OK);
    rc = sqlite3_step(stmt);
    assert(rc == SQLITE_ROW);
    sqlite3_int64 count = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return count;
}

int sdk_send(struct belay_participant *participant, const struct belay_request *request)
{
    struct belay_response response = {.size = sizeof response};
    struct belay_error error = {.code = BELAY_OK};
    handle_code = belay_handle(participant, request, &response, &error);
    assert(handle_code == BELAY_OK || error.code == handle_code);
    assert(response.body_length < sizeof body);
    if (response.body_length)
        memcpy(body, response.body, response.body_length);
    body[response.body_length] = '\0';
    int status = response.status;
    belay_response_done(&response);
    belay_response_done(&response);
    return status;
}

int sdk_call(struct belay_participant *participant, const char *operation, const char *phase, const char *item)
{
    char path[96], key[96];
    snprintf(path, sizeof path, "/belay/%s", operation);
    snprintf(key, sizeof key, "t/s%s%s/%s", item ? "/" : "", item ? item : "", phase);
    const struct belay_header headers[] = {
        {"Idempotency-Key", key}, {"Belay-Transaction", "t"}, {"Belay-Step", "s"},
        {"Belay-Phase", phase},   {"Belay-Attempt", "2"},     {"Content-Type", "application/json"},
        {"Belay-Item", item},
    };
    const struct belay_request request = {
        .size = sizeof request,
        .method = "POST",
        .path = path,
        .headers = headers,
        .headers_count = item ? 7 : 6,
        .body = "{}",
        .body_length = 2,
    };
    return sdk_send(participant, &request);
}

const char *sdk_body(void)
{
    return body;
}

int sdk_code(void)
{
    return handle_code;
}

int sdk_hooks_ran(void)
{
    return atomic_load(&hooks_ran);
}

void sdk_hooks_reset(void)
{
    atomic_store(&hooks_ran, 0);
}
