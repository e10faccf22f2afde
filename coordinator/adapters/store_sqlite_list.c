/* The list of transactions under a filter, newest first. Each filter is answered from the index that narrows
 * most (store_sqlite_schema.c); the rest of the filter is compared row by row. A filter by status becomes one
 * query per status, merged, because only the entries of a single status stand in the order of txn. */
#include "adapters/store_check.h"
#include "adapters/store_sqlite_inner.h"
#include "base/buf.h"

#include <assert.h>
#include <string.h>

enum {
    SQL_MAX = 64 * 1024, /* 32 statuses, open or not, of 500 bytes each */
    STATUSES_MAX = 32,
};

/* Parameters of the query, bound by number whatever the filter. */
enum { AT_SAGA = 1, AT_TAG, AT_STEP, AT_PARTICIPANT, AT_SINCE, AT_UNTIL, AT_BEFORE, AT_LIMIT };

static void build(struct buf *sql, const struct store_query *query);
static int bind(sqlite3_stmt *statement, const struct store_query *query);

int store_sqlite_each_row(void *self, const struct store_query *query, store_row_visitor *visit, void *context,
                          struct error *error)
{
    store_check_query(query);
    struct sqlite_reader *reader = store_sqlite_take_reader(self, error);
    if (!reader)
        return (int)error->code;
    struct buf sql;
    buf_init(&sql, SQL_MAX);
    build(&sql, query);
    assert(!sql.full);
    sqlite3_stmt *statement = NULL;
    int rc = sqlite3_prepare_v2(reader->db, buf_text(&sql), -1, &statement, NULL);
    if (rc == SQLITE_OK)
        rc = bind(statement, query);
    int code = rc == SQLITE_OK ? store_sqlite_visit_rows(reader, statement, visit, context, error)
                               : store_sqlite_fail(error, reader->db, ERROR_STORE, "list transactions");
    sqlite3_finalize(statement);
    buf_done(&sql);
    store_sqlite_give_reader(self, reader);
    return code;
}

/* Numbers over what SQLite can hold come from users and mean "no bound" where they are upper bounds. */
static sqlite3_int64 clamp(uint64_t number)
{
    return number > INT64_MAX ? INT64_MAX : (sqlite3_int64)number;
}

static int bind(sqlite3_stmt *statement, const struct store_query *query)
{
    int rc = sqlite3_bind_text(statement, AT_SAGA, query->saga, -1, SQLITE_STATIC);
    rc |= sqlite3_bind_text(statement, AT_TAG, query->tag, -1, SQLITE_STATIC);
    rc |= sqlite3_bind_text(statement, AT_STEP, query->step, -1, SQLITE_STATIC);
    rc |= sqlite3_bind_text(statement, AT_PARTICIPANT, query->participant, -1, SQLITE_STATIC);
    rc |= sqlite3_bind_int64(statement, AT_SINCE, clamp(query->since_ms));
    rc |= sqlite3_bind_int64(statement, AT_UNTIL, query->until_ms ? clamp(query->until_ms) : INT64_MAX);
    rc |= sqlite3_bind_int64(statement, AT_BEFORE, query->before ? clamp(query->before) : INT64_MAX);
    rc |= sqlite3_bind_int64(statement, AT_LIMIT, query->limit);
    return rc;
}

/* The filter but for status. Times become a span of txn first, see the table `minute`. */
static void build_where(struct buf *sql, const struct store_query *query, const char *txn)
{
    buf_printf(sql, " WHERE %s < ?%d", txn, AT_BEFORE);
    if (query->saga)
        buf_printf(sql, " AND saga = ?%d", AT_SAGA);
    if (query->step)
        buf_printf(sql, " AND step = ?%d", AT_STEP);
    if (query->participant)
        buf_printf(sql, " AND participant = ?%d", AT_PARTICIPANT);
    if (query->since_ms)
        buf_printf(sql,
                   " AND begun_ms >= ?%d AND %s >= coalesce((SELECT txn FROM minute WHERE minute >= ?%d / %d"
                   " ORDER BY txn LIMIT 1), %lld)",
                   AT_SINCE, txn, AT_SINCE, SQLITE_MINUTE_MS, (long long)INT64_MAX);
    if (query->until_ms)
        buf_printf(sql,
                   " AND begun_ms < ?%d AND %s < coalesce((SELECT txn FROM minute WHERE txn > coalesce("
                   "(SELECT txn FROM minute WHERE minute <= ?%d / %d ORDER BY txn DESC LIMIT 1), 0)"
                   " ORDER BY txn LIMIT 1), %lld)",
                   AT_UNTIL, txn, AT_UNTIL, SQLITE_MINUTE_MS, (long long)INT64_MAX);
}

/* " AND status IN (...)" for the bits that are set. */
static void build_statuses(struct buf *sql, uint32_t statuses)
{
    const char *before = " AND +status IN (";
    for (int status = 0; status < STATUSES_MAX; status++)
        if (statuses >> status & 1) {
            buf_printf(sql, "%s%d", before, status);
            before = ", ";
        }
    if (statuses)
        buf_putc(sql, ')');
}

/* One walk through one index; the parts of a union are merged by txn. */
static void build_part(struct buf *sql, const struct store_query *query, const char *from, const char *txn)
{
    if (sql->length)
        buf_puts(sql, " UNION ALL ");
    buf_printf(sql, "SELECT * FROM (SELECT " ROW_COLUMNS " FROM %s", from);
    build_where(sql, query, txn);
}

static void build_part_end(struct buf *sql, const char *txn)
{
    buf_printf(sql, " ORDER BY %s DESC LIMIT ?%d)", txn, AT_LIMIT);
}

/* One walk for each status; with a saga only for open ones, of which there are few: what has ended is found
 * through the saga. */
static void build_by_status(struct buf *sql, const struct store_query *query)
{
    for (int status = 0; status < STATUSES_MAX; status++)
        for (int open = query->saga ? 1 : 0; query->statuses >> status & 1 && open <= 1; open++) {
            build_part(sql, query, "txn INDEXED BY txn_status", "txn");
            buf_printf(sql, " AND open = %d AND status = %d", open, status);
            build_part_end(sql, "txn");
        }
    if (!query->saga)
        return;
    build_part(sql, query, "txn INDEXED BY txn_saga", "txn");
    buf_puts(sql, " AND +open = 0");
    build_statuses(sql, query->statuses);
    build_part_end(sql, "txn");
}

static void build(struct buf *sql, const struct store_query *query)
{
    if (!query->tag && !query->step && !query->participant && query->statuses) {
        build_by_status(sql, query);
    } else {
        bool standing = query->step || query->participant;
        const char *txn = query->tag ? "tag.txn" : "txn";
        build_part(sql, query,
                   query->tag    ? "tag CROSS JOIN txn USING (txn)"
                   : standing    ? "txn INDEXED BY txn_standing"
                   : query->saga ? "txn INDEXED BY txn_saga"
                                 : "txn",
                   txn);
        if (query->tag)
            buf_printf(sql, " AND tag = ?%d", AT_TAG);
        if (standing && !query->tag)
            buf_puts(sql, " AND (step IS NOT NULL OR participant IS NOT NULL)");
        build_statuses(sql, query->statuses);
        build_part_end(sql, txn);
    }
    buf_printf(sql, " ORDER BY txn DESC LIMIT ?%d", AT_LIMIT);
}
