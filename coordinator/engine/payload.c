/* The scope of a transaction's expressions, and what is rendered in it. */
#include "engine/payload_scope.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/time.h"
#include "definition/value.h"
#include "engine/callback.h"

#include <assert.h>
#include <string.h>

static void learn_edited(struct outcome *outcome, const struct fact *fact, const char *bytes, size_t length);
static void learn_output(struct outcome *outcome, const char *bytes, size_t length);
static void learn_child(struct outcome *outcome, const char *bytes, size_t length);
static json_t *variable(void *context, const char *name);
static json_t *step_value(void *context, const char *id);
static json_t *saga_value(const struct payload *payload);
static json_t *error_value(const struct payload *payload);
static json_t *callback_value(const struct payload *payload);
static uint64_t called_ms(const struct payload *payload, uint16_t branch);
static void replace(char **old, char *text);

void payload_init(struct payload *payload, const struct definition *definition, const struct txn *txn,
                  const char *id)
{
    *payload = (struct payload){.definition = definition, .txn = txn, .id = id};
    payload->outcomes_count = definition->plan.steps_count;
    payload->outcomes = mem_array(payload->outcomes_count, sizeof *payload->outcomes);
}

void payload_done(struct payload *payload)
{
    assert(!payload->evaluates);
    for (uint16_t i = 0; i < payload->outcomes_count; i++) {
        struct outcome *outcome = &payload->outcomes[i];
        json_decref(outcome->parsed);
        json_decref(outcome->shown);
        mem_free(outcome->output);
        mem_free(outcome->code);
        mem_free(outcome->detail);
        mem_free(outcome->second_code);
        mem_free(outcome->edited);
    }
    mem_free(payload->outcomes);
    payload_items_done(payload);
    json_decref(payload->input_parsed);
    mem_free(payload->input);
}

void payload_set_input(struct payload *payload, const char *input, size_t length)
{
    assert(!payload->input);
    if (input)
        payload->input = mem_copy(input, length);
    payload->input_length = length;
}

bool payload_learn(struct payload *payload, const struct fact *fact, const char *bytes, size_t length)
{
    bool signalled = fact->type == FACT_SIGNALLED;
    bool answered = fact->type == FACT_ANSWERED || fact->type == FACT_RESOLVED || signalled;
    if (fact->type == FACT_SPREAD)
        return payload_items_learn(payload, fact, bytes, length);
    if (fact->type == FACT_RETRIED && length)
        learn_edited(&payload->outcomes[fact->branch], fact, bytes, length);
    if (!answered)
        return true;
    struct outcome *outcome = &payload->outcomes[fact->branch];
    bool forward = signalled || fact->verb == VERB_DO || fact->verb == VERB_CHECK;
    if (!signalled && fact->answer != ANSWER_YES) {
        char *code = NULL, *detail = NULL;
        payload_problem(bytes, length, &code, &detail);
        if (!forward) {
            replace(&outcome->second_code, code);
            mem_free(detail);
            return true;
        }
        replace(&outcome->code, code);
        replace(&outcome->detail, detail);
        if (fact->answer == ANSWER_PENDING && payload_spec(payload, fact->branch)->child)
            learn_child(outcome, bytes, length);
    } else if (fact->type == FACT_RESOLVED && forward) {
        json_t *told = length ? payload_parse(bytes, length) : NULL;
        json_t *output = json_object_get(told, "output");
        size_t text_length;
        char *text = output ? value_json_text(output, LIMIT_BODY_BYTES, &text_length) : NULL;
        if (text)
            learn_output(outcome, text, text_length);
        mem_free(text);
        json_decref(told);
    } else if (forward && length) {
        learn_output(outcome, bytes, length);
    }
    return true;
}

int payload_condition(struct payload *payload, uint16_t branch, uint64_t now_ms, bool *truth, struct error *error)
{
    struct scope scope = payload_scope_open(payload, BRANCH_NONE, now_ms);
    int code = expr_test(payload_spec(payload, branch)->when, &scope, truth, error);
    payload_scope_close(payload);
    return code ? error_wrap(error, "/when") : 0;
}

int payload_path(struct payload *payload, uint16_t branch, enum verb verb, struct buf *buf, struct error *error)
{
    struct scope scope = payload_scope_open(payload, branch, called_ms(payload, branch));
    int code = template_print_text(payload_request(payload, branch, verb)->path, &scope, true, buf, error);
    payload_scope_close(payload);
    return code ? error_wrap(error, "/request") : 0;
}

