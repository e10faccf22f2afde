/* A call as an HTTP request: the protocol's headers, the definition's and the registry's, path and body. */
#include "base/limits.h"
#include "base/mem.h"
#include "base/time.h"
#include "core/retry.h"
#include "engine/inside.h"

#include <belay/protocol.h>

#include <assert.h>
#include <stdarg.h>
#include <string.h>

enum { HEADERS_OWN = 14 }; /* at most, beside the definition's and the registry's */

static char *url(struct open *open, const struct call *call, const struct participant *participant,
                 struct error *error);
static int headers(struct engine *engine, struct open *open, const struct call *call,
                   const struct participant *participant, struct request *request, struct error *error);
static void header(struct request *request, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void header_key(struct request *request, const char *name, const struct open *open, uint16_t branch,
                       enum verb verb);
static void header_callback(struct request *request, const struct open *open, uint16_t branch);
static void header_trace(struct engine *engine, uint64_t txn, uint32_t span, uint32_t attempt,
                         struct request *request);
static void headers_signature(struct engine *engine, const char *id, const struct contact *contact,
                              struct request *request);
static void sign_call(struct engine *engine, const struct open *open, const struct call *call,
                      const struct contact *contact, struct request *request);

struct request *requests_build(struct engine *engine, struct open *open, const struct call *call,
                               const struct participant *participant, struct error *error)
{
    const struct request_spec *spec = payload_request(&open->payload, call->branch, call->verb);
    struct request *request = mem_new(sizeof *request);
    struct buf body;
    bool sends;
    request->tag =
        (struct call_tag){open->number, call->attempt, call->branch, (uint16_t)call->verb, participant->slot};
    request->method = mem_string(spec->method);
    request->timeout_ms = call->timeout_ms;
    request->response_max = LIMIT_BODY_BYTES;
    request->url = url(open, call, participant, error);
    buf_init(&body, LIMIT_BODY_BYTES);
    int failed = !request->url || payload_body(&open->payload, call->branch, call->verb, &body, &sends, error) ||
                 headers(engine, open, call, participant, request, error);
    if (!failed && sends) {
        header(request, "Content-Type: application/json");
        request->body = buf_take(&body, &request->body_length);
    }
    buf_done(&body);
    if (!failed && participant->contact.secrets_count)
        sign_call(engine, open, call, &participant->contact, request);
    if (!failed)
        return request;
    request_free(request);
    return NULL;
}

struct request *requests_letter(struct engine *engine, const struct letter *letter,
                                const struct participant *participant)
{
    const struct contact *contact = &participant->contact;
    struct request *request = mem_new(sizeof *request);
    struct buf url;
    char id[OUTBOX_ID];
    buf_init(&url, LIMIT_TARGET_BYTES);
    buf_printf(&url, "%s/events", contact->url);
    outbox_id(engine, letter->txn, letter->seq, id);
    request->tag = (struct call_tag){letter->txn, letter->seq, BRANCH_NONE, VERB_NONE, participant->slot};
    request->method = mem_string("POST");
    request->url = buf_take(&url, NULL);
    request->timeout_ms = LIMIT_OUTBOX_MS;
    request->response_max = LIMIT_BODY_BYTES;
    request->body = mem_copy(letter->bytes, letter->length);
    request->body_length = letter->length;
    request->headers = mem_array(HEADERS_OWN + contact->headers_count, sizeof *request->headers);
    header(request, "Content-Type: application/cloudevents+json; charset=UTF-8");
    header(request, BELAY_HEADER_KEY ": %s", id);
    header(request, BELAY_HEADER_ATTEMPT ": %u", letter->tries);
    header_trace(engine, letter->txn, UINT32_MAX - letter->seq, letter->tries, request);
    for (size_t i = 0; i < contact->headers_count; i++)
        header(request, "%s", contact->headers[i]);
    if (contact->secrets_count)
        headers_signature(engine, id, contact, request);
    return request;
}

static char *url(struct open *open, const struct call *call, const struct participant *participant,
                 struct error *error)
{
    struct buf buf;
    buf_init(&buf, LIMIT_TARGET_BYTES);
    buf_puts(&buf, participant->contact.url);
    if (payload_path(&open->payload, call->branch, call->verb, &buf, error)) {
        buf_done(&buf);
        return NULL;
    }
    return buf_take(&buf, NULL);
}

static int headers(struct engine *engine, struct open *open, const struct call *call,
                   const struct participant *participant, struct request *request, struct error *error)
{
    const struct step_spec *step = payload_spec(&open->payload, call->branch);
    const struct request_spec *spec = payload_request(&open->payload, call->branch, call->verb);
    const struct contact *contact = &participant->contact;
    char deadline[TIME_TEXT];
    time_print(engine->now_ms + call->timeout_ms, deadline);
    size_t most = HEADERS_OWN + spec->headers_count + contact->headers_count;
    request->headers = mem_array(most, sizeof *request->headers);
    header_key(request, BELAY_HEADER_KEY, open, call->branch, call->verb);
    header(request, BELAY_HEADER_TRANSACTION ": %s", open->id);
    header(request, BELAY_HEADER_STEP ": %s", step->id);
    const char *item = payload_item(&open->payload, call->branch);
    if (item)
        header(request, BELAY_HEADER_ITEM ": %s", item);
    header(request, BELAY_HEADER_PHASE ": %s", phase_word(step->phases, call->verb));
    header(request, BELAY_HEADER_ATTEMPT ": %u", call->attempt);
    header(request, BELAY_HEADER_DEADLINE ": %s", deadline);
    if (call->verb == VERB_DO && core_step_of(&open->definition->plan, open->txn, call->branch)->async_ms)
        header_callback(request, open, call->branch);
    if (call->verb != VERB_DO)
        header_key(request, BELAY_HEADER_ACTION_KEY, open, call->branch, VERB_DO);
    header_trace(engine, open->number, call->branch * 4u + (unsigned)call->verb, call->attempt, request);
    for (size_t i = 0; i < spec->headers_count; i++) {
        struct buf value;
        buf_init(&value, LIMIT_HEAD_BYTES);
        int code = payload_header(&open->payload, call->branch, call->verb, i, &value, error);
        if (!code)
            header(request, "%s: %s", spec->headers[i].name, buf_text(&value));
        buf_done(&value);
        if (code)
            return code;
    }
    for (size_t i = 0; i < contact->headers_count; i++)
        header(request, "%s", contact->headers[i]);
    assert(request->headers_count < most);
    return 0;
}

static void header(struct request *request, const char *format, ...)
{
    char line[512];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    assert(length >= 0);
    char *text;
    if ((size_t)length < sizeof line) {
        text = mem_copy(line, (size_t)length);
    } else {
        text = mem_new((size_t)length + 1);
        va_start(args, format);
        vsnprintf(text, (size_t)length + 1, format, args);
        va_end(args);
    }
    request->headers[request->headers_count++] = text;
}

static void header_key(struct request *request, const char *name, const struct open *open, uint16_t branch,
                       enum verb verb)
{
    struct buf key;
    buf_init(&key, BELAY_KEY_MAX);
    payload_key(&open->payload, branch, verb, &key);
    assert(!key.full);
    header(request, "%s: %s", name, buf_text(&key));
    buf_done(&key);
}

static void header_callback(struct request *request, const struct open *open, uint16_t branch)
{
    struct buf url;
    buf_init(&url, LIMIT_TARGET_BYTES);
    payload_callback(&open->payload, branch, &url);
    header(request, BELAY_HEADER_CALLBACK ": %s", buf_text(&url));
    buf_done(&url);
}

/* W3C Trace Context: one trace per transaction, one span per call, the same after a restart. */
static void header_trace(struct engine *engine, uint64_t txn, uint32_t span, uint32_t attempt,
                         struct request *request)
{
    uint64_t high = retry_noise(engine->secret, 1, 0) ^ txn;
    uint64_t low = retry_noise(engine->secret ^ txn, 2, 0) | 1;
    uint64_t parent = retry_noise(low, span, attempt) | 1;
    header(request, "traceparent: 00-%016llx%016llx-%016llx-01", (unsigned long long)high, (unsigned long long)low,
           (unsigned long long)parent);
}

/* Standard Webhooks: the id stays through all attempts, the time is the attempt's. As the id is the idempotency
 * key, the signature covers what the call is for. */
static void headers_signature(struct engine *engine, const char *id, const struct contact *contact,
                              struct request *request)
{
    const struct sign *sign = &engine->ports.sign;
    assert(sign->now_s && sign->mac);
    uint64_t now_s = sign->now_s(sign->self);
    struct buf signature;
    buf_init(&signature, LIMIT_HEADER_BYTES);
    signature_put(&signature, sign, contact->secrets, contact->secrets_count, id, now_s, request->body,
                  request->body_length);
    assert(!signature.full);
    header(request, "webhook-id: %s", id);
    header(request, "webhook-timestamp: %llu", (unsigned long long)now_s);
    header(request, "webhook-signature: %s", buf_text(&signature));
    buf_done(&signature);
}

static void sign_call(struct engine *engine, const struct open *open, const struct call *call,
                      const struct contact *contact, struct request *request)
{
    struct buf key;
    buf_init(&key, BELAY_KEY_MAX);
    payload_key(&open->payload, call->branch, call->verb, &key);
    assert(!key.full);
    headers_signature(engine, buf_text(&key), contact, request);
    buf_done(&key);
}
