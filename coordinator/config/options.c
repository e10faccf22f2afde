/* The command line and the environment of belayd. */
#include "config/options.h"

#include "base/mem.h"
#include "base/version.h"
#include "config/options_file.h"
#include "definition/suggest.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct option_row {
    const char *name;
    const char *environment;
    enum option_type type;
    const char *text;
    uint64_t number;
    uint64_t most;
    const char *value;
    const char *help;
};

static const struct option_row rows[OPTIONS_COUNT] = {
#define X(id, name, environment, type, text, number, most, value, help)                                       \
    [id] = {name, environment, type, text, number, most, value, help},
    OPTIONS(X)
#undef X
};

static const char *const levels[] = {
    [TRACE_DEBUG] = "debug", [TRACE_INFO] = "info", [TRACE_WARN] = "warn", [TRACE_ERROR] = "error"};

static int options_argument(struct options *options, char **argv, int argc, int *at, struct error *error);
static int options_find(const char *name, size_t length);
static int options_unknown(const char *name, size_t length, struct error *error);
static int options_read(const struct option_row *row, const char *text, uint64_t *number, struct error *error);

int options_parse(struct options *options, int argc, char **argv, char *(*environment)(const char *name),
                  struct error *error)
{
    *options = (struct options){.wish = OPTIONS_RUN};
    for (size_t i = 0; i < OPTIONS_COUNT; i++) {
        options->values[i].text = rows[i].text ? mem_string(rows[i].text) : NULL;
        options->values[i].number = rows[i].number;
    }
    for (int at = 1; at < argc; at++)
        if (options_argument(options, argv, argc, &at, error))
            return (int)error->code;
    if (options->wish != OPTIONS_RUN)
        return 0;
    for (int i = 0; i < OPTIONS_COUNT; i++) {
        const char *text = environment(rows[i].environment);
        if (text && *text && options_set(options, (enum option)i, text, SOURCE_ENVIRONMENT, error))
            return error_wrap(error, "%s in the environment", rows[i].environment);
    }
    const char *file = options_text(options, OPTION_CONFIG);
    if (file && options_file_read(options, file, error))
        return (int)error->code;
    if (!options_text(options, OPTION_DATA))
        return error_set(error, ERROR_USAGE, "--data DIR is required: where everything is kept");
    return 0;
}

void options_done(struct options *options)
{
    for (size_t i = 0; i < OPTIONS_COUNT; i++)
        mem_free(options->values[i].text);
    *options = (struct options){0};
}

const char *options_text(const struct options *options, enum option option)
{
    assert(option < OPTIONS_COUNT);
    return options->values[option].text;
}

uint64_t options_number(const struct options *options, enum option option)
{
    assert(option < OPTIONS_COUNT && rows[option].type != OPTION_TEXT);
    return options->values[option].number;
}

const char *options_name(enum option option)
{
    assert(option < OPTIONS_COUNT);
    return rows[option].name;
}

int options_set(struct options *options, enum option option, const char *text, enum option_source source,
                struct error *error)
{
    assert(option < OPTIONS_COUNT);
    struct option_value *value = &options->values[option];
    uint64_t number = value->number;
    if (options_read(&rows[option], text, &number, error))
        return (int)error->code;
    if (source < value->source)
        return 0;
    mem_free(value->text);
    *value = (struct option_value){.text = mem_string(text), .number = number, .source = source};
    return 0;
}

