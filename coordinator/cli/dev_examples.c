/* The examples of `belay dev`: services, sagas, and what to try with them. */
#include "cli/dev.h"

#include "base/mem.h"
#include "cli/apply.h"
#include "cli/cases.h"
#include "cli/files.h"
#include "cli/text.h"

#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Starting the services of participants.json, one after the other. */
struct serving {
    struct cli *cli;
    struct dev *dev;
    struct files programs;
};

static bool serving_visit(void *context, const char *name, const json_t *settings);

bool dev_services(struct cli *cli, struct dev *dev)
{
    struct serving serving = {.cli = cli, .dev = dev};
    struct error error;
    json_error_t where;
    size_t length;
    if (!dev->places.sagas || !dev->places.programs)
        return true;
    char *path = files_join(dev->places.sagas, APPLY_PARTICIPANTS), *text = NULL;
    json_t *value = NULL;
    bool done = !places_programs(&serving.programs, dev->places.programs, &error) &&
                (text = files_read(path, &length, &error));
    if (done && !(value = json_loadb(text, length, JSON_REJECT_DUPLICATES, &where))) {
        error_set(&error, ERROR_SYNTAX, "%s:%d:%d: %s", path, where.line, where.column, where.text);
        done = false;
    }
    if (done)
        done = apply_each(value, serving_visit, &serving);
    else
        cli_complain(cli, error.text, NULL);
    json_decref(value);
    mem_free(text);
    mem_free(path);
    files_done(&serving.programs);
    return done;
}

/* The program of that name, in whatever saga's folder. */
static const char *serving_program(const struct serving *serving, const char *name)
{
    for (size_t i = 0; i < serving->programs.count; i++) {
        const char *slash = strrchr(serving->programs.paths[i], '/');
        if (slash && strcmp(slash + 1, name) == 0)
            return serving->programs.paths[i];
    }
    return NULL;
}

/* Takes "http://127.0.0.1:7101/base" apart: the port, and what stands behind it. */
static bool serving_url(const char *url, unsigned *port, const char **base)
{
    static const char local[] = "http://127.0.0.1:";
    if (strncmp(url, local, sizeof local - 1) != 0)
        return false;
    char *end;
    unsigned long number = strtoul(url + sizeof local - 1, &end, 10);
    *port = (unsigned)number;
    *base = end;
    return number > 0 && number < 65536;
}

static bool serving_register(struct serving *serving, const char *name, const json_t *settings, unsigned port,
                             const char *base)
{
    char url[256];
    int status;
    json_t *moved = json_copy((json_t *)(uintptr_t)settings);
    snprintf(url, sizeof url, "http://127.0.0.1:%u%.128s", port, base);
    json_object_set_new(moved, "url", json_string(url));
    bool done = apply_participant(serving->cli, name, moved, APPLY_PARTICIPANTS, &status);
    json_decref(moved);
    return done;
}

static bool serving_start(struct serving *serving, const char *name, const char *program, unsigned port)
{
    char listen[32], file[128], listen_option[] = "--listen", data_option[] = "--db";
    snprintf(listen, sizeof listen, "127.0.0.1:%u", port);
    snprintf(file, sizeof file, "%.100s.db", name);
    char *path = mem_string(program), *data = files_join(serving->dev->directory, file);
    char *const argv[] = {path, listen_option, listen, data_option, data, NULL};
    bool done = dev_start(serving->cli, serving->dev, name, argv);
    mem_free(data);
    mem_free(path);
    return done;
}

/* A participant without a program of ours is registered as it is. */
static bool serving_visit(void *context, const char *name, const json_t *settings)
{
    struct serving *serving = context;
    unsigned port;
    int status;
    const char *base, *url = output_member(settings, "url"), *program = serving_program(serving, name);
    if (!program || !serving_url(url, &port, &base))
        return apply_participant(serving->cli, name, settings, APPLY_PARTICIPANTS, &status);
    port = places_port(port);
    if (!port) {
        cli_complain(serving->cli, "no free port on 127.0.0.1 for the example services", NULL);
        return false;
    }
    char health[64];
    snprintf(health, sizeof health, "http://127.0.0.1:%u/health", port);
    return serving_start(serving, name, program, port) && dev_up(serving->cli, serving->dev, name, health) &&
           serving_register(serving, name, settings, port, base);
}

