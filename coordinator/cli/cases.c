/* The form of a file of cases. */
#include "cli/cases.h"

#include "base/mem.h"
#include "base/time.h"
#include "cli/rehearse.h"
#include "definition/suggest.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct check {
    const struct saga *sagas;
    size_t sagas_count;
};

static int check_case(const struct check *check, const json_t *one, struct error *error);
static int check_answers(const struct check *check, const json_t *answers, struct error *error);
static int check_target(const struct check *check, const json_t *act, struct error *error);
static int check_name(const struct check *check, const char *whole, bool called, struct error *error);
static int check_names(const struct check *check, const json_t *expect, struct error *error);
static int check_list(const struct check *check, const json_t *list, bool called, struct error *error);
static void patch(json_t *value, const json_t *changes);

int cases_check(const json_t *file, const struct saga *sagas, size_t sagas_count, struct error *error)
{
    static const char *const keys[] = {"$schema", "description", "sagas", "input", "answers", "cases"};
    const struct check check = {sagas, sagas_count};
    const json_t *cases = json_object_get(file, "cases"), *answers = json_object_get(file, "answers");
    int code = CASES_KEYS(file, keys, error);
    if (!code && !json_array_size(cases))
        code = error_set(error, ERROR_INVALID, "expected a list \"cases\" with at least one case");
    if (!code && answers) {
        code = check_answers(&check, answers, error);
        if (code)
            cases_at(error, "/answers");
    }
    for (size_t i = 0; !code && i < json_array_size(cases); i++) {
        code = check_case(&check, json_array_get(cases, i), error);
        if (code)
            cases_at(error, "/cases/%zu", i);
    }
    return code;
}

json_t *cases_input(const json_t *file, const json_t *one)
{
    const json_t *own = json_object_get(one, "input"), *changes = json_object_get(one, "inputPatch");
    json_t *input = json_deep_copy(own ? own : json_object_get(file, "input"));
    if (!changes)
        return input;
    if (!json_is_object(input)) {
        json_decref(input);
        input = json_object();
    }
    patch(input, changes);
    return input;
}

int cases_at(struct error *error, const char *format, ...)
{
    char text[ERROR_TEXT_MAX], place[ERROR_TEXT_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(place, sizeof place, format, arguments);
    va_end(arguments);
    snprintf(text, sizeof text, "%s", error->text);
    return error_set(error, error->code, "%s%s%s", place, *text == '/' ? "" : ": ", text);
}

int cases_keys(const json_t *object, const char *const *keys, size_t count, struct error *error)
{
    const char *key;
    json_t *value;
    if (!json_is_object(object))
        return error_set(error, ERROR_INVALID, "expected an object");
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        char hint[128];
        struct suggest suggest;
        bool known = false;
        suggest_init(&suggest, key);
        for (size_t i = 0; i < count; i++) {
            suggest_offer(&suggest, keys[i]);
            known |= strcmp(keys[i], key) == 0;
        }
        const char *meant = suggest_hint(&suggest, hint, sizeof hint, NULL);
        if (!known)
            return error_set(error, ERROR_INVALID, "there is no key \"%.64s\" here%s%s", key, meant ? "; " : "",
                             meant ? meant : "");
    }
    return 0;
}

static int check_case(const struct check *check, const json_t *one, struct error *error)
{
    static const char *const keys[] = {"name",       "description", "id",        "now",   "input",
                                       "inputPatch", "answers",     "meanwhile", "expect"};
    const json_t *now = json_object_get(one, "now"), *id = json_object_get(one, "id");
    const json_t *answers = json_object_get(one, "answers"), *acts = json_object_get(one, "meanwhile");
    const json_t *changes = json_object_get(one, "inputPatch");
    uint64_t now_ms;
    int code = CASES_KEYS(one, keys, error);
    if (!code && !json_string_length(json_object_get(one, "name")))
        code = error_set(error, ERROR_INVALID, "a case needs a \"name\"");
    if (!code && now && (!json_is_string(now) || !time_parse(json_string_value(now), &now_ms) || !now_ms))
        code = error_set(error, ERROR_INVALID, "\"now\" is a time such as 2026-01-02T03:04:05Z");
    if (!code && id && (!json_string_length(id) || json_string_length(id) > 128))
        code = error_set(error, ERROR_INVALID, "\"id\" is a text of 1 to 128 bytes");
    if (!code && changes && !json_is_object(changes))
        code = error_set(error, ERROR_INVALID, "\"inputPatch\" is an object: what changes in the input");
    if (!code && answers) {
        code = check_answers(check, answers, error);
        if (code)
            cases_at(error, "/answers");
    }
    if (!code && acts && !json_is_array(acts))
        code = error_set(error, ERROR_INVALID, "\"meanwhile\" is a list");
    for (size_t i = 0; !code && i < json_array_size(acts); i++) {
        code = cases_act_check(json_array_get(acts, i), error);
        if (!code)
            code = check_target(check, json_array_get(acts, i), error);
        if (code)
            cases_at(error, "/meanwhile/%zu", i);
    }
    if (!code) {
        code = cases_expect_check(json_object_get(one, "expect"), error);
        if (!code)
            code = check_names(check, json_object_get(one, "expect"), error);
        if (code)
            cases_at(error, "/expect");
    }
    return code;
}

