/* The last thing that happens to every exchange. */
#include "api/answer.h"

#include "api/problem.h"
#include "api/write.h"

#include <assert.h>
#include <stdio.h>

enum { ANSWER_RETRY_S = 1 }; /* a full inbox empties in milliseconds; a restart takes about a second */

void answer_json(struct exchange *exchange, int status)
{
    if (exchange->response.full) {
        struct error error;
        error_set(&error, ERROR_TOO_LARGE, "the answer is larger than %zu bytes", exchange->response.max);
        answer_problem(exchange, &error, "ask for less: a smaller limit, or the history page by page", NULL);
        return;
    }
    assert(exchange->response.length > 0);
    exchange->status = status;
    exchange->done(exchange);
}

void answer_empty(struct exchange *exchange, int status)
{
    buf_clear(&exchange->response);
    exchange->status = status;
    exchange->done(exchange);
}

void answer_error(struct exchange *exchange, const struct error *error)
{
    answer_problem(exchange, error, NULL, NULL);
}

void answer_problem(struct exchange *exchange, const struct error *error, const char *hint,
                    const struct findings *findings)
{
    assert(error->code != ERROR_NONE);
    struct buf *buf = &exchange->response;
    buf_clear(buf);
    exchange->status = error_status(error->code);
    exchange->content_type = PROBLEM_CONTENT_TYPE;
    if (error->code == ERROR_BUSY)
        snprintf(exchange->retry_after, sizeof exchange->retry_after, "%d", ANSWER_RETRY_S);
    problem_open(buf, exchange->status, error_word(error->code), error->text);
    write_text(buf, "hint", hint);
    if (findings) {
        write_key(buf, "errors");
        findings_print_json(findings, buf);
    }
    buf_putc(buf, '}');
    exchange->done(exchange);
}
