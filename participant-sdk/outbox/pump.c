/* Rows go to the coordinator. A row is read, the requests are sent, the row is settled: no transaction is open
 * while the network is waited for, and every step can be repeated. */
#include "inside.h"

#include <stdio.h>

enum { LONGEST_PAUSE_S = 60 };

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
static int hand_over(const struct belay_transport *transport, const struct belay_outbox_row *row,
                     struct belay_error *error)
{
    struct belay_header headers[] = {{"Content-Type", "application/json"}, {"traceparent", row->traceparent}};
    const struct belay_outgoing begin = {
        .size = sizeof begin,
        .method = "POST",
        .target = "/v1/transactions",
        .headers = headers,
        .headers_count = row->traceparent ? 2 : 1,
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
static unsigned pause_after(int attempts)
{
    unsigned pause = 1;
    for (int i = 0; i < attempts && pause < LONGEST_PAUSE_S; i++)
        pause *= 2;
    return pause < LONGEST_PAUSE_S ? pause : LONGEST_PAUSE_S;
}

/* Notes in the row what became of it. */
static int settle(struct belay_outbox *outbox, const struct belay_outbox_row *row, int said, const char *reason,
                  struct belay_error *error)
{
    enum belay_outbox_state state = said == BELAY_OK              ? BELAY_OUTBOX_HANDED
                                    : said == BELAY_ERROR_REFUSED ? BELAY_OUTBOX_REFUSED
                                                                  : BELAY_OUTBOX_WAITING;
    return outbox->settle(outbox->self, row->id, state, said == BELAY_OK ? NULL : reason,
                          pause_after(row->attempts), error);
}

int belay_outbox_pump_one(struct belay_outbox *outbox, const struct belay_transport *transport,
                          struct belay_outbox_report *report, bool *found, struct belay_error *error)
{
    struct belay_outbox_row row;
    struct belay_error why = {.code = BELAY_OK};
    char id[BELAY_TRANSACTION_MAX + 1];
    int there = 0;
    int code = outbox->next(outbox->self, &row, &there, error);
    *found = !code && there;
    if (!*found)
        return code;
    int said = hand_over(transport, &row, &why);
    snprintf(id, sizeof id, "%s", row.id);
    code = settle(outbox, &row, said, why.text, error);
    if (code)
        return code;
    report->handed += said == BELAY_OK;
    report->refused += said == BELAY_ERROR_REFUSED;
    if (said == BELAY_OK || said == BELAY_ERROR_REFUSED)
        return BELAY_OK;
    return belay_error_set(error, said, "message \"%.60s\": %s", id, why.text);
}

int belay_outbox_pump(struct belay_outbox *outbox, const struct belay_transport *transport, unsigned rows_max,
                      struct belay_outbox_report *report, struct belay_error *error)
{
    struct belay_outbox_report own = {.size = sizeof own};
    int code = belay_outbox_validate(outbox, error);
    if (code)
        return code;
    if (report && report->size < sizeof *report)
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "pump: the report's size is not set");
    if (outbox->in_transaction(outbox->self))
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "pump: a transaction is open on the connection");
    bool found = true;
    for (unsigned rows = 0; !code && found && (rows_max == 0 || rows < rows_max); rows++)
        code = belay_outbox_pump_one(outbox, transport, &own, &found, error);
    if (!report)
        return code;
    struct belay_error ignored;
    int counted = outbox->count(outbox->self, &own.waiting, &own.next_s, code ? &ignored : error);
    *report = own;
    return code ? code : counted;
}