static int check_answers(const struct check *check, const json_t *answers, struct error *error)
{
    const char *name;
    json_t *list;
    if (!json_is_object(answers))
        return error_set(error, ERROR_INVALID, "expected an object: from the name of a call to its answers");
    json_object_foreach((json_t *)(uintptr_t)answers, name, list)
    {
        int code = check_name(check, name, true, error);
        size_t count = json_is_array(list) ? json_array_size(list) : 1;
        if (!code && !count)
            code = error_set(error, ERROR_INVALID, "\"%s\" has no answers", name);
        for (size_t i = 0; !code && i < count; i++) {
            json_t *answer = cases_answer(json_is_array(list) ? json_array_get(list, i) : list, error);
            if (!answer)
                code = cases_at(error, "/%s/%zu", name, i);
            json_decref(answer);
        }
        if (code)
            return code;
    }
    return 0;
}

/* Who acts on a child as a whole names the way to it, "flight/". */
static int check_target(const struct check *check, const json_t *act, struct error *error)
{
    const char *verb = json_string_value(json_object_get(act, "verb")), *rest;
    const char *step = json_string_value(json_object_get(act, "step"));
    const char *signal = json_string_value(json_object_get(act, "signal"));
    bool whole = step && !rehearse_act_needs_step(verb) && *step && step[strlen(step) - 1] == '/';
    if (step && !whole)
        return check_name(check, step, false, error);
    if (step && !saga_at(check->sagas, check->sagas_count, step, &rest))
        return error_set(error, ERROR_INVALID, "\"%s\" leads to no saga", step);
    if (signal && !saga_at(check->sagas, check->sagas_count, signal, &rest))
        return error_set(error, ERROR_INVALID, "\"%s\" leads to no saga", signal);
    return 0;
}

/* STEP, STEP[ITEM], and .PHASE behind it; in front of it the way to the child that it is in. What is `called`
 * calls somebody. */
static int check_name(const struct check *check, const char *whole, bool called, struct error *error)
{
    char hint[128];
    struct suggest suggest;
    const char *name;
    const struct saga *saga = saga_at(check->sagas, check->sagas_count, whole, &name);
    if (!saga)
        return error_set(error, ERROR_INVALID, "\"%s\": the step before the / starts no saga", whole);
    size_t length = strcspn(name, "[.");
    const char *behind = name + length, *phase = *behind == '[' ? strrchr(behind, ']') : behind;
    char *id = mem_copy(name, length);
    int step = definition_find_step(saga->definition, id);
    suggest_init(&suggest, id);
    for (uint16_t i = 0; i < saga->definition->plan.steps_count; i++)
        suggest_offer(&suggest, saga->definition->steps[i].id);
    const char *meant = suggest_hint(&suggest, hint, sizeof hint, NULL);
    int code = 0;
    if (step < 0)
        code = error_set(error, ERROR_INVALID, "there is no step \"%s\"%s%s", id, meant ? "; " : "",
                         meant ? meant : "");
    else if (called && saga->definition->steps[step].child)
        code = error_set(error, ERROR_INVALID, "\"%s\" is a saga of its own: its calls are \"%s/STEP\"", whole,
                         whole);
    else if (!phase)
        code = error_set(error, ERROR_INVALID, "\"%s\" has no ] behind its item", name);
    else if (*behind == '[')
        phase++;
    if (!code && *phase && (*phase != '.' || !rehearse_knows_phase(phase + 1)))
        code = error_set(error, ERROR_INVALID, "\"%s\" is no call: expected STEP, STEP[ITEM] or STEP.compensation",
                         whole);
    mem_free(id);
    return code;
}

/* Expectations about a step that is not there would never fail, or never hold. */
static int check_names(const struct check *check, const json_t *expect, struct error *error)
{
    static const char *const lists[] = {"calls", "skipped"}, *const maps[] = {"bodies", "requests", "attempts"};
    int code = 0;
    for (size_t i = 0; !code && i < sizeof lists / sizeof *lists; i++) {
        code = check_list(check, json_object_get(expect, lists[i]), strcmp(lists[i], "calls") == 0, error);
        if (code)
            cases_at(error, "/%s", lists[i]);
    }
    for (size_t i = 0; !code && i < sizeof maps / sizeof *maps; i++) {
        const char *name;
        json_t *value;
        json_object_foreach(json_object_get(expect, maps[i]), name, value)
        {
            code = code ? code : check_name(check, name, true, error);
        }
        if (code)
            cases_at(error, "/%s", maps[i]);
    }
    return code;
}

static int check_list(const struct check *check, const json_t *list, bool called, struct error *error)
{
    int code = 0;
    for (size_t i = 0; !code && i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        if (json_is_array(item))
            code = check_list(check, item, called, error);
        else if (json_is_string(item))
            code = check_name(check, json_string_value(item), called, error);
        else
            code = error_set(error, ERROR_INVALID, "expected names of calls");
    }
    return code;
}

/* JSON Merge Patch, RFC 7396. */
static void patch(json_t *value, const json_t *changes)
{
    const char *key;
    json_t *change;
    assert(json_is_object(value) && json_is_object(changes));
    json_object_foreach((json_t *)(uintptr_t)changes, key, change)
    {
        json_t *member = json_object_get(value, key);
        if (json_is_null(change)) {
            json_object_del(value, key);
        } else if (json_is_object(change)) {
            if (!json_is_object(member))
                json_object_set_new(value, key, json_object());
            patch(json_object_get(value, key), change);
        } else {
            json_object_set_new(value, key, json_deep_copy(change));
        }
    }
}
