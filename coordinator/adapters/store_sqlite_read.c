/* Reading: every query of the port but the list. */
#include "adapters/store_sqlite_inner.h"

#include <assert.h>
#include <inttypes.h>

int store_sqlite_finish(struct sqlite_reader *reader, sqlite3_stmt *statement, int rc, struct error *error)
{
    bool fine = rc == SQLITE_ROW || rc == SQLITE_DONE;
    int code = fine ? 0 : store_sqlite_fail(error, reader->db, ERROR_STORE, "read");
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return code;
}

static const char *text(sqlite3_stmt *statement, int column)
{
    return (const char *)sqlite3_column_text(statement, column);
}

static uint64_t number(sqlite3_stmt *statement, int column)
{
    return (uint64_t)sqlite3_column_int64(statement, column);
}

int store_sqlite_visit_rows(struct sqlite_reader *reader, sqlite3_stmt *statement, store_row_visitor *visit,
                            void *context, struct error *error)
{
    int rc;
    bool more = true;
    while (more && (rc = sqlite3_step(statement)) == SQLITE_ROW) {
        struct store_row row = {.txn = number(statement, 0),
                                .id = text(statement, 1),
                                .key = text(statement, 2),
                                .saga = text(statement, 3),
                                .version = (uint32_t)number(statement, 4),
                                .status = (uint8_t)number(statement, 5),
                                .open = number(statement, 6) != 0,
                                .begun_ms = number(statement, 7),
                                .updated_ms = number(statement, 8),
                                .ended_ms = number(statement, 9),
                                .step = text(statement, 10),
                                .participant = text(statement, 11),
                                .reason = text(statement, 12),
                                .tags = text(statement, 13),
                                .expires_ms = number(statement, 14),
                                .wake_ms = number(statement, 15)};
        more = visit(context, &row);
    }
    return store_sqlite_finish(reader, statement, rc, error);
}

/* The one number that a statement selects. */
static int read_number(struct store_sqlite *store, enum sqlite_read read, uint64_t *value, struct error *error)
{
    struct sqlite_reader *reader = store_sqlite_take_reader(store, error);
    if (!reader)
        return (int)error->code;
    int rc = sqlite3_step(reader->statements[read]);
    if (rc == SQLITE_ROW)
        *value = number(reader->statements[read], 0);
    int code = store_sqlite_finish(reader, reader->statements[read], rc, error);
    store_sqlite_give_reader(store, reader);
    return code;
}

static int sqlite_last(void *self, uint64_t *txn, struct error *error)
{
    return read_number(self, READ_LAST, txn, error);
}

static int sqlite_open_count(void *self, uint64_t *count, struct error *error)
{
    return read_number(self, READ_OPEN_COUNT, count, error);
}

/* What an outer visitor is passed on, as long as it wants more and there is room. */
struct waking {
    store_row_visitor *visit;
    void *context;
    uint32_t left;
};

static bool waking_visit(void *context, const struct store_row *row)
{
    struct waking *waking = context;
    waking->left--;
    if (!waking->visit(waking->context, row))
        waking->left = 0;
    return waking->left > 0;
}

/* The index knows a place within one moment and a span of moments, each without a look at what lies before. */
static int sqlite_each_waking(void *self, const struct store_waking *after, uint64_t until_ms, uint32_t limit,
                              store_row_visitor *visit, void *context, struct error *error)
{
    static const enum sqlite_read reads[] = {READ_WAKING_SAME, READ_WAKING_LATER};
    struct sqlite_reader *reader = store_sqlite_take_reader(self, error);
    struct waking waking = {visit, context, limit};
    assert(limit > 0 && until_ms <= INT64_MAX && after->wake_ms <= INT64_MAX && after->txn <= INT64_MAX);
    if (!reader)
        return (int)error->code;
    int code = 0;
    for (size_t i = 0; i < 2 && !code && waking.left; i++) {
        sqlite3_stmt *statement = reader->statements[reads[i]];
        sqlite3_bind_int64(statement, 1, (sqlite3_int64)after->wake_ms);
        if (reads[i] == READ_WAKING_SAME)
            sqlite3_bind_int64(statement, 2, (sqlite3_int64)after->txn);
        sqlite3_bind_int64(statement, 3, (sqlite3_int64)until_ms);
        sqlite3_bind_int64(statement, 4, waking.left);
        code = store_sqlite_visit_rows(reader, statement, waking_visit, &waking, error);
    }
    store_sqlite_give_reader(self, reader);
    return code;
}

