/* The outbox: an order is written, and others are told, or neither happens, whatever dies in between.
 *
 *     order DATABASE URL ORDER SKU      order shop.db http://127.0.0.1:7070 order-17 book
 *
 * What could not be handed over is still in the database: the next run hands it over too, as a service would with
 * belay_outbox_thread_start. */
#include <belay/curl.h>
#include <belay/outbox.h>
#include <belay/sqlite.h>

#include <stdio.h>
#include <string.h>

/* One local transaction: the order, and the message to those who pack it and write the bill. Done twice it is done
 * once: both have the order's id. */
static int place(sqlite3 *db, struct belay_outbox *outbox, const char *order, const char *sku,
                 struct belay_error *error)
{
    char body[256];
    snprintf(body, sizeof body, "{\"sku\":\"%s\",\"quantity\":1}", sku);
    const struct belay_enlist branches[] = {
        {.size = sizeof branches[0],
         .branch = "pack",
         .participant = "inventory",
         .operation = "reserve",
         .body = body,
         .body_length = strlen(body)},
        {.size = sizeof branches[0],
         .branch = "bill",
         .participant = "payment",
         .operation = "charge",
         .body = body,
         .body_length = strlen(body)},
    };
    const struct belay_outbox_message message = {
        .size = sizeof message, .id = order, .branches = branches, .branches_count = 2};
    char *sql = sqlite3_mprintf("BEGIN IMMEDIATE; INSERT OR IGNORE INTO purchase VALUES (%Q, %Q)", order, sku);
    int code = BELAY_OK;
    if (sqlite3_exec(db, sql, NULL, NULL, NULL))
        code = belay_error_set(error, BELAY_ERROR_BACKEND, "write the order: %s", sqlite3_errmsg(db));
    if (!code)
        code = belay_outbox_write(outbox, &message, error);
    if (!code && sqlite3_exec(db, "COMMIT", NULL, NULL, NULL))
        code = belay_error_set(error, BELAY_ERROR_BACKEND, "commit: %s", sqlite3_errmsg(db));
    if (!sqlite3_get_autocommit(db))
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    sqlite3_free(sql);
    return code;
}

static int run(sqlite3 *db, struct belay_outbox *outbox, char **argv, struct belay_error *error)
{
    const struct belay_curl_options options = {.size = sizeof options, .url = argv[2], .total_ms = 3000};
    struct belay_outbox_report report = {.size = sizeof report};
    struct belay_curl *curl = NULL;
    int code = belay_curl_new(&options, &curl, error);
    if (!code)
        code = place(db, outbox, argv[3], argv[4], error);
    if (!code)
        code = belay_outbox_pump(outbox, belay_curl_transport(curl), 0, &report, error);
    if (code == BELAY_OK || code == BELAY_ERROR_UNAVAILABLE)
        printf("%u handed over, %u refused, %u waiting\n", report.handed, report.refused, report.waiting);
    belay_curl_free(curl);
    return code;
}

int main(int argc, char **argv)
{
    sqlite3 *db = NULL;
    struct belay_outbox *outbox = NULL;
    struct belay_error error;
    if (argc != 5)
        return fprintf(stderr, "usage: order DATABASE URL ORDER SKU\n"), 2;
    if (sqlite3_open(argv[1], &db) ||
        sqlite3_exec(db, "CREATE TABLE IF NOT EXISTS purchase (id TEXT PRIMARY KEY, sku TEXT NOT NULL)", NULL,
                     NULL, NULL)) {
        fprintf(stderr, "order: %s: %s\n", argv[1], sqlite3_errmsg(db));
        sqlite3_close(db);
        return 1;
    }
    int code = belay_sqlite_outbox_open(db, &outbox, &error);
    if (!code)
        code = run(db, outbox, argv, &error);
    if (code)
        fprintf(stderr, "order: %s\n", error.text);
    belay_outbox_close(outbox);
    sqlite3_close(db);
    return code ? 1 : 0;
}
