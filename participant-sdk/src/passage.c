/* One call on its way through the barrier: one transaction around reading the rows, the hook and its answer.
 *
 * The row of the do is also the branch's lock: every delivery of any phase claims it first, so that all of them
 * are decided one after the other. It may become a fence; the rows of confirm and undo only ever hold answers. */
#include "passage.h"
#include "barrier_decide.h"
#include "record.h"
#include "response.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>

/* One call on its way through the barrier. */
struct passage {
    const struct belay_barrier *barrier;
    struct belay_call *call;
    struct belay_response *response;
    struct belay_error *error;
    enum belay_verb verb;
    struct seen seen;
    struct belay_row own; /* the row of this call's phase, as it was found */
    int code;             /* what belay_handle returns */
};

static const char *own_phase(const struct passage *passage)
{
    return belay_phase_word(passage->call->phase);
}

static const char *do_phase(const struct passage *passage)
{
    return belay_phase_word(belay_phase_of(passage->call->phase));
}

/* Whatever fails ends here: everything is taken back and the answer is a 5xx. */
static void give_up(struct passage *passage, int code)
{
    assert(code != BELAY_OK);
    passage->barrier->rollback(passage->barrier->self);
    passage->code = code;
    passage->error->code = code;
    enum belay_problem problem = code == BELAY_ERROR_BUSY ? BELAY_PROBLEM_BUSY : BELAY_PROBLEM_FAILED;
    belay_response_problem(passage->response, problem, passage->error->text);
}

static void refuse(struct passage *passage, enum belay_problem problem, const char *detail)
{
    passage->barrier->rollback(passage->barrier->self);
    belay_record_problem(passage->call, problem, detail);
    if (belay_response_problem(passage->response, problem, detail))
        passage->code = belay_error_set(passage->error, BELAY_ERROR_MEMORY, "no memory for the response");
}

static void commit(struct passage *passage)
{
    int code = passage->barrier->commit(passage->barrier->self, passage->error);
    if (code)
        give_up(passage, code);
}

static const char *content_type(const struct belay_row *row)
{
    return row->state == BELAY_STATE_YES ? RESPONSE_JSON : RESPONSE_PROBLEM;
}

/* Fills the response while the transaction is open: what cannot be answered must not be committed. */
static bool answer(struct passage *passage, const struct belay_row *row)
{
    if (!belay_response_set(passage->response, row->status, content_type(row), row->body, row->body_length))
        return true;
    give_up(passage, belay_error_set(passage->error, BELAY_ERROR_MEMORY, "no memory for the response"));
    return false;
}

/* Answers without keeping anything. */
static void reply(struct passage *passage, const struct belay_row *row)
{
    if (answer(passage, row))
        passage->barrier->rollback(passage->barrier->self);
}

static bool store(struct passage *passage, const char *phase, const struct belay_row *row)
{
    const struct belay_barrier *barrier = passage->barrier;
    int code = barrier->store(barrier->self, &passage->call->branch, phase, row, passage->error);
    if (code)
        give_up(passage, code);
    return code == BELAY_OK;
}

static void record(struct passage *passage, const struct belay_row *row)
{
    if (answer(passage, row) && store(passage, own_phase(passage), row))
        commit(passage);
}

static void empty(struct passage *passage)
{
    static const struct belay_row fence = {.state = BELAY_STATE_FENCE};
    static const struct belay_row done = {.state = BELAY_STATE_YES, .status = 204};
    belay_record_answer(passage->call, "empty", "there was nothing to undo");
    if (passage->seen.did == BELAY_STATE_OPEN && !store(passage, do_phase(passage), &fence))
        return;
    record(passage, &done);
}

static void finish_yes(struct passage *passage, bool pending)
{
    const struct belay_bytes *said = &passage->call->answer;
    struct belay_row row = {.state = BELAY_STATE_YES, .status = pending ? 202 : said->length ? 200 : 204};
    row.body = said->data;
    row.body_length = said->length;
    belay_record_answer(passage->call, pending ? "pending" : "done", NULL);
    if (passage->verb != BELAY_VERB_CHECK)
        record(passage, &row);
    else if (answer(passage, &row)) /* no row of ours; what the hook itself noted, as the outbox's does, stays */
        commit(passage);
}

/* Only the no of a do is for good: what an undo or a confirm refuses will be asked again. */
static void finish_no(struct passage *passage)
{
    struct belay_call *call = passage->call;
    struct belay_bytes problem;
    belay_bytes_init(&problem, &passage->response->allocator, BELAY_BODY_MAX);
    belay_response_print_problem(&problem, 409, call->refusal_code, "Refused", call->refusal_detail);
    struct belay_row row = {.state = BELAY_STATE_NO, .status = 409, .body = problem.data};
    row.body_length = problem.length;
    char why[BELAY_ERROR_TEXT];
    snprintf(why, sizeof why, "%s: %.180s", call->refusal_code, call->refusal_detail);
    belay_record_answer(call, "refused", why);
    if (problem.failed)
        give_up(passage, belay_error_set(passage->error, BELAY_ERROR_MEMORY, "no memory for the response"));
    else if (passage->verb == BELAY_VERB_DO)
        record(passage, &row);
    else
        reply(passage, &row);
    belay_bytes_done(&problem);
}

