/* Parsing of the command line. */
#include "cli/options.h"

#include "base/mem.h"
#include "definition/duration.h"
#include "definition/suggest.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

/* Where parsing stands. */
struct cursor {
    int argc;
    char **argv;
    int at;
    bool named;   /* a command was named */
    bool literal; /* behind `--` */
};

static int options_word(struct options *options, struct cursor *cursor, const char *word, struct error *error);
static int options_long(struct options *options, struct cursor *cursor, const char *word, struct error *error);
static int options_short(struct options *options, struct cursor *cursor, const char *word, struct error *error);
static int options_check(struct options *options, const struct cursor *cursor, struct error *error);

int options_parse(struct options *options, int argc, char **argv, struct error *error)
{
    assert(argc >= 0 && argv);
    *options = (struct options){.command = COMMAND_HELP};
    options->arguments = mem_array((size_t)argc + 1, sizeof *options->arguments);
    options->given = mem_array((size_t)argc + 1, sizeof *options->given);
    struct cursor cursor = {.argc = argc, .argv = argv, .at = 1};
    int code = 0;
    while (!code && cursor.at < argc) {
        const char *word = argv[cursor.at++];
        if (cursor.literal || word[0] != '-' || !word[1])
            code = options_word(options, &cursor, word, error);
        else if (strcmp(word, "--") == 0)
            cursor.literal = true;
        else if (word[1] == '-')
            code = options_long(options, &cursor, word + 2, error);
        else
            code = options_short(options, &cursor, word, error);
    }
    return code ? code : options_check(options, &cursor, error);
}

void options_done(struct options *options)
{
    mem_free(options->arguments);
    mem_free(options->given);
    *options = (struct options){.command = COMMAND_HELP};
}

const char *options_value(const struct options *options, enum option_id id)
{
    for (size_t i = options->given_count; i > 0; i--)
        if (options->given[i - 1].id == id)
            return options->given[i - 1].value;
    return NULL;
}

bool options_has(const struct options *options, enum option_id id)
{
    return options_value(options, id) != NULL;
}

int options_number(const char *name, const char *text, long least, long most, long *number, struct error *error)
{
    char *end = NULL;
    errno = 0;
    long value = strtol(text, &end, 10);
    bool digits = text[strspn(text, "0123456789-")] == '\0';
    if (errno || end == text || *end || !digits || value < least || value > most)
        return error_set(error, ERROR_USAGE, "%s takes a whole number from %ld to %ld, not \"%s\"", name, least,
                         most, text);
    *number = value;
    return 0;
}

int options_duration(const char *name, const char *text, unsigned long *ms, struct error *error)
{
    long seconds;
    uint64_t span;
    if (!options_number(name, text, 0, 3650L * 86400, &seconds, NULL))
        *ms = (unsigned long)seconds * 1000;
    else if (duration_parse(text, strlen(text), &span))
        *ms = span;
    else
        return error_set(error, ERROR_USAGE, "%s takes a time span such as 30s, 5m or 2h, not \"%s\"", name, text);
    return 0;
}

/* The first word is the command, all others are its arguments. */
static int options_word(struct options *options, struct cursor *cursor, const char *word, struct error *error)
{
    if (cursor->named) {
        options->arguments[options->arguments_count++] = word;
        return 0;
    }
    enum command_id id = commands_find(word);
    if (id == COMMANDS_COUNT)
        return commands_unknown(word, error);
    options->command = id;
    cursor->named = true;
    return 0;
}

static void options_give(struct options *options, enum option_id id, const char *value)
{
    options->given[options->given_count++] = (struct option_given){id, value};
}

static bool option_fits(const struct options *options, const struct cursor *cursor, enum option_id id)
{
    return !cursor->named || command_options[id].commands & UINT64_C(1) << options->command;
}

