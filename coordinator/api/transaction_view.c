/* GET /v1/transactions/{id}: one transaction with its steps, now or once it has ended. */
#include "api/answer.h"
#include "api/errand.h"
#include "api/fold.h"
#include "api/members.h"
#include "api/write.h"
#include "base/mem.h"
#include "core/core.h"
#include "definition/value.h"

#include <assert.h>

static void view_answer(struct store *store, struct exchange *exchange, const struct found *found,
                        const struct definition *definition);
static void view_waited(struct errand *errand);
static void view_print(const struct fold *fold, const struct found *found, struct buf *buf);
static void view_cause(const struct fold *fold, struct buf *buf);
static void view_input(const struct fold *fold, struct buf *buf);
static void view_step(const struct fold *fold, uint16_t step, struct buf *buf);
static void view_phase(const struct fold_phase *phase, const char *key, struct buf *buf);
static void view_problem(const struct fold_phase *phase, struct buf *buf);

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
    if (!found.open || !wait_s) {
        view_answer(api->store, exchange, &found, definition);
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
    view_answer(errand->api->store, errand->exchange, &errand->found, errand->definition);
}

static void view_answer(struct store *store, struct exchange *exchange, const struct found *found,
                        const struct definition *definition)
{
    struct fold fold;
    struct error error;
    if (fold_read(&fold, store, found->txn, definition, &error)) {
        answer_error(exchange, &error);
        return;
    }
    view_print(&fold, found, &exchange->response);
    fold_done(&fold);
    answer_json(exchange, 200);
}

static void view_print(const struct fold *fold, const struct found *found, struct buf *buf)
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
    write_time(buf, "begunAt", txn->begun_ms);
    write_time(buf, "endedAt", txn->ended_ms);
    write_time(buf, "deadline", txn->deadline_ms);
    write_tags(buf, "tags", found->tags[0] ? found->tags : NULL);
    view_input(fold, buf);
    if (txn->status == STATUS_COMPLETED)
        write_json(buf, "output", fold->output, fold->output_length);
    write_key(buf, "steps");
    write_open(buf, '[');
    for (uint16_t i = 0; i < txn->branches_count; i++)
        if (fold->definition->plan.steps[i].kind == STEP_CALL)
            view_step(fold, i, buf);
    buf_puts(buf, "]}");
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
    write_text(buf, "causeStep", fold->definition->steps[branch].id);
    bool undo = cause == CAUSE_UNDO_EXHAUSTED || cause == CAUSE_UNDO_BROKEN;
    view_problem(undo ? &fold->undos[branch] : &fold->actions[branch], buf);
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

static void view_step(const struct fold *fold, uint16_t step, struct buf *buf)
{
    const struct branch *branch = &fold->txn->branches[step];
    const struct step_spec *spec = &fold->definition->steps[step];
    assert(spec->id && spec->participant);
    write_open(buf, '{');
    write_text(buf, "id", spec->id);
    write_text(buf, "participant", spec->participant);
    write_text(buf, "state", branch_state_word((enum branch_state)branch->state));
    if (branch->state == BRANCH_WAITING)
        write_time(buf, "nextAttemptAt", branch->due_ms);
    view_phase(&fold->actions[step], "action", buf);
    view_phase(&fold->undos[step], "compensation", buf);
    buf_putc(buf, '}');
}

static void view_phase(const struct fold_phase *phase, const char *key, struct buf *buf)
{
    if (!phase->attempts && phase->answer == ANSWER_NONE)
        return;
    write_key(buf, key);
    write_open(buf, '{');
    write_number(buf, "attempts", phase->attempts);
    write_time(buf, "startedAt", phase->started_ms);
    write_time(buf, "endedAt", phase->ended_ms);
    if (phase->answer != ANSWER_NONE)
        write_text(buf, "answer", answer_word(phase->answer));
    if (phase->code && !call_word(phase->code))
        write_number(buf, "httpStatus", phase->code);
    write_text(buf, "transport", phase->code ? call_word(phase->code) : NULL);
    if (phase->answer != ANSWER_YES)
        view_problem(phase, buf);
    else if (phase->bytes)
        write_json(buf, "output", phase->bytes, phase->length);
    else if (phase->length)
        write_number(buf, "outputBytes", phase->length);
    buf_putc(buf, '}');
}

/* The participant's own words for an answer that was no yes. */
static void view_problem(const struct fold_phase *phase, struct buf *buf)
{
    json_t *problem = phase->bytes ? json_loadb(phase->bytes, phase->length, 0, NULL) : NULL;
    if (phase->answer != ANSWER_YES) {
        write_text(buf, "code", json_string_value(json_object_get(problem, "code")));
        write_text(buf, "detail", json_string_value(json_object_get(problem, "detail")));
    }
    json_decref(problem);
}
