/* `belay validate`: everything that is wrong with saga files, found without a coordinator. */
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/files.h"
#include "cli/saga.h"
#include "cli/text.h"
#include "definition/family.h"

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

/* A file, and what is wrong with it. */
struct validated {
    const char *path;
    char *text; /* NULL: it cannot be read */
    size_t length;
    struct findings findings;
};

static bool validate_read(struct cli *cli, const char *path, struct validated *file,
                          struct definition **definition)
{
    struct error error;
    *file = (struct validated){.path = strcmp(path, "-") == 0 ? "<stdin>" : path};
    file->text = files_read(path, &file->length, &error);
    findings_init(&file->findings);
    if (file->text)
        *definition = definition_parse(file->text, file->length, &file->findings);
    else
        cli_complain(cli, error.text, NULL);
    return file->text != NULL;
}

/* Lines to the person, or a row of the answer. */
static void validate_tell(struct cli *cli, const struct validated *file, const struct definition *definition,
                          json_t *rows)
{
    bool valid = file->findings.errors_count == 0;
    if (output_json_wanted(&cli->output)) {
        json_t *row = json_object();
        json_t *name = json_string(file->path);
        json_object_set_new(row, "file", name ? name : json_string("(not UTF-8)"));
        json_object_set_new(row, "valid", json_boolean(valid));
        validate_json(&file->findings, row);
        json_array_append_new(rows, row);
        return;
    }
    saga_put_findings(&cli->buf, &file->findings, file->path);
    if (valid) {
        text_put(&cli->buf, file->path);
        buf_puts(&cli->buf, ": ");
        output_paint(&cli->output, &cli->buf, PAINT_GOOD, "ok");
        buf_printf(&cli->buf, ", %s v%u\n", definition->name, (unsigned)definition->version);
    }
    cli_flush(cli);
}

/* Each file by itself, and then what it starts among the others. */
static bool validate_files(struct cli *cli, json_t *rows)
{
    size_t count = cli->options.arguments_count;
    struct validated *files = mem_array(count, sizeof *files);
    struct definition **definitions = mem_array(count, sizeof *definitions);
    bool valid = true;
    for (size_t i = 0; i < count; i++)
        valid = validate_read(cli, cli->options.arguments[i], &files[i], &definitions[i]) && valid;
    for (size_t i = 0; i < count; i++) {
        if (definitions[i]) {
            family_check((const struct definition *const *)definitions, count, i, &files[i].findings);
            findings_place(&files[i].findings, files[i].text, files[i].length);
        }
        if (files[i].text)
            validate_tell(cli, &files[i], definitions[i], rows);
        valid &= files[i].findings.errors_count == 0;
    }
    for (size_t i = 0; i < count; i++) {
        definition_free(definitions[i]);
        findings_done(&files[i].findings);
        mem_free(files[i].text);
    }
    mem_free(definitions);
    mem_free(files);
    return valid;
}

int cmd_validate(struct cli *cli)
{
    json_t *rows = json_array(), *row;
    size_t index;
    bool valid = validate_files(cli, rows);
    if (cli->output.format == FORMAT_JSON)
        output_put_json(&cli->output, &cli->buf, rows);
    else if (cli->output.format == FORMAT_JSONL)
        json_array_foreach(rows, index, row) output_put_json(&cli->output, &cli->buf, row);
    json_decref(rows);
    return valid ? EXIT_DONE : EXIT_FAILED;
}
