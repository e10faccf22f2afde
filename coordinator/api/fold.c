/* Folding of facts with the core, beside it the book-keeping that only readers want. */
#include "api/fold.h"

#include "base/limits.h"
#include "base/mem.h"
#include "core/core.h"
#include "engine/history.h"

#include <assert.h>

struct folding {
    struct fold *fold;
    bool impossible; /* the facts do not follow from each other */
};

static bool fold_entry(void *context, const struct history_entry *entry);
static void fold_phase_entry(struct fold *fold, const struct history_entry *entry);
static void fold_keep(struct fold *fold, const struct history_entry *entry, char **bytes, size_t *length);

int fold_read(struct fold *fold, struct store *store, uint64_t txn, const struct definition *definition,
              struct error *error)
{
    uint16_t count = definition->plan.steps_count;
    assert(count > 0);
    *fold = (struct fold){.definition = definition};
    fold->txn = mem_new(txn_size(count));
    fold->actions = mem_array(count, sizeof *fold->actions);
    fold->undos = mem_array(count, sizeof *fold->undos);
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
    for (size_t i = 0; i < fold->definition->plan.steps_count; i++) {
        mem_free(fold->actions[i].bytes);
        mem_free(fold->undos[i].bytes);
    }
    mem_free(fold->actions);
    mem_free(fold->undos);
    mem_free(fold->begun);
    mem_free(fold->output);
    mem_free(fold->txn);
}

static bool fold_entry(void *context, const struct history_entry *entry)
{
    struct folding *folding = context;
    struct fold *fold = folding->fold;
    const struct fact *fact = &entry->fact;
    if (!core_apply(&fold->definition->plan, fold->txn, fact)) {
        folding->impossible = true;
        return false;
    }
    if (fact->type == FACT_BEGUN)
        fold_keep(fold, entry, &fold->begun, &fold->begun_length);
    else if (fact->type == FACT_ENDED)
        fold_keep(fold, entry, &fold->output, &fold->output_length);
    else if (fact->branch < fold->definition->plan.steps_count)
        fold_phase_entry(fold, entry);
    return true;
}

static void fold_phase_entry(struct fold *fold, const struct history_entry *entry)
{
    const struct fact *fact = &entry->fact;
    struct fold_phase *phase = fact->verb == VERB_UNDO ? &fold->undos[fact->branch] : &fold->actions[fact->branch];
    if (fact->type == FACT_CALLED) {
        phase->attempts = fact->attempt;
        phase->started_ms = phase->started_ms ? phase->started_ms : fact->at_ms;
        phase->ended_ms = 0;
    } else if (fact->type == FACT_ANSWERED) {
        phase->ended_ms = fact->due_ms ? 0 : fact->at_ms;
        phase->answer = fact->answer;
        phase->code = fact->code;
        fold_keep(fold, entry, &phase->bytes, &phase->length);
    } else if (fact->type == FACT_RESOLVED) {
        phase->ended_ms = fact->at_ms;
        phase->answer = fact->answer;
        phase->code = 0;
    }
}

/* Keeps a copy instead of an older one. What is too much for one answer keeps only its length. */
static void fold_keep(struct fold *fold, const struct history_entry *entry, char **bytes, size_t *length)
{
    if (*bytes) {
        fold->kept_bytes -= *length;
        mem_free(*bytes);
        *bytes = NULL;
    }
    *length = entry->payload_length;
    if (!*length || *length > LIMIT_OUTPUTS_BYTES - fold->kept_bytes)
        return;
    *bytes = mem_copy(entry->payload, *length);
    fold->kept_bytes += *length;
}
