/* Recovery: fold the facts of every open transaction, then tell each that its calls may have been lost. */
#include "base/mem.h"
#include "engine/history.h"
#include "engine/id.h"
#include "engine/inside.h"

#include <assert.h>
#include <string.h>

struct found {
    uint64_t number;
    uint8_t status;
    char step[LIMIT_NAME_BYTES + 1];
};

struct list {
    struct found *rows;
    size_t count;
    size_t capacity;
};

struct folding {
    struct engine *engine;
    uint64_t number;
    struct open *open;
    struct error *error;
    int failed;
};

static bool list_row(void *context, const struct store_row *row);
static int load(struct engine *engine, const struct found *found, struct error *error);
static bool fold(void *context, const struct history_entry *entry);
static int begin(struct folding *folding, const struct history_entry *entry);

int recovery_load(struct engine *engine, struct error *error)
{
    struct store *store = engine->ports.store;
    struct list list = {0};
    int code = store->each_open(store->self, list_row, &list, error);
    engine->recovering = mem_array(list.count, sizeof *engine->recovering);
    for (size_t i = 0; !code && i < list.count; i++) {
        code = load(engine, &list.rows[i], error);
        engine->recovering[engine->recovering_count++] = list.rows[i].number;
    }
    mem_free(list.rows);
    return code ? error_wrap(error, "recover") : 0;
}

void recovery_resume(struct engine *engine)
{
    for (uint32_t i = 0; i < engine->options.batch_max && engine->recovering_count; i++) {
        struct open *open = opens_find(engine, engine->recovering[--engine->recovering_count]);
        if (open && open->recovering)
            steps_feed(engine, open, &(struct event){.type = EVENT_TIMER}, NULL, 0);
    }
}

static bool list_row(void *context, const struct store_row *row)
{
    struct list *list = context;
    if (list->count == list->capacity) {
        list->capacity = list->capacity ? list->capacity * 2 : 256;
        list->rows = mem_grow(list->rows, list->capacity * sizeof *list->rows);
    }
    struct found *found = &list->rows[list->count++];
    *found = (struct found){.number = row->txn, .status = row->status};
    if (row->step)
        snprintf(found->step, sizeof found->step, "%s", row->step);
    return true;
}

static int load(struct engine *engine, const struct found *found, struct error *error)
{
    struct folding folding = {engine, found->number, NULL, error, 0};
    int code = history_read(engine->ports.store, found->number, 0, fold, &folding, error);
    code = code ? code : folding.failed;
    struct open *open = folding.open;
    if (!code && !open)
        code = error_set(error, ERROR_CORRUPT, "transaction %llu is open and has no facts",
                         (unsigned long long)found->number);
    if (!code && status_final(open->txn->status))
        code =
            error_set(error, ERROR_CORRUPT, "transaction %s is open in the list, but its facts end it", open->id);
    if (code) {
        if (open)
            open_free(open);
        return code;
    }
    open->stored = true;
    open->row_status = (enum status)found->status;
    int step = found->step[0] ? definition_find_step(open->definition, found->step) : -1;
    open->row_step = step < 0 ? BRANCH_NONE : (uint16_t)step;
    open->row_cause = open_cause(open);
    open->facts_seq = open->txn->facts_count;
    open->recovering = true;
    opens_add(engine, open);
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
        folding->open = open;
    }
    payload_begun_done(&begun);
    return code;
}
