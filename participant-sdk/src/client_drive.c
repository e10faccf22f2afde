/* Requests about transactions that the service itself drives: begin, enlist, decide, ask. */
#include "client.h"
#include "sized.h"

#include <stdio.h>

static const char *const kinds[BELAY_KINDS_COUNT] = {
#define X(name, word) [BELAY_KIND_##name] = word,
    BELAY_KINDS(X)
#undef X
};

/* A participant's operation, as the members that say whom to call. */
static void put_operation(struct client_draft *draft, const char *participant, const char *operation)
{
    if (!participant || !operation)
        belay_draft_refuse(draft, "a participant is named together with its operation");
    belay_draft_body_id(draft, "participant", participant, BELAY_OPERATION_MAX);
    belay_draft_body_id(draft, "operation", operation, BELAY_OPERATION_MAX);
}

/* The members of a branch, into the object that is open. */
static void put_branch(struct client_draft *draft, const struct belay_enlist *branch)
{
    if (!branch->branch)
        belay_draft_refuse(draft, "a branch without an id");
    belay_draft_body_id(draft, "id", branch->branch, BELAY_STEP_MAX);
    if (branch->url && (branch->participant || branch->operation))
        belay_draft_refuse(draft, "a branch with a URL and a participant");
    else if (branch->url)
        belay_draft_body_url(draft, "url", branch->url);
    else
        put_operation(draft, branch->participant, branch->operation);
    belay_draft_body_json(draft, "body", branch->body, branch->body_length);
}

static void put_branches(struct client_draft *draft, const struct belay_begin *begin)
{
    if (begin->branches_count == 0)
        return;
    belay_draft_body_open(draft, "branches", "[");
    for (size_t i = 0; i < begin->branches_count && !draft->code; i++) {
        struct belay_enlist branch;
        if (!belay_sized_copy(&branch, sizeof branch, sizeof branch, &begin->branches[i])) {
            belay_draft_refuse(draft, "branch %zu: size is not set", i);
            return;
        }
        belay_draft_body_open(draft, NULL, "{");
        put_branch(draft, &branch);
        belay_draft_body_raw(draft, "}");
    }
    belay_draft_body_raw(draft, "]");
}

int belay_client_begin(const struct belay_begin *given, struct belay_outgoing *out, struct belay_error *error)
{
    struct belay_begin begin;
    if (!belay_sized_copy(&begin, sizeof begin, sizeof begin, given))
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "begin: size is not set");
    if (begin.kind >= BELAY_KINDS_COUNT)
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "begin: %d is no kind", (int)begin.kind);
    struct client_draft draft;
    belay_draft_begin(&draft, "POST", out, error);
    belay_draft_path(&draft, "/v1/transactions");
    belay_draft_target_end(&draft);
    belay_draft_body(&draft);
    belay_draft_body_text(&draft, "kind", kinds[begin.kind], BELAY_PHASE_MAX);
    if (!begin.id)
        belay_draft_refuse(&draft, "begin: no id");
    belay_draft_body_id(&draft, "id", begin.id, BELAY_TRANSACTION_MAX);
    char timeout[16];
    snprintf(timeout, sizeof timeout, "%ums", begin.timeout_ms);
    belay_draft_body_text(&draft, "timeout", begin.timeout_ms ? timeout : NULL, sizeof timeout);
    if (begin.check_participant || begin.check_operation) {
        belay_draft_body_open(&draft, "check", "{");
        put_operation(&draft, begin.check_participant, begin.check_operation);
        belay_draft_body_raw(&draft, "}");
    }
    put_branches(&draft, &begin);
    return belay_draft_end(&draft, 1, 0, out);
}

/* A request about one transaction. */
static void begin_about(struct client_draft *draft, const char *method, const char *id, const char *behind,
                        const struct belay_outgoing *out, struct belay_error *error)
{
    belay_draft_begin(draft, method, out, error);
    belay_draft_path(draft, "/v1/transactions/");
    belay_draft_segment(draft, "the transaction's id", id, BELAY_TRANSACTION_MAX);
    belay_draft_path(draft, behind);
    belay_draft_target_end(draft);
}

int belay_client_enlist(const char *id, const struct belay_enlist *given, struct belay_outgoing *out,
                        struct belay_error *error)
{
    struct belay_enlist branch;
    if (!belay_sized_copy(&branch, sizeof branch, sizeof branch, given))
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "enlist: size is not set");
    struct client_draft draft;
    begin_about(&draft, "POST", id, "/branches", out, error);
    belay_draft_body(&draft);
    put_branch(&draft, &branch);
    return belay_draft_end(&draft, 1, 0, out);
}

int belay_client_commit(const char *id, unsigned wait_s, struct belay_outgoing *out, struct belay_error *error)
{
    struct client_draft draft;
    begin_about(&draft, "POST", id, "/commit", out, error);
    belay_draft_wait(&draft, wait_s);
    belay_draft_body(&draft);
    return belay_draft_end(&draft, 1, wait_s, out);
}

int belay_client_rollback(const char *id, const char *reason, struct belay_outgoing *out,
                          struct belay_error *error)
{
    struct client_draft draft;
    begin_about(&draft, "POST", id, "/rollback", out, error);
    belay_draft_body(&draft);
    belay_draft_body_text(&draft, "reason", reason, BELAY_REASON_MAX);
    return belay_draft_end(&draft, 1, 0, out);
}

int belay_client_outcome(const char *id, struct belay_outgoing *out, struct belay_error *error)
{
    struct client_draft draft;
    begin_about(&draft, "GET", id, "/outcome", out, error);
    return belay_draft_end(&draft, 1, 0, out);
}
