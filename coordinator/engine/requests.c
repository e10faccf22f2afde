/* A call as an HTTP request: the protocol's headers, the definition's and the registry's, path and body. Method,
 * URL and headers are put one behind the other in the engine's `texts` and become one block with the request. */
#include "base/limits.h"
#include "base/mem.h"
#include "base/time.h"
#include "core/retry.h"
#include "engine/inside.h"

#include <belay/protocol.h>

#include <assert.h>
#include <string.h>

static int url(struct engine *engine, struct open *open, const struct call *call,
               const struct participant *participant, struct error *error);
static int headers(struct engine *engine, struct open *open, const struct call *call,
                   const struct participant *participant, struct error *error);
static void line(struct engine *engine, const char *text);
static void header(struct engine *engine, const char *name, const char *value);
static void header_number(struct engine *engine, const char *name, uint64_t value);
static void header_key(struct engine *engine, const char *name, const struct open *open, uint16_t branch,
                       enum verb verb);
static void header_callback(struct engine *engine, const struct open *open, uint16_t branch);
static void header_trace(struct engine *engine, uint64_t txn, uint32_t span, uint32_t attempt);
static void headers_signature(struct engine *engine, const char *id, const struct contact *contact,
                              const char *body, size_t body_length);
static void sign_call(struct engine *engine, const struct open *open, const struct call *call,
                      const struct contact *contact, const char *body, size_t body_length);

struct request *requests_build(struct engine *engine, struct open *open, const struct call *call,
                               const struct participant *participant, struct error *error)
{
    struct buf body;
    bool sends;
    buf_init(&body, LIMIT_BODY_BYTES);
    buf_clear(&engine->texts);
    line(engine, payload_request(&open->payload, call->branch, call->verb)->method);
    if (url(engine, open, call, participant, error) ||
        payload_body(&open->payload, call->branch, call->verb, &body, &sends, error) ||
        headers(engine, open, call, participant, error)) {
        buf_done(&body);
        return NULL;
    }
    size_t length = 0;
    char *bytes = sends ? buf_take(&body, &length) : NULL;
    buf_done(&body);
    if (sends)
        header(engine, "Content-Type", "application/json");
    if (participant->contact.secrets_count)
        sign_call(engine, open, call, &participant->contact, bytes, length);
    struct request *request = request_new(engine->texts.data, engine->texts.length);
    request->tag =
        (struct call_tag){open->number, call->attempt, call->branch, (uint16_t)call->verb, participant->slot};
    request->timeout_ms = call->timeout_ms;
    request->response_max = LIMIT_BODY_BYTES;
    request->body = bytes;
    request->body_length = length;
    return request;
}

struct request *requests_letter(struct engine *engine, const struct letter *letter,
                                const struct participant *participant)
{
    const struct contact *contact = &participant->contact;
    char id[OUTBOX_ID];
    outbox_id(engine, letter->txn, letter->seq, id);
    buf_clear(&engine->texts);
    line(engine, "POST");
    buf_puts(&engine->texts, contact->url);
    line(engine, "/events");
    header(engine, "Content-Type", "application/cloudevents+json; charset=UTF-8");
    header(engine, BELAY_HEADER_KEY, id);
    header_number(engine, BELAY_HEADER_ATTEMPT, letter->tries);
    header_trace(engine, letter->txn, UINT32_MAX - letter->seq, letter->tries);
    for (size_t i = 0; i < contact->headers_count; i++)
        line(engine, contact->headers[i]);
    if (contact->secrets_count)
        headers_signature(engine, id, contact, letter->bytes, letter->length);
    struct request *request = request_new(engine->texts.data, engine->texts.length);
    request->tag = (struct call_tag){letter->txn, letter->seq, BRANCH_NONE, VERB_NONE, participant->slot};
    request->timeout_ms = LIMIT_OUTBOX_MS;
    request->response_max = LIMIT_BODY_BYTES;
    request->body = mem_copy(letter->bytes, letter->length);
    request->body_length = letter->length;
    return request;
}

static int url(struct engine *engine, struct open *open, const struct call *call,
               const struct participant *participant, struct error *error)
{
    struct buf buf;
    buf_init(&buf, LIMIT_TARGET_BYTES);
    buf_puts(&buf, participant->contact.url);
    int code = payload_path(&open->payload, call->branch, call->verb, &buf, error);
    if (!code)
        line(engine, buf_text(&buf));
    buf_done(&buf);
    return code;
}

