/* Reading of saga files, and finding what stands in them. */
#include "cli/saga.h"

#include "base/mem.h"
#include "cli/files.h"
#include "cli/text.h"
#include "definition/nesting.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Sagas that belong together. */
struct several {
    const struct saga *sagas;
    size_t count;
};

static const json_t *saga_nameless(const json_t *list, bool cases, size_t *before);
static bool saga_has_child(struct cli *cli, const struct several *several, const struct definition *definition,
                           uint16_t index, const char *help);
static const struct saga *saga_named(const struct several *several, const char *name, uint32_t version);
static int saga_find_named(void *context, const char *name, uint32_t version, const struct definition **definition,
                           struct error *error);

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

/* Names that were made up stand in the order of the file, as what they were made up for does. */
const json_t *saga_find_step(const struct saga *saga, const char *name)
{
    const char *mark = strchr(name, '#');
    size_t before = 0;
    if (!mark)
        return saga_find(json_object_get(saga->root, "steps"), name);
    unsigned long number = strtoul(mark + 1, NULL, 10);
    for (uint16_t i = 0; i < saga->definition->plan.steps_count; i++) {
        const char *other = strchr(saga->definition->steps[i].id, '#');
        before += other && strtoul(other + 1, NULL, 10) < number;
    }
    return saga_nameless(json_object_get(saga->root, "steps"), false, &before);
}

const struct saga *saga_at(const struct saga *sagas, size_t count, const char *name, const char **rest)
{
    const struct saga *at = &sagas[0];
    for (size_t length; at && name[length = strcspn(name, "/[")] == '/'; name += length + 1) {
        char *id = mem_copy(name, length);
        int step = definition_find_step(at->definition, id);
        at = step < 0 ? NULL : saga_child(sagas, count, &at->definition->steps[step]);
        mem_free(id);
    }
    *rest = name;
    return at;
}

const struct saga *saga_child(const struct saga *sagas, size_t count, const struct step_spec *step)
{
    return step->child ? saga_named(&(struct several){sagas, count}, step->child, step->child_version) : NULL;
}

bool saga_complete(struct cli *cli, const struct saga *sagas, size_t count, const char *help)
{
    struct several several = {sagas, count};
    struct error error;
    for (size_t i = 0; i < count; i++)
        for (uint16_t k = 0; k < sagas[i].definition->plan.steps_count; k++)
            if (!saga_has_child(cli, &several, sagas[i].definition, k, help))
                return false;
    if (!nesting_check(sagas[0].definition, saga_find_named, &several, &error))
        return true;
    error_wrap(&error, "%s", sagas[0].definition->name);
    cli_complain(cli, error.text, NULL);
    return false;
}

static bool saga_has_child(struct cli *cli, const struct several *several, const struct definition *definition,
                           uint16_t index, const char *help)
{
    const struct step_spec *step = &definition->steps[index];
    char what[512], version[32] = "";
    if (!step->child || saga_named(several, step->child, step->child_version))
        return true;
    if (step->child_version)
        snprintf(version, sizeof version, " version %u", (unsigned)step->child_version);
    snprintf(what, sizeof what, "the step \"%s\" of %s starts the saga \"%s\"%s, and no file of it is given",
             step->id, definition->name, step->child, version);
    cli_complain(cli, what, help);
    return false;
}

static const struct saga *saga_named(const struct several *several, const char *name, uint32_t version)
{
    const struct saga *found = NULL;
    for (size_t i = 0; i < several->count; i++) {
        const struct definition *one = several->sagas[i].definition;
        bool meant = strcmp(one->name, name) == 0 && (!version || one->version == version);
        if (meant && (!found || one->version > found->definition->version))
            found = &several->sagas[i];
    }
    return found;
}

/* A nesting_find, where all of them are there. */
static int saga_find_named(void *context, const char *name, uint32_t version, const struct definition **definition,
                           struct error *error)
{
    (void)error;
    *definition = saga_named(context, name, version)->definition;
    return 0;
}

bool saga_is_case(const char *name)
{
    return strncmp(name, "switch#", 7) == 0;
}

/* The one of the nameless cases and groups with a condition that has so many before it. */
static const json_t *saga_nameless(const json_t *list, bool cases, size_t *before)
{
    const json_t *found = NULL;
    for (size_t i = 0; !found && i < json_array_size(list); i++) {
        const json_t *value = json_array_get(list, i);
        const json_t *steps = json_object_get(value, "steps"), *parallel = json_object_get(value, "parallel");
        const json_t *choice = json_object_get(value, "switch");
        bool group = steps || parallel || choice;
        bool made_up = cases || (group && json_object_get(value, "when") && !json_object_get(value, "id"));
        if (made_up && (*before)-- == 0)
            return value;
        found = steps      ? saga_nameless(steps, false, before)
                : parallel ? saga_nameless(parallel, false, before)
                           : NULL;
        if (!found && choice)
            found = saga_nameless(choice, true, before);
    }
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
