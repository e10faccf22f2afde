/* Requests about transactions that a definition drives: start, get, cancel, signal. */
#include "client.h"
#include "sized.h"

#define TRANSACTIONS "/v1/transactions"

enum { TAG_MAX = 64, SIGNAL_MAX = 64 };

static void put_tags(struct client_draft *draft, const struct belay_start *start)
{
    if (start->tags_count > BELAY_TAGS_MAX)
        belay_draft_refuse(draft, "%zu tags, %d are allowed", start->tags_count, BELAY_TAGS_MAX);
    if (start->tags_count == 0 || draft->code)
        return;
    belay_draft_body_open(draft, "tags", "[");
    for (size_t i = 0; i < start->tags_count; i++)
        if (start->tags[i])
            belay_draft_body_id(draft, NULL, start->tags[i], TAG_MAX);
        else
            belay_draft_refuse(draft, "tag %zu is NULL", i);
    belay_draft_body_raw(draft, "]");
}

int belay_client_start(const struct belay_start *given, struct belay_outgoing *out, struct belay_error *error)
{
    struct belay_start start;
    if (!belay_sized_copy(&start, sizeof start, sizeof start, given))
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "start: size is not set");
    struct client_draft draft;
    belay_draft_begin(&draft, "POST", out, error);
    belay_draft_path(&draft, TRANSACTIONS);
    belay_draft_target_end(&draft);
    belay_draft_header(&draft, "Idempotency-Key", start.key, BELAY_TRANSACTION_MAX);
    belay_draft_wait(&draft, start.wait_s);
    belay_draft_body(&draft);
    if (!start.saga)
        belay_draft_refuse(&draft, "start: no saga");
    belay_draft_body_id(&draft, "saga", start.saga, BELAY_TRANSACTION_MAX);
    if (start.version)
        belay_draft_body_number(&draft, "version", start.version);
    belay_draft_body_id(&draft, "id", start.id, BELAY_TRANSACTION_MAX);
    put_tags(&draft, &start);
    belay_draft_body_json(&draft, "input", start.input, start.input_length);
    return belay_draft_end(&draft, start.id || start.key, start.wait_s, out);
}

/* The way to one transaction. */
static void put_transaction(struct client_draft *draft, const char *id)
{
    belay_draft_path(draft, TRANSACTIONS "/");
    belay_draft_segment(draft, "the transaction's id", id, BELAY_TRANSACTION_MAX);
}

int belay_client_get(const char *id, unsigned wait_s, struct belay_outgoing *out, struct belay_error *error)
{
    struct client_draft draft;
    belay_draft_begin(&draft, "GET", out, error);
    put_transaction(&draft, id);
    if (wait_s > 0) {
        belay_draft_path(&draft, "?wait=");
        belay_draft_number(&draft, wait_s);
    }
    belay_draft_target_end(&draft);
    belay_draft_check_wait(&draft, wait_s);
    return belay_draft_end(&draft, 1, wait_s, out);
}

int belay_client_cancel(const char *id, const char *reason, struct belay_outgoing *out, struct belay_error *error)
{
    struct client_draft draft;
    belay_draft_begin(&draft, "POST", out, error);
    put_transaction(&draft, id);
    belay_draft_path(&draft, "/cancel");
    belay_draft_target_end(&draft);
    belay_draft_body(&draft);
    belay_draft_body_text(&draft, "reason", reason, BELAY_REASON_MAX);
    return belay_draft_end(&draft, 1, 0, out);
}

int belay_client_signal(const char *id, const char *name, const char *json, size_t length,
                        struct belay_outgoing *out, struct belay_error *error)
{
    struct client_draft draft;
    belay_draft_begin(&draft, "POST", out, error);
    put_transaction(&draft, id);
    belay_draft_path(&draft, "/signals/");
    belay_draft_segment(&draft, "the signal's name", name, SIGNAL_MAX);
    belay_draft_target_end(&draft);
    belay_draft_body_value(&draft, "payload", json, length);
    return belay_draft_end(&draft, 0, 0, out);
}
