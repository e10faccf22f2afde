/* The run itself: from argv to an exit status. */
#include "cli/cli.h"

#include "base/mem.h"
#include "base/version.h"
#include "cli/problem.h"
#include "cli/text.h"
#include "cli/times.h"

#include <assert.h>
#include <string.h>

enum { PATIENCE_MS = 30000, PATIENCE_STEP_MS = 300 };

int cli_run(int argc, char **argv, FILE *out, FILE *err)
{
    struct cli cli = {.out = out, .err = err};
    struct error error = {0};
    buf_init(&cli.buf, OUTPUT_BYTES);
    int status;
    if (options_parse(&cli.options, argc, argv, &error) || output_detect(&cli.output, &cli.options, out, &error)) {
        status = cli_misused(&cli, &error);
    } else if (cli.options.version) {
        fprintf(out, "belay %s\n", BELAY_VERSION);
        status = EXIT_DONE;
    } else {
        cli.output.now_ms = times_now_ms();
        status = commands[cli.options.command].run(&cli);
        cli_flush(&cli);
    }
    if (fflush(out) || ferror(out)) { /* a full disk or a closed pipe must not look like success */
        cli_complain(&cli, "the output could not be written", NULL);
        status = status ? status : EXIT_FAILED;
    }
    client_free(cli.client);
    options_done(&cli.options);
    buf_done(&cli.buf);
    return status;
}

static bool cli_connect(struct cli *cli)
{
    struct error error;
    const char *url = options_value(&cli->options, OPTION_URL);
    url = url ? url : getenv("BELAY_URL");
    if (!cli->client)
        cli->client = client_new(url && *url ? url : CLIENT_URL, &error);
    if (!cli->client)
        cli_complain(cli, error.text, "give it with --url or in BELAY_URL");
    return cli->client != NULL;
}

/* A coordinator that restarts is back within seconds, and loses nothing; whoever only looks can wait for it. */
static int cli_ask_patiently(struct cli *cli, const struct ask *ask, struct reply *reply, struct error *error)
{
    uint64_t until_ms = times_monotonic_ms() + (cli->patient ? PATIENCE_MS : 0);
    for (bool said = false;; said = true) {
        int code = client_ask(cli->client, ask, reply, error);
        bool busy = !code && reply->status == 503;
        if ((!busy && code != ERROR_IO) || times_monotonic_ms() >= until_ms)
            return code;
        if (busy)
            reply_done(reply);
        if (!said)
            cli_complain(cli, "the coordinator does not answer just now; waiting for it", NULL);
        times_sleep_ms(PATIENCE_STEP_MS);
    }
}

bool cli_ask(struct cli *cli, const struct ask *ask, const char *file, struct reply *reply)
{
    struct error error;
    struct reply answer;
    if (!cli_connect(cli))
        return false;
    if (cli_ask_patiently(cli, ask, &answer, &error)) {
        char what[ERROR_TEXT_MAX + 256];
        bool usage = error.code == ERROR_USAGE;
        snprintf(what, sizeof what, "no coordinator answers at %s: %s", client_url(cli->client), error.text);
        cli_complain(cli, usage ? error.text : what,
                     usage ? NULL
                           : "is belayd running there? `belay dev` starts one with examples; --url or BELAY_URL "
                             "point to another");
        return false;
    }
    if (answer.status < 400 && (answer.json || answer.status == 204)) {
        *reply = answer;
        return true;
    }
    problem_print(cli, &answer, file);
    reply_done(&answer);
    return false;
}

json_t *cli_get(struct cli *cli, const char *path)
{
    struct reply reply;
    struct ask ask = {.method = "GET", .path = path};
    if (!cli_ask(cli, &ask, NULL, &reply))
        return NULL;
    json_t *json = json_incref(reply.json);
    reply_done(&reply);
    return json ? json : json_object();
}

void cli_put_encoded(struct buf *buf, const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    bool dots = strcmp(text, ".") == 0 || strcmp(text, "..") == 0; /* would be a path of its own */
    for (; *text; text++) {
        if (strchr(plain, *text) && !dots)
            buf_putc(buf, *text);
        else
            buf_printf(buf, "%%%02X", (unsigned char)*text);
    }
}

char *cli_path(const char *prefix, const char *name, const char *suffix)
{
    struct buf buf;
    buf_init(&buf, OUTPUT_BYTES);
    buf_puts(&buf, prefix);
    cli_put_encoded(&buf, name);
    buf_puts(&buf, suffix);
    return buf_take(&buf, NULL);
}

void cli_complain(struct cli *cli, const char *what, const char *next)
{
    struct buf buf;
    buf_init(&buf, OUTPUT_BYTES);
    buf_puts(&buf, "belay: ");
    text_put(&buf, what);
    buf_putc(&buf, '\n');
    if (next && *next) {
        buf_puts(&buf, "       ");
        text_put(&buf, next);
        buf_putc(&buf, '\n');
    }
    cli_flush(cli); /* what was said before stands before */
    output_flush(&buf, cli->err);
    buf_done(&buf);
}

int cli_misused(struct cli *cli, const struct error *error)
{
    char next[128];
    enum command_id id = cli->options.command;
    snprintf(next, sizeof next, id == COMMAND_HELP ? "see `belay help`" : "see `belay help %s`",
             commands[id].word);
    cli_complain(cli, error->text, next);
    return EXIT_MISUSED;
}

void cli_flush(struct cli *cli)
{
    output_flush(&cli->buf, cli->out);
}
