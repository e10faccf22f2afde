/* `belay list`: transactions, newest first, page by page. */
#include "base/mem.h"
#include "base/time.h"
#include "cli/cli.h"
#include "cli/listing.h"
#include "cli/times.h"

#include <string.h>

enum { LIST_DEFAULT = 50, LIST_PAGE = 500, LIST_MOST = 1000000 };

static const struct column columns[] = {
    {.title = "ID", .member = "id", .flexible = true},
    {.title = "SAGA", .member = "saga", .flexible = true},
    {.title = "V", .member = "version", .wide = true},
    {.title = "STATUS", .member = "status", .kind = COLUMN_STATUS},
    {.title = "STEP", .member = "step", .flexible = true},
    {.title = "PARTICIPANT", .member = "participant", .flexible = true},
    {.title = "WHY", .member = "reason", .flexible = true},
    {.title = "AGE", .member = "begunAt", .kind = COLUMN_AGE},
    {.title = "UPDATED", .member = "updatedAt", .kind = COLUMN_AGE, .wide = true},
    {.title = "ENDED", .member = "endedAt", .kind = COLUMN_AGE, .wide = true},
    {.title = "TAGS", .member = "tags", .kind = COLUMN_LIST, .flexible = true},
};

static int list_query(struct cli *cli, struct buf *query, struct error *error);
static bool list_pages(struct cli *cli, const char *query, size_t limit, json_t *rows, bool *more);

int cmd_list(struct cli *cli)
{
    struct error error;
    struct buf query;
    const char *limit_text = options_value(&cli->options, OPTION_LIMIT);
    long limit = options_has(&cli->options, OPTION_ALL) ? LIST_MOST : LIST_DEFAULT;
    buf_init(&query, OUTPUT_BYTES);
    if ((limit_text && options_number("--limit", limit_text, 1, LIST_MOST, &limit, &error)) ||
        list_query(cli, &query, &error)) {
        buf_done(&query);
        return cli_misused(cli, &error);
    }
    json_t *rows = json_array();
    bool more = false, done = list_pages(cli, buf_text(&query), (size_t)limit, rows, &more);
    size_t count = json_array_size(rows);
    bool told = cli->output.format == FORMAT_JSONL; /* page by page, as they came */
    if (done && !told && (count || cli->output.format == FORMAT_JSON))
        listing_put(&cli->output, &cli->buf, columns, sizeof columns / sizeof *columns, rows);
    cli_flush(cli);
    if (done && !count && !output_json_wanted(&cli->output))
        fprintf(cli->err, "no transactions%s\n", query.length ? " like that" : "; `belay start SAGA` begins one");
    if (done && more && !output_json_wanted(&cli->output))
        fprintf(cli->err, "there are more: --limit N, or --all\n");
    json_decref(rows);
    buf_done(&query);
    return done ? EXIT_DONE : EXIT_FAILED;
}

static void list_filter(struct buf *query, const char *name, const char *value)
{
    if (!value)
        return;
    buf_printf(query, "&%s=", name);
    cli_put_encoded(query, value);
}

static int list_time(struct cli *cli, struct buf *query, const char *name, enum option_id id, struct error *error)
{
    uint64_t ms;
    char text[TIME_TEXT];
    const char *value = options_value(&cli->options, id);
    if (!value)
        return 0;
    char option[16];
    snprintf(option, sizeof option, "--%s", name);
    int code = times_parse_point(option, value, cli->output.now_ms, &ms, error);
    if (code)
        return code;
    time_print(ms, text);
    list_filter(query, name, text);
    return 0;
}

static int list_query(struct cli *cli, struct buf *query, struct error *error)
{
    list_filter(query, "status", options_value(&cli->options, OPTION_STATUS));
    list_filter(query, "saga", options_value(&cli->options, OPTION_SAGA));
    list_filter(query, "tag", options_value(&cli->options, OPTION_TAG));
    list_filter(query, "step", options_value(&cli->options, OPTION_STEP));
    list_filter(query, "participant", options_value(&cli->options, OPTION_PARTICIPANT));
    int code = list_time(cli, query, "since", OPTION_SINCE, error);
    return code ? code : list_time(cli, query, "until", OPTION_UNTIL, error);
}

/* One page; `cursor` is where it begins ("" = the newest). */
static json_t *list_page(struct cli *cli, const char *query, size_t limit, const char *cursor)
{
    struct buf path;
    buf_init(&path, OUTPUT_BYTES);
    buf_printf(&path, "/v1/transactions?limit=%zu%s", limit < LIST_PAGE ? limit : (size_t)LIST_PAGE, query);
    list_filter(&path, "cursor", *cursor ? cursor : NULL);
    json_t *page = cli_get(cli, buf_text(&path));
    buf_done(&path);
    return page;
}

static bool list_pages(struct cli *cli, const char *query, size_t limit, json_t *rows, bool *more)
{
    char *cursor = mem_string("");
    bool done = true;
    *more = true;
    while (done && *more && json_array_size(rows) < limit) {
        json_t *page = list_page(cli, query, limit - json_array_size(rows), cursor);
        json_t *found = json_object_get(page, "transactions");
        done = page != NULL;
        if (cli->output.format == FORMAT_JSONL && done)
            listing_put(&cli->output, &cli->buf, columns, sizeof columns / sizeof *columns, found);
        cli_flush(cli);
        if (found)
            json_array_extend(rows, found);
        *more = json_array_size(found) > 0 && *output_member(page, "next");
        mem_free(cursor);
        cursor = mem_string(output_member(page, "next"));
        json_decref(page);
    }
    mem_free(cursor);
    return done;
}
