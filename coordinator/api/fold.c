/* Folding of facts with the core, beside it the book-keeping that only readers want. */
#include "api/fold.h"

#include "base/limits.h"
#include "base/mem.h"
#include "core/core.h"
#include "definition/value.h"
#include "engine/history.h"

#include <assert.h>
#include <string.h>

struct folding {
    struct fold *fold;
    bool impossible; /* the facts do not follow from each other */
};

static bool fold_entry(void *context, const struct history_entry *entry);
static void fold_grow(struct fold *fold, uint16_t capacity);
static void *grow(void *block, size_t before, size_t after);
static void fold_phase_entry(struct fold *fold, const struct history_entry *entry);
static void fold_child(struct fold *fold, const struct history_entry *entry);
static struct fold_phase *fold_phase(struct fold *fold, const struct fact *fact);
static void fold_resolved(struct fold *fold, const struct history_entry *entry, struct fold_phase *phase);
static void fold_keep(struct fold *fold, const char *payload, size_t payload_length, char **bytes, size_t *length);

int fold_read(struct fold *fold, struct store *store, uint64_t txn, const struct definition *definition,
              struct error *error)
{
    uint16_t count = definition->plan.steps_count;
    assert(count > 0);
    *fold = (struct fold){.definition = definition};
    fold->txn = mem_new(txn_size(count));
    fold->actions = mem_array(count, sizeof *fold->actions);
    fold->undos = mem_array(count, sizeof *fold->undos);
    fold->checks = mem_array(count, sizeof *fold->checks);
    fold->confirms = mem_array(count, sizeof *fold->confirms);
    fold->early_ms = mem_array(count, sizeof *fold->early_ms);
    fold->children = mem_array(count, sizeof *fold->children);
    names_init(&fold->names, definition);
    core_init(&definition->plan, fold->txn);
    struct folding folding = {.fold = fold};
    int code = history_read(store, txn, 0, fold_entry, &folding, error);
    if (!code && (folding.impossible || !fold->txn->facts_count))
        code = error_set(error, ERROR_CORRUPT, "fact %u does not follow from those before it",
                         fold->txn->facts_count);
    if (code) {
        error_wrap(error, "read history");
        fold_done(fold);
    }
    return code;
}

void fold_done(struct fold *fold)
{
    names_done(&fold->names);
    for (size_t i = 0; i < fold->txn->branches_count; i++) {
        mem_free(fold->actions[i].bytes);
        mem_free(fold->undos[i].bytes);
        mem_free(fold->checks[i].bytes);
        mem_free(fold->confirms[i].bytes);
    }
    for (size_t i = 0; i < fold->txn->steps_count; i++)
        mem_free(fold->children[i]);
    mem_free(fold->actions);
    mem_free(fold->undos);
    mem_free(fold->checks);
    mem_free(fold->confirms);
    mem_free(fold->early_ms);
    mem_free(fold->children);
    mem_free(fold->begun);
    mem_free(fold->output);
    mem_free(fold->txn);
}

static bool fold_entry(void *context, const struct history_entry *entry)
{
    struct folding *folding = context;
    struct fold *fold = folding->fold;
    const struct fact *fact = &entry->fact;
    fold_grow(fold, core_room(fold->txn, fact));
    if (!core_apply(&fold->definition->plan, fold->txn, fact) || !names_learn(&fold->names, entry)) {
        folding->impossible = true;
        return false;
    }
    if (fact->type == FACT_BEGUN)
        fold_keep(fold, entry->payload, entry->payload_length, &fold->begun, &fold->begun_length);
    else if (fact->type == FACT_ENDED)
        fold_keep(fold, entry->payload, entry->payload_length, &fold->output, &fold->output_length);
    else if (fact->branch != BRANCH_NONE)
        fold_phase_entry(fold, entry);
    return true;
}

