/* Reading of saga files, and finding what stands in them. */
#include "cli/saga.h"

#include "base/mem.h"
#include "cli/files.h"
#include "cli/text.h"

#include <assert.h>
#include <string.h>

bool saga_read(struct cli *cli, const char *path, struct saga *saga)
{
    struct error error;
    struct findings findings;
    size_t length;
    *saga = (struct saga){0};
    char *text = files_read(path, &length, &error);
    if (!text) {
        cli_complain(cli, error.text, NULL);
        return false;
    }
    findings_init(&findings);
    saga->definition = definition_parse(text, length, &findings);
    mem_free(text);
    if (saga->definition) {
        saga->root = json_loadb(saga->definition->text, saga->definition->text_length, 0, NULL);
        assert(saga->root);
    } else {
        struct buf lines;
        buf_init(&lines, OUTPUT_BYTES);
        saga_put_findings(&lines, &findings, strcmp(path, "-") == 0 ? "<stdin>" : path);
        cli_flush(cli);
        output_flush(&lines, cli->err);
        buf_done(&lines);
    }
    findings_done(&findings);
    return saga->definition != NULL;
}

void saga_done(struct saga *saga)
{
    definition_free(saga->definition);
    json_decref(saga->root);
    *saga = (struct saga){0};
}

const json_t *saga_find(const json_t *value, const char *id)
{
    const json_t *found = NULL;
    if (json_is_object(value)) {
        static const char *const inner[] = {"steps", "parallel", "switch"};
        const char *own = json_string_value(json_object_get(value, "id"));
        if (own && strcmp(own, id) == 0)
            return value;
        for (size_t i = 0; !found && i < sizeof inner / sizeof *inner; i++)
            found = saga_find(json_object_get(value, inner[i]), id);
    }
    for (size_t i = 0; !found && i < json_array_size(value); i++)
        found = saga_find(json_array_get(value, i), id);
    return found;
}

/* What findings quote from the file is made safe, their line ends are not. */
void saga_put_findings(struct buf *buf, const struct findings *findings, const char *file)
{
    struct buf lines;
    buf_init(&lines, OUTPUT_BYTES);
    findings_print(findings, file, &lines);
    char *text = buf_take(&lines, NULL);
    for (char *line = text, *end; *line; line = end) {
        end = line + strcspn(line, "\n");
        bool ended = *end == '\n';
        *end = '\0';
        text_put(buf, line);
        buf_putc(buf, '\n');
        end += ended;
    }
    mem_free(text);
}
