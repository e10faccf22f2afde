/* The outbox: messages come in with the facts that they tell of, and go out when they were delivered. */
#include "adapters/store_sqlite_inner.h"

#include <inttypes.h>

static int bind_place(sqlite3_stmt *statement, const struct store_message *message)
{
    int bound = sqlite3_bind_text(statement, 1, message->participant, -1, SQLITE_STATIC);
    bound |= sqlite3_bind_int64(statement, 2, (sqlite3_int64)message->txn);
    return bound | sqlite3_bind_int64(statement, 3, message->seq);
}

int store_sqlite_put_message(struct store_sqlite *store, const struct store_message *message, struct error *error)
{
    sqlite3_stmt *statement = store->writes[WRITE_MESSAGE];
    int bound = bind_place(statement, message);
    bound |=
        sqlite3_bind_blob64(statement, 4, message->length ? message->bytes : "", message->length, SQLITE_STATIC);
    int code = store_sqlite_write(store, WRITE_MESSAGE, bound, "waits already", error);
    if (code == ERROR_CONFLICT)
        error_wrap(error, "message of transaction %" PRIu64 ", fact %" PRIu32, message->txn, message->seq);
    return code;
}

int store_sqlite_take_message(struct store_sqlite *store, const struct store_message *message, struct error *error)
{
    int bound = bind_place(store->writes[WRITE_DELIVERED], message);
    return store_sqlite_write(store, WRITE_DELIVERED, bound, "delivered", error);
}

int store_sqlite_each_message(void *self, const char *participant, uint32_t limit, store_message_visitor *visit,
                              void *context, struct error *error)
{
    struct sqlite_reader *reader = store_sqlite_take_reader(self, error);
    if (!reader)
        return (int)error->code;
    sqlite3_stmt *statement = reader->statements[READ_MESSAGES];
    int rc = sqlite3_bind_text(statement, 1, participant, -1, SQLITE_STATIC);
    rc |= sqlite3_bind_int64(statement, 2, limit);
    bool more = rc == SQLITE_OK;
    while (more && (rc = sqlite3_step(statement)) == SQLITE_ROW)
        more =
            visit(context, &(struct store_message){.participant = (const char *)sqlite3_column_text(statement, 0),
                                                   .txn = (uint64_t)sqlite3_column_int64(statement, 1),
                                                   .seq = (uint32_t)sqlite3_column_int64(statement, 2),
                                                   .bytes = sqlite3_column_blob(statement, 3),
                                                   .length = (size_t)sqlite3_column_bytes(statement, 3)});
    int code = store_sqlite_finish(reader, statement, rc, error);
    store_sqlite_give_reader(self, reader);
    return code;
}