void options_help(struct buf *buf)
{
    buf_puts(buf, "belayd " BELAY_VERSION ": the coordinator\n\nusage: belayd --data DIR [options]\n\n");
    for (size_t i = 0; i < OPTIONS_COUNT; i++) {
        char flag[48];
        snprintf(flag, sizeof flag, "--%s %s", rows[i].name, rows[i].value);
        buf_printf(buf, "  %-26s  %s\n  %-26s  ", flag, rows[i].help, "");
        if (rows[i].text)
            buf_printf(buf, "default %s; ", rows[i].text);
        else if (rows[i].type != OPTION_TEXT)
            buf_printf(buf, "default %llu; ", (unsigned long long)rows[i].number);
        buf_printf(buf, "environment %s\n", rows[i].environment);
    }
    buf_printf(buf, "  %-26s  print this\n  %-26s  print the version\n\n", "--help", "--version");
    buf_puts(buf, "A flag wins over the environment, that over the file of --config, and that over the default.\n"
                  "SIGTERM and SIGINT end it once running requests are answered; a second one ends it at once.\n\n"
                  "exit status:\n");
#define X(name, status, meaning) buf_printf(buf, "  %d  %s\n", status, meaning);
    EXITS(X)
#undef X
}

/* `--name value`, `--name=value`, --help, --version. */
static int options_argument(struct options *options, char **argv, int argc, int *at, struct error *error)
{
    const char *argument = argv[*at];
    if (strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0) {
        options->wish = OPTIONS_HELP;
        return 0;
    }
    if (strcmp(argument, "--version") == 0) {
        options->wish = options->wish == OPTIONS_HELP ? OPTIONS_HELP : OPTIONS_VERSION;
        return 0;
    }
    if (strncmp(argument, "--", 2) != 0)
        return error_set(error, ERROR_USAGE, "expected an option, found \"%s\"", argument);
    const char *name = argument + 2;
    size_t length = strcspn(name, "=");
    int option = options_find(name, length);
    if (option < 0)
        return options_unknown(name, length, error);
    const char *text = name[length] == '=' ? name + length + 1 : NULL;
    if (!text && *at + 1 < argc)
        text = argv[++*at];
    if (!text || !*text)
        return error_set(error, ERROR_USAGE, "--%s needs a value: --%s %s", rows[option].name, rows[option].name,
                         rows[option].value);
    if (options_set(options, (enum option)option, text, SOURCE_FLAG, error))
        return error_wrap(error, "--%s", rows[option].name);
    return 0;
}

static int options_find(const char *name, size_t length)
{
    for (int i = 0; i < OPTIONS_COUNT; i++)
        if (strlen(rows[i].name) == length && memcmp(rows[i].name, name, length) == 0)
            return i;
    return -1;
}

static int options_unknown(const char *name, size_t length, struct error *error)
{
    char word[LIMIT_NAME_BYTES + 1];
    struct suggest suggest;
    snprintf(word, sizeof word, "%.*s", (int)(length < LIMIT_NAME_BYTES ? length : LIMIT_NAME_BYTES), name);
    suggest_init(&suggest, word);
    for (size_t i = 0; i < OPTIONS_COUNT; i++)
        suggest_offer(&suggest, rows[i].name);
    if (suggest.best)
        return error_set(error, ERROR_USAGE, "there is no option --%s; did you mean --%s?", word, suggest.best);
    return error_set(error, ERROR_USAGE, "there is no option --%s; --help lists them", word);
}

/* What a text means to an option of this type. */
static int options_read(const struct option_row *row, const char *text, uint64_t *number, struct error *error)
{
    if (row->type == OPTION_TEXT)
        return 0;
    if (row->type == OPTION_LEVEL) {
        for (uint64_t i = 0; i < sizeof levels / sizeof *levels; i++)
            if (strcmp(levels[i], text) == 0) {
                *number = i;
                return 0;
            }
        return error_set(error, ERROR_USAGE, "expected %s, found \"%s\"", row->help, text);
    }
    uint64_t least = row->type == OPTION_COUNT ? 1 : 0;
    char *end;
    errno = 0;
    unsigned long long read = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || errno || read < least || read > row->most)
        return error_set(error, ERROR_USAGE, "expected a whole number from %llu to %llu, found \"%s\"",
                         (unsigned long long)least, (unsigned long long)row->most, text);
    *number = read;
    return 0;
}
