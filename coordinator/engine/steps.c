/* Feeding the core, and keeping what it puts out for the commit of this batch. */
#include "base/mem.h"
#include "engine/fact_code.h"
#include "engine/inside.h"

#include <assert.h>
#include <string.h>

static enum refusal step(struct engine *engine, struct open *open, struct event *event, const char *payload,
                         size_t length);
static void keep_fact(struct engine *engine, struct open *open, const struct fact *fact, const char *payload,
                      size_t length);
static void keep_call(struct engine *engine, struct open *open, const struct call *call);
static void finish(struct engine *engine, struct open *open);
static void answer_ask(struct engine *engine, struct open *open, struct ask ask);
static int spread(struct engine *engine, struct open *open, uint16_t branch, struct error *error);
static void trace_step(const struct engine *engine, const struct open *open, const struct event *event);
static const char *called(const struct open *open, uint16_t branch, char name[LIMIT_BRANCH_NAME]);

enum refusal steps_feed(struct engine *engine, struct open *open, struct event *event, const char *payload,
                        size_t length)
{
    enum refusal refusal = step(engine, open, event, payload, length);
    /* Every step lists all conditions that are open: one is answered at a time, until none is. */
    while (engine->out.asks_count)
        answer_ask(engine, open, engine->out.asks[0]);
    if (status_final(open->txn->status))
        locks_leave(&engine->locks, open);
    return refusal;
}

static enum refusal step(struct engine *engine, struct open *open, struct event *event, const char *payload,
                         size_t length)
{
    const struct plan *plan = &open->definition->plan;
    struct out *out = &engine->out;
    size_t needs = core_needs(plan);
    if (needs > engine->out_capacity) {
        out->facts = mem_grow(out->facts, needs * sizeof *out->facts);
        out->calls = mem_grow(out->calls, needs * sizeof *out->calls);
        out->asks = mem_grow(out->asks, needs * sizeof *out->asks);
        engine->out_capacity = needs;
    }
    event->now_ms = engine->now_ms;
    enum refusal refusal = core_step(plan, open->txn, event, out);
    assert(open->txn->facts_count == open->facts_seq + open->facts_count + out->facts_count);
    for (size_t i = 0; i < out->facts_count; i++)
        keep_fact(engine, open, &out->facts[i], i ? NULL : payload, i ? 0 : length);
    for (size_t i = 0; i < out->calls_count; i++)
        keep_call(engine, open, &out->calls[i]);
    timers_set(&engine->timers, &open->timer, out->wake_ms);
    if (out->facts_count)
        batch_add(engine, open);
    trace_step(engine, open, event);
    return refusal;
}

static void keep_fact(struct engine *engine, struct open *open, const struct fact *fact, const char *payload,
                      size_t length)
{
    bool learned = payload_learn(&open->payload, fact, payload, length);
    assert(learned);
    if (fact->type == FACT_READY || (fact->type == FACT_ENDED && fact->value == STATUS_COMPLETED)) {
        finish(engine, open);
        payload = open->result;
        length = open->result_length;
    }
    fact_encode(&open->facts, fact, payload, length);
    assert(!open->facts.full);
    outbox_note(engine, open, fact, open->facts_seq + open->facts_count);
    children_note_fact(engine, open, fact);
    open->facts_count++;
    engine->counts[COUNT_FACTS]++;
}

static void keep_call(struct engine *engine, struct open *open, const struct call *call)
{
    if (core_step_of(&open->definition->plan, open->txn, call->branch)->child) {
        children_note_call(engine, open, call);
        return;
    }
    if (open->calls_count == open->calls_capacity) {
        open->calls_capacity = open->calls_capacity ? open->calls_capacity * 2 : 2;
        open->calls = mem_grow(open->calls, open->calls_capacity * sizeof *open->calls);
    }
    open->calls[open->calls_count++] = *call;
}

/* What was done is done, whether or not its result can be put into words. That of a child is what its parent was
 * told. */
static void finish(struct engine *engine, struct open *open)
{
    struct error error;
    struct buf result;
    if (open->result)
        return;
    buf_init(&result, LIMIT_BODY_BYTES);
    if (payload_result(&open->payload, engine->now_ms, &result, &error)) {
        trace_put(&engine->ports.trace, TRACE_WARN, "txn=%s completed, but its output cannot be made: %s",
                  open->id, error.text);
        buf_clear(&result);
        buf_puts(&result, "null");
    }
    open->result = buf_take(&result, &open->result_length);
}

static void answer_ask(struct engine *engine, struct open *open, struct ask ask)
{
    struct error error;
    struct event told = {.type = EVENT_TOLD, .branch = ask.branch};
    bool items = ask.question == ASK_ITEMS, truth = false;
    int code = items ? spread(engine, open, ask.branch, &error)
                     : payload_condition(&open->payload, ask.branch, engine->now_ms, &truth, &error);
    if (!code && items)
        return;
    told.answer = code ? ANSWER_UNKNOWN : truth ? ANSWER_YES : ANSWER_NO;
    struct buf why;
    buf_init(&why, 16 * ERROR_TEXT_MAX);
    if (code) {
        told.code = items ? CALL_BAD_ITEMS : CALL_UNEVALUABLE;
        trace_put(&engine->ports.trace, TRACE_WARN, "txn=%s step=%s: %s", open->id,
                  open->definition->steps[ask.branch].id, error.text);
        buf_puts(&why, "{\"detail\":");
        buf_put_json(&why, error.text, strlen(error.text));
        buf_putc(&why, '}');
    }
    step(engine, open, &told, buf_text(&why), why.length);
    buf_done(&why);
}

/* The record gets room before the core hears of the items. */
static int spread(struct engine *engine, struct open *open, uint16_t branch, struct error *error)
{
    struct buf items;
    uint16_t count;
    buf_init(&items, PAYLOAD_ITEMS_BYTES);
    int code = payload_items(&open->payload, branch, engine->now_ms, &items, &count, error);
    if (!code) {
        struct event event = {.type = EVENT_SPREAD, .branch = branch, .count = count};
        open_grow(open, core_room(open->txn, &(struct fact){.type = FACT_SPREAD, .value = count}));
        step(engine, open, &event, buf_text(&items), items.length);
    }
    buf_done(&items);
    return code;
}

/* One line per step, with what is needed to replay it. */
static void trace_step(const struct engine *engine, const struct open *open, const struct event *event)
{
    const struct trace *trace = &engine->ports.trace;
    if (trace->level > TRACE_DEBUG)
        return;
    struct buf line;
    char name[LIMIT_BRANCH_NAME];
    buf_init(&line, LIMIT_BODY_BYTES);
    buf_printf(&line, "txn=%s %s", open->id, event_word(event->type));
    if (event->type == EVENT_ANSWER)
        buf_printf(&line, " %s %s %u %s %u", called(open, event->branch, name), verb_word(event->verb),
                   event->attempt, answer_word(event->answer), event->code);
    buf_puts(&line, " ->");
    for (size_t i = 0; i < engine->out.facts_count; i++) {
        const struct fact *fact = &engine->out.facts[i];
        buf_printf(&line, " %s", fact_word(fact->type));
        if (fact->branch != BRANCH_NONE)
            buf_printf(&line, "(%s %s %u)", called(open, fact->branch, name), verb_word(fact->verb),
                       fact->attempt);
    }
    trace_put(trace, TRACE_DEBUG, "%s", buf_text(&line));
    buf_done(&line);
}

static const char *called(const struct open *open, uint16_t branch, char name[LIMIT_BRANCH_NAME])
{
    payload_name(&open->payload, branch, name);
    return name;
}
