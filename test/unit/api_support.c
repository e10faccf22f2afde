/* The small world of the API's tests. */
#include "api_support.h"

#include "adapters/store_memory.h"
#include "base/mem.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { ASKED_MAX = 8 }; /* exchanges that may wait at once */

/* An exchange and the strings that it borrows; it outlives the asking, as the server's would. */
struct asked {
    struct exchange exchange;
    struct api_answer answer;
    char method[16];
    char target[9000];
    char *body;
    struct api_header headers[8];
};

static struct asked *asked_ring[ASKED_MAX];
static size_t asked_next;

#define WORLD_URL "http://belay.test:7"

static const struct api_header json_headers[] = {{"Content-Type", "application/json"}, {NULL, NULL}};

static void world_call(void *self, struct request **requests, size_t count)
{
    struct api_world *world = self;
    for (size_t i = 0; i < count; i++) {
        assert(world->waiting_count < sizeof world->waiting / sizeof *world->waiting);
        world->waiting[world->waiting_count++] = requests[i];
    }
}

static uint64_t world_now(void *self)
{
    return ((struct api_world *)self)->now_ms;
}

static uint64_t world_entropy(void *self)
{
    static uint64_t state = 7;
    (void)self;
    state = state * 6364136223846793005u + 1442695040888963407u;
    return state;
}

static void world_line(void *self, enum trace_level level, const char *text)
{
    (void)self, (void)level, (void)text;
}

static bool world_submit(void *self, struct command *command)
{
    struct api_world *world = self;
    if (world->engine)
        return engine_submit(world->engine, command);
    if (world->full)
        return false;
    assert(!world->command);
    world->command = command;
    return true;
}

static void world_counts(void *self, struct engine_counts *counts)
{
    struct api_world *world = self;
    *counts = (struct engine_counts){.open = 3, .inbox = 2};
    if (world->engine)
        engine_counts(world->engine, counts);
}

struct api_world *api_world_fake(void)
{
    struct api_world *world = mem_new(sizeof *world);
    world->now_ms = 1767323045678; /* 2026-01-02T03:04:05.678Z */
    world->store = store_memory_open(0x5ec2e7);
    world->api = api_new((struct api_engine){world, world_submit, world_counts}, world->store);
    return world;
}

struct api_world *api_world_new(void)
{
    struct api_world *world = api_world_fake();
    struct engine_ports ports = {.store = world->store,
                                 .caller = {world, world_call},
                                 .clock = {world, world_now},
                                 .entropy = {world, world_entropy},
                                 .trace = {world, TRACE_ERROR, world_line}};
    struct engine_options options = {.public_url = WORLD_URL};
    struct error error;
    world->engine = engine_new(&ports, &options, &error);
    assert(world->engine);
    return world;
}

void api_world_free(struct api_world *world)
{
    if (world->engine) {
        struct error error;
        engine_stop(world->engine);
        engine_run(world->engine, &error);
        engine_free(world->engine);
    }
    for (size_t i = 0; i < world->waiting_count; i++)
        request_free(world->waiting[i]);
    api_free(world->api);
    world->store->close(world->store->self);
    for (size_t i = 0; i < ASKED_MAX; i++) {
        if (asked_ring[i]) {
            json_decref(asked_ring[i]->answer.json);
            mem_free(asked_ring[i]->body);
            mem_free(asked_ring[i]);
        }
        asked_ring[i] = NULL;
    }
    mem_free(world);
}

/* The response that a participant gives at this path, or NULL: it hangs. */
static struct response *world_respond(const struct request *request)
{
    struct response *response = mem_new(sizeof *response);
    response->tag = request->tag;
    response->transport = TRANSPORT_OK;
    response->status = strstr(request->url, "refuse")  ? 409
                       : strstr(request->url, "break") ? 500
                       : strstr(request->url, "later") ? 202
                                                       : 200;
    const char *json = response->status < 300 ? "{\"ok\":true,\"cents\":19.99}"
                                              : "{\"code\":\"card_declined\",\"detail\":\"no \\\"cover\\\"\"}";
    snprintf(response->content_type, sizeof response->content_type, "application/json");
    if (strstr(request->url, "big")) {
        enum { BIG = 1000000 };
        response->body = mem_new(BIG + 1);
        memset(response->body, 'x', BIG);
        response->body[0] = response->body[BIG - 1] = '"';
        response->body_length = BIG;
    } else {
        response->body = mem_string(json);
        response->body_length = strlen(json);
    }
    return response;
}

/* Where the call says that it may be answered later. */
static void world_keep_callback(struct api_world *world, const struct request *request)
{
    static const char begin[] = WORLD_URL;
    size_t length, known = sizeof begin - 1;
    const char *url = request_header(request, "Belay-Callback", &length);
    if (url && length >= known && strncmp(url, begin, known) == 0)
        snprintf(world->callback, sizeof world->callback, "%.*s", (int)(length - known), url + known);
}

