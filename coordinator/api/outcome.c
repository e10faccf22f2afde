/* GET /v1/transactions/{id}/outcome: what a participant that is in doubt asks. Presumed abort: what is not known
 * here was never committed. */
#include "api/answer.h"
#include "api/find.h"
#include "api/routes.h"
#include "api/write.h"
#include "engine/history.h"

static bool outcome_entry(void *context, const struct history_entry *entry);

void outcome_get(struct api *api, struct exchange *exchange, const struct target *target)
{
    struct found found;
    struct error error = {0};
    const char *outcome = "undecided";
    int code = find_transaction(api->store, target->path.segments[PATH_ID], &found, &error);
    if (code == ERROR_NOT_FOUND)
        outcome = "abort";
    else if (!code)
        code = history_read(api->store, found.txn, 0, outcome_entry, &outcome, &error);
    if (code && code != ERROR_NOT_FOUND) {
        answer_error(exchange, &error);
        return;
    }
    write_open(&exchange->response, '{');
    write_text(&exchange->response, "outcome", outcome);
    buf_putc(&exchange->response, '}');
    answer_json(exchange, 200);
}

/* A transaction that was ended by hand before its decision will not commit any more. */
static bool outcome_entry(void *context, const struct history_entry *entry)
{
    const char **outcome = context;
    if (entry->fact.type == FACT_TERMINATED)
        *outcome = "abort";
    if (entry->fact.type != FACT_DECIDED)
        return true;
    *outcome = entry->fact.value == DECISION_COMMIT ? "commit" : "abort";
    return false; /* there is one decision (invariant 2) */
}
