/* `belay validate`: everything that is wrong with saga files, found without a coordinator. */
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/files.h"
#include "cli/saga.h"
#include "cli/text.h"
#include "definition/definition.h"

#include <string.h>

static void validate_json(const struct findings *findings, json_t *row)
{
    struct buf text;
    buf_init(&text, OUTPUT_BYTES);
    findings_print_json(findings, &text);
    json_t *list = json_loadb(text.data ? text.data : "[]", text.data ? text.length : 2, 0, NULL);
    json_object_set_new(row, "findings", list ? list : json_array());
    buf_done(&text);
}

/* One file: lines to the person, or a row of the answer. True when it may be registered. */
static bool validate_file(struct cli *cli, const char *path, json_t *rows)
{
    struct error error;
    struct findings findings;
    size_t length;
    const char *file = strcmp(path, "-") == 0 ? "<stdin>" : path;
    char *text = files_read(path, &length, &error);
    if (!text) {
        cli_complain(cli, error.text, NULL);
        return false;
    }
    findings_init(&findings);
    struct definition *definition = definition_parse(text, length, &findings);
    if (output_json_wanted(&cli->output)) {
        json_t *row = json_object();
        json_t *name = json_string(file);
        json_object_set_new(row, "file", name ? name : json_string("(not UTF-8)"));
        json_object_set_new(row, "valid", json_boolean(definition != NULL));
        validate_json(&findings, row);
        json_array_append_new(rows, row);
    } else {
        saga_put_findings(&cli->buf, &findings, file);
        if (definition) {
            text_put(&cli->buf, file);
            buf_puts(&cli->buf, ": ");
            output_paint(&cli->output, &cli->buf, PAINT_GOOD, "ok");
            buf_printf(&cli->buf, ", %s v%u\n", definition->name, (unsigned)definition->version);
        }
    }
    bool valid = definition != NULL;
    definition_free(definition);
    findings_done(&findings);
    mem_free(text);
    return valid;
}

int cmd_validate(struct cli *cli)
{
    bool valid = true;
    json_t *rows = json_array(), *row;
    size_t index;
    for (size_t i = 0; i < cli->options.arguments_count; i++) {
        valid = validate_file(cli, cli->options.arguments[i], rows) && valid;
        cli_flush(cli);
    }
    if (cli->output.format == FORMAT_JSON)
        output_put_json(&cli->output, &cli->buf, rows);
    else if (cli->output.format == FORMAT_JSONL)
        json_array_foreach(rows, index, row) output_put_json(&cli->output, &cli->buf, row);
    json_decref(rows);
    return valid ? EXIT_DONE : EXIT_FAILED;
}
