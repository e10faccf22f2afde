/* Calls on their way out, within the limits in total and per participant, and their answers on the way in. A
 * participant that hangs fills only its own share (a bulkhead). */
#include "base/mem.h"
#include "engine/answer.h"
#include "engine/inside.h"

#include <assert.h>
#include <string.h>

static void send_some(struct engine *engine, struct participant *participant);
static bool has_share(const struct engine *engine, const struct participant *participant);
static uint32_t per_second(const struct engine *engine, const struct participant *participant); /* 0 = any */
static bool in_pace(const struct engine *engine, const struct participant *participant);
static bool still_wanted(struct open *open, const struct call *call);
static void send_one(struct engine *engine, struct open *open, const struct call *call,
                     struct participant *participant);
static void answer_unsent(struct engine *engine, struct open *open, const struct call *call, enum call_code code,
                          const char *detail);

void calls_push(struct engine *engine, struct open *open)
{
    for (size_t i = 0; i < open->calls_count; i++) {
        const struct call *call = &open->calls[i];
        const char *name = payload_spec(&open->payload, call->branch)->participant;
        registry_push(registry_get(&engine->registry, name), open->definition->priority,
                      (struct pending){open->number, *call});
        engine->queued_count++;
    }
    open->calls_count = 0;
}

void calls_send(struct engine *engine)
{
    uint32_t count = engine->registry.count;
    engine->pace_ms = UINT64_MAX;
    for (uint32_t i = 0; i < count && engine->queued_count && engine->calls_count < engine->options.calls_max;
         i++) {
        send_some(engine, engine->registry.slots[engine->slot_next]);
        engine->slot_next = (engine->slot_next + 1) % count;
    }
    if (engine->requests_count)
        engine->ports.caller.call(engine->ports.caller.self, engine->requests, engine->requests_count);
    engine->requests_count = 0;
}

bool calls_room(const struct engine *engine, const struct participant *participant)
{
    return has_share(engine, participant) && engine->calls_count < engine->options.calls_max &&
           in_pace(engine, participant);
}

uint32_t calls_moving(const struct engine *engine)
{
    uint32_t count = engine->calls_count;
    for (uint32_t i = 0; i < engine->registry.count; i++) {
        const struct participant *participant = engine->registry.slots[i];
        count -= has_share(engine, participant) ? 0 : participant->calls_count;
    }
    return count;
}

void calls_put(struct engine *engine, struct participant *participant, struct request *request)
{
    if (engine->requests_count == engine->requests_capacity) {
        engine->requests_capacity = engine->requests_capacity ? engine->requests_capacity * 2 : 64;
        engine->requests = mem_grow(engine->requests, engine->requests_capacity * sizeof(struct request *));
    }
    engine->requests[engine->requests_count++] = request;
    uint32_t most = per_second(engine, participant);
    if (most)
        rate_spend(&participant->rate, most, engine->now_ms);
    participant->calls_count++;
    engine->calls_count++;
    engine->counts[COUNT_CALLS]++;
}

void calls_answered(struct engine *engine, struct response *response)
{
    const struct call_tag *tag = &response->tag;
    struct participant *participant = engine->registry.slots[tag->participant];
    assert(tag->participant < engine->registry.count && participant->calls_count > 0 && engine->calls_count > 0);
    participant->calls_count--;
    engine->calls_count--;
    bool letter = tag->branch == BRANCH_NONE;
    struct open *open = letter ? NULL : opens_find(engine, tag->txn);
    if (letter)
        outbox_answered(engine, participant, response);
    if (open) {
        struct event event = {
            .type = EVENT_ANSWER, .branch = tag->branch, .verb = (enum verb)tag->verb, .attempt = tag->attempt};
        struct answer_bytes keep;
        event.now_ms = engine->now_ms;
        answer_classify(&open->payload, response, &event, &keep);
        if (event.answer == ANSWER_UNKNOWN && answer_deployment_fault(response->status))
            trace_put(&engine->ports.trace, TRACE_WARN,
                      "participant=%s answered %d to step %s of txn=%s: is it deployed, and the request right?",
                      participant->name, response->status, payload_spec(&open->payload, tag->branch)->id,
                      open->id);
        steps_feed(engine, open, &event, keep.bytes, keep.length);
        mem_free(keep.made);
    }
    response_free(response);
}

static void send_some(struct engine *engine, struct participant *participant)
{
    struct pending pending;
    rate_follow(&participant->rate, engine->now_ms);
    while (calls_room(engine, participant) && registry_take(participant, &pending)) {
        engine->queued_count--;
        struct open *open = opens_find(engine, pending.txn);
        if (open && still_wanted(open, &pending.call))
            send_one(engine, open, &pending.call, participant);
    }
    uint64_t open_ms = rate_open_ms(&participant->rate);
    if (!in_pace(engine, participant) && open_ms < engine->pace_ms && registry_waits(participant))
        engine->pace_ms = open_ms;
}

/* A quarter of all is for the others, whatever was promised to this one. */
static bool has_share(const struct engine *engine, const struct participant *participant)
{
    uint32_t own = participant->contact.calls_max;
    uint32_t most = own ? own : engine->options.calls_participant_max;
    uint32_t all = engine->options.calls_max;
    return participant->calls_count < most && participant->calls_count < all - all / 4;
}

static uint32_t per_second(const struct engine *engine, const struct participant *participant)
{
    uint32_t own = participant->contact.per_second;
    return own ? own : engine->options.calls_per_second;
}

static bool in_pace(const struct engine *engine, const struct participant *participant)
{
    return !per_second(engine, participant) || rate_open(&participant->rate, engine->now_ms);
}

/* While it waited for room, an operator may have ended the transaction. */
static bool still_wanted(struct open *open, const struct call *call)
{
    const struct branch *branch = &open->txn->branches[call->branch];
    return branch->state == BRANCH_CALLING && branch->verb == call->verb && branch->attempt == call->attempt;
}

static void send_one(struct engine *engine, struct open *open, const struct call *call,
                     struct participant *participant)
{
    struct error error;
    if (!participant->registered) {
        answer_unsent(engine, open, call, CALL_NO_PARTICIPANT, "register it with its URL");
        return;
    }
    struct request *request = requests_build(engine, open, call, participant, &error);
    if (!request) {
        answer_unsent(engine, open, call, CALL_UNBUILDABLE, error.text);
        return;
    }
    calls_put(engine, participant, request);
}

/* A call that cannot leave. One that cannot be built forward did nothing, for certain and for ever; one that
 * cannot be built backward needs a person; a missing participant may be registered any moment. */
static void answer_unsent(struct engine *engine, struct open *open, const struct call *call, enum call_code code,
                          const char *detail)
{
    bool unbuildable = code == CALL_UNBUILDABLE;
    struct event event = {.type = EVENT_ANSWER,
                          .branch = call->branch,
                          .verb = call->verb,
                          .attempt = call->attempt,
                          .answer = unbuildable && call->verb == VERB_DO ? ANSWER_NO : ANSWER_UNKNOWN,
                          .settled = unbuildable,
                          .code = (uint16_t)code};
    struct buf payload;
    buf_init(&payload, 16 * ERROR_TEXT_MAX);
    buf_puts(&payload, "{\"detail\":");
    buf_put_json(&payload, detail, strlen(detail));
    buf_putc(&payload, '}');
    steps_feed(engine, open, &event, buf_text(&payload), payload.length);
    buf_done(&payload);
}
