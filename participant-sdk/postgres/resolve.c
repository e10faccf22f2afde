/* Branches that are prepared and whose decision has not arrived: asked about, and ended, at the service's start.
 */
#include "inside.h"

#include <assert.h>
#include <string.h>

struct resolution {
    struct postgres *self;
    belay_postgres_ask *ask;
    void *context;
    size_t left;
    int code; /* the first failure */
    struct belay_error *error;
};

/* What the calls would have left behind: the row of the prepare, and, after an abort, that of the rollback. A
 * fence in place of the first would be as good; it says yes because the answer may have been given. */
static int end(struct postgres *self, const struct belay_branch *branch, bool commit, struct belay_error *error)
{
    static const struct belay_row yes = {.state = BELAY_STATE_YES, .status = 204};
    bool gone = false;
    int code = two_phase_lock(self, error);
    if (!code)
        code = rows_add(self, branch, "prepare", &yes, error);
    if (!code)
        code = two_phase_end(self, commit, &gone, error);
    if (!code && !commit && !gone) /* gone: the decision arrived while we asked */
        code = rows_add(self, branch, "rollback", &yes, error);
    two_phase_unlock(self);
    return code;
}

static void resolve(struct resolution *resolution, const char *gid)
{
    char parts[GID_MAX + 1];
    struct belay_branch branch;
    struct belay_error failure;
    enum belay_outcome outcome = BELAY_OUTCOME_UNKNOWN;
    struct postgres *self = resolution->self;
    resolution->left++;
    if (!gid_parse(gid, parts, &branch))
        return;
    if (resolution->ask(resolution->context, branch.transaction, &outcome, &failure))
        return;
    if (outcome != BELAY_OUTCOME_COMMIT && outcome != BELAY_OUTCOME_ABORT)
        return;
    int code = postgres_mend(self, &failure);
    memcpy(self->gid, gid, strlen(gid) + 1);
    if (!code)
        code = end(self, &branch, outcome == BELAY_OUTCOME_COMMIT, &failure);
    if (!code)
        resolution->left--;
    else if (!resolution->code)
        resolution->code = belay_error_set(resolution->error, code, "%s: %.200s", gid, failure.text);
}

int belay_postgres_resolve(struct belay_barrier *barrier, belay_postgres_ask *ask, void *context, size_t *left,
                           struct belay_error *error)
{
    struct postgres *self = barrier->self;
    if (!self->two_phase || !ask || self->begun)
        return belay_error_set(error, BELAY_ERROR_ARGUMENT,
                               "resolve: no barrier with two_phase, or it is in a call");
    struct resolution resolution = {.self = self, .ask = ask, .context = context, .error = error};
    int code = postgres_mend(self, error);
    if (code)
        return code;
    PGresult *found = PQexec(self->conn, "SELECT gid FROM pg_prepared_xacts WHERE gid LIKE 'belay/%'"
                                         " AND database = current_database() ORDER BY prepared");
    if (PQresultStatus(found) != PGRES_TUPLES_OK)
        resolution.code = query_fail(self->conn, found, "look for prepared transactions", error);
    for (int i = 0; i < PQntuples(found); i++)
        resolve(&resolution, PQgetvalue(found, i, 0));
    PQclear(found);
    if (left)
        *left = resolution.left;
    return resolution.code;
}
