/* Reading of the operator's files into commands, and driving the engine until all of them are durable. */
#include "config/seed.h"

#include "api/members.h"
#include "api/participant.h"
#include "base/mem.h"
#include "config/file.h"
#include "definition/nesting.h"
#include "definition/rules.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct seed {
    struct engine *engine;
    size_t waiting;     /* commands without their reply */
    struct error error; /* the first that a reply brought */
};

/* A saga file, read and found right. */
struct seedling {
    char *path;
    struct definition *definition;
};

struct seedlings {
    struct seedling *list;
    size_t count;
};

struct sown {
    struct command command;
    struct seed *seed;
    char *name;
    char *text;
};

static int seed_registry(struct seed *seed, struct file *file, struct error *error);
static int seed_participant(struct seed *seed, const char *name, const json_t *object, struct error *error);
static int seed_read(struct seedlings *seedlings, const char *path, const struct trace *trace,
                     struct error *error);
static int seed_directory(struct seedlings *seedlings, const char *path, const struct trace *trace,
                          struct error *error);
static int seed_in_order(struct seed *seed, struct seedlings *seedlings, struct error *error);
static struct sown *seed_new(struct seed *seed, enum command_type type, const char *name);
static int seed_send(struct seed *seed, struct sown *sown, struct error *error);
static int seed_settle(struct seed *seed, int code, struct error *error);
static void seed_replied(struct command *command);
static void seed_report(const struct findings *findings, const char *path, const struct trace *trace);

int seed_participants(struct engine *engine, const char *path, struct error *error)
{
    struct seed seed = {.engine = engine};
    struct file file;
    if (file_read(&file, path, error))
        return (int)error->code;
    int code = file_object(&file, error);
    if (!code)
        code = seed_registry(&seed, &file, error);
    code = seed_settle(&seed, code, error);
    file_done(&file);
    return code;
}

int seed_definitions(struct engine *engine, const char *path, const struct trace *trace, struct error *error)
{
    struct seed seed = {.engine = engine};
    struct stat status;
    if (stat(path, &status))
        return error_set(error, ERROR_USAGE, "open %s: %s", path, strerror(errno));
    struct seedlings seedlings = {0};
    int code = S_ISDIR(status.st_mode) ? seed_directory(&seedlings, path, trace, error)
                                       : seed_read(&seedlings, path, trace, error);
    if (!code)
        code = seed_in_order(&seed, &seedlings, error);
    for (size_t i = 0; i < seedlings.count; i++) {
        mem_free(seedlings.list[i].path);
        definition_free(seedlings.list[i].definition);
    }
    mem_free(seedlings.list);
    return seed_settle(&seed, code, error);
}

/* Everything is checked before anything is sent. */
static int seed_registry(struct seed *seed, struct file *file, struct error *error)
{
    static const struct key keys[] = {{"participants", TYPE_OBJECT, KEY_REQUIRED, "by their names"}};
    static const struct key_table table = {"a registry", keys, 1};
    members_check(&file->findings, "", file->object, &table);
    json_t *list = json_object_get(file->object, "participants");
    const char *name;
    json_t *value;
    json_object_foreach(list, name, value)
    {
        struct pointer place = members_pointer("/participants", name);
        if (!participant_name(name))
            findings_add(&file->findings, rule_code(RULE_IDENTIFIER), place.text, NULL,
                         "\"%.64s\" is no name of a participant", name);
        if (!json_is_object(value)) {
            findings_add(&file->findings, rule_code(RULE_TYPE), place.text, NULL, "a participant is an object");
            continue;
        }
        members_check(&file->findings, place.text, value, &participant_keys);
        participant_check(&file->findings, place.text, value);
    }
    int code = file_good(file, error);
    if (!code)
        json_object_foreach(list, name, value) if (!code) code = seed_participant(seed, name, value, error);
    return code;
}

static int seed_participant(struct seed *seed, const char *name, const json_t *object, struct error *error)
{
    struct sown *sown = seed_new(seed, COMMAND_PARTICIPANT, name);
    sown->text = participant_print(object, &sown->command.text_length);
    sown->command.text = sown->text;
    return seed_send(seed, sown, error);
}

