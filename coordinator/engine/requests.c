/* A call as an HTTP request: the protocol's headers, the definition's and the registry's, path and body. URL and
 * headers are put one behind the other in the engine's `texts`, as they go out, and become one block with the
 * request. */
#include "base/limits.h"
#include "base/mem.h"
#include "base/put.h"
#include "base/time.h"
#include "core/retry.h"
#include "engine/inside.h"

#include <belay/protocol.h>

#include <assert.h>
#include <string.h>
#include <strings.h>

/* How a line begins: with the end of the one before. The first one's is left out when the request is made. */
#define LINE(name) "\r\n" name ": "

/* The headers in the making. A value never becomes another line unnoticed, because `count` is what was meant. */
struct lines {
    struct buf *texts; /* the URL with its NUL, then the lines */
    size_t from;
    size_t count;
    bool typed; /* a Content-Type is among them */
};

static int url(struct engine *engine, struct open *open, const struct call *call,
               const struct participant *participant, struct error *error);
static struct request *finish(const char *method, const struct lines *lines);
static int headers(struct engine *engine, struct open *open, const struct call *call,
                   const struct participant *participant, struct lines *lines, struct error *error);
static void lines_protocol(struct engine *engine, const struct open *open, const struct call *call,
                           struct lines *lines);
static void lines_callback(const struct open *open, const struct call *call, struct lines *lines);
static int lines_definition(struct engine *engine, struct open *open, const struct call *call, struct lines *lines,
                            struct error *error);
static void lines_contact(const struct contact *contact, struct lines *lines);
static void lines_signature(struct engine *engine, const char *id, const struct contact *contact, const char *body,
                            size_t body_length, struct lines *lines);
static void line(struct lines *lines, const char *name, const char *value, size_t length);
static char *put_key(char *at, const struct open *open, uint16_t branch, enum verb verb);
static char *put_trace(char *at, const struct engine *engine, uint64_t txn, uint32_t span, uint32_t attempt);
static void sign_call(struct engine *engine, const struct open *open, const struct call *call,
                      const struct contact *contact, const char *body, size_t body_length, struct lines *lines);

enum { TRACE_BYTES = 55 };

struct request *requests_build(struct engine *engine, struct open *open, const struct call *call,
                               const struct participant *participant, struct error *error)
{
    struct buf body;
    bool sends;
    struct lines lines = {.texts = &engine->texts};
    buf_init(&body, LIMIT_BODY_BYTES);
    if (url(engine, open, call, participant, error) ||
        payload_body(&open->payload, call->branch, call->verb, &body, &sends, error) ||
        headers(engine, open, call, participant, &lines, error)) {
        buf_done(&body);
        return NULL;
    }
    size_t length = 0;
    char *bytes = sends ? buf_take(&body, &length) : NULL;
    buf_done(&body);
    if (sends && !lines.typed)
        line(&lines, "Content-Type", "application/json", strlen("application/json"));
    if (participant->contact.secrets_count)
        sign_call(engine, open, call, &participant->contact, bytes, length, &lines);
    struct request *request = finish(payload_request(&open->payload, call->branch, call->verb)->method, &lines);
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
    struct buf *texts = &engine->texts;
    char id[OUTBOX_ID], attempt[PUT_NUMBER], trace[TRACE_BYTES];
    outbox_id(engine, letter->txn, letter->seq, id);
    const char *attempt_end = put_number(attempt, letter->tries);
    put_trace(trace, engine, letter->txn, UINT32_MAX - letter->seq, letter->tries);
    buf_clear(texts);
    buf_puts(texts, contact->url);
    buf_put(texts, "/events", sizeof "/events");
    struct lines lines = {.texts = texts, .from = texts->length};
    static const char type[] = "application/cloudevents+json; charset=UTF-8";
    line(&lines, "Content-Type", type, sizeof type - 1);
    line(&lines, BELAY_HEADER_KEY, id, strlen(id));
    line(&lines, BELAY_HEADER_ATTEMPT, attempt, (size_t)(attempt_end - attempt));
    line(&lines, "traceparent", trace, sizeof trace);
    lines_contact(contact, &lines);
    if (contact->secrets_count)
        lines_signature(engine, id, contact, letter->bytes, letter->length, &lines);
    struct request *request = finish("POST", &lines);
    request->tag = (struct call_tag){letter->txn, letter->seq, BRANCH_NONE, VERB_NONE, participant->slot};
    request->timeout_ms = LIMIT_OUTBOX_MS;
    request->response_max = LIMIT_BODY_BYTES;
    request->body = mem_copy(letter->bytes, letter->length);
    request->body_length = letter->length;
    return request;
}

