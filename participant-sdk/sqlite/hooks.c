/* Small SQL for hooks: the call's body and ids are parameters, and every error of SQLite is the call's failure. */
#include "belay/sqlite.h"

#include <limits.h>
#include <stdbool.h>
#include <string.h>

sqlite3 *belay_sqlite_db(const struct belay_call *call)
{
    return belay_call_session(call);
}

/* The value of a parameter; NULL and `*known` false when there is no such parameter. */
static const char *parameter(const struct belay_call *call, const char *name, bool *known)
{
    const struct {
        const char *name;
        const char *value;
    } texts[] = {
        {":transaction", belay_call_transaction(call)},
        {":step", belay_call_step(call)},
        {":item", belay_call_item(call)},
        {":key", belay_call_key(call)},
        {":action_key", belay_call_action_key(call)},
        {":callback", belay_call_callback(call)}, /* NULL where nobody is called back */
    };
    *known = true;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!strcmp(texts[i].name, name))
            return texts[i].value;
    *known = false;
    return NULL;
}

static int bind_one(struct belay_call *call, sqlite3_stmt *stmt, int index)
{
    const char *name = sqlite3_bind_parameter_name(stmt, index);
    size_t length = 0;
    const char *body = belay_call_body(call, &length);
    if (name && !strcmp(name, ":body")) /* without a body: NULL, which has no fields, rather than broken JSON */
        return length ? sqlite3_bind_text64(stmt, index, body, length, SQLITE_STATIC, SQLITE_UTF8) : SQLITE_OK;
    bool known = false;
    const char *text = parameter(call, name ? name : "?", &known);
    return known ? sqlite3_bind_text(stmt, index, text, -1, SQLITE_STATIC) : SQLITE_RANGE;
}

/* Prepares the statement at `*sql` and moves `*sql` behind it; NULL in `*out` at the end of the text. */
static int prepare(struct belay_call *call, const char **sql, sqlite3_stmt **out)
{
    sqlite3 *db = belay_sqlite_db(call);
    const char *text = *sql;
    *out = NULL;
    if (sqlite3_prepare_v2(db, text, -1, out, sql) != SQLITE_OK)
        return belay_fail(call, "%s: %.120s", sqlite3_errmsg(db), text);
    for (int i = 1; i <= sqlite3_bind_parameter_count(*out); i++) {
        int rc = bind_one(call, *out, i);
        if (rc == SQLITE_OK)
            continue;
        const char *name = sqlite3_bind_parameter_name(*out, i);
        if (rc == SQLITE_RANGE)
            belay_fail(call, "\"%.40s\" is no parameter that a call has, as :body is: %.120s", name ? name : "?",
                       text);
        else
            belay_fail(call, "%s: %.120s", sqlite3_errmsg(db), text);
        sqlite3_finalize(*out);
        return BELAY_FAILED;
    }
    return BELAY_YES;
}

/* Like sqlite3_step, with the failure noted. */
static int step(struct belay_call *call, sqlite3_stmt *stmt)
{
    int rc = sqlite3_step(stmt);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        belay_fail(call, "%s: %.120s", sqlite3_errmsg(belay_sqlite_db(call)), sqlite3_sql(stmt));
    return rc;
}

int belay_sqlite_run(struct belay_call *call, const char *sql, sqlite3_int64 *changed)
{
    for (;;) {
        sqlite3_stmt *stmt = NULL;
        if (prepare(call, &sql, &stmt))
            return BELAY_FAILED;
        if (!stmt)
            return BELAY_YES;
        int rc = SQLITE_ROW;
        while (rc == SQLITE_ROW)
            rc = step(call, stmt);
        if (rc == SQLITE_DONE && changed)
            *changed = sqlite3_changes64(belay_sqlite_db(call));
        sqlite3_finalize(stmt);
        if (rc != SQLITE_DONE)
            return BELAY_FAILED;
    }
}

int belay_sqlite_read(struct belay_call *call, const char *sql, sqlite3_int64 *value)
{
    sqlite3_stmt *stmt = NULL;
    if (prepare(call, &sql, &stmt))
        return BELAY_FAILED;
    int rc = step(call, stmt);
    if (rc == SQLITE_ROW || rc == SQLITE_DONE)
        *value = rc == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : 0;
    sqlite3_finalize(stmt);
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? BELAY_YES : BELAY_FAILED;
}

int belay_sqlite_answer(struct belay_call *call, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    if (prepare(call, &sql, &stmt))
        return BELAY_FAILED;
    int rc = step(call, stmt);
    int said = rc == SQLITE_ROW || rc == SQLITE_DONE ? BELAY_YES : BELAY_FAILED;
    if (rc == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(stmt, 0);
        if (text)
            said = belay_answer(call, text, (size_t)sqlite3_column_bytes(stmt, 0));
        else if (sqlite3_column_type(stmt, 0) != SQLITE_NULL)
            said = belay_fail(call, "no memory for the answer");
    }
    sqlite3_finalize(stmt);
    return said;
}
