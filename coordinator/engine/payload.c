/* The scope of a transaction's expressions, and what is rendered in it. */
#include "engine/payload.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/time.h"
#include "definition/value.h"
#include "engine/callback.h"

#include <assert.h>
#include <string.h>

static void learn_edited(struct outcome *outcome, const struct fact *fact, const char *bytes, size_t length);
static void learn_output(struct outcome *outcome, const char *bytes, size_t length);
static json_t *variable(void *context, const char *name);
static json_t *step_value(void *context, const char *id);
static json_t *saga_value(const struct payload *payload);
static json_t *error_value(const struct payload *payload);
static json_t *callback_value(const struct payload *payload);
static json_t *keep(struct payload *payload, json_t *value);
static struct scope scope_open(struct payload *payload, uint16_t step, uint64_t now_ms);
static void scope_close(struct payload *payload);
static uint64_t called_ms(const struct payload *payload, uint16_t step);
static json_t *parse(const char *bytes, size_t length);
static void replace(char **old, char *text);

void payload_init(struct payload *payload, const struct definition *definition, const struct txn *txn,
                  const char *id)
{
    *payload = (struct payload){.definition = definition, .txn = txn, .id = id};
    payload->outcomes = mem_array(definition->plan.steps_count, sizeof *payload->outcomes);
}

