/* Writing of problem details. */
#include "api/problem.h"

#include <assert.h>
#include <string.h>

/* Reason phrases of RFC 9110 for every error status that the coordinator sends. */
#define TITLES(X)                                                                                                 \
    X(400, "Bad Request")                                                                                         \
    X(401, "Unauthorized")                                                                                        \
    X(403, "Forbidden")                                                                                           \
    X(404, "Not Found")                                                                                           \
    X(405, "Method Not Allowed")                                                                                  \
    X(406, "Not Acceptable")                                                                                      \
    X(408, "Request Timeout")                                                                                     \
    X(409, "Conflict")                                                                                            \
    X(410, "Gone")                                                                                                \
    X(412, "Precondition Failed")                                                                                 \
    X(413, "Content Too Large")                                                                                   \
    X(414, "URI Too Long")                                                                                        \
    X(415, "Unsupported Media Type")                                                                              \
    X(417, "Expectation Failed")                                                                                  \
    X(421, "Misdirected Request")                                                                                 \
    X(422, "Unprocessable Content")                                                                               \
    X(429, "Too Many Requests")                                                                                   \
    X(431, "Request Header Fields Too Large")                                                                     \
    X(500, "Internal Server Error")                                                                               \
    X(501, "Not Implemented")                                                                                     \
    X(503, "Service Unavailable")                                                                                 \
    X(505, "HTTP Version Not Supported")

void problem_put(struct buf *buf, int status, const char *code, const char *detail)
{
    problem_open(buf, status, code, detail);
    buf_putc(buf, '}');
}

void problem_open(struct buf *buf, int status, const char *code, const char *detail)
{
    assert(status >= 400 && status <= 599);
    assert(code && detail);
    buf_printf(buf, "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d,\"code\":", problem_title(status),
               status);
    buf_put_json(buf, code, strlen(code));
    buf_puts(buf, ",\"detail\":");
    buf_put_json(buf, detail, strlen(detail));
}

const char *problem_title(int status)
{
    switch (status) {
#define X(number, title)                                                                                          \
    case number:                                                                                                  \
        return title;
        TITLES(X)
#undef X
    default:
        return "Error";
    }
}
