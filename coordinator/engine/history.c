/* Reading the stored facts of a transaction back, gap-free or not at all. */
#include "engine/history.h"

#include "engine/fact_code.h"

struct reader {
    history_visitor *visit;
    void *context;
    uint64_t txn;
    uint32_t from_seq;
    uint32_t next_seq; /* what must come, once the first batch was seen */
    struct error *error;
    int failed;
};

static bool read_batch(void *context, const struct store_facts *facts);
static bool fail(struct reader *reader, uint32_t seq, const char *what);

int history_read(struct store *store, uint64_t txn, uint32_t from_seq, history_visitor *visit, void *context,
                 struct error *error)
{
    struct reader reader = {visit, context, txn, from_seq, 0, error, 0};
    int code = store->each_fact(store->self, txn, from_seq, read_batch, &reader, error);
    return code ? code : reader.failed;
}

static bool read_batch(void *context, const struct store_facts *facts)
{
    struct reader *reader = context;
    if (reader->next_seq == 0 && reader->from_seq > 0)
        reader->next_seq = facts->seq; /* the first batch of a partial read may begin before from_seq */
    if (facts->seq != reader->next_seq)
        return fail(reader, reader->next_seq, "is missing");
    size_t at = 0;
    for (uint32_t i = 0; i < facts->count; i++) {
        struct history_entry entry = {.seq = facts->seq + i};
        if (!fact_decode(facts->bytes, facts->length, &at, &entry.fact, &entry.payload, &entry.payload_length))
            return fail(reader, entry.seq, "cannot be decoded");
        if (entry.seq >= reader->from_seq && !reader->visit(reader->context, &entry))
            return false;
    }
    reader->next_seq = facts->seq + facts->count;
    return at == facts->length ? true : fail(reader, reader->next_seq, "is followed by stray bytes");
}

static bool fail(struct reader *reader, uint32_t seq, const char *what)
{
    reader->failed = error_set(reader->error, ERROR_CORRUPT,
                               "fact %u of transaction %llu %s: the database was damaged or changed by hand; "
                               "restore it from a copy",
                               seq, (unsigned long long)reader->txn, what);
    return false;
}