int payload_header(struct payload *payload, uint16_t branch, enum verb verb, size_t header, struct buf *buf,
                   struct error *error)
{
    const struct header_spec *spec = &payload_request(payload, branch, verb)->headers[header];
    struct scope scope = payload_scope_open(payload, branch, called_ms(payload, branch));
    int code = template_print_text(spec->value, &scope, false, buf, error);
    payload_scope_close(payload);
    return code ? error_wrap(error, "/headers/%s", spec->name) : 0;
}

int payload_body(struct payload *payload, uint16_t branch, enum verb verb, struct buf *buf, bool *sends,
                 struct error *error)
{
    const struct request_spec *request = payload_request(payload, branch, verb);
    const struct outcome *outcome = &payload->outcomes[branch];
    *sends = request->body || request->body_input;
    if (outcome->edited && outcome->edited_verb == verb) {
        buf_puts(buf, outcome->edited);
        return 0;
    }
    if (request->body_input && payload_item(payload, branch)) {
        buf_puts(buf, payload_item_text(payload, branch));
        return 0;
    }
    if (request->body_input) {
        if (payload->input)
            buf_put(buf, payload->input, payload->input_length);
        else
            buf_puts(buf, "{}");
        return 0;
    }
    if (!request->body)
        return 0;
    struct scope scope = payload_scope_open(payload, branch, called_ms(payload, branch));
    int code = template_print(request->body, &scope, buf, error);
    payload_scope_close(payload);
    return code ? error_wrap(error, "/body") : 0;
}

int payload_title(struct payload *payload, uint16_t branch, struct buf *buf, struct error *error)
{
    struct scope scope = payload_scope_open(payload, branch, called_ms(payload, branch));
    int code = template_print_text(payload_spec(payload, branch)->title, &scope, false, buf, error);
    payload_scope_close(payload);
    return code ? error_wrap(error, "/title") : 0;
}

void payload_key(const struct payload *payload, uint16_t branch, enum verb verb, struct buf *buf)
{
    const char *item = payload_item(payload, branch);
    const struct step_spec *spec = payload_spec(payload, branch);
    const char *parts[] = {payload->id, spec->id, item, phase_word(spec->phases, verb)};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (i && parts[i])
            buf_putc(buf, '/');
        if (parts[i])
            buf_puts(buf, parts[i]);
    }
}

const struct step_spec *payload_spec(const struct payload *payload, uint16_t branch)
{
    assert(branch < payload->txn->branches_count);
    return &payload->definition->steps[payload->txn->branches[branch].step];
}

const struct request_spec *payload_request(const struct payload *payload, uint16_t branch, enum verb verb)
{
    const struct step_spec *spec = payload_spec(payload, branch);
    return verb == VERB_UNDO      ? &spec->undo
           : verb == VERB_CONFIRM ? &spec->confirm
           : verb == VERB_CHECK   ? &spec->check
                                  : &spec->action;
}

void payload_callback(const struct payload *payload, uint16_t branch, struct buf *buf)
{
    char token[CALLBACK_TOKEN];
    const char *base = payload->public_url ? payload->public_url : "";
    callback_token(payload->txn, payload->number, branch, token);
    callback_url(buf, base, payload->id, payload_spec(payload, branch)->id, payload_item(payload, branch), token);
}

int payload_outcome(struct payload *payload, uint16_t branch, const struct payload_response *response,
                    enum answer *answer, struct error *error)
{
    const struct step_spec *spec = payload_spec(payload, branch);
    bool success = true, failure = false;
    json_t *body = response->length ? payload_parse(response->body, response->length) : json_null();
    struct scope scope = payload_scope_open(payload, branch, response->now_ms);
    payload->response =
        payload_scope_keep(payload, json_pack("{s:i, s:o?}", "status", response->status, "body", body));
    int code = spec->failure ? expr_test(spec->failure, &scope, &failure, error) : 0;
    if (!code && !failure && spec->success)
        code = expr_test(spec->success, &scope, &success, error);
    payload->response = NULL;
    payload_scope_close(payload);
    if (code)
        return error_wrap(error, "/outcomes");
    if (failure)
        *answer = ANSWER_NO;
    else if (spec->success)
        *answer = success ? ANSWER_YES : ANSWER_UNKNOWN;
    return 0;
}

