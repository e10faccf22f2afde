/* Removing a transaction with everything that is its own: facts, the hashes it is found by, tags. */
#include "adapters/store_sqlite_inner.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

static int remove_row(struct store_sqlite *store, uint64_t txn, const char *id, const char *key, const char *tags,
                      struct error *error);
static int remove_by_number(struct store_sqlite *store, enum sqlite_write write, uint64_t txn,
                            struct error *error);
static int remove_found(struct store_sqlite *store, char kind, uint64_t txn, const char *text,
                        struct error *error);
static int remove_tags(struct store_sqlite *store, uint64_t txn, const char *tags, struct error *error);

int store_sqlite_remove(struct store_sqlite *store, uint64_t txn, struct error *error)
{
    sqlite3_stmt *find = store->writes[WRITE_FIND_REMOVED];
    int code = 0;
    sqlite3_bind_int64(find, 1, (sqlite3_int64)txn);
    int rc = sqlite3_step(find);
    if (rc == SQLITE_ROW && sqlite3_column_int(find, 0))
        code = error_set(error, ERROR_CONFLICT, "removal of transaction %" PRIu64 ", which is open", txn);
    else if (rc == SQLITE_ROW)
        code = remove_row(store, txn, (const char *)sqlite3_column_text(find, 1),
                          (const char *)sqlite3_column_text(find, 2), (const char *)sqlite3_column_text(find, 3),
                          error);
    else if (rc != SQLITE_DONE)
        code = store_sqlite_fail(error, store->writer, ERROR_STORE, "remove");
    sqlite3_reset(find);
    return code;
}

/* The row goes last: the texts are its own. */
static int remove_row(struct store_sqlite *store, uint64_t txn, const char *id, const char *key, const char *tags,
                      struct error *error)
{
    int code = remove_by_number(store, WRITE_NO_FACTS, txn, error);
    if (!code && id)
        code = remove_found(store, 'i', txn, id, error);
    if (!code && key)
        code = remove_found(store, 'k', txn, key, error);
    if (!code && tags)
        code = remove_tags(store, txn, tags, error);
    return code ? code : remove_by_number(store, WRITE_NO_TXN, txn, error);
}

static int remove_by_number(struct store_sqlite *store, enum sqlite_write write, uint64_t txn, struct error *error)
{
    int bound = sqlite3_bind_int64(store->writes[write], 1, (sqlite3_int64)txn);
    return store_sqlite_write(store, write, bound, "remove", error);
}

static int remove_found(struct store_sqlite *store, char kind, uint64_t txn, const char *text, struct error *error)
{
    sqlite3_stmt *statement = store->writes[WRITE_NO_FINDER];
    int bound = sqlite3_bind_int64(statement, 1, store_sqlite_hash(store, kind, text));
    bound |= sqlite3_bind_int64(statement, 2, (sqlite3_int64)txn);
    return store_sqlite_write(store, WRITE_NO_FINDER, bound, "remove", error);
}

static int remove_tags(struct store_sqlite *store, uint64_t txn, const char *tags, struct error *error)
{
    sqlite3_stmt *statement = store->writes[WRITE_NO_TAG];
    int code = 0;
    assert(tags[0] == '\n');
    for (const char *at = tags + 1; !code && *at;) {
        size_t length = strcspn(at, "\n");
        int bound = sqlite3_bind_text64(statement, 1, at, length, SQLITE_STATIC, SQLITE_UTF8);
        bound |= sqlite3_bind_int64(statement, 2, (sqlite3_int64)txn);
        code = store_sqlite_write(store, WRITE_NO_TAG, bound, "remove", error);
        at += length + (at[length] == '\n');
    }
    return code;
}
