/* A barrier around SQLite's that forgets one thing. */
#include "wrong.h"

#include "belay/serve.h"
#include "belay/sqlite.h"

#include <stdio.h>
#include <string.h>

static struct belay_barrier real, wrong;

static int find_nothing(void *self, const struct belay_branch *branch, const char *phase, struct belay_row *row,
                        struct belay_error *error)
{
    int code = real.find(self, branch, phase, row, error);
    *row = (struct belay_row){.state = BELAY_STATE_OPEN};
    return code;
}

/* What was done is known; what was fenced is not. */
static int find_no_fence(void *self, const struct belay_branch *branch, const char *phase, struct belay_row *row,
                         struct belay_error *error)
{
    int code = real.find(self, branch, phase, row, error);
    if (row->state == BELAY_STATE_FENCE)
        *row = (struct belay_row){.state = BELAY_STATE_OPEN};
    return code;
}

static int find_without_answer(void *self, const struct belay_branch *branch, const char *phase,
                               struct belay_row *row, struct belay_error *error)
{
    int code = real.find(self, branch, phase, row, error);
    if (row->state == BELAY_STATE_YES)
        *row = (struct belay_row){.state = BELAY_STATE_YES, .status = 204};
    return code;
}

static int store_no_refusal(void *self, const struct belay_branch *branch, const char *phase,
                            const struct belay_row *row, struct belay_error *error)
{
    return row->state == BELAY_STATE_NO ? BELAY_OK : real.store(self, branch, phase, row, error);
}

static int deposit(struct belay_call *call)
{
    sqlite3_int64 cents;
    if (belay_sqlite_read(call, "SELECT :body ->> 'cents'", &cents))
        return BELAY_FAILED;
    if (cents <= 0) {
        static int asked;
        return belay_refuse(call, "nothing", "asked %d times", ++asked);
    }
    if (belay_sqlite_run(call, "INSERT INTO entry VALUES (:key, :body ->> 'cents')", NULL))
        return BELAY_FAILED;
    return belay_sqlite_answer(call, "SELECT json_object('entry', last_insert_rowid())");
}

static int take_back(struct belay_call *call)
{
    return belay_sqlite_run(call, "DELETE FROM entry WHERE key = :action_key", NULL);
}

static int look(void *context, const struct belay_request *request, struct belay_response *response)
{
    char text[32];
    sqlite3_stmt *stmt = NULL;
    if (strcmp(request->path, "/cents") ||
        sqlite3_prepare_v2(context, "SELECT coalesce(sum(cents), 0) FROM entry", -1, &stmt, NULL))
        return -1;
    sqlite3_step(stmt);
    snprintf(text, sizeof text, "%lld", (long long)sqlite3_column_int64(stmt, 0));
    sqlite3_finalize(stmt);
    return belay_response_set(response, 200, "application/json", text, strlen(text));
}

static void make_wrong(const char *what)
{
    wrong = real;
    if (!strcmp(what, "barrier"))
        wrong.find = wrong.claim = find_nothing;
    if (!strcmp(what, "fence"))
        wrong.find = wrong.claim = find_no_fence;
    if (!strcmp(what, "answers"))
        wrong.find = wrong.claim = find_without_answer;
    if (!strcmp(what, "refusals"))
        wrong.store = store_no_refusal;
}

int wrong_serve(const char *what, const char *address, const char *secret)
{
    struct belay_error error = {.code = BELAY_OK};
    struct belay_barrier *barrier = NULL;
    sqlite3 *db = NULL;
    const struct belay_operation operation = {
        .size = sizeof operation, .name = "deposit", .on_action = deposit, .on_compensation = take_back};
    struct belay_participant_options options = {.size = sizeof options,
                                                .barrier = &wrong,
                                                .secrets = &secret,
                                                .secrets_count = strcmp(what, "unsigned") ? 1 : 0,
                                                .hmac = belay_hmac_libcrypto,
                                                .clock = &belay_clock_system};
    sqlite3_open(":memory:", &db);
    sqlite3_exec(db, "CREATE TABLE entry (key, cents)", NULL, NULL, NULL);
    struct belay_serve_options server = {.size = sizeof server, .listen = address, .context = db, .other = look};
    int code = belay_sqlite_open(db, NULL, &barrier, &error);
    if (!code) {
        real = *barrier;
        make_wrong(what);
        code = belay_participant_new(&options, &server.participant, &error);
    }
    if (!code)
        code = belay_participant_add(server.participant, &operation, &error);
    if (!code)
        code = belay_serve_run(&server, &error);
    if (code)
        fprintf(stderr, "%s\n", error.text);
    return code ? 1 : 0;
}
