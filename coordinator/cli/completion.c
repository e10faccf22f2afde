/* `belay completion`: scripts for three shells, written from the tables. */
#include "cli/cli.h"

#include <string.h>

static void completion_bash(struct buf *buf);
static void completion_zsh(struct buf *buf);
static void completion_fish(struct buf *buf);

int cmd_completion(struct cli *cli)
{
    static const struct {
        const char *name;
        void (*put)(struct buf *buf);
    } shells[] = {{"bash", completion_bash}, {"zsh", completion_zsh}, {"fish", completion_fish}};
    for (size_t i = 0; i < sizeof shells / sizeof *shells; i++) {
        if (strcmp(cli->options.arguments[0], shells[i].name) == 0) {
            shells[i].put(&cli->buf);
            return EXIT_DONE;
        }
    }
    struct error error;
    error_set(&error, ERROR_USAGE, "there is completion for bash, zsh and fish, not for \"%s\"",
              cli->options.arguments[0]);
    return cli_misused(cli, &error);
}

static bool completion_has(int option, int command)
{
    return command_options[option].commands >> command & 1;
}

static void completion_commands(struct buf *buf)
{
    for (int i = 0; i < COMMANDS_COUNT; i++)
        buf_printf(buf, "%s%s", i ? " " : "", commands[i].word);
}

/* The words that an argument of a command can be. */
static void completion_offers(struct buf *buf, const char *offers)
{
    if (strcmp(offers, "@commands") == 0)
        completion_commands(buf);
    else if (*offers != '@')
        buf_puts(buf, offers);
}

/* Within single quotes of any of the shells; `also` gets a backslash. */
static void completion_quoted(struct buf *buf, const char *text, const char *also, const char *quote)
{
    for (; *text; text++) {
        if (*text == '\'')
            buf_puts(buf, quote);
        else if (strchr(also, *text))
            buf_printf(buf, "\\%c", *text);
        else
            buf_putc(buf, *text);
    }
}

static void completion_bash_values(struct buf *buf)
{
    buf_puts(buf, "    case $previous in\n");
    for (int i = 0; i < OPTIONS_COUNT; i++) {
        const struct option_spec *option = &command_options[i];
        if (!*option->value)
            continue;
        buf_printf(buf, "    --%s", option->name);
        if (option->letter)
            buf_printf(buf, "|-%c", option->letter);
        if (strcmp(option->offers, "@files") == 0)
            buf_puts(buf, ") COMPREPLY=($(compgen -f -- \"$word\")); return;;\n");
        else
            buf_printf(buf, ") COMPREPLY=($(compgen -W '%s' -- \"$word\")); return;;\n", option->offers);
    }
    buf_puts(buf, "    esac\n");
}

static void completion_bash(struct buf *buf)
{
    buf_puts(buf, "# bash completion of belay; use: source <(belay completion bash)\n"
                  "_belay() {\n"
                  "    local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
                  "    local command=${COMP_WORDS[1]} options= words= files=\n");
    completion_bash_values(buf);
    buf_puts(buf, "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        COMPREPLY=($(compgen -W '");
    completion_commands(buf);
    buf_puts(buf, " --help --version' -- \"$word\"))\n        return\n    fi\n    case $command in\n");
    for (int i = 0; i < COMMANDS_COUNT; i++) {
        buf_printf(buf, "    %s) options='", commands[i].word);
        for (int option = 0; option < OPTIONS_COUNT; option++)
            if (completion_has(option, i))
                buf_printf(buf, "--%s ", command_options[option].name);
        buf_puts(buf, "' words='");
        completion_offers(buf, commands[i].offers);
        buf_printf(buf, "' files=%s;;\n", strcmp(commands[i].offers, "@files") == 0 ? "yes" : "");
    }
    buf_puts(buf, "    esac\n"
                  "    case $word in\n"
                  "    -*) COMPREPLY=($(compgen -W \"$options\" -- \"$word\"));;\n"
                  "    *) COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
                  "       [ -z \"$files\" ] || COMPREPLY+=($(compgen -f -- \"$word\"));;\n"
                  "    esac\n"
                  "}\n"
                  "complete -o filenames -F _belay belay\n");
}

