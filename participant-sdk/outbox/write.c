/* A message becomes a row. What is stored is the body of the request that begins its transaction, so that what is
 * handed over later, and perhaps again, is the same to the byte. */
#include "inside.h"

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

/* Compares what was there before with what was to be written. A body that was handed over is gone, and counts as
 * the same: its id says so. */
static int compare(struct belay_outbox *outbox, const struct belay_outbox_row *meant, struct belay_error *error)
{
    struct belay_outbox_row row;
    int found = 0;
    int code = outbox->find(outbox->self, meant->id, &row, &found, error);
    if (code)
        return code;
    if (!found)
        return belay_error_set(error, BELAY_ERROR_BUSY, "message \"%.80s\": its row was there, and is not",
                               meant->id);
    if (row.state == BELAY_OUTBOX_FENCE)
        return belay_error_set(error, BELAY_ERROR_REFUSED,
                               "message \"%.80s\": the coordinator was told that it will never be", meant->id);
    bool same = row.body_length == meant->body_length && !memcmp(row.body, meant->body, meant->body_length);
    if (row.state != BELAY_OUTBOX_HANDED && !same)
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "message \"%.80s\": its id was used for another",
                               meant->id);
    return BELAY_OK;
}

static int write_row(struct belay_outbox *outbox, const struct belay_outbox_row *row, struct belay_error *error)
{
    int added = 0;
    if (!outbox->in_transaction(outbox->self))
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "message: no transaction is open");
    int code = outbox->add(outbox->self, row, &added, error);
    return code || added ? code : compare(outbox, row, error);
}

int belay_outbox_write(struct belay_outbox *outbox, const struct belay_outbox_message *message,
                       struct belay_error *error)
{
    struct belay_outgoing request = {.size = sizeof request};
    int code = belay_outbox_validate(outbox, error);
    if (!code)
        code = belay_outbox_announce(message, &request, error);
    if (code)
        return code;
    const struct belay_outbox_row row = {.id = message->id,
                                         .state = BELAY_OUTBOX_WAITING,
                                         .body = request.body,
                                         .body_length = request.body_length,
                                         .traceparent = message->traceparent};
    code = write_row(outbox, &row, error);
    belay_outgoing_done(&request);
    return code;
}
