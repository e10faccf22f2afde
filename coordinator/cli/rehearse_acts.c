/* What people and participants do by themselves in a rehearsal: an operator's verbs, approvals, callbacks,
 * signals. */
#include "base/mem.h"
#include "cli/rehearse_inner.h"
#include "definition/value.h"

#include <assert.h>
#include <string.h>

static const struct rehearse_act *kind_of(const json_t *act);
static bool has_to_look(const struct stage *stage);
static bool has_target(const struct stage *stage, const json_t *act);
static const char *target_of(const json_t *act);
static char *token_of(const struct stage *stage, const char *step);
static bool submit(struct stage *stage, const json_t *act, const char *output, const char *token);
static void wait_on(struct stage *stage);
static const char *member(const json_t *act, const char *name);
static void reply(struct command *command);

/* With a time: then. Without: an operator comes at the next pause, who is asked answers at once, and a signal
 * comes with the start. */
int rehearse_acts_next(struct stage *stage, size_t *next, uint64_t *at_ms, struct error *error)
{
    if (has_to_look(stage) && rehearse_family_look(stage, error))
        return (int)error->code;
    bool paused = stage->over || rehearse_family_paused(stage);
    for (size_t i = 0; i < json_array_size(stage->acts); i++) {
        const json_t *act = json_array_get(stage->acts, i), *at = json_object_get(act, "at_ms");
        const struct rehearse_act *kind = json_is_null(act) ? NULL : kind_of(act);
        uint64_t due_ms = UINT64_MAX;
        if (!kind)
            continue;
        bool asked = kind->type == COMMAND_TELL && json_object_get(stage->awaited, member(act, "step"));
        bool sent = kind->type == COMMAND_SIGNAL && has_target(stage, act);
        if (at)
            due_ms = stage->rehearse->begin_ms + (uint64_t)json_integer_value(at);
        else if (sent || asked || (kind->type == COMMAND_OPERATE && paused))
            due_ms = stage->now_ms;
        paused &= kind->type != COMMAND_OPERATE || at; /* one deed a pause, in order */
        if (due_ms < *at_ms) {
            *at_ms = due_ms;
            *next = i;
        }
    }
    return 0;
}

int rehearse_act(struct stage *stage, size_t index, struct error *error)
{
    json_t *act = json_incref(json_array_get(stage->acts, index)), *told = json_object();
    json_t *output = json_object_get(act, "output"), *list = json_object_get(stage->record, "acts");
    size_t length;
    char *text = output ? value_json_text(output, LIMIT_BODY_BYTES, &length) : NULL;
    char *token = token_of(stage, member(act, "step"));
    json_array_set_new(stage->acts, index, json_null());
    if (!submit(stage, act, text, token))
        error_set(&stage->act.error, ERROR_NOT_FOUND, "there is no %s yet", target_of(act));
    if (stage->over)
        wait_on(stage);
    int code = rehearse_settle(stage, error);
    json_object_set(told, "verb", json_object_get(act, "verb"));
    json_object_set_new(told, "at_ms", json_integer((json_int_t)(stage->now_ms - stage->rehearse->begin_ms)));
    if (stage->act.error.code)
        json_object_set_new(told, "refused", json_string(stage->act.error.text));
    if (index < json_array_size(list))
        json_array_set(list, index, told);
    json_decref(told);
    json_decref(act);
    mem_free(text);
    mem_free(token);
    return code;
}

/* The wait that a pause ended goes on. */
static void wait_on(struct stage *stage)
{
    stage->over = false;
    stage->waiting = (struct command){.type = COMMAND_WAIT,
                                      .txn = stage->txn,
                                      .wait_ms = REHEARSE_PATIENCE_MS,
                                      .reply = rehearse_ended,
                                      .context = stage};
    bool taken = engine_submit(stage->engine, &stage->waiting);
    assert(taken);
}

/* False: whom it is meant for is not there. */
static bool submit(struct stage *stage, const json_t *act, const char *output, const char *token)
{
    const struct rehearse_act *kind = kind_of(act);
    const char *outcome = member(act, "outcome"), *target = target_of(act), *rest;
    const struct member *to = rehearse_family_find(stage, target, &rest);
    bool failed = outcome && strcmp(outcome, "done") != 0;
    stage->act = (struct command){.type = kind->type,
                                  .txn = to ? to->txn : 0,
                                  .verb = kind->verb,
                                  .step = kind->type != COMMAND_SIGNAL && *rest ? rest : NULL,
                                  .answer = kind->type == COMMAND_OPERATE ? (failed ? ANSWER_NO : ANSWER_YES)
                                                                          : kind->answer,
                                  .approval = kind->approval,
                                  .token = token,
                                  .name = kind->type == COMMAND_SIGNAL ? rest : NULL,
                                  .reason = member(act, "reason"),
                                  .role = member(act, "role"),
                                  .code = member(act, "code"),
                                  .detail = member(act, "detail"),
                                  .output = output,
                                  .output_length = output ? strlen(output) : 0,
                                  .reply = reply};
    if (!to)
        return false;
    bool taken = engine_submit(stage->engine, &stage->act);
    assert(taken);
    return true;
}

/* Whom it is for: a step, a signal; a transaction, where it has neither. */
static const char *target_of(const json_t *act)
{
    const char *name = member(act, kind_of(act)->type == COMMAND_SIGNAL ? "signal" : "step");
    return name ? name : "";
}

/* Who acts by the clock alone needs no histories. */
static bool has_to_look(const struct stage *stage)
{
    bool look = stage->definitions_count > 1;
    for (size_t i = 0; i < json_array_size(stage->acts); i++) {
        const json_t *act = json_array_get(stage->acts, i);
        look |= !json_is_null(act) && !json_object_get(act, "at_ms") && kind_of(act)->type == COMMAND_TELL;
    }
    return look;
}

static bool has_target(const struct stage *stage, const json_t *act)
{
    const char *rest;
    return rehearse_family_find(stage, target_of(act), &rest) != NULL;
}

static const struct rehearse_act *kind_of(const json_t *act)
{
    int kind = rehearse_words_act(member(act, "verb"));
    assert(kind >= 0);
    return &rehearse_acts[kind];
}

/* What the step was given in its callback's URL; NULL when it was given none. */
static char *token_of(const struct stage *stage, const char *step)
{
    static const char mark[] = "token=";
    const char *found = NULL;
    for (size_t i = 0; step && i < json_array_size(stage->calls); i++) {
        const json_t *call = json_array_get(stage->calls, i);
        const char *url = member(json_object_get(call, "headers"), "Belay-Callback");
        if (url && strcmp(member(call, "name"), step) == 0)
            found = strstr(url, mark);
    }
    return found ? mem_string(found + sizeof mark - 1) : NULL;
}

static const char *member(const json_t *act, const char *name)
{
    return json_string_value(json_object_get(act, name));
}

static void reply(struct command *command)
{
    (void)command; /* whether it was refused is read when the engine has settled */
}
