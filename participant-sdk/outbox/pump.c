/* Rows go to the coordinator. A row is read, the statement is reset, the requests are sent, the row is settled: no
 * transaction is open while the network is waited for, and every step can be repeated. */
#include "table.h"

#include <string.h>

enum { LONGEST_PAUSE_S = 60 };

/* One row on its way. */
struct row {
    sqlite3_int64 seq;
    char id[BELAY_TRANSACTION_MAX + 1];
    char traceparent[BELAY_TRACEPARENT_BYTES];
    int attempts;
    void *body; /* sqlite3_malloc */
    size_t body_length;
};

static void copy_text(char *to, size_t size, sqlite3_stmt *stmt, int column)
{
    const char *text = (const char *)sqlite3_column_text(stmt, column);
    size_t length = text ? strnlen(text, size) : 0;
    length = length < size ? length : 0;
    memcpy(to, text ? text : "", length);
    to[length] = '\0';
}

/* The oldest row that is due; `*found` false when there is none. */
static int take(sqlite3 *db, struct row *row, bool *found, struct belay_error *error)
{
    static const char sql[] = "SELECT seq, id, traceparent, attempts, body FROM belay_outbox"
                              " WHERE state = 0 AND due <= strftime('%s', 'now') + 0 ORDER BY seq LIMIT 1";
    sqlite3_stmt *stmt;
    int code = belay_outbox_prepare(db, sql, NULL, &stmt, error);
    if (code)
        return code;
    int rc = sqlite3_step(stmt);
    *found = rc == SQLITE_ROW;
    if (rc == SQLITE_ROW) {
        *row = (struct row){.seq = sqlite3_column_int64(stmt, 0), .attempts = sqlite3_column_int(stmt, 3)};
        copy_text(row->id, sizeof row->id, stmt, 1);
        copy_text(row->traceparent, sizeof row->traceparent, stmt, 2);
        const void *body = sqlite3_column_blob(stmt, 4);
        row->body_length = (size_t)sqlite3_column_bytes(stmt, 4);
        row->body = sqlite3_malloc64(row->body_length + 1);
        if (row->body && body)
            memcpy(row->body, body, row->body_length);
        else
            code = belay_error_set(error, BELAY_ERROR_MEMORY, "no memory for a message");
        if (code)
            sqlite3_free(row->body);
    } else if (rc != SQLITE_DONE) {
        code = belay_outbox_fail(db, "read the outbox", error);
    }
    sqlite3_finalize(stmt);
    return code;
}

static int send_one(const struct belay_transport *transport, const struct belay_outgoing *request,
                    struct belay_error *error)
{
    struct belay_response response = {.size = sizeof response};
    struct belay_result result = {.size = sizeof result};
    int code = belay_client_send(transport, request, &response, &result, error);
    belay_response_done(&response);
    return code;
}

/* Both requests of a message. The first is the stored one; it may have been sent before, by us or as an
 * announcement. */
static int hand_over(const struct belay_transport *transport, const struct row *row, struct belay_error *error)
{
    struct belay_header headers[] = {{"Content-Type", "application/json"}, {"traceparent", row->traceparent}};
    const struct belay_outgoing begin = {
        .size = sizeof begin,
        .method = "POST",
        .target = "/v1/transactions",
        .headers = headers,
        .headers_count = row->traceparent[0] ? 2 : 1,
        .body = row->body,
        .body_length = row->body_length,
        .repeatable = 1,
    };
    struct belay_outgoing commit = {.size = sizeof commit};
    int code = belay_client_commit(row->id, 0, &commit, error);
    if (code)
        return code;
    code = send_one(transport, &begin, error);
    if (!code)
        code = send_one(transport, &commit, error);
    belay_outgoing_done(&commit);
    return code;
}

/* 1, 2, 4 ... seconds. */
static int pause_after(int attempts)
{
    int pause = 1;
    for (int i = 0; i < attempts && pause < LONGEST_PAUSE_S; i++)
        pause *= 2;
    return pause < LONGEST_PAUSE_S ? pause : LONGEST_PAUSE_S;
}

