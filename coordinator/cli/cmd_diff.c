/* `belay diff`: what changed between two versions of a saga. */
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/compare.h"
#include "cli/input.h"
#include "cli/text.h"

#include <string.h>

static bool diff_get(struct cli *cli, size_t side, json_t **saga);
static int diff_check(struct cli *cli, struct error *error);
static void diff_print(struct cli *cli, const json_t *from, const json_t *to, const json_t *changes);
static void diff_put_change(struct cli *cli, const json_t *change);
static void diff_put_value(struct cli *cli, const json_t *value);

int cmd_diff(struct cli *cli)
{
    struct error error;
    json_t *from = NULL, *to = NULL;
    if (diff_check(cli, &error))
        return cli_misused(cli, &error);
    int status = EXIT_FAILED;
    if (diff_get(cli, 0, &from) && diff_get(cli, 1, &to)) {
        json_t *changes = compare_values(from, to);
        const json_t *change;
        size_t i;
        if (cli->output.format == FORMAT_JSON)
            output_put_json(&cli->output, &cli->buf, changes);
        else if (cli->output.format == FORMAT_JSONL)
            json_array_foreach(changes, i, change) output_put_json(&cli->output, &cli->buf, change);
        else
            diff_print(cli, from, to, changes);
        json_decref(changes);
        status = EXIT_DONE;
    }
    json_decref(from);
    json_decref(to);
    return status;
}

static int diff_check(struct cli *cli, struct error *error)
{
    long ignored;
    const char *const *arguments = cli->options.arguments;
    int code = 0;
    if (cli->options.arguments_count == 3)
        for (size_t i = 1; !code && i < 3; i++)
            code = options_number(i == 1 ? "V1" : "V2", arguments[i], 1, UINT32_MAX, &ignored, error);
    return code;
}

/* NAME V1 V2 are the coordinator's, FILE1 FILE2 need none; a file may be wrong as a saga, it is only compared. */
static bool diff_get(struct cli *cli, size_t side, json_t **saga)
{
    struct error error;
    const char *const *arguments = cli->options.arguments;
    if (cli->options.arguments_count == 2) {
        *saga = input_read_file(arguments[side], &error);
        if (!*saga)
            cli_complain(cli, error.text,
                         error.code == ERROR_IO ? "with versions of the coordinator: belay diff NAME V1 V2"
                                                : NULL);
        return *saga != NULL;
    }
    char suffix[32];
    snprintf(suffix, sizeof suffix, "/%s", arguments[1 + side]);
    char *path = cli_path("/v1/definitions/", arguments[0], suffix);
    json_t *answer = cli_get(cli, path);
    mem_free(path);
    *saga = json_incref(json_object_get(answer, "definition"));
    if (answer && !*saga)
        cli_complain(cli, "the coordinator's answer holds no definition", NULL);
    json_decref(answer);
    return *saga != NULL;
}

static void diff_put_title(struct cli *cli, const json_t *saga)
{
    const json_t *version = json_object_get(saga, "version");
    output_paint(&cli->output, &cli->buf, PAINT_BOLD, output_member(saga, "name"));
    if (json_is_integer(version))
        buf_printf(&cli->buf, " v%lld", (long long)json_integer_value(version));
}

static void diff_print(struct cli *cli, const json_t *from, const json_t *to, const json_t *changes)
{
    size_t count = json_array_size(changes);
    const char *around = "";
    diff_put_title(cli, from);
    buf_puts(&cli->buf, " -> ");
    diff_put_title(cli, to);
    if (count)
        buf_printf(&cli->buf, ": %zu change%s\n", count, count == 1 ? "" : "s");
    else
        buf_puts(&cli->buf, ": nothing changed\n");
    for (size_t i = 0; i < count; i++) {
        const json_t *change = json_array_get(changes, i);
        const char *step = output_member(change, "step");
        if (strcmp(step, around) != 0 || i == 0) {
            buf_puts(&cli->buf, *step ? "  step " : "  the saga");
            output_paint(&cli->output, &cli->buf, PAINT_BOLD, step);
            buf_putc(&cli->buf, '\n');
        }
        around = step;
        diff_put_change(cli, change);
    }
    bool same = json_equal(json_object_get(from, "version"), json_object_get(to, "version")) &&
                json_equal(json_object_get(from, "name"), json_object_get(to, "name"));
    if (count && same && cli->options.arguments_count == 2)
        cli_complain(cli, "both are the same version: once registered, a version never changes",
                     "give the newer one the next \"version\"");
}

static void diff_put_change(struct cli *cli, const json_t *change)
{
    static const struct {
        const char *word, *sign;
        enum paint paint;
    } signs[] = {{"added", "+", PAINT_GOOD},
                 {"removed", "-", PAINT_BAD},
                 {"changed", "~", PAINT_UNDO},
                 {"moved", ">", PAINT_BUSY}};
    const char *word = output_member(change, "change");
    struct buf *buf = &cli->buf;
    buf_puts(buf, "    ");
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (strcmp(signs[i].word, word) == 0)
            output_paint(&cli->output, buf, signs[i].paint, signs[i].sign);
    buf_putc(buf, ' ');
    text_put(buf, output_member(change, "pointer"));
    buf_printf(buf, " %s", word);
    if (json_object_get(change, "from") || json_object_get(change, "to"))
        buf_puts(buf, ": ");
    diff_put_value(cli, json_object_get(change, "from"));
    if (json_object_get(change, "from") && json_object_get(change, "to"))
        buf_puts(buf, " -> ");
    diff_put_value(cli, json_object_get(change, "to"));
    buf_putc(buf, '\n');
}

static void diff_put_value(struct cli *cli, const json_t *value)
{
    if (value)
        output_put_json_line(&cli->buf, value);
}
