/* `belay approve`, `belay reject` and `belay signal`: what a step waits for. */
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/input.h"
#include "cli/said.h"
#include "cli/story.h"
#include "cli/text.h"

#include <stdlib.h>

static char *tell_person(const struct options *options);
static char *tell_payload(const struct options *options, struct error *error);

int cmd_tell(struct cli *cli)
{
    struct error error = {0};
    const struct options *options = &cli->options;
    const char *verb = commands[options->command].word;
    bool signal = options->command == COMMAND_SIGNAL;
    char *body = signal ? tell_payload(options, &error) : tell_person(options);
    if (error.code) {
        cli_complain(cli, error.text, NULL);
        return EXIT_FAILED;
    }
    char *place = cli_path("/v1/transactions/", options->arguments[0], signal ? "/signals/" : "/steps/");
    char suffix[16];
    snprintf(suffix, sizeof suffix, "/%s", verb);
    char *path = cli_path(place, options->arguments[1], signal ? "" : suffix);
    struct reply reply;
    struct ask ask = {.method = "POST", .path = path, .body = body};
    bool done = cli_ask(cli, &ask, NULL, &reply);
    mem_free(body);
    mem_free(place);
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

static char *tell_person(const struct options *options)
{
    json_t *object = json_object();
    said_set(object, "actor", said_who(options));
    said_set(object, "role", options_value(options, OPTION_ROLE));
    said_set(object, "comment", options_value(options, OPTION_COMMENT));
    char *text = json_dumps(object, JSON_COMPACT), *body = mem_string(text ? text : "{}");
    free(text);
    json_decref(object);
    return body;
}

/* As it was written; "" without one. */
static char *tell_payload(const struct options *options, struct error *error)
{
    const char *given = options_value(options, OPTION_PAYLOAD);
    size_t length;
    char *text;
    if (!given)
        return mem_string("");
    json_t *value = input_read_as("--payload", given, &text, &length, error);
    if (!value)
        return NULL;
    json_decref(value);
    return text;
}