/* The first in `texts`, which takes no more than a URL until it is over. */
static int url(struct engine *engine, struct open *open, const struct call *call,
               const struct participant *participant, struct error *error)
{
    struct buf *texts = &engine->texts;
    buf_clear(texts);
    texts->max = LIMIT_TARGET_BYTES;
    buf_puts(texts, participant->contact.url);
    int code = payload_path(&open->payload, call->branch, call->verb, texts, error);
    texts->max = SIZE_MAX;
    buf_putc(texts, '\0');
    return code;
}

static struct request *finish(const char *method, const struct lines *lines)
{
    const struct buf *texts = lines->texts;
    size_t first = lines->from + strlen("\r\n");
    assert(lines->from && lines->count && texts->length > first);
    return request_new(method, texts->data, texts->data + first, texts->length - first, lines->count);
}

static int headers(struct engine *engine, struct open *open, const struct call *call,
                   const struct participant *participant, struct lines *lines, struct error *error)
{
    lines->from = engine->texts.length;
    lines_protocol(engine, open, call, lines);
    if (call->verb == VERB_DO && core_step_of(&open->definition->plan, open->txn, call->branch)->async_ms)
        lines_callback(open, call, lines);
    int code = lines_definition(engine, open, call, lines, error);
    lines_contact(&participant->contact, lines);
    return code;
}

/* What every call carries. Room is asked for once. */
static void lines_protocol(struct engine *engine, const struct open *open, const struct call *call,
                           struct lines *lines)
{
    static const char names[] = LINE(BELAY_HEADER_KEY) LINE(BELAY_HEADER_TRANSACTION) LINE(BELAY_HEADER_STEP)
        LINE(BELAY_HEADER_ITEM) LINE(BELAY_HEADER_PHASE) LINE(BELAY_HEADER_ATTEMPT) LINE(BELAY_HEADER_DEADLINE)
            LINE(BELAY_HEADER_ACTION_KEY) LINE("traceparent");
    const struct step_spec *step = payload_spec(&open->payload, call->branch);
    const char *item = payload_item(&open->payload, call->branch);
    const char *phase = phase_word(step->phases, call->verb);
    size_t id_length = strlen(open->id), step_length = strlen(step->id), item_length = item ? strlen(item) : 0;
    size_t phase_length = strlen(phase), numbers_length = PUT_NUMBER + TIME_TEXT + TRACE_BYTES;
    char *at = buf_room(lines->texts, sizeof names + 2 * BELAY_KEY_MAX + id_length + step_length + item_length +
                                          phase_length + numbers_length);
    at = put_constant(at, LINE(BELAY_HEADER_KEY));
    at = put_key(at, open, call->branch, call->verb);
    at = put_constant(at, LINE(BELAY_HEADER_TRANSACTION));
    at = put_bytes(at, open->id, id_length);
    at = put_constant(at, LINE(BELAY_HEADER_STEP));
    at = put_bytes(at, step->id, step_length);
    if (item) {
        at = put_constant(at, LINE(BELAY_HEADER_ITEM));
        at = put_bytes(at, item, item_length);
    }
    at = put_constant(at, LINE(BELAY_HEADER_PHASE));
    at = put_bytes(at, phase, phase_length);
    at = put_constant(at, LINE(BELAY_HEADER_ATTEMPT));
    at = put_number(at, call->attempt);
    at = put_constant(at, LINE(BELAY_HEADER_DEADLINE));
    time_print(engine->now_ms + call->timeout_ms, at);
    at += strlen(at);
    if (call->verb != VERB_DO) {
        at = put_constant(at, LINE(BELAY_HEADER_ACTION_KEY));
        at = put_key(at, open, call->branch, VERB_DO);
    }
    at = put_constant(at, LINE("traceparent"));
    at = put_trace(at, engine, open->number, call->branch * 4u + (unsigned)call->verb, call->attempt);
    buf_fill(lines->texts, at);
    lines->count += 7u + (item != NULL) + (call->verb != VERB_DO);
}

