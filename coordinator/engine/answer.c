/* The participant's answer, from status and transport.
 *
 *   2xx             yes; 202 of an asynchronous step is pending; a body that is not JSON makes it unknown
 *   401 403 404 405 unknown: a deployment fault, called again and alarmed
 *   408 425 429 5xx unknown: called again, Retry-After obeyed
 *   other 4xx       no: nothing was done
 *   1xx 3xx, no status   unknown */
#include "engine/answer.h"

#include "base/limits.h"
#include "base/mem.h"
#include "engine/payload.h"

#include <assert.h>
#include <string.h>

static enum answer of_status(int status, enum verb verb);
static uint16_t of_transport(enum transport transport);
static void judge(struct payload *payload, const struct response *response, struct event *event);
static void keep_why(const struct step_spec *step, const struct response *response, struct event *event,
                     struct answer_bytes *keep);
static char *explain(const struct response *response, char **code);

void answer_classify(struct payload *payload, const struct response *response, struct event *event,
                     struct answer_bytes *keep)
{
    const struct plan_step *plan = core_step_of(&payload->definition->plan, payload->txn, event->branch);
    const struct step_spec *step = payload_spec(payload, event->branch);
    bool ok = response->transport == TRANSPORT_OK;
    assert(!ok || (response->status >= 100 && response->status <= 999));
    event->answer = ok ? of_status(response->status, event->verb) : ANSWER_UNKNOWN;
    event->code = ok ? (uint16_t)response->status : of_transport(response->transport);
    event->retry_after_ms = response->retry_after_ms;
    event->settled = event->read_only = false;
    *keep = (struct answer_bytes){0};
    if (ok && response->status == 202 && plan->async_ms && event->verb == VERB_DO) {
        event->answer = ANSWER_PENDING;
        return;
    }
    bool readable = !response->body_length || payload_valid(response->body, response->body_length);
    if (event->answer == ANSWER_YES && !readable) {
        event->answer = ANSWER_UNKNOWN;
        event->code = CALL_BAD_OUTPUT;
    } else if (ok && readable && event->verb == VERB_DO && (step->success || step->failure)) {
        judge(payload, response, event);
    }
    if (event->answer != ANSWER_YES) {
        keep_why(step, response, event, keep);
    } else if (response->body_length) {
        keep->bytes = response->body;
        keep->length = response->body_length;
        event->read_only =
            event->verb == VERB_DO && payload_read_only(payload, event->branch, keep->bytes, keep->length);
    }
}

enum answer answer_bare(const struct response *response)
{
    return response->transport == TRANSPORT_OK ? of_status(response->status, VERB_DO) : ANSWER_UNKNOWN;
}

bool answer_deployment_fault(int status)
{
    return status == 401 || status == 403 || status == 404 || status == 405;
}

/* A check asks whether something is there: that it is not is an answer. */
static enum answer of_status(int status, enum verb verb)
{
    if (status >= 200 && status < 300)
        return ANSWER_YES;
    if (status == 404 && verb == VERB_CHECK)
        return ANSWER_NO;
    if (status < 400 || status >= 500)
        return ANSWER_UNKNOWN;
    bool later = status == 408 || status == 425 || status == 429;
    return later || answer_deployment_fault(status) ? ANSWER_UNKNOWN : ANSWER_NO;
}

static uint16_t of_transport(enum transport transport)
{
    switch (transport) {
    case TRANSPORT_TIMEOUT:
        return CALL_TIMEOUT;
    case TRANSPORT_UNSENT:
        return CALL_UNSENT;
    case TRANSPORT_TOO_LARGE:
        return CALL_TOO_LARGE;
    case TRANSPORT_GARBLED:
        return CALL_GARBLED;
    case TRANSPORT_REFUSED:
        return CALL_UNBUILDABLE;
    case TRANSPORT_BROKEN:
    case TRANSPORT_OK:
        break;
    }
    return CALL_BROKEN;
}

/* The saga's own word on the answer. Where it cannot be had, nobody knows what the answer means. */
static void judge(struct payload *payload, const struct response *response, struct event *event)
{
    struct error error;
    struct payload_response given = {response->status, response->body, response->body_length, event->now_ms};
    if (payload_outcome(payload, event->branch, &given, &event->answer, &error) == 0)
        return;
    event->answer = ANSWER_UNKNOWN;
    event->code = CALL_BAD_OUTPUT;
}

static void keep_why(const struct step_spec *step, const struct response *response, struct event *event,
                     struct answer_bytes *keep)
{
    char *code = NULL;
    keep->bytes = keep->made = explain(response, &code);
    keep->length = keep->made ? strlen(keep->made) : 0;
    for (size_t i = 0; code && i < step->non_retryable_count; i++)
        event->settled |= strcmp(code, step->non_retryable[i]) == 0;
    mem_free(code);
}

/* {"code"?, "detail"?} from the problem it sent, or from what the transport says. */
static char *explain(const struct response *response, char **code)
{
    char *detail = NULL;
    if (response->transport == TRANSPORT_OK && strstr(response->content_type, "json"))
        payload_problem(response->body, response->body_length, code, &detail);
    else if (response->detail[0])
        detail = mem_string(response->detail);
    if (!*code && !detail)
        return NULL;
    struct buf buf;
    buf_init(&buf, 16 * LIMIT_DETAIL_BYTES);
    buf_putc(&buf, '{');
    if (*code) {
        buf_puts(&buf, "\"code\":");
        buf_put_json(&buf, *code, strlen(*code));
    }
    if (detail) {
        buf_puts(&buf, *code ? ",\"detail\":" : "\"detail\":");
        buf_put_json(&buf, detail, strlen(detail));
    }
    buf_putc(&buf, '}');
    mem_free(detail);
    return buf_take(&buf, NULL);
}
