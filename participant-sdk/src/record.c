/* See record.h. What is only needed by a logger is looked for when there is one. */
#include "record.h"

#include <assert.h>
#include <stdio.h>

static const char *const codes[BELAY_PROBLEMS_COUNT] = {
#define X(name, code, status, title) [BELAY_PROBLEM_##name] = code,
    BELAY_PROBLEMS(X)
#undef X
};

static void note(struct belay_call *call, const char *what, enum belay_level level, const char *why)
{
    call->what = what;
    call->level = level;
    snprintf(call->why, sizeof call->why, "%s", why ? why : "");
}

void belay_record_answer(struct belay_call *call, const char *what, const char *why)
{
    note(call, what, BELAY_LEVEL_INFO, why);
}

/* A late call is the network's doing, and what the barrier is for; a confirm of nothing is a promise that was
 * broken somewhere. */
void belay_record_problem(struct belay_call *call, enum belay_problem problem, const char *why)
{
    assert(problem < BELAY_PROBLEMS_COUNT);
    enum belay_level level = problem == BELAY_PROBLEM_LATE             ? BELAY_LEVEL_INFO
                             : problem == BELAY_PROBLEM_UNKNOWN_BRANCH ? BELAY_LEVEL_ERROR
                                                                       : BELAY_LEVEL_WARNING;
    note(call, codes[problem], level, why);
}

void belay_record_failure(struct belay_call *call, int code, const char *why)
{
    assert(code != BELAY_OK);
    note(call, belay_error_word(code), code == BELAY_ERROR_BUSY ? BELAY_LEVEL_WARNING : BELAY_LEVEL_ERROR, why);
}

void belay_record_tell(const struct belay_logger *logger, const struct belay_call *call, int status)
{
    assert(call->what); /* every way through belay_handle notes something */
    if (!logger->log)
        return;
    const char *traceparent = belay_call_header(call, "traceparent");
    const struct belay_record record = {
        .size = sizeof record,
        .level = call->level,
        .what = call->what,
        .status = status,
        .key = call->key,
        .attempt = call->attempt,
        .operation = call->operation ? call->operation->name : "",
        .traceparent = traceparent ? traceparent : "",
        .text = call->why,
    };
    logger->log(logger->context, &record);
}
