/* `belay definitions`: the registered sagas. */
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/listing.h"

#include <string.h>

static const struct column columns[] = {
    {.title = "NAME", .member = "name"},
    {.title = "V", .member = "version"},
    {.title = "AGE", .member = "registeredAt", .kind = COLUMN_AGE},
    {.title = "DESCRIPTION", .member = "description", .flexible = true},
};

static int definitions_list(struct cli *cli)
{
    json_t *answer = cli_get(cli, "/v1/definitions");
    const json_t *rows = json_object_get(answer, "definitions");
    if (!answer)
        return EXIT_FAILED;
    if (json_array_size(rows) || output_json_wanted(&cli->output))
        listing_put(&cli->output, &cli->buf, columns, sizeof columns / sizeof *columns, rows);
    else
        fprintf(cli->err, "no sagas; `belay apply FILE` registers one\n");
    json_decref(answer);
    return EXIT_DONE;
}

/* The saga file itself, so that it can be changed and applied again; with -o json all that is known of it. */
static int definitions_show(struct cli *cli, const char *name, const char *version)
{
    struct error error;
    long number = 0;
    char suffix[32] = "";
    if (version && options_number("VERSION", version, 1, UINT32_MAX, &number, &error))
        return cli_misused(cli, &error);
    if (version)
        snprintf(suffix, sizeof suffix, "/%ld", number);
    char *path = cli_path("/v1/definitions/", name, suffix);
    json_t *answer = cli_get(cli, path);
    mem_free(path);
    if (!answer)
        return EXIT_FAILED;
    const json_t *file = json_object_get(answer, "definition");
    output_put_json(&cli->output, &cli->buf, output_json_wanted(&cli->output) || !file ? answer : file);
    json_decref(answer);
    return EXIT_DONE;
}

int cmd_definitions(struct cli *cli)
{
    struct error error;
    const char **arguments = cli->options.arguments;
    size_t count = cli->options.arguments_count;
    if (count == 0 || (count == 1 && strcmp(arguments[0], "list") == 0))
        return definitions_list(cli);
    if (count >= 2 && strcmp(arguments[0], "show") == 0)
        return definitions_show(cli, arguments[1], count == 3 ? arguments[2] : NULL);
    error_set(&error, ERROR_USAGE, "belay definitions %s", commands[COMMAND_DEFINITIONS].arguments);
    return cli_misused(cli, &error);
}