int payload_result(struct payload *payload, uint64_t now_ms, struct buf *buf, struct error *error)
{
    if (!payload->definition->output) {
        buf_puts(buf, "{}");
        return 0;
    }
    struct scope scope = payload_scope_open(payload, BRANCH_NONE, now_ms);
    int code = template_print(payload->definition->output, &scope, buf, error);
    payload_scope_close(payload);
    return code ? error_wrap(error, "/output") : 0;
}

bool payload_valid(const char *bytes, size_t length)
{
    json_t *value = payload_parse(bytes, length);
    json_decref(value);
    return value != NULL;
}

bool payload_read_only(const struct payload *payload, uint16_t branch, const char *bytes, size_t length)
{
    if (!length || payload_spec(payload, branch)->phases != PHASES_VOTE)
        return false;
    json_t *body = payload_parse(bytes, length);
    const char *vote = json_string_value(json_object_get(body, "vote"));
    bool read_only = vote && strcmp(vote, "read_only") == 0;
    json_decref(body);
    return read_only;
}

void payload_problem(const char *bytes, size_t length, char **code, char **detail)
{
    json_t *problem = length ? payload_parse(bytes, length) : NULL;
    const char *text = json_string_value(json_object_get(problem, "code"));
    if (text)
        *code = mem_copy(text, strnlen(text, LIMIT_NAME_BYTES));
    text = json_string_value(json_object_get(problem, "detail"));
    if (text)
        *detail = mem_copy(text, strnlen(text, LIMIT_DETAIL_BYTES));
    json_decref(problem);
}

static void learn_edited(struct outcome *outcome, const struct fact *fact, const char *bytes, size_t length)
{
    json_t *told = payload_parse(bytes, length);
    json_t *body = json_object_get(told, "body");
    char *text = body ? value_json_text(body, LIMIT_BODY_BYTES, NULL) : NULL;
    if (text) {
        replace(&outcome->edited, text);
        outcome->edited_verb = fact->verb;
    }
    json_decref(told);
}

static void learn_output(struct outcome *outcome, const char *bytes, size_t length)
{
    json_decref(outcome->parsed);
    outcome->parsed = NULL;
    replace(&outcome->output, mem_copy(bytes, length));
    outcome->output_length = length;
}

static void learn_child(struct outcome *outcome, const char *bytes, size_t length)
{
    json_t *told = payload_parse(bytes, length);
    outcome->child = (uint64_t)json_integer_value(json_object_get(json_object_get(told, "child"), "txn"));
    json_decref(told);
}

static json_t *variable(void *context, const char *name)
{
    struct payload *payload = context;
    if (strcmp(name, "input") == 0) {
        if (!payload->input_parsed)
            payload->input_parsed =
                payload->input ? payload_parse(payload->input, payload->input_length) : json_object();
        return payload->input_parsed;
    }
    if (strcmp(name, "saga") == 0)
        return payload_scope_keep(payload, saga_value(payload));
    if (strcmp(name, "response") == 0)
        return payload->response;
    if (strcmp(name, "callback") == 0 && payload->step != BRANCH_NONE)
        return payload_scope_keep(payload, callback_value(payload));
    if (strcmp(name, "error") == 0 && payload->txn->decision == DECISION_ABORT)
        return payload_scope_keep(payload, error_value(payload));
    if (strcmp(name, "now") == 0) {
        char text[TIME_TEXT];
        time_print(payload->now_ms, text);
        return payload_scope_keep(payload, json_string(text));
    }
    return payload_items_variable(payload, name);
}

/* To an item its own step is that item; to everybody else a step with items is all of them, which are made once
 * when nothing about them can change any more: there may be thousands. */