static int sqlite_each_expired(void *self, uint64_t now_ms, uint32_t limit, store_row_visitor *visit,
                               void *context, struct error *error)
{
    struct sqlite_reader *reader = store_sqlite_take_reader(self, error);
    if (!reader)
        return (int)error->code;
    sqlite3_stmt *statement = reader->statements[READ_EXPIRED];
    assert(limit > 0 && now_ms <= INT64_MAX);
    sqlite3_bind_int64(statement, 1, (sqlite3_int64)now_ms);
    sqlite3_bind_int64(statement, 2, limit);
    int code = store_sqlite_visit_rows(reader, statement, visit, context, error);
    store_sqlite_give_reader(self, reader);
    return code;
}

static int sqlite_row(void *self, uint64_t txn, store_row_visitor *visit, void *context, struct error *error)
{
    struct sqlite_reader *reader = store_sqlite_take_reader(self, error);
    if (!reader)
        return (int)error->code;
    sqlite3_stmt *statement = reader->statements[READ_ROW];
    sqlite3_bind_int64(statement, 1, (sqlite3_int64)txn);
    int code = store_sqlite_visit_rows(reader, statement, visit, context, error);
    store_sqlite_give_reader(self, reader);
    return code;
}

/* What an outer visitor is passed on, but for the row that was visited already. */
struct found {
    store_row_visitor *visit;
    void *context;
    uint64_t txn;
    bool more;
};

static bool found_visit(void *context, const struct store_row *row)
{
    struct found *found = context;
    if (row->txn == found->txn)
        return true;
    found->txn = row->txn;
    found->more = found->visit(found->context, row);
    return found->more;
}

static int find(struct store_sqlite *store, struct sqlite_reader *reader, enum sqlite_read read, char kind,
                const char *wanted, struct found *found, struct error *error)
{
    sqlite3_stmt *statement = reader->statements[read];
    int rc = sqlite3_bind_int64(statement, 1, store_sqlite_hash(store, kind, wanted));
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_text(statement, 2, wanted, -1, SQLITE_STATIC);
    if (rc != SQLITE_OK)
        return store_sqlite_finish(reader, statement, rc, error);
    return store_sqlite_visit_rows(reader, statement, found_visit, found, error);
}

static int sqlite_find(void *self, const char *id, const char *key, store_row_visitor *visit, void *context,
                       struct error *error)
{
    struct sqlite_reader *reader = store_sqlite_take_reader(self, error);
    if (!reader)
        return (int)error->code;
    struct found found = {.visit = visit, .context = context, .more = true};
    int code = id ? find(self, reader, READ_ID, 'i', id, &found, error) : 0;
    if (!code && key && found.more)
        code = find(self, reader, READ_KEY, 'k', key, &found, error);
    store_sqlite_give_reader(self, reader);
    return code;
}

/* Visits the facts of a transaction and sees to it that none is missing between the first and the last. */
static int visit_facts(struct sqlite_reader *reader, uint64_t txn, uint32_t from_seq, store_facts_visitor *visit,
                       void *context, struct error *error)
{
    sqlite3_stmt *statement = reader->statements[READ_FACTS];
    int rc, code = 0;
    bool more = true, first = true;
    uint64_t next = 0;
    while (!code && more && (rc = sqlite3_step(statement)) == SQLITE_ROW) {
        struct store_facts facts = {.txn = txn,
                                    .seq = (uint32_t)number(statement, 0),
                                    .count = (uint32_t)number(statement, 1),
                                    .bytes = sqlite3_column_blob(statement, 2),
                                    .length = (size_t)sqlite3_column_bytes(statement, 2)};
        if (first ? facts.seq > from_seq : facts.seq != next)
            code = error_set(error, ERROR_CORRUPT,
                             "transaction %" PRIu64 ": its facts go on at %" PRIu32 ", expected %" PRIu64, txn,
                             facts.seq, first ? from_seq : next);
        first = false;
        next = (uint64_t)facts.seq + facts.count;
        if (!code && next > from_seq)
            more = visit(context, &facts);
    }
    int failure = store_sqlite_finish(reader, statement, code ? SQLITE_DONE : rc, error);
    return code ? code : failure;
}