/* Notes in the row what became of it. Rows that somebody else settled meanwhile stay as they are. */
static int settle(sqlite3 *db, const struct row *row, int code, const char *reason, struct belay_error *error)
{
    static const char handed[] = "UPDATE belay_outbox SET state = 1, body = NULL, reason = NULL,"
                                 " at = strftime('%s', 'now') WHERE seq = ?1 AND state = 0";
    static const char refused[] = "UPDATE belay_outbox SET state = 2, reason = ?2, at = strftime('%s', 'now')"
                                  " WHERE seq = ?1 AND state = 0";
    static const char later[] = "UPDATE belay_outbox SET attempts = attempts + 1, reason = ?2,"
                                " due = strftime('%s', 'now') + ?3 WHERE seq = ?1 AND state = 0";
    sqlite3_stmt *stmt;
    const char *sql = code == BELAY_OK ? handed : code == BELAY_ERROR_REFUSED ? refused : later;
    int failed = belay_outbox_prepare(db, sql, NULL, &stmt, error);
    if (failed)
        return failed;
    int rc = sqlite3_bind_int64(stmt, 1, row->seq);
    if (rc == SQLITE_OK && sql != handed)
        rc = sqlite3_bind_text(stmt, 2, reason, -1, SQLITE_STATIC);
    if (rc == SQLITE_OK && sql == later)
        rc = sqlite3_bind_int(stmt, 3, pause_after(row->attempts));
    return belay_outbox_run(db, stmt, rc, "settle a message", error);
}

int belay_outbox_count(sqlite3 *db, struct belay_outbox_report *report, struct belay_error *error)
{
    static const char sql[] = "SELECT count(*), max(0, min(due) - strftime('%s', 'now')) FROM belay_outbox"
                              " WHERE state = 0";
    sqlite3_stmt *stmt;
    int code = belay_outbox_prepare(db, sql, NULL, &stmt, error);
    if (code)
        return code;
    if (sqlite3_step(stmt) == SQLITE_ROW) {
        report->waiting = (unsigned)sqlite3_column_int64(stmt, 0);
        report->next_s = (unsigned)sqlite3_column_int64(stmt, 1);
    } else {
        code = belay_outbox_fail(db, "count the outbox", error);
    }
    sqlite3_finalize(stmt);
    return code;
}

int belay_outbox_pump_one(sqlite3 *db, const struct belay_transport *transport, struct belay_outbox_report *report,
                          bool *found, struct belay_error *error)
{
    struct row row;
    struct belay_error why = {.code = BELAY_OK};
    int code = take(db, &row, found, error);
    if (code || !*found)
        return code;
    int said = hand_over(transport, &row, &why);
    sqlite3_free(row.body);
    code = settle(db, &row, said, why.text, error);
    if (code)
        return code;
    report->handed += said == BELAY_OK;
    report->refused += said == BELAY_ERROR_REFUSED;
    if (said == BELAY_OK || said == BELAY_ERROR_REFUSED)
        return BELAY_OK;
    return belay_error_set(error, said, "message \"%.60s\": %s", row.id, why.text);
}

int belay_outbox_pump(sqlite3 *db, const struct belay_transport *transport, unsigned rows_max,
                      struct belay_outbox_report *report, struct belay_error *error)
{
    struct belay_outbox_report own = {.size = sizeof own};
    if (!sqlite3_get_autocommit(db) || (report && report->size < sizeof *report))
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "pump: a transaction is open, or a size is not set");
    bool found = true;
    int code = BELAY_OK;
    for (unsigned rows = 0; !code && found && (rows_max == 0 || rows < rows_max); rows++)
        code = belay_outbox_pump_one(db, transport, &own, &found, error);
    if (!report)
        return code;
    struct belay_error ignored;
    int counted = belay_outbox_count(db, &own, code ? &ignored : error);
    *report = own;
    return code ? code : counted;
}
