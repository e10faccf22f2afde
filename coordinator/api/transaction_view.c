/* GET /v1/transactions/{id}: one transaction with its steps, now or once it has ended. */
#include "api/answer.h"
#include "api/errand.h"
#include "api/fold.h"
#include "api/step_view.h"
#include "api/titles.h"
#include "api/write.h"
#include "base/mem.h"
#include "core/core.h"
#include "definition/value.h"

static void view_answer(struct store *store, struct exchange *exchange, const struct found *found,
                        const struct definition *definition, const struct command *waited);
static void view_waited(struct errand *errand);
static void view_print(const struct fold *fold, const struct found *found, struct titles *titles,
                       const struct command *waited, struct buf *buf);
static void view_cause(const struct fold *fold, struct buf *buf);
static void view_parent(const struct fold *fold, struct buf *buf);
static void view_lock(const struct fold *fold, const struct command *waited, struct buf *buf);
static void view_input(const struct fold *fold, struct buf *buf);
static void view_steps(const struct fold *fold, struct titles *titles, struct buf *buf);

void transaction_get(struct api *api, struct exchange *exchange, const struct target *target)
{
    uint64_t wait_s = 0;
    struct found found;
    struct error error;
    struct definition *definition = NULL;
    if (query_number(&target->query, "wait", 0, LIMIT_WAIT_S, &wait_s, &error) ||
        find_transaction(api->store, target->path.segments[PATH_ID], &found, &error) ||
        !(definition = find_definition(api->store, &found, &error))) {
        answer_error(exchange, &error);
        return;
    }
    /* Only the engine knows who stands before it. */
    if (!found.open || (!wait_s && !definition->plan.locks)) {
        view_answer(api->store, exchange, &found, definition, NULL);
        definition_free(definition);
        return;
    }
    struct errand *errand = errand_new(api, exchange, COMMAND_WAIT, view_waited);
    errand->command.txn = found.txn;
    errand->command.wait_ms = wait_s * 1000;
    errand->found = found;
    errand->definition = definition;
    errand_send(errand);
}

static void view_waited(struct errand *errand)
{
    view_answer(errand->api->store, errand->exchange, &errand->found, errand->definition, &errand->command);
}

static void view_answer(struct store *store, struct exchange *exchange, const struct found *found,
                        const struct definition *definition, const struct command *waited)
{
    struct fold fold;
    struct error error;
    if (fold_read(&fold, store, found->txn, definition, &error)) {
        answer_error(exchange, &error);
        return;
    }
    struct titles titles;
    titles_read(&titles, store, &fold, found);
    view_print(&fold, found, &titles, waited, &exchange->response);
    titles_done(&titles);
    fold_done(&fold);
    answer_json(exchange, 200);
}

static void view_print(const struct fold *fold, const struct found *found, struct titles *titles,
                       const struct command *waited, struct buf *buf)
{
    static const char *const decisions[] = {
        [DECISION_NONE] = NULL, [DECISION_COMMIT] = "commit", [DECISION_ABORT] = "abort"};
    const struct txn *txn = fold->txn;
    write_open(buf, '{');
    write_text(buf, "id", found->id);
    write_text(buf, "saga", found->saga);
    write_number(buf, "version", found->version);
    write_text(buf, "status", status_word(txn->status));
    write_text(buf, "decision", decisions[txn->decision]);
    view_cause(fold, buf);
    view_parent(fold, buf);
    write_time(buf, "begunAt", txn->begun_ms);
    write_time(buf, "endedAt", txn->ended_ms);
    write_time(buf, "deadline", txn->deadline_ms);
    write_tags(buf, "tags", found->tags[0] ? found->tags : NULL);
    if (txn->lock != LOCK_NONE)
        view_lock(fold, waited, buf);
    view_input(fold, buf);
    if (txn->status == STATUS_COMPLETED)
        write_json(buf, "output", fold->output, fold->output_length);
    view_steps(fold, titles, buf);
    buf_putc(buf, '}');
}

static void view_steps(const struct fold *fold, struct titles *titles, struct buf *buf)
{
    write_key(buf, "steps");
    write_open(buf, '[');
    for (uint16_t i = 0; i < fold->txn->steps_count; i++) {
        char *title = titles_text(titles, i);
        step_view(fold, i, title, buf);
        mem_free(title);
    }
    buf_putc(buf, ']');
}

/* Why it stands or went this way; of a pause that is the reason of the pause. */
static void view_cause(const struct fold *fold, struct buf *buf)
{
    const struct txn *txn = fold->txn;
    bool paused = txn->status == STATUS_PAUSED;
    enum cause cause = paused ? txn->pause_cause : txn->cause;
    uint16_t branch = paused ? txn->pause_branch : txn->cause_branch;
    if (cause == CAUSE_NONE)
        return;
    write_text(buf, "cause", cause_word(cause));
    if (branch >= txn->branches_count)
        return;
    char name[LIMIT_BRANCH_NAME];
    names_print(&fold->names, branch, name);
    write_text(buf, "causeStep", name);
    bool undo = cause == CAUSE_UNDO_EXHAUSTED || cause == CAUSE_UNDO_BROKEN;
    bool confirm = cause == CAUSE_CONFIRM_EXHAUSTED || cause == CAUSE_CONFIRM_BROKEN;
    step_view_problem(undo      ? &fold->undos[branch]
                      : confirm ? &fold->confirms[branch]
                                : &fold->actions[branch],
                      buf);
}

/* Whose child it is; ready: all is done, and its parent decides. */
static void view_parent(const struct fold *fold, struct buf *buf)
{
    const struct txn *txn = fold->txn;
    if (!txn->nested)
        return;
    json_t *begun = fold->begun ? json_loadb(fold->begun, fold->begun_length, 0, NULL) : NULL;
    step_view_parent(begun, buf);
    if (txn->ready && txn->decision == DECISION_NONE && !status_final(txn->status))
        write_json(buf, "ready", "true", 4);
    json_decref(begun);
}

/* What it locks, and while it waits for that, who is before it. */
static void view_lock(const struct fold *fold, const struct command *waited, struct buf *buf)
{
    const struct txn *txn = fold->txn;
    bool ended = status_final(txn->status), waits = txn->lock == LOCK_WANTED && !ended;
    json_t *begun = fold->begun ? json_loadb(fold->begun, fold->begun_length, 0, NULL) : NULL;
    write_key(buf, "lock");
    write_open(buf, '{');
    write_text(buf, "key", json_string_value(json_object_get(begun, "lock")));
    write_text(buf, "state", waits ? "waiting" : ended ? "released" : "held");
    if (waits)
        write_time(buf, "waitsUntil", txn->lock_due_ms);
    if (waits && waited && waited->result_before) {
        write_text(buf, "holder", waited->result_holder);
        write_number(buf, "before", waited->result_before);
    }
    buf_putc(buf, '}');
    json_decref(begun);
}

/* The input as it was submitted. */
static void view_input(const struct fold *fold, struct buf *buf)
{
    json_t *begun = fold->begun ? json_loadb(fold->begun, fold->begun_length, 0, NULL) : NULL;
    json_t *input = json_object_get(begun, "input");
    size_t length = 0;
    char *text = input ? value_json_text(input, LIMIT_RESPONSE_BYTES, &length) : NULL;
    write_json(buf, "input", text, length);
    mem_free(text);
    json_decref(begun);
}
