/* Responses: bytes that belong to whoever asked, and the protocol's table of problems. */
#include "response.h"

#include "belay/error.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { PROBLEM_MAX = 16 * 1024, BUSY_RETRY_AFTER_S = 1 };

static const struct {
    const char *code;
    int status;
    const char *title;
} problems[BELAY_PROBLEMS_COUNT] = {
#define X(name, code, status, title) [BELAY_PROBLEM_##name] = {code, status, title},
    BELAY_PROBLEMS(X)
#undef X
};

void belay_response_init(struct belay_response *response, const struct belay_allocator *allocator)
{
    *response = (struct belay_response){.size = response->size, .status = 500, .allocator = *allocator};
}

int belay_response_set(struct belay_response *response, int status, const char *content_type, const void *body,
                       size_t length)
{
    if (!response->allocator.resize)
        response->allocator = belay_allocator_default;
    char *copy = length ? response->allocator.resize(response->allocator.context, NULL, length) : NULL;
    if (length && !copy) {
        response->status = 500;
        return BELAY_ERROR_MEMORY;
    }
    if (length)
        memcpy(copy, body, length);
    response->status = status;
    response->content_type = length ? content_type : NULL;
    response->body = copy;
    response->body_length = length;
    response->memory = copy;
    return BELAY_OK;
}

void belay_response_done(struct belay_response *response)
{
    if (response->memory)
        response->allocator.resize(response->allocator.context, response->memory, 0);
    *response = (struct belay_response){.size = response->size, .allocator = response->allocator};
}

void belay_response_print_problem(struct belay_bytes *bytes, int status, const char *code, const char *title,
                                  const char *detail)
{
    assert(status >= 400 && status < 600);
    char number[16];
    snprintf(number, sizeof number, "%d", status);
    belay_bytes_puts(bytes, "{\"type\":\"about:blank\",\"title\":");
    belay_bytes_put_json(bytes, title);
    belay_bytes_puts(bytes, ",\"status\":");
    belay_bytes_puts(bytes, number);
    belay_bytes_puts(bytes, ",\"code\":");
    belay_bytes_put_json(bytes, code);
    belay_bytes_puts(bytes, ",\"detail\":");
    belay_bytes_put_json(bytes, detail);
    belay_bytes_puts(bytes, "}");
}

int belay_response_problem(struct belay_response *response, enum belay_problem problem, const char *detail)
{
    assert(problem < BELAY_PROBLEMS_COUNT);
    belay_response_done(response);
    struct belay_bytes body;
    belay_bytes_init(&body, &response->allocator, PROBLEM_MAX);
    int status = problems[problem].status;
    belay_response_print_problem(&body, status, problems[problem].code, problems[problem].title, detail);
    int code = body.failed ? BELAY_ERROR_MEMORY
                           : belay_response_set(response, status, RESPONSE_PROBLEM, body.data, body.length);
    belay_bytes_done(&body);
    response->status = code ? 500 : status;
    response->retry_after_s = problem == BELAY_PROBLEM_BUSY ? BUSY_RETRY_AFTER_S : 0;
    return code;
}
