/* `belay participants`: the registry. */
#include "base/mem.h"
#include "cli/apply.h"
#include "cli/cli.h"
#include "cli/listing.h"
#include "cli/text.h"

#include <string.h>

static const struct column columns[] = {
    {.title = "NAME", .member = "name", .flexible = true},
    {.title = "URL", .member = "url", .flexible = true},
    {.title = "IN FLIGHT", .member = "maxInFlight"},
    {.title = "HEADERS", .member = "headers", .kind = COLUMN_JSON, .wide = true, .flexible = true},
};

static int participants_list(struct cli *cli)
{
    json_t *answer = cli_get(cli, "/v1/participants");
    const json_t *rows = json_object_get(answer, "participants");
    if (!answer)
        return EXIT_FAILED;
    if (json_array_size(rows) || output_json_wanted(&cli->output))
        listing_put(&cli->output, &cli->buf, columns, sizeof columns / sizeof *columns, rows);
    else
        fprintf(cli->err, "no participants; `belay participants put NAME URL` registers one\n");
    json_decref(answer);
    return EXIT_DONE;
}

/* "Name: value" of every --header. */
static int participants_headers(const struct options *options, json_t *settings, struct error *error)
{
    json_t *headers = json_object();
    int code = 0;
    for (size_t i = 0; !code && i < options->given_count; i++) {
        const char *text = options->given[i].value, *colon = strchr(text, ':');
        if (options->given[i].id != OPTION_HEADER)
            continue;
        if (!colon || colon == text) {
            code = error_set(error, ERROR_USAGE, "--header takes \"Name: value\"");
            break;
        }
        char *name = mem_copy(text, (size_t)(colon - text));
        if (json_object_set_new(headers, name, json_string(colon + 1 + strspn(colon + 1, " \t"))))
            code = error_set(error, ERROR_USAGE, "--header takes UTF-8");
        mem_free(name);
    }
    if (!code && json_object_size(headers))
        json_object_set(settings, "headers", headers);
    json_decref(headers);
    return code;
}

static int participants_put(struct cli *cli)
{
    struct error error;
    const struct options *options = &cli->options;
    const char *name = options->arguments[1], *in_flight = options_value(options, OPTION_IN_FLIGHT);
    long number = 0;
    int status, exit_code;
    json_t *settings = json_object(), *url = json_string(options->arguments[2]);
    int code = url ? 0 : error_set(&error, ERROR_USAGE, "the URL is not UTF-8");
    json_object_set_new(settings, "url", url);
    if (!code && in_flight)
        code = options_number("--max-in-flight", in_flight, 1, 1000000, &number, &error);
    if (!code && in_flight)
        json_object_set_new(settings, "maxInFlight", json_integer(number));
    if (code || participants_headers(options, settings, &error)) {
        exit_code = cli_misused(cli, &error);
    } else if (!apply_participant(cli, name, settings, NULL, &status)) {
        exit_code = EXIT_FAILED;
    } else {
        exit_code = EXIT_DONE;
        text_put(&cli->buf, name);
        buf_printf(&cli->buf, " %s\n", status == 201 ? "registered" : "replaced");
    }
    json_decref(settings);
    return exit_code;
}

static int participants_delete(struct cli *cli)
{
    struct reply reply;
    char *path = cli_path("/v1/participants/", cli->options.arguments[1], "");
    struct ask ask = {.method = "DELETE", .path = path};
    bool done = cli_ask(cli, &ask, NULL, &reply);
    mem_free(path);
    if (!done)
        return EXIT_FAILED;
    reply_done(&reply);
    text_put(&cli->buf, cli->options.arguments[1]);
    buf_puts(&cli->buf, " removed\n");
    return EXIT_DONE;
}

int cmd_participants(struct cli *cli)
{
    struct error error;
    const struct options *options = &cli->options;
    const char *verb = options->arguments_count ? options->arguments[0] : "list";
    static const struct {
        const char *word;
        size_t arguments_count;
        int (*run)(struct cli *cli);
    } verbs[] = {{"list", 1, participants_list}, {"put", 3, participants_put}, {"delete", 2, participants_delete}};
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp(verb, verbs[i].word) == 0 &&
            (options->arguments_count == verbs[i].arguments_count || options->arguments_count == 0))
            return verbs[i].run(cli);
    error_set(&error, ERROR_USAGE, "belay participants %s", commands[COMMAND_PARTICIPANTS].arguments);
    return cli_misused(cli, &error);
}
