/* The participants of a rehearsal: every call is written down, put to the script, and answered when it is time. */
#include "base/mem.h"
#include "cli/rehearse_inner.h"

#include <belay/protocol.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void hear(struct stage *stage, struct request *request);
static void keep_due(struct stage *stage, uint64_t after_ms, struct response *response);
static void sort(struct stage *stage, struct request **requests, size_t count);
static int by_step(const void *a, const void *b);
static json_t *describe(struct stage *stage, const struct request *request);
static json_t *describe_headers(const struct request *request);
static void describe_name(const struct member *member, json_t *call);
static struct member *member_of(struct stage *stage, const struct request *request);
static json_t *header(const struct request *request, const char *name);
static void call_back(struct stage *stage, const json_t *call, const json_t *answer, uint64_t after_ms);
static void limit(struct stage *stage, const json_t *call);
static struct response *respond(const struct request *request, const json_t *answer);

void rehearse_call(void *self, struct request **requests, size_t count)
{
    struct stage *stage = self;
    stage->wave += !stage->wave_open;
    stage->wave_open = true;
    size_t calls_count = 0;
    for (size_t i = 0; i < count; i++)
        if (request_header(requests[i], BELAY_HEADER_STEP, &(size_t){0}))
            requests[calls_count++] = requests[i];
        else
            hear(stage, requests[i]);
    sort(stage, requests, calls_count);
    for (size_t i = 0; i < calls_count; i++) {
        struct request *request = requests[i];
        json_t *call = describe(stage, request);
        json_t *answer = stage->rehearse->answer(stage->rehearse->context, call);
        struct response *response = respond(request, answer);
        uint64_t after_ms = (uint64_t)json_integer_value(json_object_get(answer, "after_ms"));
        bool late = response->transport == TRANSPORT_TIMEOUT || after_ms >= request->timeout_ms;
        if (late) { /* the real caller hangs up then */
            response->transport = TRANSPORT_TIMEOUT;
            after_ms = request->timeout_ms;
        }
        keep_due(stage, after_ms, response);
        call_back(stage, call, answer, after_ms);
        json_object_set_new(call, "answer", answer);
        limit(stage, call);
        json_array_append_new(stage->calls, call);
        request_free(request);
    }
}

/* What the saga announces is no call of its own: it is heard, and no more. */
static void hear(struct stage *stage, struct request *request)
{
    struct response *response = mem_new(sizeof *response);
    response->tag = request->tag;
    response->transport = TRANSPORT_OK;
    response->status = 204;
    char *path;
    size_t place = strtoul(request->url + sizeof REHEARSE_URL - 1, &path, 10);
    rehearse_event(stage, json_string_value(json_array_get(stage->participants, place)), request->body,
                   request->body_length);
    keep_due(stage, 0, response);
    request_free(request);
}

static void keep_due(struct stage *stage, uint64_t after_ms, struct response *response)
{
    if (stage->dues_count == stage->dues_capacity) {
        stage->dues_capacity = stage->dues_capacity ? stage->dues_capacity * 2 : 16;
        stage->dues = mem_grow(stage->dues, stage->dues_capacity * sizeof *stage->dues);
    }
    stage->dues[stage->dues_count++] = (struct due){stage->now_ms + after_ms, response};
}

uint64_t rehearse_calls_next(const struct stage *stage)
{
    uint64_t next = UINT64_MAX;
    for (size_t i = 0; i < stage->dues_count; i++)
        if (stage->dues[i].at_ms < next)
            next = stage->dues[i].at_ms;
    return next;
}

void rehearse_calls_deliver(struct stage *stage)
{
    size_t kept = 0;
    for (size_t i = 0; i < stage->dues_count; i++) {
        if (stage->dues[i].at_ms <= stage->now_ms)
            engine_answered(stage->engine, &stage->dues[i].response, 1);
        else
            stage->dues[kept++] = stage->dues[i];
    }
    stage->dues_count = kept;
}

void rehearse_calls_done(struct stage *stage)
{
    for (size_t i = 0; i < stage->dues_count; i++)
        response_free(stage->dues[i].response);
    mem_free(stage->dues);
}

/* Where a call stands in the saga: the branches that lead to it, from the outermost transaction on. */
struct placed {
    struct request *request;
    uint16_t branches[LIMIT_NESTING + 2];
    unsigned depth;
};

/* What goes out together has no order; here it has the saga's, and backwards when it is undone. */
static void sort(struct stage *stage, struct request **requests, size_t count)
{
    struct placed *placed = mem_array(count, sizeof *placed);
    for (size_t i = 0; i < count; i++) {
        struct placed *one = &placed[i];
        const struct member *member = member_of(stage, requests[i]);
        one->request = requests[i];
        for (const struct member *at = member; at; at = at->parent)
            one->depth++;
        unsigned depth = one->depth;
        one->branches[depth - 1] = requests[i]->tag.branch;
        for (const struct member *at = member; --depth > 0; at = at->parent)
            one->branches[depth - 1] = at->parent_branch;
    }
    qsort(placed, count, sizeof *placed, by_step);
    for (size_t i = 0; i < count; i++)
        requests[i] = placed[i].request;
    mem_free(placed);
}

static int by_step(const void *a, const void *b)
{
    const struct placed *one = a, *other = b;
    int order = 0;
    for (unsigned i = 0; !order && i < one->depth && i < other->depth; i++)
        order = (one->branches[i] > other->branches[i]) - (one->branches[i] < other->branches[i]);
    bool undo = one->request->tag.verb == VERB_UNDO && other->request->tag.verb == VERB_UNDO;
    return undo ? -order : order;
}

