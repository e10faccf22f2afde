/* A ledger on SQLite: deposits that are entries in a table, as a saga, as TCC and in two phases.
 *
 *     ledger_sqlite ADDRESS DATABASE [whsec_SECRET...]
 *
 * POST /belay/deposit takes {"cents": 5}; GET /cents tells the sum of what counts. A deposit of nothing is
 * refused. What is only tried or prepared is held: it does not count before it is confirmed. */
#include <belay/serve.h>
#include <belay/sqlite.h>

#include <stdio.h>
#include <string.h>

/* How long calls are remembered: longer than any transaction stays open or paused. */
enum { REMEMBER_S = 90 * 24 * 3600 };

#define ENTRY "INSERT INTO entry (key, cents, held) VALUES (:key, :body ->> 'cents', "

static int refuse_nothing(struct belay_call *call)
{
    sqlite3_int64 cents;
    if (belay_sqlite_read(call, "SELECT :body ->> 'cents'", &cents))
        return BELAY_FAILED;
    return cents > 0 ? BELAY_YES : belay_refuse(call, "nothing", "a deposit of %lld cents", (long long)cents);
}

static int deposit(struct belay_call *call)
{
    int said = refuse_nothing(call);
    if (!said)
        said = belay_sqlite_run(call, ENTRY "0)", NULL);
    return said ? said : belay_sqlite_answer(call, "SELECT json_object('entry', last_insert_rowid())");
}

static int hold(struct belay_call *call)
{
    int said = refuse_nothing(call);
    if (!said)
        said = belay_sqlite_run(call, ENTRY "1)", NULL);
    return said ? said : belay_sqlite_answer(call, "SELECT json_object('held', last_insert_rowid())");
}

static int keep(struct belay_call *call)
{
    return belay_sqlite_run(call, "UPDATE entry SET held = 0 WHERE key = :action_key", NULL);
}

/* A ledger forgets nothing: what is taken back is another entry. */
static int take_back(struct belay_call *call)
{
    return belay_sqlite_run(
        call, "INSERT INTO entry (key, cents, held) SELECT :key, -cents, 0 FROM entry WHERE key = :action_key",
        NULL);
}

static int release(struct belay_call *call)
{
    return belay_sqlite_run(call, "DELETE FROM entry WHERE key = :action_key", NULL);
}

static int look(void *context, const struct belay_request *request, struct belay_response *response)
{
    char text[64];
    sqlite3_stmt *stmt = NULL;
    if (strcmp(request->path, "/cents") ||
        sqlite3_prepare_v2(context, "SELECT coalesce(sum(cents), 0) FROM entry WHERE NOT held", -1, &stmt, NULL))
        return -1;
    if (sqlite3_step(stmt) == SQLITE_ROW)
        snprintf(text, sizeof text, "{\"cents\":%lld}", (long long)sqlite3_column_int64(stmt, 0));
    sqlite3_finalize(stmt);
    return belay_response_set(response, 200, "application/json", text, strlen(text));
}

/* What is as it should be would fill a disk. */
static void note(void *context, const struct belay_record *record)
{
    (void)context;
    if (record->level > BELAY_LEVEL_INFO)
        fprintf(stderr, "ledger: %s %s: %d %s: %s\n", record->operation, record->key, record->status, record->what,
                record->text);
}

static int serve(sqlite3 *db, const char *address, const char *const *secrets, size_t secrets_count,
                 struct belay_error *error)
{
    const struct belay_operation operation = {.size = sizeof operation,
                                              .name = "deposit",
                                              .on_action = deposit,
                                              .on_compensation = take_back,
                                              .on_try = hold,
                                              .on_confirm = keep,
                                              .on_cancel = release,
                                              .on_prepare = hold,
                                              .on_commit = keep,
                                              .on_rollback = release};
    const struct belay_logger logger = {.log = note};
    struct belay_participant_options options = {.size = sizeof options,
                                                .logger = &logger,
                                                .secrets = secrets,
                                                .secrets_count = secrets_count,
                                                .hmac = belay_hmac_libcrypto,
                                                .clock = &belay_clock_system};
    struct belay_serve_options server = {.size = sizeof server, .listen = address, .context = db, .other = look};
    int code = belay_sqlite_open(db, NULL, &options.barrier, error);
    if (!code)
        code = belay_sqlite_prune(db, REMEMBER_S, NULL, error);
    if (!code)
        code = belay_participant_new(&options, &server.participant, error);
    if (!code)
        code = belay_participant_add(server.participant, &operation, error);
    if (!code)
        code = belay_serve_run(&server, error);
    belay_participant_free(server.participant);
    belay_sqlite_close(options.barrier);
    return code;
}

int main(int argc, char **argv)
{
    sqlite3 *db = NULL;
    struct belay_error error;
    if (argc < 3)
        return fprintf(stderr, "usage: %s ADDRESS DATABASE [whsec_SECRET...]\n", argv[0]), 2;
    if (sqlite3_open(argv[2], &db) ||
        sqlite3_exec(db,
                     "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                     "CREATE TABLE IF NOT EXISTS entry (id INTEGER PRIMARY KEY, key TEXT NOT NULL,"
                     " cents INTEGER NOT NULL, held INTEGER NOT NULL);"
                     "CREATE INDEX IF NOT EXISTS entry_key ON entry (key)",
                     NULL, NULL, NULL))
        return fprintf(stderr, "ledger: %s: %s\n", argv[2], sqlite3_errmsg(db)), 1;
    int code = serve(db, argv[1], (const char *const *)argv + 3, (size_t)argc - 3, &error);
    if (code)
        fprintf(stderr, "ledger: %s\n", error.text);
    sqlite3_close(db);
    return code ? 1 : 0;
}
