/* Starting transactions, and recognising a start that was made before (invariant 11). */
#include "base/mem.h"
#include "definition/nesting.h"
#include "engine/history.h"
#include "engine/id.h"
#include "engine/inside.h"

#include <assert.h>
#include <string.h>

struct earlier {
    const struct command *command;
    uint64_t number;
    bool found;
    bool same;
    struct error *error;
    int failed;
};

static bool repeat_open(struct engine *engine, struct command *command);
static bool repeat_stored(struct engine *engine, struct command *command);
static void begin(struct engine *engine, struct command *command, const struct definition *definition);
static int want(struct engine *engine, struct open *open, struct buf *key, struct error *error);
static int start(struct engine *engine, struct command *command, const struct definition *definition,
                 const struct begun_parent *parent, struct open **out);
static int refuse_crowded(struct engine *engine, struct error *error);
static void answer(struct engine *engine, struct open *open, struct command *command);
static bool same_text(const char *a, const char *b);
static bool same_begun(const struct command *command, const struct begun *begun);
static void conflict(struct command *command);
static bool find_row(void *context, const struct store_row *row);
static bool compare_begun(void *context, const struct history_entry *entry);

void starts_do(struct engine *engine, struct command *command)
{
    uint64_t number;
    const struct definition *definition = NULL;
    bool named = command->id || command->key;
    if (command->id && id_parse(command->id, engine->secret, &number))
        error_set(&command->error, ERROR_INVALID,
                  "\"%s\" is an id that the coordinator gave to another transaction: choose your own",
                  command->id);
    else if (named && (repeat_open(engine, command) || repeat_stored(engine, command)))
        return;
    else if (!definitions_get(&engine->definitions, command->saga, command->version, &definition,
                              &command->error)) {
        if (!refuse_crowded(engine, &command->error) &&
            !payload_check_input(definition, command->input, command->input_length, &command->findings,
                                 &command->error)) {
            begin(engine, command, definition);
            return;
        }
    }
    replies_add(engine, command, NULL);
}

int starts_by_itself(struct engine *engine, struct command *command, const struct definition *definition)
{
    struct store *store = engine->ports.store;
    struct earlier earlier = {.command = command};
    command->error = (struct error){0};
    if (opens_find_id(engine, command->id))
        return 0;
    int code = store->find(store->self, command->id, NULL, find_row, &earlier, &command->error);
    if (!code && !earlier.found)
        code = refuse_crowded(engine, &command->error);
    struct open *open;
    return code || earlier.found ? code : start(engine, command, definition, NULL, &open);
}

void starts_child(struct engine *engine, struct open *parent, uint16_t branch, const char *saga, uint32_t version,
                  const char *input, size_t input_length, struct open **child, struct error *error)
{
    const struct definition *definition = NULL;
    struct command command = {
        .type = COMMAND_START, .saga = saga, .version = version, .input = input, .input_length = input_length};
    const struct begun_parent begun = {.txn = parent->number,
                                       .root = parent->root,
                                       .depth = parent->depth + 1,
                                       .branch = branch,
                                       .id = parent->id,
                                       .step = payload_spec(&parent->payload, branch)->id};
    int code = definitions_get(&engine->definitions, saga, version, &definition, error);
    findings_init(&command.findings);
    if (!code && begun.depth > LIMIT_NESTING)
        code = error_set(error, ERROR_INVALID, "sagas are nested more than %d deep", LIMIT_NESTING);
    if (!code)
        code = nesting_check_child(definition, error);
    if (!code)
        code = payload_check_input(definition, input, input_length, &command.findings, error);
    if (!code && start(engine, &command, definition, &begun, child))
        *error = command.error;
    findings_done(&command.findings);
}

/* What was accepted goes before what comes. */
static int refuse_crowded(struct engine *engine, struct error *error)
{
    if (!engine->crowded && resting_make_room(engine))
        return 0;
    return error_set(error, ERROR_BUSY, "%u transactions are at work, which is the limit: try again later",
                     engine->options.open_max);
}

static bool repeat_open(struct engine *engine, struct command *command)
{
    struct open *open = command->id ? opens_find_id(engine, command->id) : NULL;
    if (!open && command->key)
        open = opens_find_key(engine, command->key);
    if (!open)
        return false;
    struct begun begun = {.saga = open->definition->name,
                          .version = open->definition->version,
                          .id = open->own_id ? open->id : NULL,
                          .key = open->key,
                          .tags = open->tags,
                          .input = open->payload.input,
                          .input_length = open->payload.input_length};
    if (same_begun(command, &begun)) {
        answer(engine, open, command);
    } else {
        conflict(command);
        replies_add(engine, command, NULL);
    }
    return true;
}

static bool repeat_stored(struct engine *engine, struct command *command)
{
    struct store *store = engine->ports.store;
    struct earlier earlier = {.command = command, .error = &command->error};
    char *owned = NULL;
    int code = store->find(store->self, command->id, command->key, find_row, &earlier, &command->error);
    if (!code && !earlier.found)
        return false;
    if (!code)
        code = history_read(store, earlier.number, 0, compare_begun, &earlier, &command->error);
    if (!code && !earlier.failed && earlier.same) {
        struct open *open = opens_get(engine, earlier.number, &command->error);
        if (open) {
            answer(engine, open, command);
            return true;
        }
        if (!command->error.code)
            replies_fill_stored(engine, earlier.number, command, &owned);
    } else if (!code && !earlier.failed)
        conflict(command);
    replies_add(engine, command, owned);
    return true;
}

