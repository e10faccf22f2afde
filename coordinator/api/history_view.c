/* GET /v1/transactions/{id}/history: every fact, page by page. */
#include "api/answer.h"
#include "api/find.h"
#include "api/members.h"
#include "api/routes.h"
#include "api/step_view.h"
#include "api/write.h"
#include "base/mem.h"
#include "core/core.h"
#include "engine/history.h"
#include "engine/payload.h"
#include "engine/payload_names.h"
#include "definition/value.h"

#include <assert.h>

enum { HISTORY_DEFAULT = 100 };

struct page {
    struct buf *buf;
    struct names names;
    uint64_t from;
    uint64_t limit; /* facts that are still wanted */
    uint32_t next;  /* where the next page begins; 0 = there is none */
};

static bool history_entry(void *context, const struct history_entry *entry);
static void history_fact(const struct page *page, const struct history_entry *entry);
static const char *history_phase(const struct names *names, const struct fact *fact)
{
    return phase_word(names->definition->steps[names_step(names, fact->branch)].phases, fact->verb);
}

static void history_step(const struct names *names, const struct fact *fact, struct buf *buf);
static uint32_t history_start(const struct page *page);
static void history_particulars(const struct fact *fact, struct buf *buf);
static void history_answered(const struct fact *fact, struct buf *buf);
static void history_payload(const struct history_entry *entry, struct buf *buf);
static void history_value(json_t *object, const char *key, const char *as, struct buf *buf);

void history_get(struct api *api, struct exchange *exchange, const struct target *target)
{
    struct page page = {.buf = &exchange->response, .limit = HISTORY_DEFAULT};
    struct found found;
    struct error error;
    struct definition *definition = NULL;
    if (query_number(&target->query, "from", 0, UINT32_MAX, &page.from, &error) ||
        query_number(&target->query, "limit", 1, LIMIT_PAGE, &page.limit, &error) ||
        find_transaction(api->store, target->path.segments[PATH_ID], &found, &error) ||
        !(definition = find_definition(api->store, &found, &error))) {
        answer_error(exchange, &error);
        return;
    }
    names_init(&page.names, definition);
    write_open(page.buf, '{');
    write_text(page.buf, "transaction", found.id);
    write_key(page.buf, "facts");
    write_open(page.buf, '[');
    int code = history_read(api->store, found.txn, history_start(&page), history_entry, &page, &error);
    names_done(&page.names);
    definition_free(definition);
    if (code) {
        answer_error(exchange, &error);
        return;
    }
    buf_putc(page.buf, ']');
    if (page.next)
        write_number(page.buf, "next", page.next);
    buf_putc(page.buf, '}');
    answer_json(exchange, 200);
}

static bool history_entry(void *context, const struct history_entry *entry)
{
    struct page *page = context;
    names_learn(&page->names, entry); /* what cannot be is shown by its step or not at all: history says what is */
    if (entry->seq < page->from)
        return true;
    /* A page ends early when it has grown large: one fact always fits behind half of what an answer may have. */
    static_assert(LIMIT_OUTPUTS_BYTES + 6 * LIMIT_BODY_BYTES < LIMIT_RESPONSE_BYTES, "the last fact must fit");
    if (!page->limit || page->buf->length > LIMIT_OUTPUTS_BYTES) {
        page->next = entry->seq;
        return false;
    }
    history_fact(page, entry);
    page->limit--;
    return true;
}

static void history_fact(const struct page *page, const struct history_entry *entry)
{
    const struct fact *fact = &entry->fact;
    struct buf *buf = page->buf;
    write_open(buf, '{');
    write_number(buf, "seq", entry->seq);
    write_time(buf, "at", fact->at_ms);
    write_text(buf, "fact", fact_word(fact->type));
    if (fact->branch != BRANCH_NONE && names_know(&page->names, fact->branch))
        history_step(&page->names, fact, buf);
    if (fact->verb != VERB_NONE)
        write_text(buf, "phase", history_phase(&page->names, fact));
    history_particulars(fact, buf);
    if (entry->payload_length)
        history_payload(entry, buf);
    buf_putc(buf, '}');
}

