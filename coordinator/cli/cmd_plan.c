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

/* The saga, and the children that its file is given with. */
struct planned {
    struct saga *sagas;
    size_t count;
};

static bool plan_read(struct cli *cli, struct planned *planned);
static void plan_tell(struct cli *cli, const json_t *plan, int *status);
static int plan_fail_parse(const struct planned *planned, char *text, struct plan_fail *fail, struct error *error);
static json_t *plan_rehearse(struct cli *cli, const struct planned *planned, const struct plan_fail *fail,
                             struct error *error);
static void plan_acts(const struct planned *planned, const struct saga *saga, const char *path,
                      const struct plan_fail *fail, json_t *acts);
static json_t *plan_answer(void *context, const json_t *call);
static bool plan_fails(const struct plan_fail *fail, const json_t *call);

int cmd_plan(struct cli *cli)
{
    struct error error;
    struct planned planned = {mem_array(cli->options.arguments_count, sizeof *planned.sagas), 0};
    struct plan_fail fail = {0};
    const char *given = options_value(&cli->options, OPTION_FAIL);
    char *text = given ? mem_string(given) : NULL;
    int status = EXIT_FAILED;
    json_t *plan = NULL;
    if (plan_read(cli, &planned)) {
        int code = text ? plan_fail_parse(&planned, text, &fail, &error) : 0;
        plan = code ? NULL : plan_rehearse(cli, &planned, &fail, &error);
        if (code == ERROR_USAGE)
            status = cli_misused(cli, &error);
        else if (!plan)
            cli_complain(cli, error.text, NULL);
    }
    if (plan)
        plan_tell(cli, plan, &status);
    json_decref(plan);
    for (size_t i = 0; i < planned.count; i++)
        saga_done(&planned.sagas[i]);
    mem_free(planned.sagas);
    mem_free(text);
    return status;
}

static bool plan_read(struct cli *cli, struct planned *planned)
{
    for (size_t i = 0; i < cli->options.arguments_count; i++) {
        if (!saga_read(cli, cli->options.arguments[i], &planned->sagas[i]))
            return false;
        planned->count++;
    }
    return saga_complete(cli, planned->sagas, planned->count,
                         "name the files of children behind the saga's: belay plan FILE CHILD...");
}

static void plan_tell(struct cli *cli, const json_t *plan, int *status)
{
    const json_t *fails = json_object_get(plan, "fails");
    bool reached = !fails || json_is_true(json_object_get(fails, "reached"));
    bool clean = json_array_size(json_object_get(plan, "problems")) == 0 && !json_object_get(plan, "refused");
    if (output_json_wanted(&cli->output))
        output_put_json(&cli->output, &cli->buf, plan);
    else
        plan_print(&cli->output, &cli->buf, plan, cli->output.format == FORMAT_WIDE);
    *status = clean && reached ? EXIT_DONE : EXIT_FAILED;
    if (!reached)
        cli_complain(cli, "what is to fail is never called with this input", "give another --input");
}

/* STEP, STEP[ITEM] or STEP.PHASE, of a child CHILD/STEP, and ":unknown". */
static int plan_fail_parse(const struct planned *planned, char *text, struct plan_fail *fail, struct error *error)
{
    char *how = strrchr(text, ':');
    if (how && strcmp(how, ":unknown") != 0 && strcmp(how, ":no") != 0)
        return error_set(error, ERROR_USAGE, "--fail takes STEP or STEP:unknown, not \"%s\"", text);
    fail->unknown = how && strcmp(how, ":unknown") == 0;
    if (how)
        *how = '\0';
    fail->name = text;
    const char *name;
    const struct saga *saga = saga_at(planned->sagas, planned->count, text, &name);
    if (!saga)
        return error_set(error, ERROR_USAGE, "\"%s\": the step before the / starts no saga", text);
    char *id = mem_copy(name, strcspn(name, "[."));
    int step = definition_find_step(saga->definition, id), code = 0;
    if (step < 0) {
        char hint[128];
        struct suggest suggest;
        suggest_init(&suggest, id);
        for (uint16_t i = 0; i < saga->definition->plan.steps_count; i++)
            suggest_offer(&suggest, saga->definition->steps[i].id);
        const char *meant = suggest_hint(&suggest, hint, sizeof hint, NULL);
        code = error_set(error, ERROR_USAGE, "%s has no step \"%s\"%s%s", saga->definition->name, id,
                         meant ? "; " : "", meant ? meant : "");
    } else if (saga->definition->steps[step].child) {
        code = error_set(error, ERROR_USAGE, "%s is a saga of its own: say which step of it fails, %s/STEP", text,
                         text);
    }
    mem_free(id);
    return code;
}

static json_t *plan_rehearse(struct cli *cli, const struct planned *planned, const struct plan_fail *fail,
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
    struct guess guess = guess_make(planned->sagas, planned->count, given != NULL);
    char **changed = mem_array(planned->count, sizeof *changed);
    for (size_t i = 0; i < planned->count; i++)
        changed[i] = json_dumps(json_array_get(guess.sagas, i), JSON_COMPACT | JSON_REAL_PRECISION(17));
    json_t *acts = json_array();
    plan_acts(planned, &planned->sagas[0], "", fail, acts);
    struct rehearse rehearse = {.sagas = (const char *const *)changed,
                                .sagas_count = planned->count,
                                .input = input,
                                .id = GUESS_ID,
                                .begin_ms = cli->output.now_ms,
                                .acts = acts,
                                .answer = plan_answer,
                                .context = (void *)(uintptr_t)fail};
    if (rehearse_run(&rehearse, &record, error) == 0)
        plan = plan_make(planned->sagas, planned->count, &guess, record, fail);
    json_t *schedule = plan ? plan_schedule(&planned->sagas[0], cli->output.now_ms) : NULL;
    if (schedule)
        json_object_set_new(plan, "schedule", schedule);
    json_decref(record);
    json_decref(input);
    json_decref(acts);
    guess_done(&guess);
    for (size_t i = 0; i < planned->count; i++)
        free(changed[i]);
    mem_free(changed);
    return plan;
}

/* Who is asked says yes, and every signal comes, in children too. */
static void plan_acts(const struct planned *planned, const struct saga *saga, const char *path,
                      const struct plan_fail *fail, json_t *acts)
{
    for (uint16_t i = 0; i < saga->definition->plan.steps_count; i++) {
        const char *id = saga->definition->steps[i].id;
        const json_t *step = saga_find_step(saga, id), *approval = json_object_get(step, "approval");
        const char *signal = json_string_value(json_object_get(json_object_get(step, "waitFor"), "signal"));
        const struct saga *child = saga_child(planned->sagas, planned->count, &saga->definition->steps[i]);
        json_t *role = json_array_get(json_object_get(approval, "roles"), 0);
        struct buf name;
        buf_init(&name, OUTPUT_BYTES);
        buf_printf(&name, "%s%s", path, id);
        bool fails = fail->name && strcmp(fail->name, buf_text(&name)) == 0;
        if (signal && !fails)
            json_array_append_new(
                acts, json_pack("{s:s, s:o}", "verb", "signal", "signal", json_sprintf("%s%s", path, signal)));
        if (approval && !(fails && fail->unknown))
            json_array_append_new(acts, json_pack("{s:s, s:s, s:O*}", "verb", fails ? "reject" : "approve", "step",
                                                  buf_text(&name), "role", role));
        buf_putc(&name, '/');
        if (child)
            plan_acts(planned, child, buf_text(&name), fail, acts);
        buf_done(&name);
    }
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