static void begin(struct engine *engine, struct command *command, const struct definition *definition)
{
    struct open *open;
    if (start(engine, command, definition, NULL, &open)) {
        replies_add(engine, command, NULL);
        return;
    }
    command->created = true;
    answer(engine, open, command);
}

static int start(struct engine *engine, struct command *command, const struct definition *definition,
                 const struct begun_parent *parent, struct open **out)
{
    char made[LIMIT_ID_TEXT];
    struct buf payload, lock;
    uint64_t number = id_next(engine->last, engine->now_ms);
    id_print(number, engine->secret, made);
    struct open *open = open_new(number, command->id ? command->id : made, command->id != NULL, definition);
    payload_set_input(&open->payload, command->input, command->input_length);
    if (parent)
        open_set_parent(open, parent);
    buf_init(&lock, LIMIT_LOCK_BYTES + 1);
    int code = definition->plan.locks ? want(engine, open, &lock, &command->error) : 0;
    if (code) {
        open_free(open);
        buf_done(&lock);
        return code;
    }
    engine->last = number;
    open->key = command->key ? mem_string(command->key) : NULL;
    open->tags = command->tags ? mem_string(command->tags) : NULL;
    opens_add(engine, open);
    buf_init(&payload, 2 * LIMIT_BODY_BYTES);
    payload_begun_print(&(struct begun){.saga = definition->name,
                                        .version = definition->version,
                                        .id = command->id,
                                        .key = command->key,
                                        .tags = command->tags,
                                        .lock = lock.length ? buf_text(&lock) : NULL,
                                        .parent = parent ? *parent : (struct begun_parent){0},
                                        .input = command->input,
                                        .input_length = command->input_length},
                        &payload);
    struct event event = {.type = EVENT_BEGIN,
                          .nested = parent != NULL,
                          .seed = engine->ports.entropy.next(engine->ports.entropy.self)};
    steps_feed(engine, open, &event, buf_text(&payload), payload.length);
    if (lock.length)
        locks_join(&engine->locks, open, buf_text(&lock));
    buf_done(&payload);
    buf_done(&lock);
    engine->counts[COUNT_STARTED]++;
    engine->counts[COUNT_OPEN]++;
    *out = open;
    return 0;
}

/* The key of its lock. An error: it cannot be made, or somebody holds it and the saga does not wait. */
static int want(struct engine *engine, struct open *open, struct buf *key, struct error *error)
{
    int code = payload_lock(&open->payload, engine->now_ms, key, error);
    const struct open *holder = code ? NULL : locks_holder(&engine->locks, buf_text(key));
    if (holder && !open->definition->plan.lock_wait_ms)
        code = error_set(error, ERROR_LOCK_HELD, "the lock \"%s\" is held by transaction %s: wait for its end",
                         buf_text(key), holder->id);
    else if (holder && open->parent && locks_circle(&engine->locks, buf_text(key), open->root))
        code = error_set(error, ERROR_DEADLOCK,
                         "the lock \"%s\" is held by transaction %s, and who stands before this one waits for it, "
                         "or for its parent: they would wait for each other for ever",
                         buf_text(key), holder->id);
    return code;
}

static void answer(struct engine *engine, struct open *open, struct command *command)
{
    if (command->wait_ms) {
        replies_wait(engine, open, command);
        return;
    }
    replies_fill(open, command);
    replies_add(engine, command, NULL);
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* A start that names no version means "the newest", whichever that was the first time. */
static bool same_begun(const struct command *command, const struct begun *begun)
{
    bool version = !command->version || command->version == begun->version;
    bool length = command->input_length == begun->input_length && !command->input == !begun->input;
    bool input = length && (!command->input || memcmp(command->input, begun->input, command->input_length) == 0);
    return version && input && strcmp(command->saga, begun->saga) == 0 && same_text(command->id, begun->id) &&
           same_text(command->key, begun->key) && same_text(command->tags, begun->tags);
}

static void conflict(struct command *command)
{
    error_set(
        &command->error, ERROR_CONFLICT,
        "a transaction with %s \"%s\" was started with other content: use another one for another transaction",
        command->id ? "id" : "Idempotency-Key", command->id ? command->id : command->key);
}

static bool find_row(void *context, const struct store_row *row)
{
    struct earlier *earlier = context;
    earlier->found = true;
    earlier->number = row->txn;
    return false;
}

static bool compare_begun(void *context, const struct history_entry *entry)
{
    struct earlier *earlier = context;
    struct begun begun;
    earlier->failed = payload_begun_parse(entry->payload, entry->payload_length, &begun, earlier->error);
    if (!earlier->failed) {
        earlier->same = same_begun(earlier->command, &begun);
        payload_begun_done(&begun);
    }
    return false;
}
