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

static enum answer of_status(int status);
static uint16_t of_transport(enum transport transport);
static char *explain(const struct response *response, char **code);

void answer_classify(const struct response *response, const struct step_spec *step, bool async,
                     struct event *event, const char **payload, size_t *payload_length, char **made)
{
    bool ok = response->transport == TRANSPORT_OK;
    assert(!ok || (response->status >= 100 && response->status <= 999));
    event->answer = ok ? of_status(response->status) : ANSWER_UNKNOWN;
    event->code = ok ? (uint16_t)response->status : of_transport(response->transport);
    event->retry_after_ms = response->retry_after_ms;
    event->settled = false;
    *payload = *made = NULL;
    *payload_length = 0;
    if (event->answer == ANSWER_YES && async && response->status == 202) {
        event->answer = ANSWER_PENDING;
        return;
    }
    if (event->answer == ANSWER_YES && response->body_length) {
        if (payload_valid(response->body, response->body_length)) {
            *payload = response->body;
            *payload_length = response->body_length;
            return;
        }
        event->answer = ANSWER_UNKNOWN;
        event->code = CALL_BAD_OUTPUT;
    }
    if (event->answer == ANSWER_YES)
        return;
    char *code = NULL;
    *payload = *made = explain(response, &code);
    *payload_length = *made ? strlen(*made) : 0;
    for (size_t i = 0; code && i < step->non_retryable_count; i++)
        event->settled |= strcmp(code, step->non_retryable[i]) == 0;
    mem_free(code);
}

bool answer_deployment_fault(int status)
{
    return status == 401 || status == 403 || status == 404 || status == 405;
}

static enum answer of_status(int status)
{
    if (status >= 200 && status < 300)
        return ANSWER_YES;
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
