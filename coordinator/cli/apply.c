/* `belay apply`. */
#include "cli/apply.h"

#include "base/mem.h"
#include "cli/problem.h"
#include "cli/text.h"
#include "definition/nesting.h"

#include <string.h>

/* A file as it is sent. What is wrong with a saga is the coordinator's to say. */
struct applied {
    const char *path;
    char *text;
    size_t length;
    struct definition *definition; /* NULL: it is wrong */
};

static bool apply_collect(struct cli *cli, struct files *files, const char *path);
static bool apply_read(struct cli *cli, const char *path, struct applied *applied);
static bool apply_sagas(struct cli *cli, const struct applied *list, size_t count, bool quiet);
static bool apply_saga(struct cli *cli, const struct applied *applied, bool quiet);
static bool apply_participants(struct cli *cli, const char *path, bool quiet);

int cmd_apply(struct cli *cli)
{
    struct files files = {0};
    bool done = true;
    for (size_t i = 0; i < cli->options.arguments_count; i++)
        done = apply_collect(cli, &files, cli->options.arguments[i]) && done;
    done = apply_files(cli, &files, false) && done;
    files_done(&files);
    return done ? EXIT_DONE : EXIT_FAILED;
}

static bool apply_collect(struct cli *cli, struct files *files, const char *path)
{
    struct error error;
    size_t before = files->count;
    int code = 0;
    if (!files_directory(path))
        code = files_add(files, path, &error);
    else if (!(code = files_find(files, path, APPLY_PARTICIPANTS, &error)))
        code = files_find(files, path, APPLY_SAGA, &error);
    if (code) {
        cli_complain(cli, error.text, NULL);
    } else if (files->count == before) {
        char what[512];
        snprintf(what, sizeof what, "%s holds no *" APPLY_SAGA " and no " APPLY_PARTICIPANTS, path);
        cli_complain(cli, what, "name the files, or rename them");
    }
    return !code && files->count > before;
}

bool apply_files(struct cli *cli, const struct files *files, bool quiet)
{
    struct applied *sagas = mem_array(files->count, sizeof *sagas);
    size_t count = 0;
    bool done = true;
    for (size_t i = 0; i < files->count; i++) {
        if (files_suffix(files->paths[i], APPLY_PARTICIPANTS))
            done = apply_participants(cli, files->paths[i], quiet) && done;
        else if (apply_read(cli, files->paths[i], &sagas[count]))
            count++;
        else
            done = false;
    }
    done = apply_sagas(cli, sagas, count, quiet) && done;
    for (size_t i = 0; i < count; i++) {
        mem_free(sagas[i].text);
        definition_free(sagas[i].definition);
    }
    mem_free(sagas);
    return done;
}

static bool apply_read(struct cli *cli, const char *path, struct applied *applied)
{
    struct error error;
    struct findings ignored;
    *applied = (struct applied){.path = path};
    applied->text = files_read(path, &applied->length, &error);
    if (!applied->text || strlen(applied->text) != applied->length) {
        cli_complain(cli, applied->text ? "a saga file is text; this one holds zero bytes" : error.text, NULL);
        mem_free(applied->text);
        return false;
    }
    findings_init(&ignored);
    applied->definition = definition_parse(applied->text, applied->length, &ignored);
    findings_done(&ignored);
    return true;
}

static bool apply_sagas(struct cli *cli, const struct applied *list, size_t count, bool quiet)
{
    const struct definition **definitions = mem_array(count, sizeof *definitions);
    size_t *order = mem_array(count, sizeof *order);
    bool done = true;
    for (size_t i = 0; i < count; i++)
        definitions[i] = list[i].definition;
    nesting_order(definitions, count, order);
    for (size_t i = 0; i < count; i++)
        done = apply_saga(cli, &list[order[i]], quiet) && done;
    mem_free(definitions);
    mem_free(order);
    return done;
}

