/* GET /v1/transactions: what the projections say, newest first, page by page. */
#include "api/answer.h"
#include "api/find.h"
#include "api/routes.h"
#include "api/write.h"
#include "core/txn.h"
#include "definition/suggest.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { LIST_DEFAULT = 100 }; /* two screens; a program asks for what it wants */

struct list {
    struct buf *buf;
    uint64_t secret;
    uint64_t last;  /* the transaction written last: the cursor */
    uint64_t limit; /* rows that are still wanted */
    bool more;
};

static int list_query(const struct query *query, struct store_query *filter, uint64_t *limit, struct error *error);
static int list_statuses(const char *text, uint32_t *statuses, struct error *error);
static int list_status(const char *word, size_t length, uint32_t *statuses, struct error *error);
static int list_cursor(const char *text, uint64_t *before, struct error *error);
static bool list_row(void *context, const struct store_row *row);

void transactions_list(struct api *api, struct exchange *exchange, const struct target *target)
{
    struct store *store = api->store;
    struct store_query filter = {0};
    struct error error;
    struct list list = {.buf = &exchange->response, .secret = store->secret(store->self), .limit = LIST_DEFAULT};
    if (list_query(&target->query, &filter, &list.limit, &error)) {
        answer_error(exchange, &error);
        return;
    }
    filter.limit = (uint32_t)list.limit + 1; /* one more tells whether there is a next page */
    write_open(list.buf, '{');
    write_key(list.buf, "transactions");
    write_open(list.buf, '[');
    if (store->each_row(store->self, &filter, list_row, &list, &error)) {
        answer_error(exchange, &error);
        return;
    }
    buf_putc(list.buf, ']');
    if (list.more) {
        write_key(list.buf, "next");
        buf_printf(list.buf, "\"%llx\"", (unsigned long long)list.last);
    }
    buf_putc(list.buf, '}');
    answer_json(exchange, 200);
}

static int list_query(const struct query *query, struct store_query *filter, uint64_t *limit, struct error *error)
{
    filter->saga = query_find(query, "saga");
    filter->tag = query_find(query, "tag");
    filter->step = query_find(query, "step");
    filter->participant = query_find(query, "participant");
    if (list_statuses(query_find(query, "status"), &filter->statuses, error) ||
        list_cursor(query_find(query, "cursor"), &filter->before, error) ||
        query_time(query, "since", &filter->since_ms, error) ||
        query_time(query, "until", &filter->until_ms, error) ||
        query_number(query, "limit", 1, LIMIT_PAGE, limit, error))
        return (int)error->code;
    return 0;
}

/* "paused,compensating" as a bit set. */
static int list_statuses(const char *text, uint32_t *statuses, struct error *error)
{
    for (const char *at = text ? text : ""; *at;) {
        size_t length = strcspn(at, ",");
        if (list_status(at, length, statuses, error))
            return (int)error->code;
        at += length + (at[length] == ',');
    }
    return 0;
}

static int list_status(const char *word, size_t length, uint32_t *statuses, struct error *error)
{
    static const enum status known[] = {
#define X(name, number, word, final, next) name,
        STATUSES(X)
#undef X
    };
    char hint[96] = "";
    char wrong[LIMIT_NAME_BYTES + 1] = "";
    snprintf(wrong, sizeof wrong, "%.*s", (int)(length < sizeof wrong ? length : sizeof wrong - 1), word);
    struct suggest suggest;
    suggest_init(&suggest, wrong);
    for (size_t i = 1; i < sizeof known / sizeof *known; i++) { /* without "new", which is never stored */
        const char *right = status_word(known[i]);
        if (strcmp(right, wrong) == 0) {
            *statuses |= 1u << known[i];
            return 0;
        }
        suggest_offer(&suggest, right);
    }
    assert(known[0] == STATUS_NEW);
    return error_set(error, ERROR_USAGE, "parameter \"status\": there is no status \"%s\"; %s", wrong,
                     suggest_hint(&suggest, hint, sizeof hint,
                                  "known: running, confirming, completed, compensating, compensated, paused, "
                                  "terminated"));
}

static int list_cursor(const char *text, uint64_t *before, struct error *error)
{
    if (!text)
        return 0;
    char *end;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 16);
    if (strspn(text, "0123456789abcdef") != strlen(text) || errno || !number || number > INT64_MAX)
        return error_set(error, ERROR_USAGE, "parameter \"cursor\" must be the \"next\" of an earlier page");
    *before = number;
    return 0;
}

static bool list_row(void *context, const struct store_row *row)
{
    struct list *list = context;
    if (!list->limit) {
        list->more = true;
        return false;
    }
    char id[LIMIT_ID_TEXT];
    find_id(list->secret, row, id);
    write_open(list->buf, '{');
    write_text(list->buf, "id", id);
    write_text(list->buf, "saga", row->saga);
    write_number(list->buf, "version", row->version);
    write_text(list->buf, "status", status_word((enum status)row->status));
    write_time(list->buf, "begunAt", row->begun_ms);
    write_time(list->buf, "updatedAt", row->updated_ms);
    write_time(list->buf, "endedAt", row->ended_ms);
    write_text(list->buf, "step", row->step);
    write_text(list->buf, "participant", row->participant);
    write_text(list->buf, "reason", row->reason);
    write_tags(list->buf, "tags", row->tags);
    buf_putc(list->buf, '}');
    list->last = row->txn;
    list->limit--;
    return true;
}
