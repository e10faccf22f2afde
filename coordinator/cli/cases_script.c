/* The script of a case: who answers what, and who does what. */
#include "base/mem.h"
#include "cli/cases.h"
#include "cli/rehearse.h"
#include "definition/duration.h"

#include <string.h>

/* Words that are answers by themselves, beside those of the transport. */
static const struct {
    const char *word;
    int status;
} words[] = {{"yes", 200}, {"no", 409}, {"unknown", 503}};

static json_t *answer_of_word(const char *word, struct error *error);
static json_t *answer_object(const json_t *written, struct error *error);
static int duration_member(const json_t *object, const char *name, json_t *to, const char *as,
                           struct error *error);
static int callback_member(const json_t *callback, json_t *to, struct error *error);
static const json_t *find_answers(const json_t *answers, const json_t *call);

json_t *cases_answer(const json_t *written, struct error *error)
{
    if (json_is_object(written))
        return answer_object(written, error);
    if (json_is_string(written))
        return answer_of_word(json_string_value(written), error);
    json_int_t status = json_integer_value(written);
    if (status >= 100 && status <= 599)
        return json_pack("{s:I, s:i}", "status", status, "after_ms", 1);
    error_set(error, ERROR_INVALID, "an answer is a status, a word, or {status, body, code, after ...}");
    return NULL;
}

json_t *cases_script_answer(void *context, const json_t *call)
{
    const struct cases_script *script = context;
    const json_t *list = find_answers(json_object_get(script->one, "answers"), call);
    if (!list)
        list = find_answers(json_object_get(script->file, "answers"), call);
    if (json_is_array(list)) { /* the last one is given again and again */
        size_t at = (size_t)json_integer_value(json_object_get(call, "attempt")) - 1;
        size_t last = json_array_size(list) - 1;
        list = json_array_get(list, at < last ? at : last);
    }
    return list ? cases_answer(list, NULL) : answer_of_word("yes", NULL);
}

json_t *cases_acts(const json_t *one)
{
    static const char *const same[] = {"verb",   "step", "signal", "outcome", "output",
                                       "reason", "role", "code",   "detail"};
    const json_t *acts = json_object_get(one, "meanwhile");
    json_t *list = json_array();
    for (size_t i = 0; i < json_array_size(acts); i++) {
        const json_t *act = json_array_get(acts, i);
        json_t *made = json_object();
        for (size_t k = 0; k < sizeof same / sizeof *same; k++)
            if (json_object_get(act, same[k]))
                json_object_set(made, same[k], json_object_get(act, same[k]));
        duration_member(act, "at", made, "at_ms", NULL);
        json_array_append_new(list, made);
    }
    return list;
}

int cases_act_check(const json_t *act, struct error *error)
{
    static const char *const keys[] = {"at",     "verb", "step", "signal", "outcome", "output",
                                       "reason", "role", "code", "detail", "refused"};
    const char *verb = json_string_value(json_object_get(act, "verb"));
    const char *outcome = json_string_value(json_object_get(act, "outcome"));
    int code = CASES_KEYS(act, keys, error);
    json_t *ignored = json_object();
    if (!code)
        code = duration_member(act, "at", ignored, "at_ms", error);
    json_decref(ignored);
    if (!code && (!verb || !rehearse_knows_act(verb)))
        code = error_set(error, ERROR_INVALID,
                         "\"verb\" is what somebody does: cancel, retry, skip, resolve, approve, complete ...");
    if (!code && strcmp(verb, "signal") == 0 && !json_string_length(json_object_get(act, "signal")))
        code = error_set(error, ERROR_INVALID, "a signal needs its name: \"signal\"");
    if (!code && rehearse_act_needs_step(verb) && !json_string_length(json_object_get(act, "step")))
        code = error_set(error, ERROR_INVALID, "\"%s\" needs a \"step\"", verb);
    if (!code && outcome && strcmp(outcome, "done") != 0 && strcmp(outcome, "failed") != 0)
        code = error_set(error, ERROR_INVALID, "\"outcome\" is done or failed");
    return code;
}

static json_t *answer_of_word(const char *word, struct error *error)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i].word, word) == 0)
            return json_pack("{s:i, s:i}", "status", words[i].status, "after_ms", 1);
    if (rehearse_knows_transport(word))
        return json_pack("{s:s, s:i}", "transport", word, "after_ms", 1);
    error_set(error, ERROR_INVALID,
              "\"%.40s\" is no answer: expected yes, no, unknown, timeout, not_connected or broken", word);
    return NULL;
}