/* Nothing of that name here: perhaps another command has it, perhaps it is a slip. */
static int options_unknown(const struct options *options, const struct cursor *cursor, const char *name,
                           struct error *error)
{
    struct suggest suggest;
    suggest_init(&suggest, name);
    for (int id = 0; id < OPTIONS_COUNT; id++)
        if (option_fits(options, cursor, (enum option_id)id))
            suggest_offer(&suggest, command_options[id].name);
    const char *word = cursor->named ? commands[options->command].word : "";
    const char *space = cursor->named ? " " : "";
    return error_set(error, ERROR_USAGE, "belay%s%s has no option --%s%s%s%s", space, word, name,
                     suggest.best ? "; did you mean --" : "", suggest.best ? suggest.best : "",
                     suggest.best ? "?" : "");
}

static int options_long(struct options *options, struct cursor *cursor, const char *word, struct error *error)
{
    size_t length = strcspn(word, "=");
    if (!cursor->named && strcmp(word, "version") == 0) {
        options->version = true;
        return 0;
    }
    for (int i = 0; i < OPTIONS_COUNT; i++) {
        enum option_id id = (enum option_id)i;
        const struct option_spec *spec = &command_options[id];
        if (strlen(spec->name) != length || memcmp(spec->name, word, length) != 0 ||
            !option_fits(options, cursor, id))
            continue;
        bool inlined = word[length] == '=';
        if (!*spec->value && inlined)
            return error_set(error, ERROR_USAGE, "--%s takes no value", spec->name);
        if (!*spec->value)
            options_give(options, id, "");
        else if (inlined)
            options_give(options, id, word + length + 1);
        else if (cursor->at < cursor->argc)
            options_give(options, id, cursor->argv[cursor->at++]);
        else
            return error_set(error, ERROR_USAGE, "--%s needs a value: --%s %s", spec->name, spec->name,
                             spec->value);
        return 0;
    }
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)(length < sizeof name ? length : sizeof name - 1), word);
    return options_unknown(options, cursor, name, error);
}

/* One letter; its value is the rest of the word, or the next word. */
static int options_short(struct options *options, struct cursor *cursor, const char *word, struct error *error)
{
    for (int i = 0; i < OPTIONS_COUNT; i++) {
        enum option_id id = (enum option_id)i;
        const struct option_spec *spec = &command_options[id];
        if (spec->letter != word[1] || !option_fits(options, cursor, id))
            continue;
        if (!*spec->value && word[2])
            break;
        if (!*spec->value)
            options_give(options, id, "");
        else if (word[2])
            options_give(options, id, word + 2);
        else if (cursor->at < cursor->argc)
            options_give(options, id, cursor->argv[cursor->at++]);
        else
            return error_set(error, ERROR_USAGE, "-%c needs a value: -%c %s", word[1], word[1], spec->value);
        return 0;
    }
    return error_set(error, ERROR_USAGE, "there is no option %.64s here", word);
}

/* Options that stood before the command were taken on trust; now it is known. */
static int options_check(struct options *options, const struct cursor *cursor, struct error *error)
{
    if (options_has(options, OPTION_USAGE)) {
        options->arguments_count = cursor->named && options->command != COMMAND_HELP;
        options->arguments[0] = commands[options->command].word;
        options->command = COMMAND_HELP;
        return 0;
    }
    if (!cursor->named)
        return 0;
    const struct command_spec *command = &commands[options->command];
    for (size_t i = 0; i < options->given_count; i++)
        if (!option_fits(options, cursor, options->given[i].id))
            return options_unknown(options, cursor, command_options[options->given[i].id].name, error);
    if (options->arguments_count < command->fewest)
        return error_set(error, ERROR_USAGE, "something is missing: belay %s %s", command->word,
                         command->arguments);
    if (options->arguments_count > command->most)
        return error_set(error, ERROR_USAGE, "\"%.64s\" is one argument too many: belay %s%s%s",
                         options->arguments[command->most], command->word, *command->arguments ? " " : "",
                         command->arguments);
    return 0;
}
