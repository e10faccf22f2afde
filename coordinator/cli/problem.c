/* Printing of refusals. */
#include "cli/problem.h"

#include "cli/text.h"

void problem_put_findings(struct buf *buf, const json_t *findings, const char *file)
{
    size_t index;
    json_t *item;
    json_array_foreach(findings, index, item)
    {
        long long line = json_integer_value(json_object_get(item, "line"));
        const char *pointer = output_member(item, "pointer"), *hint = output_member(item, "hint");
        if (file && line > 0) {
            text_put(buf, file);
            buf_printf(buf, ":%lld:%lld: ", line, (long long)json_integer_value(json_object_get(item, "column")));
        } else {
            text_put(buf, *pointer ? pointer : "/");
            buf_puts(buf, ": ");
        }
        text_put(buf, output_member(item, "code"));
        buf_putc(buf, ' ');
        text_put(buf, output_member(item, "message"));
        if (*hint) {
            buf_puts(buf, " (");
            text_put(buf, hint);
            buf_putc(buf, ')');
        }
        buf_putc(buf, '\n');
    }
}

/* What answered is not what was expected: some other program, or a proxy. */
static void problem_foreign(struct cli *cli, const struct reply *reply)
{
    char what[512];
    snprintf(what, sizeof what, "what answers at %s is not a Belay coordinator (status %d, %s)",
             client_url(cli->client), reply->status,
             *reply->content_type ? reply->content_type : "no content type");
    cli_complain(cli, what, "check --url and BELAY_URL; `belay doctor` looks closer");
}

void problem_print(struct cli *cli, const struct reply *reply, const char *file)
{
    const char *detail = output_member(reply->json, "detail"), *title = output_member(reply->json, "title");
    const char *code = output_member(reply->json, "code");
    if (!*detail && !*title) {
        problem_foreign(cli, reply);
        return;
    }
    struct buf what;
    buf_init(&what, OUTPUT_BYTES);
    if (file)
        buf_printf(&what, "%s: ", file);
    buf_puts(&what, *detail ? detail : title);
    if (*code)
        buf_printf(&what, " (%s)", code);
    cli_complain(cli, buf_text(&what), output_member(reply->json, "hint"));
    buf_clear(&what);
    problem_put_findings(&what, json_object_get(reply->json, "errors"), file);
    output_flush(&what, cli->err);
    buf_done(&what);
}
