/* Requests with which an instance of a participant enters the coordinator's registry, and leaves it. */
#include "client.h"

enum { LEASE_MAX_S = 24 * 60 * 60 }; /* a lease that outlives a day is a registration */

static void begin(struct client_draft *draft, const char *method, const char *participant, const char *instance,
                  const struct belay_outgoing *out, struct belay_error *error)
{
    belay_draft_begin(draft, method, out, error);
    belay_draft_path(draft, "/v1/participants/");
    belay_draft_segment(draft, "the participant's name", participant, BELAY_OPERATION_MAX);
    belay_draft_path(draft, "/instances/");
    belay_draft_segment(draft, "the instance's id", instance, BELAY_TRANSACTION_MAX);
    belay_draft_target_end(draft);
}

int belay_client_register(const char *participant, const char *instance, const char *url, unsigned lease_s,
                          struct belay_outgoing *out, struct belay_error *error)
{
    struct client_draft draft;
    begin(&draft, "PUT", participant, instance, out, error);
    if (lease_s < 1 || lease_s > LEASE_MAX_S)
        belay_draft_refuse(&draft, "a lease of %u seconds; 1 to %d are possible", lease_s, LEASE_MAX_S);
    belay_draft_body(&draft);
    belay_draft_body_url(&draft, "url", url);
    belay_draft_body_number(&draft, "leaseSeconds", lease_s);
    return belay_draft_end(&draft, 1, 0, out);
}

int belay_client_deregister(const char *participant, const char *instance, struct belay_outgoing *out,
                            struct belay_error *error)
{
    struct client_draft draft;
    begin(&draft, "DELETE", participant, instance, out, error);
    return belay_draft_end(&draft, 1, 0, out);
}
