/* What hooks see of their call, and how they answer it. */
#include "call.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

void belay_call_init(struct belay_call *call, const struct belay_request *request,
                     const struct belay_allocator *allocator)
{
    memset(call, 0, sizeof *call);
    call->request = request;
    belay_bytes_init(&call->answer, allocator, BELAY_BODY_MAX);
    snprintf(call->refusal_code, sizeof call->refusal_code, "refused");
}

void belay_call_done(struct belay_call *call)
{
    belay_bytes_done(&call->answer);
}

const char *belay_call_transaction(const struct belay_call *call)
{
    return call->branch.transaction;
}

const char *belay_call_step(const struct belay_call *call)
{
    return call->branch.step;
}

const char *belay_call_item(const struct belay_call *call)
{
    return call->branch.item;
}

enum belay_phase belay_call_phase(const struct belay_call *call)
{
    return call->phase;
}

unsigned belay_call_attempt(const struct belay_call *call)
{
    return call->attempt;
}

const char *belay_call_key(const struct belay_call *call)
{
    return call->key;
}

const char *belay_call_action_key(const struct belay_call *call)
{
    return call->action_key;
}

const void *belay_call_body(const struct belay_call *call, size_t *length)
{
    *length = call->request->body_length;
    return *length ? call->request->body : "";
}

const char *belay_call_header(const struct belay_call *call, const char *name)
{
    for (size_t i = 0; i < call->request->headers_count; i++)
        if (!strcasecmp(call->request->headers[i].name, name))
            return call->request->headers[i].value;
    return NULL;
}

const char *belay_call_callback(const struct belay_call *call)
{
    return call->callback;
}

void *belay_call_session(const struct belay_call *call)
{
    return call->session;
}

void *belay_call_context(const struct belay_call *call)
{
    assert(call->operation);
    return call->operation->context;
}

int belay_answer(struct belay_call *call, const char *json, size_t length)
{
    belay_bytes_clear(&call->answer);
    if (length > BELAY_BODY_MAX)
        return belay_fail(call, "the answer has %zu bytes, the limit is %d", length, BELAY_BODY_MAX);
    belay_bytes_put(&call->answer, json, length);
    return call->answer.failed ? belay_fail(call, "no memory for the answer") : BELAY_YES;
}

int belay_refuse(struct belay_call *call, const char *code, const char *format, ...)
{
    snprintf(call->refusal_code, sizeof call->refusal_code, "%s", code);
    va_list args;
    va_start(args, format);
    vsnprintf(call->refusal_detail, sizeof call->refusal_detail, format, args);
    va_end(args);
    return BELAY_NO;
}

int belay_fail(struct belay_call *call, const char *format, ...)
{
    if (call->failure[0])
        return BELAY_FAILED;
    va_list args;
    va_start(args, format);
    vsnprintf(call->failure, sizeof call->failure, format, args);
    va_end(args);
    return BELAY_FAILED;
}