/* Answers what can be answered; true when there was something. */
static bool world_answer(struct api_world *world)
{
    size_t kept = 0;
    size_t count = world->waiting_count;
    for (size_t i = 0; i < count; i++) {
        struct request *request = world->waiting[i];
        world_keep_callback(world, request);
        if (strstr(request->url, "hang")) {
            world->waiting[kept++] = request;
            continue;
        }
        struct response *response = world_respond(request);
        request_free(request);
        engine_answered(world->engine, &response, 1);
    }
    world->waiting_count = kept;
    return kept < count;
}

void api_world_settle(struct api_world *world)
{
    struct error error;
    for (int quiet = 0; quiet < 3;) {
        int code = engine_turn(world->engine, 0, &error);
        assert(!code);
        quiet = world_answer(world) ? 0 : quiet + 1;
    }
}

void api_world_reply(struct api_world *world)
{
    struct command *command = world->command;
    assert(command);
    world->command = NULL;
    command->reply(command);
}

static const char *asked_header(struct exchange *exchange, const char *name)
{
    struct asked *asked = (struct asked *)(void *)exchange;
    for (size_t i = 0; asked->headers[i].name; i++)
        if (strcasecmp(asked->headers[i].name, name) == 0)
            return asked->headers[i].value;
    return NULL;
}

static void asked_done(struct exchange *exchange)
{
    struct asked *asked = (struct asked *)(void *)exchange;
    struct api_answer *answer = &asked->answer;
    assert(!answer->done);
    assert(!exchange->response.full);
    answer->done = true;
    answer->status = exchange->status;
    answer->length = exchange->response.length;
    answer->preference_applied = exchange->preference_applied;
    const char *body = buf_text(&exchange->response);
    snprintf(answer->body, sizeof answer->body, "%s", body);
    answer->json = json_loads(body, JSON_REJECT_DUPLICATES, NULL);
    snprintf(answer->content_type, sizeof answer->content_type, "%s", exchange->content_type);
    snprintf(answer->location, sizeof answer->location, "%s", exchange->location);
    snprintf(answer->retry_after, sizeof answer->retry_after, "%s", exchange->retry_after);
    snprintf(answer->allow, sizeof answer->allow, "%s", exchange->allow);
    buf_done(&exchange->response);
    mem_free(asked->body);
    asked->body = NULL;
}

struct api_answer *api_ask_raw(struct api_world *world, const char *request, const char *body, size_t length,
                               const struct api_header *headers)
{
    struct asked **slot = &asked_ring[asked_next++ % ASKED_MAX];
    if (*slot) {
        assert((*slot)->answer.done);
        json_decref((*slot)->answer.json);
        mem_free(*slot);
    }
    struct asked *asked = *slot = mem_new(sizeof *asked);
    const char *space = strchr(request, ' ');
    assert(space && strlen(space) < sizeof asked->target);
    snprintf(asked->method, sizeof asked->method, "%.*s", (int)(space - request), request);
    snprintf(asked->target, sizeof asked->target, "%s", space + 1);
    char *query = strchr(asked->target, '?');
    if (query)
        *query++ = '\0';
    for (size_t i = 0; headers[i].name; i++) {
        assert(i + 1 < sizeof asked->headers / sizeof *asked->headers);
        asked->headers[i] = headers[i];
    }
    asked->body = body ? mem_copy(body, length) : NULL;
    asked->exchange = (struct exchange){.method = asked->method,
                                        .path = asked->target,
                                        .query = query ? query : "",
                                        .body = asked->body,
                                        .body_length = length,
                                        .header = asked_header,
                                        .content_type = "application/json",
                                        .done = asked_done};
    buf_init(&asked->exchange.response, 1 << 20);
    struct service service = api_service(world->api);
    service.serve(service.self, &asked->exchange);
    if (world->engine && !asked->answer.done)
        api_world_settle(world);
    return &asked->answer;
}

struct api_answer *api_ask(struct api_world *world, const char *request, const char *body)
{
    return api_ask_raw(world, request, body, body ? strlen(body) : 0, json_headers);
}

json_t *api_member(const struct api_answer *answer, const char *path)
{
    json_t *at = answer->json;
    while (at && *path) {
        char name[64];
        size_t length = strcspn(path, ".");
        snprintf(name, sizeof name, "%.*s", (int)length, path);
        at = json_is_array(at) ? json_array_get(at, strtoul(name, NULL, 10)) : json_object_get(at, name);
        path += length + (path[length] == '.');
    }
    return at;
}

const char *api_text(const struct api_answer *answer, const char *path)
{
    const char *text = json_string_value(api_member(answer, path));
    return text ? text : "(none)";
}

long long api_number(const struct api_answer *answer, const char *path)
{
    return json_integer_value(api_member(answer, path));
}

const char *api_verdict(const struct api_answer *answer)
{
    static char text[64];
    const char *code = json_string_value(json_object_get(answer->json, "code"));
    bool problem = strcmp(answer->content_type, "application/problem+json") == 0;
    if (!answer->done)
        return "waits";
    if (problem)
        snprintf(text, sizeof text, "%d %s", answer->status, code ? code : "without a code");
    else
        snprintf(text, sizeof text, "%d", answer->status);
    return text;
}