static json_t *describe(struct stage *stage, const struct request *request)
{
    static const struct {
        const char *member, *header;
    } texts[] = {{"step", BELAY_HEADER_STEP}, {"item", BELAY_HEADER_ITEM}, {"phase", BELAY_HEADER_PHASE}};
    json_t *call = json_object();
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        json_t *value = header(request, texts[i].header);
        if (value)
            json_object_set_new(call, texts[i].member, value);
    }
    describe_name(member_of(stage, request), call);
    char *path;
    assert(strncmp(request->url, REHEARSE_URL, sizeof REHEARSE_URL - 1) == 0);
    size_t place = strtoul(request->url + sizeof REHEARSE_URL - 1, &path, 10);
    json_object_set(call, "participant", json_array_get(stage->participants, place));
    json_object_set_new(call, "attempt", json_integer(request->tag.attempt));
    json_object_set_new(call, "wave", json_integer(stage->wave));
    json_object_set_new(call, "at_ms", json_integer((json_int_t)(stage->now_ms - stage->rehearse->begin_ms)));
    if (request->tag.attempt > 1) /* a repetition is the same to the byte (invariant 6) */
        return call;
    json_object_set_new(call, "method", json_string(request->method));
    json_object_set_new(call, "path", json_string(path));
    json_object_set_new(call, "headers", describe_headers(request));
    if (request->body) {
        json_t *body = json_loadb(request->body, request->body_length, JSON_DECODE_ANY, NULL);
        json_object_set_new(call, "body", body ? body : json_stringn(request->body, request->body_length));
    }
    return call;
}

static json_t *describe_headers(const struct request *request)
{
    json_t *headers = json_object();
    struct header_line line;
    for (size_t at = 0; request_line(request, &at, &line);) {
        char *name = mem_copy(line.name, line.name_length);
        json_object_set_new(headers, name, json_stringn(line.value, line.value_length));
        mem_free(name);
    }
    return headers;
}

/* What a phase does, and "pay[7].compensation", in a child "flight/pay[7].compensation"; a step's own work goes by
 * the step's name. */
static void describe_name(const struct member *member, json_t *call)
{
    const char *step = json_string_value(json_object_get(call, "step"));
    const char *item = json_string_value(json_object_get(call, "item"));
    const char *phase = json_string_value(json_object_get(call, "phase"));
    assert(step && phase);
    const char *verb = rehearse_words_verb(phase);
    struct buf name;
    buf_init(&name, 4096);
    buf_printf(&name, "%s%s", member->path, step);
    json_object_set_new(call, "step", json_string(buf_text(&name)));
    if (item)
        buf_printf(&name, "[%s]", item);
    if (strcmp(verb, "do") != 0)
        buf_printf(&name, ".%s", phase);
    json_object_set_new(call, "verb", json_string(verb));
    json_object_set_new(call, "name", json_string(buf_text(&name)));
    buf_done(&name);
}

static struct member *member_of(struct stage *stage, const struct request *request)
{
    json_t *id = header(request, BELAY_HEADER_TRANSACTION);
    struct member *member = rehearse_member(stage, request->tag.txn, json_string_value(id));
    json_decref(id);
    return member;
}

static json_t *header(const struct request *request, const char *name)
{
    size_t length;
    const char *value = request_header(request, name, &length);
    return value ? json_stringn(value, length) : NULL;
}

/* The callback that the answer announces becomes a deed of its own. */
static void call_back(struct stage *stage, const json_t *call, const json_t *answer, uint64_t after_ms)
{
    json_t *act = json_copy(json_object_get(answer, "callback"));
    if (!act)
        return;
    uint64_t at_ms = stage->now_ms + after_ms + (uint64_t)json_integer_value(json_object_get(act, "after_ms"));
    const char *step = json_string_value(json_object_get(call, "step"));
    const char *item = json_string_value(json_object_get(call, "item"));
    json_object_set_new(act, "step", item ? json_sprintf("%s[%s]", step, item) : json_string(step));
    json_object_set_new(act, "at_ms", json_integer((json_int_t)(at_ms - stage->rehearse->begin_ms)));
    json_array_append_new(stage->acts, act);
}

static void limit(struct stage *stage, const json_t *call)
{
    char why[256];
    if (json_integer_value(json_object_get(call, "attempt")) >= REHEARSE_TRIES)
        snprintf(why, sizeof why, "%s was tried %d times, and would be tried on",
                 json_string_value(json_object_get(call, "name")), REHEARSE_TRIES);
    else if (json_array_size(stage->calls) >= REHEARSE_CALLS)
        snprintf(why, sizeof why, "more than %d calls", REHEARSE_CALLS);
    else
        return;
    json_object_set_new(stage->record, "stopped", json_string(why));
}

static struct response *respond(const struct request *request, const json_t *answer)
{
    struct response *response = mem_new(sizeof *response);
    const char *transport = json_string_value(json_object_get(answer, "transport"));
    const char *text = json_string_value(json_object_get(answer, "text"));
    const json_t *body = json_object_get(answer, "body");
    response->tag = request->tag;
    response->transport = transport ? (enum transport)rehearse_words_transport(transport) : TRANSPORT_OK;
    response->retry_after_ms = (uint64_t)json_integer_value(json_object_get(answer, "retry_after_ms"));
    if (transport)
        return response;
    response->status = (int)json_integer_value(json_object_get(answer, "status"));
    if (body) {
        char *json = json_dumps(body, JSON_COMPACT | JSON_ENCODE_ANY);
        response->body = mem_string(json);
        free(json);
        snprintf(response->content_type, sizeof response->content_type, "application/json");
    } else if (text) {
        response->body = mem_string(text);
        snprintf(response->content_type, sizeof response->content_type, "text/plain");
    }
    response->body_length = response->body ? strlen(response->body) : 0;
    return response;
}