static int sqlite_each_fact(void *self, uint64_t txn, uint32_t from_seq, store_facts_visitor *visit, void *context,
                            struct error *error)
{
    struct sqlite_reader *reader = store_sqlite_take_reader(self, error);
    if (!reader)
        return (int)error->code;
    sqlite3_stmt *statement = reader->statements[READ_FACTS];
    sqlite3_bind_int64(statement, 1, (sqlite3_int64)txn);
    sqlite3_bind_int64(statement, 2, from_seq);
    int code = visit_facts(reader, txn, from_seq, visit, context, error);
    store_sqlite_give_reader(self, reader);
    return code;
}

static int visit_definitions(struct sqlite_reader *reader, sqlite3_stmt *statement,
                             store_definition_visitor *visit, void *context, struct error *error)
{
    int rc;
    bool more = true;
    while (more && (rc = sqlite3_step(statement)) == SQLITE_ROW) {
        struct store_definition definition = {.name = text(statement, 0),
                                              .version = (uint32_t)number(statement, 1),
                                              .at_ms = number(statement, 2),
                                              .text = text(statement, 3),
                                              .length = (size_t)sqlite3_column_bytes(statement, 3)};
        more = visit(context, &definition);
    }
    return store_sqlite_finish(reader, statement, rc, error);
}

static int sqlite_each_definition(void *self, const char *name, uint32_t version, store_definition_visitor *visit,
                                  void *context, struct error *error)
{
    struct sqlite_reader *reader = store_sqlite_take_reader(self, error);
    if (!reader)
        return (int)error->code;
    sqlite3_stmt *statement = reader->statements[name ? READ_DEFINITION : READ_DEFINITIONS];
    int rc = name ? sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC) : SQLITE_OK;
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_int64(statement, 2, version);
    int code = rc == SQLITE_OK ? visit_definitions(reader, statement, visit, context, error)
                               : store_sqlite_finish(reader, statement, rc, error);
    store_sqlite_give_reader(self, reader);
    return code;
}

static int visit_participants(struct sqlite_reader *reader, store_participant_visitor *visit, void *context,
                              struct error *error)
{
    sqlite3_stmt *statement = reader->statements[READ_PARTICIPANTS];
    int rc;
    bool more = true;
    while (more && (rc = sqlite3_step(statement)) == SQLITE_ROW) {
        struct store_participant participant = {.name = text(statement, 0),
                                                .text = text(statement, 1),
                                                .length = (size_t)sqlite3_column_bytes(statement, 1)};
        more = visit(context, &participant);
    }
    return store_sqlite_finish(reader, statement, rc, error);
}

static int sqlite_each_participant(void *self, store_participant_visitor *visit, void *context,
                                   struct error *error)
{
    struct sqlite_reader *reader = store_sqlite_take_reader(self, error);
    if (!reader)
        return (int)error->code;
    int code = visit_participants(reader, visit, context, error);
    store_sqlite_give_reader(self, reader);
    return code;
}

static int sqlite_each_schedule(void *self, store_schedule_visitor *visit, void *context, struct error *error)
{
    struct sqlite_reader *reader = store_sqlite_take_reader(self, error);
    if (!reader)
        return (int)error->code;
    sqlite3_stmt *statement = reader->statements[READ_SCHEDULES];
    int rc;
    bool more = true;
    while (more && (rc = sqlite3_step(statement)) == SQLITE_ROW)
        more = visit(context, &(struct store_schedule){text(statement, 0), number(statement, 1)});
    int code = store_sqlite_finish(reader, statement, rc, error);
    store_sqlite_give_reader(self, reader);
    return code;
}

void store_sqlite_reading(struct store *port)
{
    assert(port->self && !port->row);
    port->last = sqlite_last;
    port->open_count = sqlite_open_count;
    port->each_waking = sqlite_each_waking;
    port->each_expired = sqlite_each_expired;
    port->each_fact = sqlite_each_fact;
    port->each_row = store_sqlite_each_row;
    port->row = sqlite_row;
    port->find = sqlite_find;
    port->each_definition = sqlite_each_definition;
    port->each_participant = sqlite_each_participant;
    port->each_schedule = sqlite_each_schedule;
    port->each_message = store_sqlite_each_message;
}
