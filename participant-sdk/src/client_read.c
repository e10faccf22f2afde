/* What the coordinator's answers say. */
#include "belay/client.h"
#include "client_json.h"

#include <assert.h>
#include <string.h>

static const char *const statuses[BELAY_STATUSES_END] = {"unknown",
#define X(name, word) word,
                                                         BELAY_STATUSES(X)
#undef X
};

static const char *const outcomes[] = {"unknown", "commit", "abort", "undecided"};

int belay_status_ended(enum belay_status status)
{
    return status == BELAY_STATUS_COMPLETED || status == BELAY_STATUS_COMPENSATED ||
           status == BELAY_STATUS_TERMINATED;
}

const char *belay_status_word(enum belay_status status)
{
    return statuses[(unsigned)status < BELAY_STATUSES_END ? (unsigned)status : BELAY_STATUS_UNKNOWN];
}

/* The place of a member's text in a list of words; 0 when it is none of them. */
static unsigned find_word(const struct belay_response *response, const char *name, const char *const *words,
                          unsigned count)
{
    char text[32];
    struct client_value value = belay_client_json_member(response->body, response->body_length, name);
    belay_client_json_text(&value, text, sizeof text);
    for (unsigned i = 1; i < count; i++)
        if (!strcmp(text, words[i]))
            return i;
    return 0;
}

static void read_text(const struct belay_response *response, const char *name, char *out, size_t size)
{
    struct client_value value = belay_client_json_member(response->body, response->body_length, name);
    belay_client_json_text(&value, out, size);
}

static void read_members(const struct belay_response *response, struct belay_result *result)
{
    read_text(response, "id", result->id, sizeof result->id);
    read_text(response, "step", result->step, sizeof result->step);
    if (!result->step[0])
        read_text(response, "causeStep", result->step, sizeof result->step);
    read_text(response, "cause", result->cause, sizeof result->cause);
    read_text(response, "code", result->code, sizeof result->code);
    read_text(response, "detail", result->detail, sizeof result->detail);
    result->status = (enum belay_status)find_word(response, "status", statuses, BELAY_STATUSES_END);
    result->outcome =
        (enum belay_outcome)find_word(response, "outcome", outcomes, sizeof outcomes / sizeof *outcomes);
    struct client_value output = belay_client_json_member(response->body, response->body_length, "output");
    result->output = output.text;
    result->output_length = output.length;
}

static int unavailable(const struct belay_response *response, const char *why, struct belay_error *error)
{
    return belay_error_set(error, BELAY_ERROR_UNAVAILABLE, "the coordinator answered %d%s%s", response->status,
                           why[0] ? ": " : "", why);
}

int belay_client_read(const struct belay_response *response, struct belay_result *result,
                      struct belay_error *error)
{
    size_t bad = 0;
    int status = response->status;
    if (result->size < sizeof *result)
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "result: size is not set");
    *result = (struct belay_result){.size = result->size, .http = status};
    bool readable = response->content_type && response->body_length > 0 &&
                    belay_client_json_valid(response->body, response->body_length, &bad);
    if (readable)
        read_members(response, result);
    if (status == 204 || (status >= 200 && status < 300 && readable))
        return BELAY_OK;
    if (status < 400 || status >= 500)
        return unavailable(response, status < 300 ? "that is no answer of a coordinator" : result->detail, error);
    if (status == 408 || status == 425 || status == 429)
        return unavailable(response, result->detail, error);
    return belay_error_set(error, BELAY_ERROR_REFUSED, "the coordinator refused (%d %s): %s", status, result->code,
                           result->detail);
}

int belay_client_send(const struct belay_transport *transport, const struct belay_outgoing *request,
                      struct belay_response *response, struct belay_result *result, struct belay_error *error)
{
    if (transport->size < sizeof *transport || !transport->send)
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "transport: no function, or size is not set");
    int code = transport->send(transport->self, request, response, error);
    return code ? code : belay_client_read(response, result, error);
}