static json_t *step_value(void *context, const char *id)
{
    struct payload *payload = context;
    const struct txn *txn = payload->txn;
    int found = definition_find_step(payload->definition, id);
    if (found < 0)
        return NULL;
    uint16_t index = (uint16_t)found;
    if (!payload->definition->plan.steps[index].each)
        return payload_scope_keep(payload, payload_branch_value(payload, index));
    if (payload->step != BRANCH_NONE && payload->step >= txn->steps_count &&
        txn->branches[payload->step].step == index)
        return payload_scope_keep(payload, payload_branch_value(payload, payload->step));
    struct outcome *outcome = &payload->outcomes[index];
    if (outcome->shown)
        return outcome->shown;
    json_t *value = payload_branch_value(payload, index);
    json_object_set_new(value, "items", payload_items_value(payload, index));
    if (txn->branches[index].state == BRANCH_SPREAD && txn->decision != DECISION_ABORT)
        return payload_scope_keep(payload, value);
    outcome->shown = value;
    return value;
}

/* Its status is how it stood when the undoing or confirming began: later rendering must give the same. Only
 * what stands alone keeps its parsed output: there may be thousands of items. */
json_t *payload_branch_value(struct payload *payload, uint16_t index)
{
    struct outcome *outcome = &payload->outcomes[index];
    const struct branch *branch = &payload->txn->branches[index];
    json_t *value = json_object();
    if (outcome->output && index >= payload->txn->steps_count) {
        json_object_set_new(value, "output", payload_parse(outcome->output, outcome->output_length));
    } else if (outcome->output) {
        if (!outcome->parsed)
            outcome->parsed = payload_parse(outcome->output, outcome->output_length);
        json_object_set(value, "output", outcome->parsed);
    }
    json_object_set_new(value, "status", json_string(branch_state_word(branch_forward(branch))));
    struct buf key;
    buf_init(&key, LIMIT_ID_BYTES + LIMIT_NAME_BYTES + LIMIT_ITEM_BYTES + 32);
    payload_key(payload, index, VERB_DO, &key);
    json_object_set_new(value, "key", json_string(buf_text(&key)));
    buf_done(&key);
    return value;
}

static json_t *saga_value(const struct payload *payload)
{
    char started[TIME_TEXT];
    time_print(payload->txn->begun_ms, started);
    return json_pack("{s:s, s:s, s:I, s:s}", "id", payload->id, "name", payload->definition->name, "version",
                     (json_int_t)payload->definition->version, "startedAt", started);
}

static json_t *error_value(const struct payload *payload)
{
    const struct txn *txn = payload->txn;
    bool step = txn->cause_branch != BRANCH_NONE;
    const struct outcome *outcome = step ? &payload->outcomes[txn->cause_branch] : NULL;
    const char *code = outcome && outcome->code ? outcome->code : cause_word(txn->cause);
    const char *message = outcome && outcome->detail ? outcome->detail : "";
    return json_pack("{s:s, s:s, s:s}", "code", code, "step",
                     step ? payload_spec(payload, txn->cause_branch)->id : "", "message", message);
}

void payload_failure(const struct payload *payload, char **code, char **detail)
{
    json_t *error = error_value(payload);
    *code = mem_string(json_string_value(json_object_get(error, "code")));
    *detail = mem_string(json_string_value(json_object_get(error, "message")));
    json_decref(error);
}

static json_t *callback_value(const struct payload *payload)
{
    struct buf url;
    buf_init(&url, LIMIT_TARGET_BYTES);
    payload_callback(payload, payload->step, &url);
    json_t *value = json_pack("{s:s}", "url", buf_text(&url));
    buf_done(&url);
    return value;
}

/* Values made on the way are given back when the evaluation is over. */
json_t *payload_scope_keep(struct payload *payload, json_t *value)
{
    assert(value && payload->evaluates);
    if (!payload->scratch)
        payload->scratch = json_array();
    json_array_append_new(payload->scratch, value);
    return value;
}

struct scope payload_scope_open(struct payload *payload, uint16_t branch, uint64_t now_ms)
{
    assert(!payload->evaluates);
    payload->evaluates = true;
    payload->step = branch;
    payload->now_ms = now_ms;
    return (struct scope){.context = payload, .variable = variable, .step = step_value};
}

void payload_scope_close(struct payload *payload)
{
    assert(payload->evaluates);
    payload->evaluates = false;
    json_decref(payload->scratch);
    payload->scratch = NULL;
}

static uint64_t called_ms(const struct payload *payload, uint16_t branch)
{
    return payload->txn->branches[branch].called_ms;
}

json_t *payload_parse(const char *bytes, size_t length)
{
    return json_loadb(bytes, length, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
}

static void replace(char **old, char *text)
{
    mem_free(*old);
    *old = text;
}
