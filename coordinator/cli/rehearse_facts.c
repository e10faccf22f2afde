/* The history of a rehearsal, fact by fact, in short lines. */
#include "base/mem.h"
#include "cli/rehearse_inner.h"
#include "engine/history.h"

#include <string.h>

/* A fact of one transaction, on its way into the order of all of them. */
struct lived {
    struct fact fact;
    json_t *told;
    struct member *child; /* that it started */
};

struct reading {
    const struct stage *stage;
    struct member *member;
};

static bool visit(void *context, const struct history_entry *entry);
static struct member *child_of(const struct reading *reading, const struct history_entry *entry);
static json_t *tell(const struct stage *stage, const struct member *member, const struct history_entry *entry);
static void merge(struct stage *stage);
static void emit(struct stage *stage, struct member *member);
static void emit_until(struct stage *stage, struct member *child, enum fact_type type);
static void put_name(const struct member *member, const struct fact *fact, struct buf *buf);
static void put_rest(const struct fact *fact, struct buf *buf);

int rehearse_facts(struct stage *stage, struct error *error)
{
    int code = stage->txn ? rehearse_family_look(stage, error) : 0;
    json_object_set_new(stage->record, "facts", json_array());
    for (size_t i = 0; !code && i < stage->members_count; i++) {
        struct reading reading = {stage, stage->members[i]};
        code = history_read(stage->store, stage->members[i]->txn, 0, visit, &reading, error);
    }
    merge(stage);
    return code;
}

static bool visit(void *context, const struct history_entry *entry)
{
    const struct reading *reading = context;
    struct member *member = reading->member;
    if ((member->facts_count & (member->facts_count - 1)) == 0) /* full at every power of two */
        member->facts =
            mem_grow(member->facts, (member->facts_count ? member->facts_count * 2 : 1) * sizeof *member->facts);
    member->facts[member->facts_count++] =
        (struct lived){entry->fact, tell(reading->stage, member, entry), child_of(reading, entry)};
    return true;
}

static bool is_childs(const struct member *member, const struct fact *fact)
{
    return fact->type == FACT_ANSWERED &&
           member->definition->plan.steps[names_step(&member->names, fact->branch)].child;
}

static struct member *child_of(const struct reading *reading, const struct history_entry *entry)
{
    struct member *found = NULL;
    if (!is_childs(reading->member, &entry->fact) || entry->fact.answer != ANSWER_PENDING)
        return NULL;
    json_t *told = json_loadb(entry->payload, entry->payload_length, 0, NULL);
    json_int_t txn = json_integer_value(json_object_get(json_object_get(told, "child"), "txn"));
    for (size_t i = 0; i < reading->stage->members_count; i++)
        if (reading->stage->members[i]->txn == (uint64_t)txn)
            found = reading->stage->members[i];
    json_decref(told);
    return found;
}

static json_t *tell(const struct stage *stage, const struct member *member, const struct history_entry *entry)
{
    const struct fact *fact = &entry->fact;
    const char *word = fact_word(fact->type);
    json_t *told = json_object();
    struct buf name, line;
    buf_init(&name, 4096);
    buf_init(&line, 4096);
    json_object_set_new(told, "fact", json_string(word));
    json_object_set_new(told, "at_ms", json_integer((json_int_t)(fact->at_ms - stage->rehearse->begin_ms)));
    if (fact->branch != BRANCH_NONE) {
        put_name(member, fact, &name);
        json_object_set_new(told, "name", json_string(buf_text(&name)));
    }
    if (fact->type == FACT_GUARDED)
        json_object_set_new(told, "runs", json_boolean(fact->value));
    bool caused =
        fact->type == FACT_DECIDED || fact->type == FACT_PAUSED; /* the step is the cause, and stands last */
    buf_puts(&line, word);
    if (fact->branch != BRANCH_NONE && !caused)
        buf_printf(&line, " %s", buf_text(&name));
    else if (member->parent)
        buf_printf(&line, " %s", member->path);
    put_rest(fact, &line);
    if (fact->branch != BRANCH_NONE && caused)
        buf_printf(&line, " at %s", buf_text(&name));
    json_object_set_new(told, "line", json_string(buf_text(&line)));
    buf_done(&line);
    buf_done(&name);
    json_t *payload = json_loadb(entry->payload ? entry->payload : "", entry->payload_length, 0, NULL);
    if (fact->type == FACT_BEGUN && !member->parent && json_object_get(payload, "lock"))
        json_object_set(stage->record, "lock", json_object_get(payload, "lock"));
    json_t *detail = fact->type == FACT_ANSWERED ? json_object_get(payload, "detail") : NULL;
    if (fact->answer != ANSWER_YES && json_is_string(detail))
        json_object_set(told, "detail", detail);
    json_decref(payload);
    return told;
}

/* One order of all facts: by time, and within a millisecond causes first. What a parent does its children hear of
 * later; what a parent hears of a child, the child has done before. */
static void merge(struct stage *stage)
{
    for (;;) {
        struct member *first = NULL;
        for (size_t i = 0; i < stage->members_count; i++) {
            struct member *member = stage->members[i];
            if (member->facts_told < member->facts_count &&
                (!first ||
                 member->facts[member->facts_told].fact.at_ms < first->facts[first->facts_told].fact.at_ms))
                first = member;
        }
        if (!first)
            return;
        emit(stage, first);
    }
}

static void emit(struct stage *stage, struct member *member)
{
    const struct lived *one = &member->facts[member->facts_told];
    const struct fact *fact = &one->fact;
    if (is_childs(member, fact) && !one->child) {
        struct member *child = NULL;
        for (size_t i = member->facts_told; !child && i-- > 0;)
            if (member->facts[i].fact.branch == fact->branch)
                child = member->facts[i].child;
        bool ready = fact->verb == VERB_DO && fact->answer == ANSWER_YES;
        if (child)
            emit_until(stage, child, ready ? FACT_READY : FACT_ENDED);
    }
    json_array_append_new(json_object_get(stage->record, "facts"), one->told);
    member->facts_told++;
}

/* Everything of the child up to its fact of that type, if it still comes. */
static void emit_until(struct stage *stage, struct member *child, enum fact_type type)
{
    for (size_t i = child->facts_told; i < child->facts_count; i++)
        if (child->facts[i].fact.type == type) {
            while (child->facts_told <= i)
                emit(stage, child);
            return;
        }
}

/* As calls are named. */
static void put_name(const struct member *member, const struct fact *fact, struct buf *buf)
{
    rehearse_put_branch(member, fact->branch, buf);
    const struct step_spec *spec = &member->definition->steps[names_step(&member->names, fact->branch)];
    if (fact->verb != VERB_NONE && fact->verb != VERB_DO)
        buf_printf(buf, ".%s", phase_word(spec->phases, fact->verb));
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