static int headers(struct engine *engine, struct open *open, const struct call *call,
                   const struct participant *participant, struct error *error)
{
    const struct step_spec *step = payload_spec(&open->payload, call->branch);
    const struct request_spec *spec = payload_request(&open->payload, call->branch, call->verb);
    const struct contact *contact = &participant->contact;
    char deadline[TIME_TEXT];
    time_print(engine->now_ms + call->timeout_ms, deadline);
    header_key(engine, BELAY_HEADER_KEY, open, call->branch, call->verb);
    header(engine, BELAY_HEADER_TRANSACTION, open->id);
    header(engine, BELAY_HEADER_STEP, step->id);
    const char *item = payload_item(&open->payload, call->branch);
    if (item)
        header(engine, BELAY_HEADER_ITEM, item);
    header(engine, BELAY_HEADER_PHASE, phase_word(step->phases, call->verb));
    header_number(engine, BELAY_HEADER_ATTEMPT, call->attempt);
    header(engine, BELAY_HEADER_DEADLINE, deadline);
    if (call->verb == VERB_DO && core_step_of(&open->definition->plan, open->txn, call->branch)->async_ms)
        header_callback(engine, open, call->branch);
    if (call->verb != VERB_DO)
        header_key(engine, BELAY_HEADER_ACTION_KEY, open, call->branch, VERB_DO);
    header_trace(engine, open->number, call->branch * 4u + (unsigned)call->verb, call->attempt);
    for (size_t i = 0; i < spec->headers_count; i++) {
        struct buf value;
        buf_init(&value, LIMIT_HEAD_BYTES);
        int code = payload_header(&open->payload, call->branch, call->verb, i, &value, error);
        if (!code)
            header(engine, spec->headers[i].name, buf_text(&value));
        buf_done(&value);
        if (code)
            return code;
    }
    for (size_t i = 0; i < contact->headers_count; i++)
        line(engine, contact->headers[i]);
    return 0;
}

static void line(struct engine *engine, const char *text)
{
    buf_puts(&engine->texts, text);
    buf_putc(&engine->texts, '\0');
}

static void header(struct engine *engine, const char *name, const char *value)
{
    buf_puts(&engine->texts, name);
    buf_puts(&engine->texts, ": ");
    line(engine, value);
}

static void header_number(struct engine *engine, const char *name, uint64_t value)
{
    buf_puts(&engine->texts, name);
    buf_puts(&engine->texts, ": ");
    buf_put_number(&engine->texts, value);
    line(engine, "");
}

static void header_key(struct engine *engine, const char *name, const struct open *open, uint16_t branch,
                       enum verb verb)
{
    struct buf key;
    buf_init(&key, BELAY_KEY_MAX);
    payload_key(&open->payload, branch, verb, &key);
    assert(!key.full);
    header(engine, name, buf_text(&key));
    buf_done(&key);
}

static void header_callback(struct engine *engine, const struct open *open, uint16_t branch)
{
    struct buf url;
    buf_init(&url, LIMIT_TARGET_BYTES);
    payload_callback(&open->payload, branch, &url);
    header(engine, BELAY_HEADER_CALLBACK, buf_text(&url));
    buf_done(&url);
}

/* W3C Trace Context: one trace per transaction, one span per call, the same after a restart. */
static void header_trace(struct engine *engine, uint64_t txn, uint32_t span, uint32_t attempt)
{
    uint64_t high = retry_noise(engine->secret, 1, 0) ^ txn;
    uint64_t low = retry_noise(engine->secret ^ txn, 2, 0) | 1;
    uint64_t parent = retry_noise(low, span, attempt) | 1;
    struct buf *texts = &engine->texts;
    buf_puts(texts, "traceparent: 00-");
    buf_put_hex(texts, high);
    buf_put_hex(texts, low);
    buf_putc(texts, '-');
    buf_put_hex(texts, parent);
    line(engine, "-01");
}

/* Standard Webhooks: the id stays through all attempts, the time is the attempt's. As the id is the idempotency
 * key, the signature covers what the call is for. */
static void headers_signature(struct engine *engine, const char *id, const struct contact *contact,
                              const char *body, size_t body_length)
{
    const struct sign *sign = &engine->ports.sign;
    assert(sign->now_s && sign->mac);
    uint64_t now_s = sign->now_s(sign->self);
    struct buf signature;
    buf_init(&signature, LIMIT_HEADER_BYTES);
    signature_put(&signature, sign, contact->secrets, contact->secrets_count, id, now_s, body, body_length);
    assert(!signature.full);
    header(engine, "webhook-id", id);
    header_number(engine, "webhook-timestamp", now_s);
    header(engine, "webhook-signature", buf_text(&signature));
    buf_done(&signature);
}

static void sign_call(struct engine *engine, const struct open *open, const struct call *call,
                      const struct contact *contact, const char *body, size_t body_length)
{
    struct buf key;
    buf_init(&key, BELAY_KEY_MAX);
    payload_key(&open->payload, call->branch, call->verb, &key);
    assert(!key.full);
    headers_signature(engine, buf_text(&key), contact, body, body_length);
    buf_done(&key);
}
