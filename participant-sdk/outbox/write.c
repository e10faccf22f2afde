/* A message becomes a row. What is stored is the body of the request that begins its transaction, so that what is
 * handed over later, and perhaps again, is the same to the byte. */
#include "table.h"

#include <string.h>

int belay_outbox_announce(const struct belay_outbox_message *message, struct belay_outgoing *out,
                          struct belay_error *error)
{
    if (message->size < sizeof *message)
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "message: size is not set");
    if (message->branches_count == 0)
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "message: it is for nobody");
    const struct belay_begin begin = {
        .size = sizeof begin,
        .kind = BELAY_KIND_MESSAGE,
        .id = message->id,
        .timeout_ms = message->timeout_ms,
        .branches = message->branches,
        .branches_count = message->branches_count,
        .check_participant = message->check_participant,
        .check_operation = message->check_operation,
    };
    return belay_client_begin(&begin, out, error);
}

static int insert(sqlite3 *db, const struct belay_outbox_message *message, const struct belay_outgoing *request,
                  struct belay_error *error)
{
    static const char sql[] = "INSERT INTO belay_outbox (id, state, body, traceparent) VALUES (?1, 0, ?2, ?3)"
                              " ON CONFLICT DO NOTHING";
    sqlite3_stmt *stmt;
    int code = belay_outbox_prepare(db, sql, message->id, &stmt, error);
    if (code)
        return code;
    int rc = sqlite3_bind_blob64(stmt, 2, request->body, request->body_length, SQLITE_STATIC);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_text(stmt, 3, message->traceparent, -1, SQLITE_STATIC);
    return belay_outbox_run(db, stmt, rc, "write a message", error);
}

/* Compares what was there before with what was to be written. A body that was handed over is gone, and counts as
 * the same: its id says so. */
static int compare(sqlite3 *db, const char *id, const struct belay_outgoing *request, struct belay_error *error)
{
    sqlite3_stmt *stmt;
    int code = belay_outbox_prepare(db, "SELECT state, body FROM belay_outbox WHERE id = ?1", id, &stmt, error);
    if (code)
        return code;
    if (sqlite3_step(stmt) != SQLITE_ROW) {
        code = belay_outbox_fail(db, "read a message", error);
    } else if (sqlite3_column_int(stmt, 0) == OUTBOX_FENCE) {
        code = belay_error_set(error, BELAY_ERROR_REFUSED,
                               "message \"%.80s\": the coordinator was told that it will never be", id);
    } else if (sqlite3_column_int(stmt, 0) != OUTBOX_HANDED) {
        const void *body = sqlite3_column_blob(stmt, 1);
        size_t length = (size_t)sqlite3_column_bytes(stmt, 1);
        if (!body || length != request->body_length || memcmp(body, request->body, length) != 0)
            code =
                belay_error_set(error, BELAY_ERROR_ARGUMENT, "message \"%.80s\": its id was used for another", id);
    }
    sqlite3_finalize(stmt);
    return code;
}

int belay_outbox_write(sqlite3 *db, const struct belay_outbox_message *message, struct belay_error *error)
{
    struct belay_outgoing request = {.size = sizeof request};
    int code = belay_outbox_announce(message, &request, error);
    if (code)
        return code;
    if (sqlite3_get_autocommit(db))
        code = belay_error_set(error, BELAY_ERROR_ARGUMENT, "message: no transaction is open");
    if (!code)
        code = insert(db, message, &request, error);
    if (!code && sqlite3_changes64(db) == 0)
        code = compare(db, message->id, &request, error);
    belay_outgoing_done(&request);
    return code;
}