static int seed_read(struct seedlings *seedlings, const char *path, const struct trace *trace, struct error *error)
{
    struct file file;
    if (file_read(&file, path, error))
        return (int)error->code;
    struct definition *definition = definition_parse(file.text, file.length, &file.findings);
    seed_report(&file.findings, path, trace);
    size_t errors_count = file.findings.errors_count;
    file_done(&file);
    if (!definition)
        return error_set(error, ERROR_USAGE, "%s has %zu error%s", path, errors_count,
                         errors_count == 1 ? "" : "s");
    seedlings->list = mem_grow(seedlings->list, (seedlings->count + 1) * sizeof *seedlings->list);
    seedlings->list[seedlings->count++] = (struct seedling){mem_string(path), definition};
    return 0;
}

static int seed_is_saga(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return entry->d_name[0] != '.' && dot && strcmp(dot, ".json") == 0;
}

static int seed_directory(struct seedlings *seedlings, const char *path, const struct trace *trace,
                          struct error *error)
{
    struct dirent **entries;
    int count = scandir(path, &entries, seed_is_saga, alphasort);
    if (count < 0)
        return error_set(error, ERROR_USAGE, "read %s: %s", path, strerror(errno));
    int code = 0;
    for (int i = 0; i < count; i++) {
        struct buf name;
        buf_init(&name, 4096);
        buf_printf(&name, "%s/%s", path, entries[i]->d_name);
        if (!code)
            code = seed_read(seedlings, buf_text(&name), trace, error);
        buf_done(&name);
        free(entries[i]);
    }
    free(entries);
    return code;
}

/* A child goes before its parents, which could not be registered without it. */
static int seed_in_order(struct seed *seed, struct seedlings *seedlings, struct error *error)
{
    size_t count = seedlings->count, *order = mem_array(count, sizeof *order);
    const struct definition **list = mem_array(count, sizeof *list);
    for (size_t i = 0; i < count; i++)
        list[i] = seedlings->list[i].definition;
    nesting_order(list, count, order);
    int code = 0;
    for (size_t i = 0; !code && i < count; i++) {
        struct seedling *seedling = &seedlings->list[order[i]];
        struct sown *sown = seed_new(seed, COMMAND_DEFINE, seedling->path);
        sown->command.definition = seedling->definition;
        seedling->definition = NULL; /* the command's now */
        code = seed_send(seed, sown, error);
    }
    mem_free(list);
    mem_free(order);
    return code;
}

static struct sown *seed_new(struct seed *seed, enum command_type type, const char *name)
{
    struct sown *sown = mem_new(sizeof *sown);
    sown->seed = seed;
    sown->name = mem_string(name);
    sown->command = (struct command){.type = type, .name = sown->name, .reply = seed_replied, .context = sown};
    return sown;
}

/* A full inbox empties by the turn that is made here. */
static int seed_send(struct seed *seed, struct sown *sown, struct error *error)
{
    int code = 0;
    seed->waiting++;
    while (!code && !engine_submit(seed->engine, &sown->command))
        code = engine_turn(seed->engine, 0, error);
    return code;
}

/* Waits for the replies, also after an error of ours; the engine's own error ends the waiting. */
static int seed_settle(struct seed *seed, int code, struct error *error)
{
    struct error failure;
    while (seed->waiting)
        if (engine_turn(seed->engine, 1000, &failure)) {
            *error = failure;
            return (int)error->code;
        }
    if (!code && seed->error.code) {
        *error = seed->error;
        code = (int)error->code;
    }
    return code;
}

static void seed_replied(struct command *command)
{
    struct sown *sown = command->context;
    struct seed *seed = sown->seed;
    assert(seed->waiting > 0);
    seed->waiting--;
    if (command->error.code && !seed->error.code)
        error_set(&seed->error, ERROR_USAGE, "%s: %s", sown->name, command->error.text);
    if (command->definition && (command->error.code || !command->created))
        definition_free(command->definition);
    mem_free(sown->name);
    mem_free(sown->text);
    mem_free(sown);
}

/* One line of the trace for each finding. */
static void seed_report(const struct findings *findings, const char *path, const struct trace *trace)
{
    struct buf lines;
    buf_init(&lines, 1 << 20);
    findings_print(findings, path, &lines);
    for (const char *at = buf_text(&lines); *at;) {
        size_t length = strcspn(at, "\n");
        trace_put(trace, findings->errors_count ? TRACE_ERROR : TRACE_WARN, "%.*s", (int)length, at);
        at += length + (at[length] == '\n');
    }
    buf_done(&lines);
}
