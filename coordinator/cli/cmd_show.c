/* `belay show` and `belay history`: one transaction as a story, and as its facts. */
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/facts.h"
#include "cli/items.h"
#include "cli/story.h"
#include "cli/listing.h"
#include "cli/timeline.h"

#include <inttypes.h>
#include <string.h>

static const struct column columns[] = {
    {.title = "SEQ", .member = "seq"},
    {.title = "AT", .member = "at"},
    {.title = "FACT", .member = "fact"},
    {.title = "STEP", .member = "step", .flexible = true},
    {.title = "PHASE", .member = "phase"},
    {.title = "TRY", .member = "attempt"},
    {.title = "WHAT", .member = "what", .flexible = true},
    {.title = "OUTPUT", .member = "output", .kind = COLUMN_JSON, .wide = true},
    {.title = "INPUT", .member = "input", .kind = COLUMN_JSON, .wide = true},
};

enum { HISTORY_PAGE = 500 };

int cmd_show(struct cli *cli)
{
    char *path = cli_path("/v1/transactions/", cli->options.arguments[0], "");
    json_t *txn = cli_get(cli, path);
    mem_free(path);
    if (!txn)
        return EXIT_FAILED;
    if (output_json_wanted(&cli->output)) {
        output_put_json(&cli->output, &cli->buf, txn);
    } else {
        timeline_put(&cli->output, &cli->buf, txn);
        buf_putc(&cli->buf, '\n');
        story_put_next(&cli->output, &cli->buf, txn);
    }
    json_decref(txn);
    return EXIT_DONE;
}

/* What a fact says in words, for the table; the colours of words would not survive its measuring. */
static void history_tell(const struct output *output, json_t *fact)
{
    struct buf what;
    struct output plain = *output;
    plain.colour = false;
    buf_init(&what, OUTPUT_BYTES);
    facts_put_what(&plain, &what, fact);
    if (json_object_get(fact, "item"))
        json_object_set_new(fact, "step", items_name(fact));
    json_object_set_new(fact, "what", json_stringn(buf_text(&what), what.length));
    buf_done(&what);
}

int cmd_history(struct cli *cli)
{
    const char *id = cli->options.arguments[0];
    json_t *rows = json_array(), *fact;
    uint64_t from = 0;
    bool more = true, done = true;
    size_t index;
    while (more && done) {
        char suffix[64];
        snprintf(suffix, sizeof suffix, "/history?from=%" PRIu64 "&limit=%d", from, HISTORY_PAGE);
        char *path = cli_path("/v1/transactions/", id, suffix);
        json_t *page = cli_get(cli, path);
        mem_free(path);
        done = page != NULL;
        json_array_foreach(json_object_get(page, "facts"), index, fact) if (!output_json_wanted(&cli->output))
            history_tell(&cli->output, fact);
        if (done)
            json_array_extend(rows, json_object_get(page, "facts"));
        json_int_t next = json_integer_value(json_object_get(page, "next"));
        more = next > 0 && (uint64_t)next > from; /* never in a circle, whatever the server says */
        from = (uint64_t)next;
        json_decref(page);
    }
    if (done)
        listing_put(&cli->output, &cli->buf, columns, sizeof columns / sizeof *columns, rows);
    json_decref(rows);
    return done ? EXIT_DONE : EXIT_FAILED;
}