/* Room for items. */
static void fold_grow(struct fold *fold, uint16_t capacity)
{
    uint16_t before = fold->txn->branches_capacity;
    if (capacity <= before)
        return;
    fold->txn = grow(fold->txn, txn_size(before), txn_size(capacity));
    fold->txn->branches_capacity = capacity;
    fold->actions = grow(fold->actions, before * sizeof *fold->actions, capacity * sizeof *fold->actions);
    fold->undos = grow(fold->undos, before * sizeof *fold->undos, capacity * sizeof *fold->undos);
    fold->checks = grow(fold->checks, before * sizeof *fold->checks, capacity * sizeof *fold->checks);
    fold->confirms = grow(fold->confirms, before * sizeof *fold->confirms, capacity * sizeof *fold->confirms);
}

static void *grow(void *block, size_t before, size_t after)
{
    char *grown = mem_grow(block, after);
    memset(grown + before, 0, after - before);
    return grown;
}

static void fold_phase_entry(struct fold *fold, const struct history_entry *entry)
{
    const struct fact *fact = &entry->fact;
    struct fold_phase *phase = fold_phase(fold, fact);
    if (fact->type == FACT_CALLED || fact->type == FACT_AWAITED) {
        phase->attempts = fact->type == FACT_CALLED ? fact->attempt : 1;
        phase->started_ms = phase->started_ms ? phase->started_ms : fact->at_ms;
        phase->ended_ms = 0;
    } else if (fact->type == FACT_SIGNALLED) {
        fold->early_ms[fact->branch] = fact->at_ms;
        fold_keep(fold, entry->payload, entry->payload_length, &phase->bytes, &phase->length);
    } else if (fact->type == FACT_ANSWERED) {
        bool child = core_step_of(&fold->definition->plan, fold->txn, fact->branch)->child;
        bool pending = fact->answer == ANSWER_PENDING;
        if (child && pending)
            fold_child(fold, entry);
        phase->ended_ms = fact->due_ms || pending ? 0 : fact->at_ms;
        phase->answer = fact->answer;
        phase->code = fact->code;
        /* A signal that came early is the answer; what it brought rode in the earlier fact. */
        if (fact->branch >= fold->txn->steps_count || !fold->early_ms[fact->branch])
            fold_keep(fold, entry->payload, entry->payload_length, &phase->bytes, &phase->length);
    } else if (fact->type == FACT_RESOLVED) {
        phase->ended_ms = fact->at_ms;
        phase->answer = fact->answer;
        phase->code = 0;
        fold_resolved(fold, entry, phase);
    }
}

static void fold_child(struct fold *fold, const struct history_entry *entry)
{
    json_t *told = json_loadb(entry->payload, entry->payload_length, 0, NULL);
    const char *id = json_string_value(json_object_get(json_object_get(told, "child"), "id"));
    char **child = &fold->children[entry->fact.branch];
    mem_free(*child);
    *child = id ? mem_string(id) : NULL;
    json_decref(told);
}

static struct fold_phase *fold_phase(struct fold *fold, const struct fact *fact)
{
    switch (fact->verb) {
    case VERB_UNDO:
        return &fold->undos[fact->branch];
    case VERB_CHECK:
        return &fold->checks[fact->branch];
    case VERB_CONFIRM:
        return &fold->confirms[fact->branch];
    default:
        return &fold->actions[fact->branch];
    }
}

/* The operator's word replaces the participant's: his output, if he gave one, or nothing. */
static void fold_resolved(struct fold *fold, const struct history_entry *entry, struct fold_phase *phase)
{
    json_t *said = entry->payload_length ? json_loadb(entry->payload, entry->payload_length, 0, NULL) : NULL;
    json_t *output = json_object_get(said, "output");
    size_t length = 0;
    char *text = output ? value_json_text(output, 2 * LIMIT_BODY_BYTES, &length) : NULL;
    fold_keep(fold, text, length, &phase->bytes, &phase->length);
    mem_free(text);
    json_decref(said);
}

/* Keeps a copy instead of an older one. What is too much for one answer keeps only its length. */
static void fold_keep(struct fold *fold, const char *payload, size_t payload_length, char **bytes, size_t *length)
{
    if (*bytes) {
        fold->kept_bytes -= *length;
        mem_free(*bytes);
        *bytes = NULL;
    }
    *length = payload_length;
    if (!*length || *length > LIMIT_OUTPUTS_BYTES - fold->kept_bytes)
        return;
    *bytes = mem_copy(payload, *length);
    fold->kept_bytes += *length;
}