void payload_done(struct payload *payload)
{
    assert(!payload->scratch);
    for (uint16_t i = 0; i < payload->definition->plan.steps_count; i++) {
        struct outcome *outcome = &payload->outcomes[i];
        json_decref(outcome->parsed);
        mem_free(outcome->output);
        mem_free(outcome->code);
        mem_free(outcome->detail);
        mem_free(outcome->undo_code);
        mem_free(outcome->edited);
    }
    mem_free(payload->outcomes);
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

void payload_learn(struct payload *payload, const struct fact *fact, const char *bytes, size_t length)
{
    bool signalled = fact->type == FACT_SIGNALLED;
    bool answered = fact->type == FACT_ANSWERED || fact->type == FACT_RESOLVED || signalled;
    if (fact->type == FACT_RETRIED && length)
        learn_edited(&payload->outcomes[fact->branch], fact, bytes, length);
    if (!answered)
        return;
    struct outcome *outcome = &payload->outcomes[fact->branch];
    bool forward = signalled || fact->verb == VERB_DO || fact->verb == VERB_CHECK;
    if (!signalled && fact->answer != ANSWER_YES) {
        char *code = NULL, *detail = NULL;
        payload_problem(bytes, length, &code, &detail);
        if (fact->verb == VERB_UNDO) {
            replace(&outcome->undo_code, code);
            mem_free(detail);
            return;
        }
        replace(&outcome->code, code);
        replace(&outcome->detail, detail);
    } else if (fact->type == FACT_RESOLVED && forward) {
        json_t *told = length ? parse(bytes, length) : NULL;
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
}

int payload_condition(struct payload *payload, uint16_t step, uint64_t now_ms, bool *truth, struct error *error)
{
    struct scope scope = scope_open(payload, BRANCH_NONE, now_ms);
    int code = expr_test(payload->definition->steps[step].when, &scope, truth, error);
    scope_close(payload);
    return code ? error_wrap(error, "/when") : 0;
}

int payload_path(struct payload *payload, uint16_t step, enum verb verb, struct buf *buf, struct error *error)
{
    struct scope scope = scope_open(payload, step, called_ms(payload, step));
    int code = template_print_text(payload_request(payload, step, verb)->path, &scope, true, buf, error);
    scope_close(payload);
    return code ? error_wrap(error, "/request") : 0;
}

int payload_header(struct payload *payload, uint16_t step, enum verb verb, size_t header, struct buf *buf,
                   struct error *error)
{
    const struct header_spec *spec = &payload_request(payload, step, verb)->headers[header];
    struct scope scope = scope_open(payload, step, called_ms(payload, step));
    int code = template_print_text(spec->value, &scope, false, buf, error);
    scope_close(payload);
    return code ? error_wrap(error, "/headers/%s", spec->name) : 0;
}

int payload_body(struct payload *payload, uint16_t step, enum verb verb, struct buf *buf, bool *sends,
                 struct error *error)
{
    const struct request_spec *request = payload_request(payload, step, verb);
    const struct outcome *outcome = &payload->outcomes[step];
    *sends = request->body || request->body_input;
    if (outcome->edited && outcome->edited_verb == verb) {
        buf_puts(buf, outcome->edited);
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
    struct scope scope = scope_open(payload, step, called_ms(payload, step));
    int code = template_print(request->body, &scope, buf, error);
    scope_close(payload);
    return code ? error_wrap(error, "/body") : 0;
}

int payload_title(struct payload *payload, uint16_t step, struct buf *buf, struct error *error)
{
    struct scope scope = scope_open(payload, step, called_ms(payload, step));
    int code = template_print_text(payload->definition->steps[step].title, &scope, false, buf, error);
    scope_close(payload);
    return code ? error_wrap(error, "/title") : 0;
}

void payload_key(const struct payload *payload, uint16_t step, enum verb verb, struct buf *buf)
{
    buf_printf(buf, "%s/%s/%s", payload->id, payload->definition->steps[step].id, payload_phase(verb));
}

const struct request_spec *payload_request(const struct payload *payload, uint16_t step, enum verb verb)
{
    const struct step_spec *spec = &payload->definition->steps[step];
    return verb == VERB_UNDO ? &spec->undo : verb == VERB_CHECK ? &spec->check : &spec->action;
}

const char *payload_phase(enum verb verb)
{
    return verb == VERB_UNDO ? "compensation" : verb == VERB_CHECK ? "check" : "action";
}

void payload_callback(const struct payload *payload, uint16_t step, struct buf *buf)
{
    char token[CALLBACK_TOKEN];
    const char *base = payload->public_url ? payload->public_url : "";
    callback_token(payload->txn, payload->number, step, token);
    callback_url(buf, base, payload->id, payload->definition->steps[step].id, token);
}

int payload_outcome(struct payload *payload, uint16_t step, const struct payload_response *response,
                    enum answer *answer, struct error *error)
{
    const struct step_spec *spec = &payload->definition->steps[step];
    bool success = true, failure = false;
    json_t *body = response->length ? parse(response->body, response->length) : json_null();
    struct scope scope = scope_open(payload, step, response->now_ms);
    payload->response = keep(payload, json_pack("{s:i, s:o?}", "status", response->status, "body", body));
    int code = spec->failure ? expr_test(spec->failure, &scope, &failure, error) : 0;
    if (!code && !failure && spec->success)
        code = expr_test(spec->success, &scope, &success, error);
    payload->response = NULL;
    scope_close(payload);
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
    struct scope scope = scope_open(payload, BRANCH_NONE, now_ms);
    int code = template_print(payload->definition->output, &scope, buf, error);
    scope_close(payload);
    return code ? error_wrap(error, "/output") : 0;
}

bool payload_valid(const char *bytes, size_t length)
{
    json_t *value = parse(bytes, length);
    json_decref(value);
    return value != NULL;
}

void payload_problem(const char *bytes, size_t length, char **code, char **detail)
{
    json_t *problem = length ? parse(bytes, length) : NULL;
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
    json_t *told = parse(bytes, length);
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

static json_t *variable(void *context, const char *name)
{
    struct payload *payload = context;
    if (strcmp(name, "input") == 0) {
        if (!payload->input_parsed)
            payload->input_parsed = payload->input ? parse(payload->input, payload->input_length) : json_object();
        return payload->input_parsed;
    }
    if (strcmp(name, "saga") == 0)
        return keep(payload, saga_value(payload));
    if (strcmp(name, "response") == 0)
        return payload->response;
    if (strcmp(name, "callback") == 0 && payload->step != BRANCH_NONE)
        return keep(payload, callback_value(payload));
    if (strcmp(name, "error") == 0 && payload->txn->decision == DECISION_ABORT)
        return keep(payload, error_value(payload));
    if (strcmp(name, "now") == 0) {
        char text[TIME_TEXT];
        time_print(payload->now_ms, text);
        return keep(payload, json_string(text));
    }
    return NULL;
}

/* Its status is how it stood when the undoing began: later rendering must give the same. */
static json_t *step_value(void *context, const char *id)
{
    struct payload *payload = context;
    int index = definition_find_step(payload->definition, id);
    if (index < 0)
        return NULL;
    struct outcome *outcome = &payload->outcomes[index];
    const struct branch *branch = &payload->txn->branches[index];
    if (outcome->output && !outcome->parsed)
        outcome->parsed = parse(outcome->output, outcome->output_length);
    json_t *value = json_object();
    if (outcome->parsed)
        json_object_set(value, "output", outcome->parsed);
    uint8_t state = branch->verb == VERB_UNDO ? branch->forward : branch->state;
    json_object_set_new(value, "status", json_string(branch_state_word((enum branch_state)state)));
    struct buf key;
    buf_init(&key, LIMIT_ID_BYTES + LIMIT_NAME_BYTES + 32);
    payload_key(payload, (uint16_t)index, VERB_DO, &key);
    json_object_set_new(value, "key", json_string(buf_text(&key)));
    buf_done(&key);
    return keep(payload, value);
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
                     step ? payload->definition->steps[txn->cause_branch].id : "", "message", message);
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
static json_t *keep(struct payload *payload, json_t *value)
{
    assert(value && payload->scratch);
    json_array_append_new(payload->scratch, value);
    return value;
}

static struct scope scope_open(struct payload *payload, uint16_t step, uint64_t now_ms)
{
    assert(!payload->scratch);
    payload->step = step;
    payload->scratch = json_array();
    payload->now_ms = now_ms;
    return (struct scope){.context = payload, .variable = variable, .step = step_value};
}

static void scope_close(struct payload *payload)
{
    json_decref(payload->scratch);
    payload->scratch = NULL;
}

static uint64_t called_ms(const struct payload *payload, uint16_t step)
{
    return payload->txn->branches[step].called_ms;
}

static json_t *parse(const char *bytes, size_t length)
{
    return json_loadb(bytes, length, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
}

static void replace(char **old, char *text)
{
    mem_free(*old);
    *old = text;
}
