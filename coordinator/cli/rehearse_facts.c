/* The history of a rehearsal, fact by fact, in short lines. */
#include "cli/rehearse_inner.h"
#include "engine/history.h"

#include <string.h>

static bool visit(void *context, const struct history_entry *entry);
static void put_name(const struct stage *stage, const struct fact *fact, struct buf *buf);
static void put_step(const struct stage *stage, const struct fact *fact, const char *before, struct buf *buf);
static void put_rest(const struct fact *fact, struct buf *buf);

int rehearse_facts(struct stage *stage, struct error *error)
{
    json_object_set_new(stage->record, "facts", json_array());
    names_done(&stage->names); /* from the first fact on, once more */
    names_init(&stage->names, stage->definition);
    return stage->txn ? history_read(stage->store, stage->txn, 0, visit, stage, error) : 0;
}

static bool visit(void *context, const struct history_entry *entry)
{
    struct stage *stage = context;
    const struct fact *fact = &entry->fact;
    const char *word = fact_word(fact->type);
    json_t *told = json_object();
    struct buf line;
    names_learn(&stage->names, entry);
    buf_init(&line, 4096);
    json_object_set_new(told, "fact", json_string(word));
    json_object_set_new(told, "at_ms", json_integer((json_int_t)(fact->at_ms - stage->rehearse->begin_ms)));
    if (fact->branch != BRANCH_NONE) {
        put_name(stage, fact, &line);
        json_object_set_new(told, "name", json_string(buf_text(&line)));
    }
    if (fact->type == FACT_GUARDED)
        json_object_set_new(told, "runs", json_boolean(fact->value));
    buf_clear(&line);
    bool caused =
        fact->type == FACT_DECIDED || fact->type == FACT_PAUSED; /* the step is the cause, and stands last */
    buf_puts(&line, word);
    if (fact->branch != BRANCH_NONE && !caused)
        put_step(stage, fact, " ", &line);
    put_rest(fact, &line);
    if (fact->branch != BRANCH_NONE && caused)
        put_step(stage, fact, " at ", &line);
    json_object_set_new(told, "line", json_string(buf_text(&line)));
    buf_done(&line);
    json_t *payload = json_loadb(entry->payload ? entry->payload : "", entry->payload_length, 0, NULL);
    if (fact->type == FACT_BEGUN && json_object_get(payload, "lock"))
        json_object_set(stage->record, "lock", json_object_get(payload, "lock"));
    json_t *detail = fact->type == FACT_ANSWERED ? json_object_get(payload, "detail") : NULL;
    if (fact->answer != ANSWER_YES && json_is_string(detail))
        json_object_set(told, "detail", detail);
    json_decref(payload);
    json_array_append_new(json_object_get(stage->record, "facts"), told);
    return true;
}

/* As calls are named. */
static void put_name(const struct stage *stage, const struct fact *fact, struct buf *buf)
{
    char name[LIMIT_BRANCH_NAME];
    names_print(&stage->names, fact->branch, name);
    buf_puts(buf, name);
    if (fact->verb == VERB_UNDO)
        buf_puts(buf, ".compensation");
    else if (fact->verb != VERB_NONE && fact->verb != VERB_DO)
        buf_printf(buf, ".%s", verb_word(fact->verb));
}

static void put_step(const struct stage *stage, const struct fact *fact, const char *before, struct buf *buf)
{
    buf_puts(buf, before);
    put_name(stage, fact, buf);
}

static void put_rest(const struct fact *fact, struct buf *buf)
{
    bool answer = fact->type == FACT_ANSWERED || fact->type == FACT_RESOLVED;
    if (answer)
        buf_printf(buf, " %s", answer_word(fact->answer));
    if (fact->type == FACT_ANSWERED && fact->code) {
        const char *code = call_word(fact->code);
        if (code)
            buf_printf(buf, " %s", code);
        else
            buf_printf(buf, " %u", fact->code);
    }
    if (fact->type == FACT_SPREAD)
        buf_printf(buf, " %llu", (unsigned long long)fact->value);
    if (fact->type == FACT_GUARDED)
        buf_puts(buf, fact->value ? " runs" : " skipped");
    if (fact->type == FACT_DECIDED)
        buf_puts(buf, fact->value == DECISION_ABORT ? " abort" : " commit");
    if (fact->type == FACT_DECIDED || fact->type == FACT_PAUSED)
        buf_printf(buf, " %s", cause_word((enum cause)fact->code));
    if (fact->type == FACT_ENDED)
        buf_printf(buf, " %s", status_word((enum status)fact->value));
}
