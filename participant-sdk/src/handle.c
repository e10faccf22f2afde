/* belay_handle: the way of a request to its hook, and what is refused before the barrier is asked. */
#include "call.h"
#include "participant.h"
#include "passage.h"
#include "record.h"
#include "response.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* What is wrong with a request before its headers count: -1, or enum belay_problem. */
static int find_problem(const struct belay_participant *participant, struct belay_call *call)
{
    const struct belay_request *request = call->request;
    size_t prefix = strlen(BELAY_OPERATION_PATH);
    if (!strncmp(request->path, BELAY_OPERATION_PATH, prefix))
        call->operation = belay_participant_find(participant, request->path + prefix);
    if (!call->operation)
        return BELAY_PROBLEM_UNKNOWN_OPERATION;
    if (strcmp(request->method, "POST"))
        return BELAY_PROBLEM_METHOD;
    return -1;
}

static int refuse(struct belay_call *call, struct belay_response *response, enum belay_problem problem,
                  const char *detail, struct belay_error *error)
{
    belay_record_problem(call, problem, detail);
    if (belay_response_problem(response, problem, detail))
        return belay_error_set(error, BELAY_ERROR_MEMORY, "no memory for the response");
    return BELAY_OK;
}

/* BELAY_OK, or what belay_verify returned with `error` filled. A call is what its key says: the key is signed. */
static int verify(const struct belay_participant *participant, const struct belay_request *request,
                  struct belay_error *error)
{
    if (!participant->secrets_count)
        return BELAY_OK;
    const struct belay_clock *clock = &participant->clock;
    return belay_verify(participant->secrets, participant->secrets_count, participant->hmac, request,
                        clock->now_s(clock->context), error);
}

/* True when the signature was made for this call, and not for another that someone heard. */
static bool was_meant(const struct belay_participant *participant, const struct belay_call *call)
{
    const char *id = belay_call_header(call, BELAY_SIGN_ID);
    return !participant->secrets_count || (id && !strcmp(id, call->key));
}

/* Who is not known is told nothing, only why; a library that cannot verify is our own fault. */
static int refuse_unverified(struct belay_call *call, struct belay_response *response, int code,
                             struct belay_error *error)
{
    assert(code != BELAY_OK);
    if (code == BELAY_ERROR_SIGNATURE)
        return refuse(call, response, BELAY_PROBLEM_UNAUTHORIZED, error->text, error);
    belay_response_problem(response, BELAY_PROBLEM_FAILED, error->text);
    return code;
}

static int handle(struct belay_participant *participant, struct belay_call *call, struct belay_response *response,
                  struct belay_error *error)
{
    char detail[512];
    if (call->request->body_length > BELAY_BODY_MAX) /* before anybody computes over it */
        return refuse(call, response, BELAY_PROBLEM_TOO_LARGE, "the body of a call", error);
    int code = verify(participant, call->request, error);
    if (code)
        return refuse_unverified(call, response, code, error);
    int problem = find_problem(participant, call);
    if (problem >= 0) {
        snprintf(detail, sizeof detail, "%.8s %.200s", call->request->method, call->request->path);
        return refuse(call, response, (enum belay_problem)problem, detail, error);
    }
    if (!belay_call_read(call, detail, sizeof detail))
        return refuse(call, response, BELAY_PROBLEM_BAD_REQUEST, detail, error);
    if (!was_meant(participant, call))
        return refuse(call, response, BELAY_PROBLEM_UNAUTHORIZED, "webhook-id is not the Idempotency-Key", error);
    if (!belay_call_hook(call)) {
        snprintf(detail, sizeof detail, "operation \"%s\" has no %s", call->operation->name,
                 belay_phase_word(call->phase));
        return refuse(call, response, BELAY_PROBLEM_UNKNOWN_PHASE, detail, error);
    }
    return belay_passage_run(participant->barrier, call, response, error);
}

int belay_handle(struct belay_participant *participant, const struct belay_request *request,
                 struct belay_response *response, struct belay_error *error)
{
    struct belay_error unread;
    if (!error)
        error = &unread;
    if (response->size < sizeof *response)
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "response: size is not set");
    belay_response_init(response, &participant->allocator);
    if (request->size < sizeof *request)
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "request: size is not set");
    struct belay_call call;
    belay_call_init(&call, request, &participant->allocator);
    int code = handle(participant, &call, response, error);
    if (code)
        belay_record_failure(&call, code, error->text);
    belay_record_tell(&participant->logger, &call, response->status);
    belay_call_done(&call);
    return code;
}