static void completion_zsh_option(struct buf *buf, const struct option_spec *option)
{
    buf_printf(buf, "        '*--%s[", option->name);
    completion_quoted(buf, option->summary, "[]:\\", "'\\''");
    buf_putc(buf, ']');
    if (*option->value) {
        buf_puts(buf, ":value:");
        if (strcmp(option->offers, "@files") == 0)
            buf_puts(buf, "_files");
        else if (*option->offers)
            buf_printf(buf, "(%s)", option->offers);
    }
    buf_puts(buf, "' \\\n");
}

static void completion_zsh(struct buf *buf)
{
    buf_puts(buf, "#compdef belay\n# zsh completion of belay; use: source <(belay completion zsh)\n"
                  "_belay() {\n    local -a commands\n    commands=(\n");
    for (int i = 0; i < COMMANDS_COUNT; i++) {
        buf_printf(buf, "        '%s:", commands[i].word);
        completion_quoted(buf, commands[i].summary, ":\\", "'\\''");
        buf_puts(buf, "'\n");
    }
    buf_puts(buf,
             "    )\n    if (( CURRENT == 2 )); then\n        _describe command commands\n        return\n    fi\n"
             "    local command=$words[2]\n    shift words\n    (( CURRENT-- ))\n    case $command in\n");
    for (int i = 0; i < COMMANDS_COUNT; i++) {
        buf_printf(buf, "    %s) _arguments \\\n", commands[i].word);
        for (int option = 0; option < OPTIONS_COUNT; option++)
            if (completion_has(option, i))
                completion_zsh_option(buf, &command_options[option]);
        buf_puts(buf, "        '*:argument:");
        if (strcmp(commands[i].offers, "@files") == 0) {
            buf_puts(buf, "_files");
        } else if (*commands[i].offers) {
            buf_putc(buf, '(');
            completion_offers(buf, commands[i].offers);
            buf_putc(buf, ')');
        }
        buf_puts(buf, "';;\n");
    }
    buf_puts(buf, "    esac\n}\ncompdef _belay belay\n");
}

static void completion_fish_option(struct buf *buf, int option)
{
    const struct option_spec *spec = &command_options[option];
    buf_puts(buf, "complete -c belay -n '__fish_seen_subcommand_from");
    for (int i = 0; i < COMMANDS_COUNT; i++)
        if (completion_has(option, i))
            buf_printf(buf, " %s", commands[i].word);
    buf_printf(buf, "' -l %s", spec->name);
    if (spec->letter)
        buf_printf(buf, " -s %c", spec->letter);
    if (strcmp(spec->offers, "@files") == 0)
        buf_puts(buf, " -rF");
    else if (*spec->value)
        buf_printf(buf, " -x -a '%s'", spec->offers);
    buf_puts(buf, " -d '");
    completion_quoted(buf, spec->summary, "\\", "\\'");
    buf_puts(buf, "'\n");
}

static void completion_fish(struct buf *buf)
{
    buf_puts(buf, "# fish completion of belay; use: belay completion fish | source\ncomplete -c belay -f\n");
    for (int i = 0; i < COMMANDS_COUNT; i++) {
        buf_printf(buf, "complete -c belay -n __fish_use_subcommand -a %s -d '", commands[i].word);
        completion_quoted(buf, commands[i].summary, "\\", "\\'");
        buf_puts(buf, "'\n");
        if (!*commands[i].offers)
            continue;
        buf_printf(buf, "complete -c belay -n '__fish_seen_subcommand_from %s' ", commands[i].word);
        if (strcmp(commands[i].offers, "@files") == 0) {
            buf_puts(buf, "-F\n");
            continue;
        }
        buf_puts(buf, "-a '");
        completion_offers(buf, commands[i].offers);
        buf_puts(buf, "'\n");
    }
    for (int i = 0; i < OPTIONS_COUNT; i++)
        completion_fish_option(buf, i);
}
