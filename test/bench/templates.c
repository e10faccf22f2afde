/* Reading transactions with their facts, and moving those in time. */
#include "bench/templates.h"
#include "engine/fact_code.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct loading {
    struct template *templates;
    size_t count;
};

static bool add_row(void *context, const struct store_row *row);
static bool add_piece(void *context, const struct store_facts *facts);
static const char *copy(const char *text);

size_t templates_load(struct template *templates, size_t most, struct store *store, struct error *error)
{
    struct loading loading = {.templates = templates};
    struct store_query query = {.statuses = 1u << STATUS_COMPLETED | 1u << STATUS_COMPENSATED,
                                .limit = (uint32_t)most};
    int code = store->each_row(store->self, &query, add_row, &loading, error);
    for (size_t i = 0; !code && i < loading.count; i++)
        code = store->each_fact(store->self, templates[i].row.txn, 0, add_piece, &templates[i], error);
    return code ? 0 : loading.count;
}

void template_done(struct template *template)
{
    free((char *)template->row.saga);
    free((char *)template->row.step);
    free((char *)template->row.participant);
    free((char *)template->row.reason);
    for (size_t i = 0; i < template->pieces_count; i++)
        buf_done(&template->pieces[i].bytes);
}

struct store_facts template_move(const struct piece *piece, uint64_t txn, int64_t shift_ms, struct buf *bytes)
{
    struct fact fact;
    const char *payload;
    size_t at = 0, length;
    buf_clear(bytes);
    for (uint32_t i = 0; i < piece->count; i++) {
        bool decoded = fact_decode(piece->bytes.data, piece->bytes.length, &at, &fact, &payload, &length);
        assert(decoded); /* belayd wrote it */
        fact.at_ms += (uint64_t)shift_ms;
        if (fact.due_ms)
            fact.due_ms += (uint64_t)shift_ms;
        fact_encode(bytes, &fact, payload, length);
    }
    assert(!bytes->full);
    return (struct store_facts){txn, piece->seq, piece->count, bytes->data, bytes->length};
}

/* The client's own ids and keys are unique, so a transaction that has one is no template. */
static bool add_row(void *context, const struct store_row *row)
{
    struct loading *loading = context;
    if (row->id || row->key)
        return true;
    struct template *template = &loading->templates[loading->count++];
    *template = (struct template){.row = *row};
    template->row.saga = copy(row->saga);
    template->row.step = copy(row->step);
    template->row.participant = copy(row->participant);
    template->row.reason = copy(row->reason);
    template->row.tags = NULL;
    return true;
}

static bool add_piece(void *context, const struct store_facts *facts)
{
    struct template *template = context;
    assert(template->pieces_count < TEMPLATE_PIECES);
    struct piece *piece = &template->pieces[template->pieces_count++];
    *piece = (struct piece){.seq = facts->seq, .count = facts->count};
    buf_init(&piece->bytes, TEMPLATE_BYTES);
    buf_put(&piece->bytes, facts->bytes, facts->length);
    return true;
}

static const char *copy(const char *text)
{
    return text ? strdup(text) : NULL;
}
