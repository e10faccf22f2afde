/* `belay plan`: what a saga does with an input, before it does it. */
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/guess.h"
#include "cli/input.h"
#include "cli/plan.h"
#include "cli/rehearse.h"
#include "cli/saga.h"
#include "definition/suggest.h"

#include <stdlib.h>
#include <string.h>

static int plan_fail_parse(const struct saga *saga, char *text, struct plan_fail *fail, struct error *error);
static json_t *plan_rehearse(struct cli *cli, const struct saga *saga, const struct plan_fail *fail,
                             struct error *error);
static json_t *plan_acts(const struct saga *saga, const struct plan_fail *fail);
static json_t *plan_answer(void *context, const json_t *call);
static bool plan_fails(const struct plan_fail *fail, const json_t *call);

int cmd_plan(struct cli *cli)
{
    struct error error;
    struct saga saga;
    struct plan_fail fail = {0};
    const char *given = options_value(&cli->options, OPTION_FAIL);
    char *text = given ? mem_string(given) : NULL;
    int status = EXIT_FAILED;
    json_t *plan = NULL;
    if (saga_read(cli, cli->options.arguments[0], &saga)) {
        int code = text ? plan_fail_parse(&saga, text, &fail, &error) : 0;
        plan = code ? NULL : plan_rehearse(cli, &saga, &fail, &error);
        if (code == ERROR_USAGE)
            status = cli_misused(cli, &error);
        else if (!plan)
            cli_complain(cli, error.text, NULL);
    }
    if (plan && output_json_wanted(&cli->output))
        output_put_json(&cli->output, &cli->buf, plan);
    else if (plan)
        plan_print(&cli->output, &cli->buf, plan, cli->output.format == FORMAT_WIDE);
    if (plan) {
        const json_t *fails = json_object_get(plan, "fails");
        bool reached = !fails || json_is_true(json_object_get(fails, "reached"));
        bool clean = json_array_size(json_object_get(plan, "problems")) == 0 && !json_object_get(plan, "refused");
        status = clean && reached ? EXIT_DONE : EXIT_FAILED;
        if (!reached)
            cli_complain(cli, "what is to fail is never called with this input", "give another --input");
    }
    json_decref(plan);
    saga_done(&saga);
    mem_free(text);
    return status;
}

/* STEP, STEP[ITEM] or STEP.PHASE, and ":unknown". */
static int plan_fail_parse(const struct saga *saga, char *text, struct plan_fail *fail, struct error *error)
{
    char *how = strrchr(text, ':');
    if (how && strcmp(how, ":unknown") != 0 && strcmp(how, ":no") != 0)
        return error_set(error, ERROR_USAGE, "--fail takes STEP or STEP:unknown, not \"%s\"", text);
    fail->unknown = how && strcmp(how, ":unknown") == 0;
    if (how)
        *how = '\0';
    fail->name = text;
    char *id = mem_copy(text, strcspn(text, "[."));
    int code = 0;
    if (definition_find_step(saga->definition, id) < 0) {
        char hint[128];
        struct suggest suggest;
        suggest_init(&suggest, id);
        for (uint16_t i = 0; i < saga->definition->plan.steps_count; i++)
            suggest_offer(&suggest, saga->definition->steps[i].id);
        const char *meant = suggest_hint(&suggest, hint, sizeof hint, NULL);
        code = error_set(error, ERROR_USAGE, "%s has no step \"%s\"%s%s", saga->definition->name, id,
                         meant ? "; " : "", meant ? meant : "");
    }
    mem_free(id);
    return code;
}

static json_t *plan_rehearse(struct cli *cli, const struct saga *saga, const struct plan_fail *fail,
                             struct error *error)
{
    const char *given = options_value(&cli->options, OPTION_INPUT);
    json_t *input = given ? NULL : json_string(GUESS_INPUT), *record = NULL, *plan = NULL;
    if (given) {
        size_t length;
        char *text;
        input = input_read(given, &text, &length, error);
        if (!input)
            return NULL;
        mem_free(text);
    }
    struct guess guess = guess_make(saga->root, given != NULL);
    char *changed = json_dumps(guess.saga, JSON_COMPACT | JSON_REAL_PRECISION(17));
    const char *const sagas[] = {changed};
    json_t *acts = plan_acts(saga, fail);
    struct rehearse rehearse = {.sagas = sagas,
                                .sagas_count = 1,
                                .input = input,
                                .id = GUESS_ID,
                                .begin_ms = cli->output.now_ms,
                                .acts = acts,
                                .answer = plan_answer,
                                .context = (void *)(uintptr_t)fail};
    if (rehearse_run(&rehearse, &record, error) == 0)
        plan = plan_make(saga, &guess, record, fail);
    json_t *schedule = plan ? plan_schedule(saga, cli->output.now_ms) : NULL;
    if (schedule)
        json_object_set_new(plan, "schedule", schedule);
    json_decref(record);
    json_decref(input);
    json_decref(acts);
    guess_done(&guess);
    free(changed);
    return plan;
}

/* Who is asked says yes, and every signal comes. */
static json_t *plan_acts(const struct saga *saga, const struct plan_fail *fail)
{
    json_t *acts = json_array();
    for (uint16_t i = 0; i < saga->definition->plan.steps_count; i++) {
        const char *id = saga->definition->steps[i].id;
        const json_t *step = saga_find_step(saga, id), *approval = json_object_get(step, "approval");
        json_t *signal = json_object_get(json_object_get(step, "waitFor"), "signal");
        json_t *role = json_array_get(json_object_get(approval, "roles"), 0);
        bool fails = fail->name && strcmp(fail->name, id) == 0;
        if (signal && !fails)
            json_array_append_new(acts, json_pack("{s:s, s:O}", "verb", "signal", "signal", signal));
        if (approval && !(fails && fail->unknown))
            json_array_append_new(acts, json_pack("{s:s, s:s, s:O*}", "verb", fails ? "reject" : "approve", "step",
                                                  id, "role", role));
    }
    return acts;
}

/* Everybody says yes but the one that fails. A refusal's words are placeholders too. */
static json_t *plan_answer(void *context, const json_t *call)
{
    const struct plan_fail *fail = context;
    bool fails = plan_fails(fail, call);
    if (fails && fail->unknown)
        return json_pack("{s:s}", "transport", "timeout");
    if (fails)
        return json_pack("{s:i, s:i, s:{s:s, s:s}}", "status", 409, "after_ms", 1, "body", "code", "<error.code>",
                         "detail", "<error.message>");
    return json_pack("{s:i, s:i}", "status", 200, "after_ms", 1);
}

/* The call of that name; a step's is also that of each of its items. What is never known no check tells either. */
static bool plan_fails(const struct plan_fail *fail, const json_t *call)
{
    const char *verb = output_member(call, "verb");
    bool own = strcmp(verb, "do") == 0, checked = strcmp(verb, "check") == 0 && fail->unknown;
    if (!fail->name)
        return false;
    return strcmp(fail->name, output_member(call, "name")) == 0 ||
           ((own || checked) && strcmp(fail->name, output_member(call, "step")) == 0);
}