/* One line about a file; JSON has its own. */
static void apply_say(struct cli *cli, const char *path, const char *what, const json_t *reply)
{
    if (output_json_wanted(&cli->output)) {
        output_put_json(&cli->output, &cli->buf, reply);
    } else {
        text_put(&cli->buf, path);
        buf_puts(&cli->buf, ": ");
        text_put(&cli->buf, what);
        buf_putc(&cli->buf, '\n');
    }
    cli_flush(cli);
}

static bool apply_saga(struct cli *cli, const struct applied *applied, bool quiet)
{
    struct reply reply;
    char what[256];
    struct ask ask = {.method = "POST", .path = "/v1/definitions", .body = applied->text};
    if (!cli_ask(cli, &ask, strcmp(applied->path, "-") == 0 ? "<stdin>" : applied->path, &reply))
        return false;
    snprintf(what, sizeof what, "%s v%lld %s", output_member(reply.json, "name"),
             (long long)json_integer_value(json_object_get(reply.json, "version")),
             reply.status == 201 ? "registered" : "is registered already");
    if (!quiet)
        apply_say(cli, applied->path, what, reply.json);
    if (!quiet && !output_json_wanted(&cli->output))
        problem_put_findings(&cli->buf, json_object_get(reply.json, "findings"), applied->path);
    cli_flush(cli);
    reply_done(&reply);
    return true;
}

bool apply_participant(struct cli *cli, const char *name, const json_t *settings, const char *file, int *status)
{
    struct reply reply;
    json_t *body = json_copy((json_t *)(uintptr_t)settings);
    json_object_del(body, "name");
    char *text = json_dumps(body, JSON_COMPACT), *path = cli_path("/v1/participants/", name, "");
    struct ask ask = {.method = "PUT", .path = path, .body = text ? text : "{}"};
    bool done = cli_ask(cli, &ask, file, &reply);
    if (done) {
        *status = reply.status;
        reply_done(&reply);
    }
    free(text);
    mem_free(path);
    json_decref(body);
    return done;
}

bool apply_each(const json_t *value, bool (*visit)(void *context, const char *name, const json_t *settings),
                void *context)
{
    const json_t *list = json_object_get(value, "participants");
    bool going = true;
    if (json_is_array(list)) {
        for (size_t i = 0; going && i < json_array_size(list); i++)
            going = visit(context, output_member(json_array_get(list, i), "name"), json_array_get(list, i));
        return going;
    }
    json_t *object = (json_t *)(uintptr_t)(json_is_object(list) ? list : value);
    for (void *at = json_object_iter(object); going && at; at = json_object_iter_next(object, at))
        if (json_is_object(json_object_iter_value(at)))
            going = visit(context, json_object_iter_key(at), json_object_iter_value(at));
    return going;
}

struct applying {
    struct cli *cli;
    const char *path;
    bool quiet, failed;
};

static bool apply_visit(void *context, const char *name, const json_t *settings)
{
    struct applying *applying = context;
    char what[256];
    int status;
    if (!apply_participant(applying->cli, name, settings, applying->path, &status)) {
        applying->failed = true;
        return true;
    }
    snprintf(what, sizeof what, "participant %s %s", name, status == 201 ? "registered" : "replaced");
    json_t *row = json_pack("{s:s, s:b}", "name", name, "created", status == 201);
    if (!applying->quiet)
        apply_say(applying->cli, applying->path, what, row);
    json_decref(row);
    return true;
}

static bool apply_participants(struct cli *cli, const char *path, bool quiet)
{
    struct error error;
    json_error_t where;
    size_t length;
    struct applying applying = {cli, path, quiet, false};
    char *text = files_read(path, &length, &error);
    if (!text) {
        cli_complain(cli, error.text, NULL);
        return false;
    }
    json_t *value = json_loadb(text, length, JSON_REJECT_DUPLICATES, &where);
    mem_free(text);
    if (!value) {
        error_set(&error, ERROR_SYNTAX, "%s:%d:%d: %s", path, where.line, where.column, where.text);
        cli_complain(cli, error.text, NULL);
        return false;
    }
    apply_each(value, apply_visit, &applying);
    json_decref(value);
    return !applying.failed;
}
