/* The command line and the environment of belayd. */
#include "config/settings.h"

#include "api/url.h"
#include "base/mem.h"
#include "base/version.h"
#include "config/settings_file.h"
#include "definition/suggest.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct setting_row {
    const char *name;
    const char *environment;
    enum setting_type type;
    const char *text;
    uint64_t number;
    uint64_t most;
    const char *value;
    const char *help;
};

static const struct setting_row rows[SETTINGS_COUNT] = {
#define X(id, name, environment, type, text, number, most, value, help)                                       \
    [id] = {name, environment, type, text, number, most, value, help},
    SETTINGS(X)
#undef X
};

static const char *const levels[] = {
    [TRACE_DEBUG] = "debug", [TRACE_INFO] = "info", [TRACE_WARN] = "warn", [TRACE_ERROR] = "error"};

static int settings_argument(struct settings *settings, char **argv, int argc, int *at, struct error *error);
static int settings_find(const char *name, size_t length);
static int settings_unknown(const char *name, size_t length, struct error *error);
static int settings_read_url(const struct setting_row *row, const char *text, struct error *error);
static int settings_read(const struct setting_row *row, const char *text, uint64_t *number, struct error *error);

int settings_parse(struct settings *settings, int argc, char **argv, char *(*environment)(const char *name),
                  struct error *error)
{
    *settings = (struct settings){.wish = SETTINGS_RUN};
    for (size_t i = 0; i < SETTINGS_COUNT; i++) {
        settings->values[i].text = rows[i].text ? mem_string(rows[i].text) : NULL;
        settings->values[i].number = rows[i].number;
    }
    for (int at = 1; at < argc; at++)
        if (settings_argument(settings, argv, argc, &at, error))
            return (int)error->code;
    if (settings->wish != SETTINGS_RUN)
        return 0;
    for (int i = 0; i < SETTINGS_COUNT; i++) {
        const char *text = environment(rows[i].environment);
        if (text && *text && settings_set(settings, (enum setting)i, text, SOURCE_ENVIRONMENT, error))
            return error_wrap(error, "%s in the environment", rows[i].environment);
    }
    const char *file = settings_text(settings, SETTING_CONFIG);
    if (file && settings_file_read(settings, file, error))
        return (int)error->code;
    if (!settings_text(settings, SETTING_DATA))
        return error_set(error, ERROR_USAGE, "--data DIR is required: where everything is kept");
    return 0;
}

void settings_done(struct settings *settings)
{
    for (size_t i = 0; i < SETTINGS_COUNT; i++)
        mem_free(settings->values[i].text);
    *settings = (struct settings){0};
}

const char *settings_text(const struct settings *settings, enum setting setting)
{
    assert(setting < SETTINGS_COUNT);
    return settings->values[setting].text;
}

uint64_t settings_number(const struct settings *settings, enum setting setting)
{
    assert(setting < SETTINGS_COUNT && rows[setting].type != SETTING_TEXT);
    return settings->values[setting].number;
}

const char *settings_name(enum setting setting)
{
    assert(setting < SETTINGS_COUNT);
    return rows[setting].name;
}

int settings_set(struct settings *settings, enum setting setting, const char *text, enum setting_source source,
                struct error *error)
{
    assert(setting < SETTINGS_COUNT);
    struct setting_value *value = &settings->values[setting];
    uint64_t number = value->number;
    if (settings_read(&rows[setting], text, &number, error))
        return (int)error->code;
    if (source < value->source)
        return 0;
    mem_free(value->text);
    *value = (struct setting_value){.text = mem_string(text), .number = number, .source = source};
    return 0;
}

