/* `belay help`: the overview and the page of a command, from the tables. */
#include "cli/cli.h"
#include "cli/text.h"

#include <string.h>

/* command, what to type; lines of one command stand together */
#define EXAMPLES(X)                                                                                               \
    X(DEV, "belay dev")                                                                                           \
    X(VALIDATE, "belay validate sagas/*/*.saga.json")                                                             \
    X(PLAN, "belay plan place-order.saga.json --input order.json")                                                \
    X(PLAN, "belay plan place-order.saga.json --input order.json --fail capture:unknown -o json")                 \
    X(GRAPH, "belay graph place-order.saga.json -o dot | dot -Tsvg > place-order.svg")                            \
    X(TEST, "belay test place-order.saga.json")                                                                   \
    X(DIFF, "belay diff place-order 1 2")                                                                         \
    X(APPLY, "belay apply sagas/")                                                                                \
    X(DEFINITIONS, "belay definitions show place-order 2 -o json")                                                \
    X(START, "belay start place-order --input order.json --id order-1001 --wait")                                 \
    X(START, "belay start place-order --input '{\"orderId\": \"o-1\"}' --tag vip --wait --timeout 30s -o json")   \
    X(LIST, "belay list --status paused")                                                                         \
    X(LIST, "belay list --saga place-order --since 2h --all -o jsonl")                                            \
    X(SHOW, "belay show order-1001")                                                                              \
    X(HISTORY, "belay history order-1001 -o jsonl")                                                               \
    X(WATCH, "belay watch")                                                                                       \
    X(CANCEL, "belay cancel order-1001 --reason 'the customer called'")                                           \
    X(RETRY, "belay retry order-1001 --step charge --reason 'the bank is back'")                                  \
    X(SKIP, "belay skip order-1001 --step notify --reason 'told by phone'")                                       \
    X(RESOLVE, "belay resolve order-1001 --step charge --outcome done --output '{\"id\": 7}' --reason 'seen in "  \
               "the ledger'")                                                                                     \
    X(TERMINATE, "belay terminate order-1001 --reason 'settled by hand'")                                         \
    X(APPROVE, "belay approve order-1001 review --role fraud --comment 'known customer'")                         \
    X(REJECT, "belay reject order-1001 review --role fraud --comment 'stolen card'")                              \
    X(SIGNAL, "belay signal order-1001 paid --payload '{\"cents\": 1900}'")                                       \
    X(PARTICIPANTS, "belay participants put payments http://127.0.0.1:7102 --header 'Authorization: Bearer ...'") \
    X(PARTICIPANTS, "belay participants delete payments")                                                         \
    X(DOCTOR, "belay doctor --data /var/lib/belay")

static const struct {
    enum command_id command;
    const char *text;
} examples[] = {
#define X(command, text) {COMMAND_##command, text},
    EXAMPLES(X)
#undef X
};

static const struct {
    int number;
    const char *text;
} exits[] = {
#define X(name, number, text) {number, text},
    EXITS(X)
#undef X
};

enum { HELP_COLUMN = 26 };

static void help_overview(struct cli *cli);
static void help_command(struct cli *cli, enum command_id id);

int cmd_help(struct cli *cli)
{
    if (cli->options.arguments_count == 0) {
        help_overview(cli);
        return EXIT_DONE;
    }
    const char *word = cli->options.arguments[0];
    enum command_id id = commands_find(word);
    if (id < COMMANDS_COUNT) {
        help_command(cli, id);
        return EXIT_DONE;
    }
    struct error error;
    commands_unknown(word, &error);
    return cli_misused(cli, &error);
}

static void help_title(struct cli *cli, const char *title)
{
    buf_putc(&cli->buf, '\n');
    output_paint(&cli->output, &cli->buf, PAINT_BOLD, title);
    buf_putc(&cli->buf, '\n');
}

/* Two columns; the second starts on its own line when the first is long. */
static void help_line(struct cli *cli, const char *left, const char *right)
{
    size_t width = text_width(left);
    buf_printf(&cli->buf, "  %s", left);
    if (width + 2 > HELP_COLUMN) {
        buf_putc(&cli->buf, '\n');
        width = 0;
        text_put_spaces(&cli->buf, 2);
    }
    text_put_spaces(&cli->buf, HELP_COLUMN - width);
    buf_printf(&cli->buf, "%s\n", right);
}

static void help_options(struct cli *cli, uint64_t of)
{
    for (int i = 0; i < OPTIONS_COUNT; i++) {
        const struct option_spec *option = &command_options[i];
        char left[80], letter[8] = "";
        if (!(option->commands & of))
            continue;
        if (option->letter)
            snprintf(letter, sizeof letter, "-%c, ", option->letter);
        snprintf(left, sizeof left, "%s--%s%s%s", letter, option->name, *option->value ? " " : "", option->value);
        help_line(cli, left, option->summary);
    }
}

static void help_exits(struct cli *cli, size_t count)
{
    help_title(cli, "Exit status");
    for (size_t i = 0; i < count; i++) {
        char left[16];
        snprintf(left, sizeof left, "%d", exits[i].number);
        buf_printf(&cli->buf, "  %s  %s\n", left, exits[i].text);
    }
}

static void help_overview(struct cli *cli)
{
    const char *group = "";
    buf_puts(&cli->buf, "belay: transactions that span services\n\n  belay COMMAND [ARGUMENTS] [OPTIONS]\n");
    for (int i = 0; i < COMMANDS_COUNT; i++) {
        char left[80];
        const struct command_spec *command = &commands[i];
        if (strcmp(group, command->group) != 0)
            help_title(cli, command->group);
        group = command->group;
        bool brief = strlen(command->arguments) < HELP_COLUMN - 12;
        snprintf(left, sizeof left, "%s%s%s", command->word, brief && *command->arguments ? " " : "",
                 brief ? command->arguments : "");
        help_line(cli, left, command->summary);
    }
    help_title(cli, "Options everywhere");
    buf_puts(&cli->buf, "  --url URL, -o table|wide|json|jsonl, --no-color, --help; alone: --version\n");
    help_exits(cli, sizeof exits / sizeof *exits);
    buf_puts(&cli->buf, "\n`belay help COMMAND` explains one. New here? `belay dev`.\n");
}

static void help_command(struct cli *cli, enum command_id id)
{
    const struct command_spec *command = &commands[id];
    buf_printf(&cli->buf, "belay %s%s%s [OPTIONS]\n\n  %s\n", command->word, *command->arguments ? " " : "",
               command->arguments, command->summary);
    help_title(cli, "Options");
    help_options(cli, UINT64_C(1) << id);
    bool titled = false;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        if (examples[i].command != id)
            continue;
        if (!titled)
            help_title(cli, "Examples");
        titled = true;
        buf_printf(&cli->buf, "  %s\n", examples[i].text);
    }
    bool outcome = id == COMMAND_START || id == COMMAND_WATCH;
    help_exits(cli, outcome ? sizeof exits / sizeof *exits : 3);
}
