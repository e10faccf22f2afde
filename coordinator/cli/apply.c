/* `belay apply`. */
#include "cli/apply.h"

#include "base/mem.h"
#include "cli/files.h"
#include "cli/problem.h"
#include "cli/text.h"

#include <string.h>

static bool apply_saga(struct cli *cli, const char *path, bool quiet);
static bool apply_participants(struct cli *cli, const char *path, bool quiet);

int cmd_apply(struct cli *cli)
{
    bool done = true;
    for (size_t i = 0; i < cli->options.arguments_count; i++) {
        const char *path = cli->options.arguments[i];
        done = (files_directory(path) ? apply_directory(cli, path, false) : apply_file(cli, path, false)) && done;
    }
    return done ? EXIT_DONE : EXIT_FAILED;
}

bool apply_file(struct cli *cli, const char *path, bool quiet)
{
    return files_suffix(path, APPLY_PARTICIPANTS) ? apply_participants(cli, path, quiet)
                                                  : apply_saga(cli, path, quiet);
}

bool apply_directory(struct cli *cli, const char *path, bool quiet)
{
    struct files files = {0};
    struct error error;
    bool done = true;
    if (files_find(&files, path, APPLY_PARTICIPANTS, &error) || files_find(&files, path, APPLY_SAGA, &error)) {
        cli_complain(cli, error.text, NULL);
        done = false;
    } else if (files.count == 0) {
        char what[512];
        snprintf(what, sizeof what, "%s holds no *" APPLY_SAGA " and no " APPLY_PARTICIPANTS, path);
        cli_complain(cli, what, "name the files, or rename them");
        done = false;
    }
    for (size_t i = 0; i < files.count; i++)
        done = apply_file(cli, files.paths[i], quiet) && done;
    files_done(&files);
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

static bool apply_saga(struct cli *cli, const char *path, bool quiet)
{
    struct error error;
    struct reply reply;
    size_t length;
    char *text = files_read(path, &length, &error), what[256];
    if (!text || strlen(text) != length) {
        cli_complain(cli, text ? "a saga file is text; this one holds zero bytes" : error.text, NULL);
        mem_free(text);
        return false;
    }
    struct ask ask = {.method = "POST", .path = "/v1/definitions", .body = text};
    bool done = cli_ask(cli, &ask, strcmp(path, "-") == 0 ? "<stdin>" : path, &reply);
    mem_free(text);
    if (!done)
        return false;
    snprintf(what, sizeof what, "%s v%lld %s", output_member(reply.json, "name"),
             (long long)json_integer_value(json_object_get(reply.json, "version")),
             reply.status == 201 ? "registered" : "is registered already");
    if (!quiet)
        apply_say(cli, path, what, reply.json);
    if (!quiet && !output_json_wanted(&cli->output))
        problem_put_findings(&cli->buf, json_object_get(reply.json, "findings"), path);
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