void settings_help(struct buf *buf)
{
    buf_puts(buf, "belayd " BELAY_VERSION ": the coordinator\n\nusage: belayd --data DIR [options]\n\n");
    for (size_t i = 0; i < SETTINGS_COUNT; i++) {
        char flag[48];
        snprintf(flag, sizeof flag, "--%s %s", rows[i].name, rows[i].value);
        buf_printf(buf, "  %-26s  %s\n  %-26s  ", flag, rows[i].help, "");
        if (rows[i].text)
            buf_printf(buf, "default %s; ", rows[i].text);
        else if (rows[i].type != SETTING_TEXT && rows[i].type != SETTING_URL)
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
static int settings_argument(struct settings *settings, char **argv, int argc, int *at, struct error *error)
{
    const char *argument = argv[*at];
    if (strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0) {
        settings->wish = SETTINGS_HELP;
        return 0;
    }
    if (strcmp(argument, "--version") == 0) {
        settings->wish = settings->wish == SETTINGS_HELP ? SETTINGS_HELP : SETTINGS_VERSION;
        return 0;
    }
    if (strncmp(argument, "--", 2) != 0)
        return error_set(error, ERROR_USAGE, "expected an option, found \"%s\"", argument);
    const char *name = argument + 2;
    size_t length = strcspn(name, "=");
    int setting = settings_find(name, length);
    if (setting < 0)
        return settings_unknown(name, length, error);
    const char *text = name[length] == '=' ? name + length + 1 : NULL;
    if (!text && *at + 1 < argc)
        text = argv[++*at];
    if (!text || !*text)
        return error_set(error, ERROR_USAGE, "--%s needs a value: --%s %s", rows[setting].name, rows[setting].name,
                         rows[setting].value);
    if (settings_set(settings, (enum setting)setting, text, SOURCE_FLAG, error))
        return error_wrap(error, "--%s", rows[setting].name);
    return 0;
}

static int settings_find(const char *name, size_t length)
{
    for (int i = 0; i < SETTINGS_COUNT; i++)
        if (strlen(rows[i].name) == length && memcmp(rows[i].name, name, length) == 0)
            return i;
    return -1;
}

static int settings_unknown(const char *name, size_t length, struct error *error)
{
    char word[LIMIT_NAME_BYTES + 1];
    struct suggest suggest;
    snprintf(word, sizeof word, "%.*s", (int)(length < LIMIT_NAME_BYTES ? length : LIMIT_NAME_BYTES), name);
    suggest_init(&suggest, word);
    for (size_t i = 0; i < SETTINGS_COUNT; i++)
        suggest_offer(&suggest, rows[i].name);
    if (suggest.best)
        return error_set(error, ERROR_USAGE, "there is no option --%s; did you mean --%s?", word, suggest.best);
    return error_set(error, ERROR_USAGE, "there is no option --%s; --help lists them", word);
}

/* It stands in front of paths, and the whole goes out in a header. */
static int settings_read_url(const struct setting_row *row, const char *text, struct error *error)
{
    const char *wrong = url_refuse(text);
    if (wrong)
        return error_set(error, ERROR_USAGE, "the URL %s", wrong);
    if (strlen(text) > row->most)
        return error_set(error, ERROR_USAGE, "the URL has %zu bytes, at most %llu are taken", strlen(text),
                         (unsigned long long)row->most);
    return 0;
}

/* What a text means to an option of this type. */
static int settings_read(const struct setting_row *row, const char *text, uint64_t *number, struct error *error)
{
    if (row->type == SETTING_TEXT)
        return 0;
    if (row->type == SETTING_URL)
        return settings_read_url(row, text, error);
    if (row->type == SETTING_LEVEL) {
        for (uint64_t i = 0; i < sizeof levels / sizeof *levels; i++)
            if (strcmp(levels[i], text) == 0) {
                *number = i;
                return 0;
            }
        return error_set(error, ERROR_USAGE, "expected %s, found \"%s\"", row->help, text);
    }
    uint64_t least = row->type == SETTING_COUNT ? 1 : 0;
    char *end;
    errno = 0;
    unsigned long long read = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || errno || read < least || read > row->most)
        return error_set(error, ERROR_USAGE, "expected a whole number from %llu to %llu, found \"%s\"",
                         (unsigned long long)least, (unsigned long long)row->most, text);
    *number = read;
    return 0;
}
