/* `belay start`: a new transaction, and how it ends. */
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/follow.h"
#include "cli/input.h"
#include "cli/text.h"

#include <string.h>

static int start_input(struct cli *cli, struct buf *body, struct error *error);
static int start_body(struct cli *cli, struct buf *body, struct error *error);
static void start_said(struct cli *cli, const struct reply *reply);
static int start_wait(struct cli *cli, const char *id, uint64_t timeout_ms);

int cmd_start(struct cli *cli)
{
    struct error error;
    struct buf body;
    unsigned long timeout_ms = 0;
    const char *timeout = options_value(&cli->options, OPTION_TIMEOUT);
    buf_init(&body, OUTPUT_BYTES);
    if (start_body(cli, &body, &error) ||
        (timeout && options_duration("--timeout", timeout, &timeout_ms, &error))) {
        buf_done(&body);
        if (error.code == ERROR_USAGE)
            return cli_misused(cli, &error);
        cli_complain(cli, error.text, NULL);
        return EXIT_FAILED;
    }
    struct reply reply;
    struct ask ask = {.method = "POST",
                      .path = "/v1/transactions",
                      .body = buf_text(&body),
                      .key = options_value(&cli->options, OPTION_KEY)};
    bool done = cli_ask(cli, &ask, NULL, &reply);
    buf_done(&body);
    if (!done)
        return EXIT_FAILED;
    int status = EXIT_DONE;
    bool wait = options_has(&cli->options, OPTION_WAIT), json = output_json_wanted(&cli->output);
    if (!json)
        start_said(cli, &reply);
    if (wait)
        status = start_wait(cli, output_member(reply.json, "id"), timeout ? timeout_ms : UINT64_MAX);
    else if (json)
        output_put_json(&cli->output, &cli->buf, reply.json);
    reply_done(&reply);
    return status;
}

static void start_said(struct cli *cli, const struct reply *reply)
{
    long long version = json_integer_value(json_object_get(reply->json, "version"));
    buf_puts(&cli->buf, reply->status == 200 ? "started before: " : "started: ");
    text_put(&cli->buf, output_member(reply->json, "id"));
    buf_puts(&cli->buf, "  ");
    text_put(&cli->buf, output_member(reply->json, "saga"));
    buf_printf(&cli->buf, " v%lld\n", version);
    cli_flush(cli);
}

static int start_wait(struct cli *cli, const char *id, uint64_t timeout_ms)
{
    json_t *txn = follow_to_end(cli, id, timeout_ms, output_json_wanted(&cli->output));
    if (!txn)
        return EXIT_FAILED;
    if (!output_json_wanted(&cli->output))
        buf_putc(&cli->buf, '\n');
    follow_print(cli, txn);
    int status = follow_exit(txn);
    json_decref(txn);
    return status;
}

static void start_member(struct buf *body, const char *name, const char *value)
{
    if (!value)
        return;
    buf_printf(body, ",\"%s\":", name);
    buf_put_json(body, value, strlen(value));
}

static int start_body(struct cli *cli, struct buf *body, struct error *error)
{
    const struct options *options = &cli->options;
    const char *version = options_value(options, OPTION_VERSION_OF);
    const char *comma = "";
    long number;
    buf_puts(body, "{\"saga\":");
    buf_put_json(body, options->arguments[0], strlen(options->arguments[0]));
    start_member(body, "id", options_value(options, OPTION_ID));
    if (version && options_number("--version", version, 1, UINT32_MAX, &number, error))
        return error->code;
    if (version)
        buf_printf(body, ",\"version\":%ld", number);
    if (options_has(options, OPTION_TAG))
        buf_puts(body, ",\"tags\":[");
    for (size_t i = 0; i < options->given_count; i++) {
        if (options->given[i].id != OPTION_TAG)
            continue;
        buf_puts(body, comma);
        buf_put_json(body, options->given[i].value, strlen(options->given[i].value));
        comma = ",";
    }
    buf_puts(body, *comma ? "]" : "");
    int code = options_has(options, OPTION_INPUT) ? start_input(cli, body, error) : 0;
    buf_putc(body, '}');
    return code;
}

/* The input goes out as it was written; it is parsed only to say where it is wrong. */
static int start_input(struct cli *cli, struct buf *body, struct error *error)
{
    size_t length;
    char *text;
    json_t *value = input_read(options_value(&cli->options, OPTION_INPUT), &text, &length, error);
    if (!value)
        return error->code;
    buf_puts(body, ",\"input\":");
    buf_put(body, text, length);
    json_decref(value);
    mem_free(text);
    return 0;
}
