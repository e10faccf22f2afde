/* Recovery: fold the facts of an open transaction, then tell it that its calls may have been lost. The one path
 * after a crash, at a start, and for what left memory because it only waited. */
#include "base/mem.h"
#include "engine/history.h"
#include "engine/id.h"
#include "engine/inside.h"

#include <assert.h>
#include <string.h>

struct folding {
    struct engine *engine;
    uint64_t number;
    struct open *open;
    char *lock; /* the key of its lock, NULL */
    struct error *error;
    int failed;
};

static int stand(struct engine *engine, struct open *open, const char *key, struct error *error);
static bool fold(void *context, const struct history_entry *entry);
static void keep_row(struct open *open, const struct store_row *row);
static int begin(struct folding *folding, const struct history_entry *entry);

struct open *recovery_load(struct engine *engine, const struct store_row *row, struct error *error)
{
    struct folding folding = {.engine = engine, .number = row->txn, .error = error};
    int code = history_read(engine->ports.store, row->txn, 0, fold, &folding, error);
    code = code ? code : folding.failed;
    struct open *open = folding.open;
    if (!code && !open)
        code = error_set(error, ERROR_CORRUPT, "transaction %llu is open and has no facts",
                         (unsigned long long)row->txn);
    if (!code && status_final(open->txn->status))
        code =
            error_set(error, ERROR_CORRUPT, "transaction %s is open in the list, but its facts end it", open->id);
    if (!code && open->txn->lock != LOCK_NONE)
        code = stand(engine, open, folding.lock, error);
    mem_free(folding.lock);
    if (code) {
        if (open)
            open_free(open);
        error_wrap(error, "recover");
        return NULL;
    }
    keep_row(open, row);
    opens_add(engine, open);
    batch_add(engine, open); /* so that its row is compared, and it may leave again */
    steps_feed(engine, open, &(struct event){.type = EVENT_RECOVER}, NULL, 0);
    return open;
}

static void keep_row(struct open *open, const struct store_row *row)
{
    open->stored = true;
    open->row_status = (enum status)row->status;
    int step = row->step ? definition_find_step(open->definition, row->step) : -1;
    open->row_step = step < 0 ? BRANCH_NONE : (uint16_t)step;
    open->row_cause = open_cause(open);
    open->row_wake_ms = row->wake_ms;
    open->facts_seq = open->txn->facts_count;
}

/* Where it stood in the line before its lock: transactions come in the order in which they began. */
static int stand(struct engine *engine, struct open *open, const char *key, struct error *error)
{
    if (!key || (open->txn->lock == LOCK_HELD && locks_holder(&engine->locks, key)))
        return error_set(error, ERROR_CORRUPT, "transaction %s holds a lock that %s", open->id,
                         key ? "another one holds" : "has no key");
    locks_join(&engine->locks, open, key);
    return 0;
}

static bool fold(void *context, const struct history_entry *entry)
{
    struct folding *folding = context;
    if (entry->seq == 0)
        folding->failed = begin(folding, entry);
    if (folding->failed)
        return false;
    struct open *open = folding->open;
    if (open && entry->fact.type == FACT_READY) {
        open->result = mem_copy(entry->payload, entry->payload_length);
        open->result_length = entry->payload_length;
    }
    if (open)
        open_grow(open, core_room(open->txn, &entry->fact));
    if (!open || !core_apply(&open->definition->plan, open->txn, &entry->fact) ||
        !payload_learn(&open->payload, &entry->fact, entry->payload, entry->payload_length)) {
        folding->failed = error_set(folding->error, ERROR_CORRUPT,
                                    "fact %u (%s) of transaction %llu cannot follow those before it", entry->seq,
                                    fact_word(entry->fact.type), (unsigned long long)folding->number);
        return false;
    }
    return true;
}

static int begin(struct folding *folding, const struct history_entry *entry)
{
    struct begun begun;
    const struct definition *definition = NULL;
    char id[LIMIT_ID_TEXT];
    int code = payload_begun_parse(entry->payload, entry->payload_length, &begun, folding->error);
    if (code)
        return code;
    id_print(folding->number, folding->engine->secret, id);
    code = definitions_get(&folding->engine->definitions, begun.saga, begun.version, &definition, folding->error);
    if (!code) {
        struct open *open = open_new(folding->number, begun.id ? begun.id : id, begun.id != NULL, definition);
        open->key = begun.key ? mem_string(begun.key) : NULL;
        open->tags = begun.tags ? mem_string(begun.tags) : NULL;
        payload_set_input(&open->payload, begun.input, begun.input_length);
        if (begun.parent.txn)
            open_set_parent(open, &begun.parent);
        folding->lock = begun.lock ? mem_string(begun.lock) : NULL;
        folding->open = open;
    }
    payload_begun_done(&begun);
    return code;
}