/* Asks the hook. What cannot be is a failure, and `call->failure` says why. */
static int ask(struct passage *passage)
{
    struct belay_call *call = passage->call;
    int said = belay_call_hook(call)(call);
    if (said == BELAY_PENDING && passage->verb != BELAY_VERB_DO)
        return belay_fail(call, "only an action, a try or a prepare can be pending");
    if (said == BELAY_PENDING && !call->callback)
        return belay_fail(call, "the hook is pending, and the step is not asynchronous");
    if (said == BELAY_NO || said == BELAY_FAILED)
        return said;
    if (said != BELAY_YES && said != BELAY_PENDING)
        return belay_fail(call, "the hook returned %d, which is no answer (enum belay_answer)", said);
    return call->failure[0] ? BELAY_FAILED : said; /* an answer that did not fit, and was not looked at */
}

static void run(struct passage *passage)
{
    const struct belay_barrier *barrier = passage->barrier;
    int code = barrier->enter(barrier->self, passage->error);
    if (code) {
        give_up(passage, code);
        return;
    }
    int said = ask(passage);
    if (said == BELAY_FAILED) {
        const char *failure = passage->call->failure;
        give_up(passage,
                belay_error_set(passage->error, BELAY_ERROR_HOOK, "%s/%s: %s", passage->call->operation->name,
                                own_phase(passage), failure[0] ? failure : "the hook failed"));
        return;
    }
    code = barrier->leave(barrier->self, said != BELAY_NO, passage->error);
    if (code)
        give_up(passage, code);
    else if (said == BELAY_NO)
        finish_no(passage);
    else
        finish_yes(passage, said == BELAY_PENDING);
}

/* Reads the row of another phase of this branch; no such phase, no such row. */
static int find(struct passage *passage, enum belay_verb verb, int *state)
{
    const struct belay_barrier *barrier = passage->barrier;
    struct belay_row row = {.state = BELAY_STATE_OPEN};
    enum belay_phase phase = belay_phase_sibling(passage->call->phase, verb);
    int code = BELAY_OK;
    if (phase != BELAY_PHASES_COUNT)
        code = barrier->find(barrier->self, &passage->call->branch, belay_phase_word(phase), &row, passage->error);
    *state = row.state;
    if (verb == passage->verb)
        passage->own = row;
    return code;
}

/* Reads what was seen of this branch: its own row last, because that one's body may be needed. */
static int look(struct passage *passage)
{
    const struct belay_barrier *barrier = passage->barrier;
    int code =
        barrier->claim(barrier->self, &passage->call->branch, do_phase(passage), &passage->own, passage->error);
    passage->seen.did = passage->own.state;
    if (code || passage->verb == BELAY_VERB_DO)
        return code;
    bool undo = passage->verb == BELAY_VERB_UNDO;
    code = undo ? find(passage, BELAY_VERB_CONFIRM, &passage->seen.confirmed)
                : find(passage, BELAY_VERB_UNDO, &passage->seen.undid);
    if (code)
        return code;
    return undo ? find(passage, BELAY_VERB_UNDO, &passage->seen.undid)
                : find(passage, BELAY_VERB_CONFIRM, &passage->seen.confirmed);
}

static void act(struct passage *passage, enum decision decision)
{
    switch (decision) {
    case DECISION_RUN:
        run(passage);
        return;
    case DECISION_REPEAT:
        belay_record_answer(passage->call, "repeated", NULL);
        reply(passage, &passage->own);
        return;
    case DECISION_EMPTY:
        empty(passage);
        return;
    case DECISION_LATE:
        refuse(passage, BELAY_PROBLEM_LATE, "the undo of this branch was recorded before; nothing was done");
        return;
    case DECISION_UNKNOWN_BRANCH:
        refuse(passage, BELAY_PROBLEM_UNKNOWN_BRANCH, "this branch was never done here, or was refused");
        return;
    case DECISION_UNDONE:
        refuse(passage, BELAY_PROBLEM_UNDONE, "this branch was undone; it cannot be confirmed");
        return;
    case DECISION_CONFIRMED:
        refuse(passage, BELAY_PROBLEM_CONFIRMED, "this branch was confirmed; it cannot be undone");
        return;
    case DECISION_BROKEN:
        give_up(passage, belay_error_set(passage->error, BELAY_ERROR_BACKEND,
                                         "the barrier's rows of %s contradict one another", passage->call->key));
        return;
    }
}

int belay_passage_run(const struct belay_barrier *barrier, struct belay_call *call,
                      struct belay_response *response, struct belay_error *error)
{
    struct passage passage = {.barrier = barrier, .call = call, .response = response, .error = error};
    passage.verb = belay_phase_verb(call->phase);
    int code = barrier->begin(barrier->self, &call->session, error);
    if (!code && passage.verb != BELAY_VERB_CHECK) /* a check reads on its own and records nothing */
        code = look(&passage);
    if (code)
        give_up(&passage, code);
    else
        act(&passage, belay_barrier_decide(passage.verb, &passage.seen));
    call->session = NULL;
    return passage.code;
}
