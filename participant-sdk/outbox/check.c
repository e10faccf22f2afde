/* The coordinator asks what became of a message. */
#include "table.h"

#include <string.h>

int belay_outbox_check(struct belay_call *call)
{
    static const char commit[] = "{\"outcome\":\"commit\"}", abort[] = "{\"outcome\":\"abort\"}";
    sqlite3 *db = belay_call_session(call);
    const char *id = belay_call_transaction(call);
    struct belay_error error;
    sqlite3_stmt *stmt;
    /* First the fence, which takes no hold where there is a row: then no writer comes between. */
    if (belay_outbox_prepare(db, "INSERT INTO belay_outbox (id, state) VALUES (?1, 3) ON CONFLICT DO NOTHING", id,
                             &stmt, &error) ||
        belay_outbox_run(db, stmt, SQLITE_OK, "fence a message", &error) ||
        belay_outbox_prepare(db, "SELECT state FROM belay_outbox WHERE id = ?1", id, &stmt, &error))
        return belay_fail(call, "%s", error.text);
    int rc = sqlite3_step(stmt), state = sqlite3_column_int(stmt, 0);
    sqlite3_finalize(stmt);
    if (rc != SQLITE_ROW)
        return belay_fail(call, "read a message: %s", sqlite3_errmsg(db));
    return state == OUTBOX_FENCE ? belay_answer(call, abort, strlen(abort))
                                 : belay_answer(call, commit, strlen(commit));
}
