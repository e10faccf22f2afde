/* `belay watch`: one transaction to its end, or the newest ones as they change. */
#include "cli/cli.h"
#include "cli/follow.h"
#include "cli/text.h"
#include "cli/times.h"

#include <string.h>

enum { WATCH_PAGE = 100, WATCH_FIRST = 10, WATCH_PAUSE_MS = 500 };

static int watch_all(struct cli *cli, uint64_t timeout_ms);

int cmd_watch(struct cli *cli)
{
    struct error error;
    unsigned long timeout_ms = 0;
    const char *timeout = options_value(&cli->options, OPTION_TIMEOUT);
    if (timeout && options_duration("--timeout", timeout, &timeout_ms, &error))
        return cli_misused(cli, &error);
    uint64_t limit_ms = timeout ? timeout_ms : UINT64_MAX;
    if (cli->options.arguments_count == 0)
        return watch_all(cli, limit_ms);
    json_t *txn = follow_to_end(cli, cli->options.arguments[0], limit_ms, output_json_wanted(&cli->output));
    if (!txn)
        return EXIT_FAILED;
    if (!output_json_wanted(&cli->output))
        buf_putc(&cli->buf, '\n');
    follow_print(cli, txn);
    int status = follow_exit(txn);
    json_decref(txn);
    return status;
}

static void watch_print(struct cli *cli, const json_t *row)
{
    struct buf *buf = &cli->buf;
    const char *status = output_member(row, "status"), *at = output_member(row, "updatedAt");
    if (output_json_wanted(&cli->output)) { /* an endless array has no end: one value a line */
        output_put_json_line(buf, row);
        buf_putc(buf, '\n');
        return;
    }
    text_put(buf, strlen(at) > 11 ? at + 11 : at);
    buf_puts(buf, "  ");
    size_t width = strlen(status);
    output_paint(&cli->output, buf, output_paint_of(status), status);
    text_put_spaces(buf, width < 12 ? 12 - width : 0);
    buf_puts(buf, "  ");
    text_put(buf, output_member(row, "id"));
    buf_puts(buf, "  ");
    text_put(buf, output_member(row, "saga"));
    for (size_t i = 0; i < 2; i++) {
        const char *word = output_member(row, i ? "reason" : "step");
        buf_puts(buf, *word ? "  " : "");
        text_put(buf, word);
    }
    buf_putc(buf, '\n');
}

/* Prints the rows that are new or have changed since `seen` (id -> updatedAt), oldest first, and remembers them.
 * Of the first page only the newest few. */
static json_t *watch_changes(struct cli *cli, const json_t *rows, const json_t *seen)
{
    json_t *now = json_object();
    size_t count = json_array_size(rows), first = seen || count < WATCH_FIRST ? count : WATCH_FIRST;
    for (size_t i = count; i > 0; i--) {
        const json_t *row = json_array_get(rows, i - 1);
        const char *id = output_member(row, "id"), *at = output_member(row, "updatedAt");
        char stamp[96];
        snprintf(stamp, sizeof stamp, "%.40s %.40s", at, output_member(row, "status"));
        json_object_set_new(now, id, json_string(stamp));
        if (i <= first && strcmp(stamp, output_member(seen, id)) != 0)
            watch_print(cli, row);
    }
    return now;
}

/* Looks at the newest transactions again and again; older ones that still change are `belay list`'s. */
static int watch_all(struct cli *cli, uint64_t timeout_ms)
{
    json_t *seen = NULL;
    char path[64];
    uint64_t begun_ms = times_monotonic_ms();
    snprintf(path, sizeof path, "/v1/transactions?limit=%d", WATCH_PAGE);
    for (;;) {
        json_t *page = cli_get(cli, path);
        if (!page)
            break;
        cli->patient = true; /* it was there once */
        json_t *now = watch_changes(cli, json_object_get(page, "transactions"), seen);
        json_decref(seen);
        json_decref(page);
        seen = now;
        cli_flush(cli);
        if (ferror(cli->out) || times_monotonic_ms() - begun_ms >= timeout_ms) {
            json_decref(seen);
            return EXIT_DONE;
        }
        times_sleep_ms(WATCH_PAUSE_MS);
    }
    json_decref(seen);
    return EXIT_FAILED;
}