static void lines_callback(const struct open *open, const struct call *call, struct lines *lines)
{
    line(lines, BELAY_HEADER_CALLBACK, "", 0);
    payload_callback(&open->payload, call->branch, lines->texts);
}

/* A value that is blank means that the header is not sent. */
static int lines_definition(struct engine *engine, struct open *open, const struct call *call, struct lines *lines,
                            struct error *error)
{
    const struct request_spec *spec = payload_request(&open->payload, call->branch, call->verb);
    struct buf *value = &engine->value;
    value->max = LIMIT_HEAD_BYTES;
    for (size_t i = 0; i < spec->headers_count; i++) {
        buf_clear(value);
        int code = payload_header(&open->payload, call->branch, call->verb, i, value, error);
        if (code)
            return code;
        if (strspn(buf_text(value), " ") == value->length)
            continue;
        line(lines, spec->headers[i].name, value->data, value->length);
        lines->typed = lines->typed || strcasecmp(spec->headers[i].name, "Content-Type") == 0;
    }
    return 0;
}

static void lines_contact(const struct contact *contact, struct lines *lines)
{
    buf_put(lines->texts, contact->headers, contact->headers_length);
    lines->count += contact->headers_count;
    lines->typed = lines->typed || contact->headers_typed;
}

/* Standard Webhooks: the id stays through all attempts, the time is the attempt's. As the id is the idempotency
 * key, the signature covers what the call is for. */
static void lines_signature(struct engine *engine, const char *id, const struct contact *contact, const char *body,
                            size_t body_length, struct lines *lines)
{
    const struct sign *sign = &engine->ports.sign;
    assert(sign->now_s && sign->mac);
    uint64_t now_s = sign->now_s(sign->self);
    char timestamp[PUT_NUMBER];
    struct buf *value = &engine->value;
    value->max = LIMIT_HEADER_BYTES;
    buf_clear(value);
    signature_put(value, sign, contact->secrets, contact->secrets_count, id, now_s, body, body_length);
    assert(!value->full);
    line(lines, "webhook-id", id, strlen(id));
    line(lines, "webhook-timestamp", timestamp, (size_t)(put_number(timestamp, now_s) - timestamp));
    line(lines, "webhook-signature", value->data, value->length);
}

static void line(struct lines *lines, const char *name, const char *value, size_t length)
{
    buf_put(lines->texts, "\r\n", 2);
    buf_puts(lines->texts, name);
    buf_put(lines->texts, ": ", 2);
    buf_put(lines->texts, value, length);
    lines->count++;
}

/* At most BELAY_KEY_MAX bytes. */
static char *put_key(char *at, const struct open *open, uint16_t branch, enum verb verb)
{
    struct buf key = {.data = at, .capacity = BELAY_KEY_MAX + 1, .max = BELAY_KEY_MAX};
    payload_key(&open->payload, branch, verb, &key);
    assert(!key.full);
    return at + key.length;
}

/* W3C Trace Context: one trace per transaction, one span per call, the same after a restart. */
static char *put_trace(char *at, const struct engine *engine, uint64_t txn, uint32_t span, uint32_t attempt)
{
    uint64_t high = retry_noise(engine->secret, 1, 0) ^ txn;
    uint64_t low = retry_noise(engine->secret ^ txn, 2, 0) | 1;
    uint64_t parent = retry_noise(low, span, attempt) | 1;
    at = put_constant(at, "00-");
    at = put_hex(at, high);
    at = put_hex(at, low);
    at = put_constant(at, "-");
    at = put_hex(at, parent);
    return put_constant(at, "-01");
}

static void sign_call(struct engine *engine, const struct open *open, const struct call *call,
                      const struct contact *contact, const char *body, size_t body_length, struct lines *lines)
{
    char key[BELAY_KEY_MAX + 1];
    *put_key(key, open, call->branch, call->verb) = '\0';
    lines_signature(engine, key, contact, body, body_length, lines);
}
