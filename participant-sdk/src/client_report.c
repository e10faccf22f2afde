/* Requests of an asynchronous step's worker, to the URL that its call brought. */
#include "client.h"

/* The report `{"status":...}` that both endings begin with. */
static void begin(struct client_draft *draft, const char *callback, const char *status,
                  const struct belay_outgoing *out, struct belay_error *error)
{
    belay_draft_begin(draft, "POST", out, error);
    belay_draft_url(draft, callback, "");
    belay_draft_target_end(draft);
    belay_draft_body(draft);
    belay_draft_body_text(draft, "status", status, BELAY_CODE_MAX);
}

int belay_client_complete(const char *callback, const char *json, size_t length, struct belay_outgoing *out,
                          struct belay_error *error)
{
    struct client_draft draft;
    begin(&draft, callback, "completed", out, error);
    belay_draft_body_json(&draft, "output", json, length);
    return belay_draft_end(&draft, 1, 0, out);
}

int belay_client_refuse(const char *callback, const char *code, const char *detail, struct belay_outgoing *out,
                        struct belay_error *error)
{
    struct client_draft draft;
    begin(&draft, callback, "failed", out, error);
    if (!code)
        belay_draft_refuse(&draft, "a refusal needs a code");
    belay_draft_body_id(&draft, "code", code, BELAY_CODE_MAX);
    belay_draft_body_text(&draft, "detail", detail, BELAY_DETAIL_MAX);
    return belay_draft_end(&draft, 1, 0, out);
}

int belay_client_heartbeat(const char *callback, struct belay_outgoing *out, struct belay_error *error)
{
    struct client_draft draft;
    belay_draft_begin(&draft, "POST", out, error);
    belay_draft_url(&draft, callback, "/heartbeat");
    belay_draft_target_end(&draft);
    return belay_draft_end(&draft, 1, 0, out);
}