/* A code or a detail is a problem (RFC 9457), unless there is another body. */
static json_t *answer_object(const json_t *written, struct error *error)
{
    static const char *const keys[] = {"status", "body",       "text",      "code",    "detail",
                                       "after",  "retryAfter", "transport", "callback"};
    json_t *status = json_object_get(written, "status"), *body = json_object_get(written, "body");
    json_t *code = json_object_get(written, "code"), *detail = json_object_get(written, "detail");
    json_t *text = json_object_get(written, "text"), *transport = json_object_get(written, "transport");
    json_int_t number = status ? json_integer_value(status) : code ? 409 : 200;
    json_t *made = json_pack("{s:i}", "after_ms", 1);
    int wrong = CASES_KEYS(written, keys, error);
    if (!wrong && (number < 100 || number > 599))
        wrong = error_set(error, ERROR_INVALID, "\"status\" is a number from 100 to 599");
    if (!wrong && transport &&
        (!json_is_string(transport) || !rehearse_knows_transport(json_string_value(transport))))
        wrong = error_set(error, ERROR_INVALID, "\"transport\" is timeout, not_connected or broken");
    if (!wrong && ((code && !json_is_string(code)) || (detail && !json_is_string(detail)) ||
                   (text && !json_is_string(text))))
        wrong = error_set(error, ERROR_INVALID, "\"code\", \"detail\" and \"text\" are texts");
    if (!wrong)
        wrong = duration_member(written, "after", made, "after_ms", error) ||
                duration_member(written, "retryAfter", made, "retry_after_ms", error);
    if (!wrong)
        wrong = callback_member(json_object_get(written, "callback"), made, error);
    if (wrong) {
        json_decref(made);
        return NULL;
    }
    if (transport) {
        json_object_set(made, "transport", transport);
        return made;
    }
    json_object_set_new(made, "status", json_integer(number));
    if (text)
        json_object_set(made, "text", text);
    else if (body)
        json_object_set(made, "body", body);
    else if (code || detail)
        json_object_set_new(made, "body", json_pack("{s:O*, s:O*}", "code", code, "detail", detail));
    return made;
}

static int duration_member(const json_t *object, const char *name, json_t *to, const char *as, struct error *error)
{
    const json_t *member = json_object_get(object, name);
    uint64_t ms;
    if (!member)
        return 0;
    if (!json_is_string(member) || !duration_parse(json_string_value(member), json_string_length(member), &ms))
        return error_set(error, ERROR_INVALID, "\"%s\" is a time span such as 200ms, 5s or 1h", name);
    json_object_set_new(to, as, json_integer((json_int_t)ms));
    return 0;
}

/* {after?, status?: done | failed, output?, code?, detail?}: what a participant reports later. */
static int callback_member(const json_t *callback, json_t *to, struct error *error)
{
    static const char *const keys[] = {"after", "status", "output", "code", "detail"};
    static const char *const same[] = {"output", "code", "detail"};
    const char *status = json_string_value(json_object_get(callback, "status"));
    bool failed = status && strcmp(status, "failed") == 0;
    if (!callback)
        return 0;
    json_t *made = json_pack("{s:s, s:i}", "verb", failed ? "fail" : "complete", "after_ms", 1);
    int code = CASES_KEYS(callback, keys, error);
    if (!code && status && !failed && strcmp(status, "done") != 0)
        code = error_set(error, ERROR_INVALID, "the \"status\" of a callback is done or failed");
    if (!code)
        code = duration_member(callback, "after", made, "after_ms", error);
    for (size_t i = 0; !code && i < sizeof same / sizeof *same; i++)
        if (json_object_get(callback, same[i]))
            json_object_set(made, same[i], json_object_get(callback, same[i]));
    if (!code)
        json_object_set(to, "callback", made);
    json_decref(made);
    return code;
}

/* By the call's whole name; an item's answers else stand under its step's. */
static const json_t *find_answers(const json_t *answers, const json_t *call)
{
    const char *name = json_string_value(json_object_get(call, "name"));
    const json_t *found = json_object_get(answers, name);
    const char *item = strchr(name, '['), *behind = strrchr(name, ']');
    if (found || !item)
        return found;
    struct buf step;
    buf_init(&step, OUTPUT_BYTES);
    buf_put(&step, name, (size_t)(item - name));
    buf_puts(&step, behind + 1);
    found = json_object_get(answers, buf_text(&step));
    buf_done(&step);
    return found;
}