bool dev_register(struct cli *cli, struct dev *dev)
{
    struct files files = {0};
    struct error error;
    bool done = true;
    if (dev->places.sagas && files_find(&files, dev->places.sagas, APPLY_SAGA, &error)) {
        cli_complain(cli, error.text, NULL);
        done = false;
    }
    done = done && apply_files(cli, &files, true);
    files_done(&files);
    return done;
}

/* A path as it is seen from where we are, when it lies below. */
static const char *dev_near(const char *path)
{
    char here[4096];
    size_t length = getcwd(here, sizeof here) ? strlen(here) : 0;
    return length && strncmp(path, here, length) == 0 && path[length] == '/' ? path + length + 1 : path;
}

/* The inputs beside SAGA/SAGA.saga.json: "  belay start SAGA --input FILE --wait" for each. */
static void dev_tell_saga(struct cli *cli, const char *saga)
{
    struct files inputs = {0};
    const char *name = strrchr(saga, '/') + 1, *above = name - 1;
    size_t length = strcspn(name, ".");
    while (above > saga && above[-1] != '/')
        above--;
    if ((size_t)(name - above) != length + 1 || strncmp(above, name, length) != 0) /* a child of it */
        return;
    char *folder = mem_copy(saga, (size_t)(name - saga));
    if (files_find(&inputs, folder, ".json", NULL))
        inputs.count = 0;
    for (size_t i = 0; i < inputs.count; i++) {
        if (files_suffix(inputs.paths[i], APPLY_SAGA) || files_suffix(inputs.paths[i], CASES_SUFFIX))
            continue;
        buf_printf(&cli->buf, "  belay start %.*s --input ", (int)strcspn(name, "."), name);
        text_put_word(&cli->buf, dev_near(inputs.paths[i]));
        buf_puts(&cli->buf, " --wait\n");
    }
    files_done(&inputs);
    mem_free(folder);
}

static void dev_tell_inputs(struct cli *cli, const struct dev *dev)
{
    struct files sagas = {0};
    if (dev->places.sagas && !files_find(&sagas, dev->places.sagas, APPLY_SAGA, NULL))
        for (size_t i = 0; i < sagas.count; i++)
            dev_tell_saga(cli, sagas.paths[i]);
    files_done(&sagas);
}

void dev_tell(struct cli *cli, struct dev *dev)
{
    struct buf *buf = &cli->buf;
    output_paint(&cli->output, buf, PAINT_BOLD, "Belay is up at ");
    output_paint(&cli->output, buf, PAINT_BOLD, dev->url);
    buf_printf(buf, "  (data and logs in %s%s)\n\n", dev->directory,
               options_has(&cli->options, OPTION_KEEP) ? "" : ", removed at the end");
    if (dev->children.count > 1) {
        buf_puts(buf, "Example services:");
        for (size_t i = 1; i < dev->children.count; i++)
            buf_printf(buf, " %s", dev->children.list[i].name);
        buf_puts(buf, "\n\n");
    } else {
        buf_puts(buf, "There are no example services beside this program; the coordinator is empty.\n\n");
    }
    buf_puts(buf, "Try, in another terminal:\n");
    if (strcmp(dev->url, CLIENT_URL) != 0)
        buf_printf(buf, "  export BELAY_URL=%s\n", dev->url);
    buf_puts(buf, "  belay definitions\n");
    dev_tell_inputs(cli, dev);
    buf_printf(buf, "  belay list\n  belay watch\n  belay doctor --data %s/data\n", dev->directory);
    buf_puts(buf, "\nCtrl-C stops everything.\n");
    cli_flush(cli);
}

static int dev_remove_one(const char *path, const struct stat *status, int type, struct FTW *where)
{
    (void)status;
    (void)type;
    (void)where;
    remove(path);
    return 0;
}

void dev_remove(const char *directory)
{
    nftw(directory, dev_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
