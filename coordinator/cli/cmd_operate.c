/* The operator's verbs: cancel, pause, resume, retry, skip, resolve, terminate. */
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/input.h"
#include "cli/said.h"
#include "cli/story.h"
#include "cli/text.h"

#include <string.h>

/* command, needs --reason, needs --step */
#define VERBS_NEED(X)                                                                                             \
    X(CANCEL, false, false)                                                                                       \
    X(PAUSE, false, false)                                                                                        \
    X(RESUME, false, false)                                                                                       \
    X(RETRY, false, false)                                                                                        \
    X(SKIP, true, true)                                                                                           \
    X(RESOLVE, true, true)                                                                                        \
    X(TERMINATE, true, false)

static int operate_check(const struct options *options, struct error *error);
static json_t *operate_body(const struct options *options, struct error *error);

int cmd_operate(struct cli *cli)
{
    struct error error;
    if (operate_check(&cli->options, &error))
        return cli_misused(cli, &error);
    const char *verb = commands[cli->options.command].word;
    char suffix[32];
    snprintf(suffix, sizeof suffix, "/%s", verb);
    json_t *body = operate_body(&cli->options, &error);
    if (!body) {
        cli_complain(cli, error.text, NULL);
        return EXIT_FAILED;
    }
    char *path = cli_path("/v1/transactions/", cli->options.arguments[0], suffix);
    char *text = json_dumps(body, JSON_COMPACT);
    json_decref(body);
    struct reply reply;
    struct ask ask = {.method = "POST", .path = path, .body = text};
    bool done = text && cli_ask(cli, &ask, NULL, &reply);
    free(text);
    mem_free(path);
    if (!done)
        return EXIT_FAILED;
    if (output_json_wanted(&cli->output)) {
        output_put_json(&cli->output, &cli->buf, reply.json);
    } else {
        buf_printf(&cli->buf, "%s: ", verb);
        text_put(&cli->buf, output_member(reply.json, "id"));
        buf_puts(&cli->buf, " is ");
        story_put_why(&cli->output, &cli->buf, reply.json);
        story_put_next(&cli->output, &cli->buf, reply.json);
    }
    reply_done(&reply);
    return EXIT_DONE;
}

static int operate_check(const struct options *options, struct error *error)
{
    static const struct {
        enum command_id command;
        bool reason, step;
    } needs[] = {
#define X(id, reason, step) {COMMAND_##id, reason, step},
        VERBS_NEED(X)
#undef X
    };
    const char *verb = commands[options->command].word, *reason = options_value(options, OPTION_REASON);
    const char *outcome = options_value(options, OPTION_OUTCOME), *output = options_value(options, OPTION_RESULT);
    for (size_t i = 0; i < sizeof needs / sizeof *needs; i++) {
        if (needs[i].command != options->command)
            continue;
        if (needs[i].reason && !(reason && *reason))
            return error_set(error, ERROR_USAGE, "%s needs --reason TEXT: it overrides the saga, and is recorded",
                             verb);
        if (needs[i].step && !options_has(options, OPTION_STEP))
            return error_set(error, ERROR_USAGE, "%s needs --step STEP; `belay show ID` tells which one is stuck",
                             verb);
    }
    if (options_has(options, OPTION_BODY) && !(options_has(options, OPTION_STEP) && reason && *reason))
        return error_set(error, ERROR_USAGE,
                         "--body needs --step STEP and --reason TEXT: it replaces the saga's, and is recorded");
    if (options->command != COMMAND_RESOLVE)
        return 0;
    if (!outcome || (strcmp(outcome, "done") != 0 && strcmp(outcome, "failed") != 0))
        return error_set(error, ERROR_USAGE, "resolve needs --outcome done or --outcome failed");
    if (output && strcmp(outcome, "done") != 0)
        return error_set(error, ERROR_USAGE, "--output goes with --outcome done");
    json_error_t where;
    json_t *value = output ? json_loads(output, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &where) : NULL;
    if (output && !value)
        return error_set(error, ERROR_USAGE, "--output is no JSON: %s at column %d", where.text, where.column);
    json_decref(value);
    return 0;
}

/* NULL and `*error` when --body cannot be read. */
static json_t *operate_body(const struct options *options, struct error *error)
{
    json_t *body = json_object();
    const char *edited = options_value(options, OPTION_BODY);
    const char *output = options_value(options, OPTION_RESULT);
    said_set(body, "reason", options_value(options, OPTION_REASON));
    said_set(body, "actor", said_who(options));
    said_set(body, "step", options_value(options, OPTION_STEP));
    said_set(body, "outcome", options_value(options, OPTION_OUTCOME));
    if (output)
        json_object_set_new(body, "output", json_loads(output, JSON_DECODE_ANY, NULL));
    if (!edited)
        return body;
    size_t length;
    char *text = NULL;
    json_t *value = input_read_as("--body", edited, &text, &length, error);
    if (!value) {
        json_decref(body);
        return NULL;
    }
    mem_free(text);
    json_object_set_new(body, "body", value);
    return body;
}