static void history_step(const struct names *names, const struct fact *fact, struct buf *buf)
{
    uint16_t step = names_step(names, fact->branch);
    write_text(buf, "step", names->definition->steps[step].id);
    write_text(buf, "item", names_item(names, fact->branch));
    write_text(buf, "kind", step_view_kind(names->definition, step));
    if (fact->type == FACT_AWAITED || fact->type == FACT_SIGNALLED)
        step_view_wait(names->definition, step, buf);
}

/* Where there are items, their names ride in earlier facts. */
static uint32_t history_start(const struct page *page)
{
    const struct plan *plan = &page->names.definition->plan;
    for (uint16_t i = 0; i < plan->steps_count; i++)
        if (plan->steps[i].each)
            return 0;
    return (uint32_t)page->from;
}

/* What the fields of a fact mean depends on its type. */
static void history_particulars(const struct fact *fact, struct buf *buf)
{
    switch (fact->type) {
    case FACT_BEGUN:
        write_time(buf, "deadline", fact->due_ms);
        break;
    case FACT_CALLED:
        write_number(buf, "attempt", fact->attempt);
        break;
    case FACT_ANSWERED:
        history_answered(fact, buf);
        break;
    case FACT_AWAITED:
    case FACT_QUEUED:
    case FACT_BEAT:
        write_time(buf, "waitsUntil", fact->due_ms);
        break;
    case FACT_GUARDED:
        write_json(buf, "runs", fact->value ? "true" : "false", fact->value ? 4 : 5);
        break;
    case FACT_SPREAD:
        write_number(buf, "items", fact->value);
        break;
    case FACT_DECIDED:
        write_text(buf, "decision", fact->value == DECISION_COMMIT ? "commit" : "abort");
        write_text(buf, "cause", cause_word((enum cause)fact->code));
        break;
    case FACT_PAUSED:
        write_text(buf, "cause", cause_word((enum cause)fact->code));
        break;
    case FACT_RESOLVED:
        write_text(buf, "answer", answer_word(fact->answer));
        break;
    case FACT_ENDED:
        write_text(buf, "status", status_word((enum status)fact->value));
        break;
    default:
        break;
    }
}

static void history_answered(const struct fact *fact, struct buf *buf)
{
    bool pending = fact->answer == ANSWER_PENDING;
    write_number(buf, "attempt", fact->attempt);
    write_text(buf, "answer", answer_word(fact->answer));
    if (fact->code && !call_word(fact->code))
        write_number(buf, "httpStatus", fact->code);
    write_text(buf, "transport", fact->code ? call_word(fact->code) : NULL);
    write_time(buf, pending ? "waitsUntil" : "nextAttemptAt", fact->due_ms);
    if (pending && fact->value != fact->due_ms)
        write_time(buf, "deadline", fact->value);
}

static void history_payload(const struct history_entry *entry, struct buf *buf)
{
    const struct fact *fact = &entry->fact;
    bool output = fact->type == FACT_ENDED || fact->type == FACT_SIGNALLED || fact->type == FACT_READY ||
                  (fact->type == FACT_ANSWERED && fact->answer == ANSWER_YES);
    if (output) {
        write_json(buf, "output", entry->payload, entry->payload_length);
        return;
    }
    json_t *object = json_loadb(entry->payload, entry->payload_length, 0, NULL);
    static const char *const keys[] = {"code", "detail", "actor", "reason", "output", "body", "lock", "input"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        history_value(object, keys[i], keys[i], buf);
    if (fact->type == FACT_ANSWERED)
        history_value(object, "by", "actor", buf);
    if (fact->type == FACT_ANSWERED)
        history_value(json_object_get(object, "child"), "id", "child", buf);
    if (fact->type == FACT_BEGUN)
        step_view_parent(object, buf);
    json_decref(object);
}

static void history_value(json_t *object, const char *key, const char *as, struct buf *buf)
{
    json_t *value = json_object_get(object, key);
    size_t length = 0;
    char *text = value ? value_json_text(value, LIMIT_RESPONSE_BYTES, &length) : NULL;
    write_json(buf, as, text, length);
    mem_free(text);
}
