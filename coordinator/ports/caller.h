/* The caller: makes one HTTP request and tells what came of it. It decides nothing: no retries, no
 * classification, no limits of its own but those stated in the request. */
#ifndef BELAY_PORTS_CALLER_H
#define BELAY_PORTS_CALLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Which call this is; comes back with the response untouched. */
struct call_tag {
    uint64_t txn;
    uint32_t attempt;
    uint16_t branch;
    uint16_t verb;
    uint32_t participant; /* slot in the engine's registry, for its accounting */
};

struct request {
    struct call_tag tag;
    char *method;          /* "POST"; this and the next two are one block with the request, see request_new */
    char *url;             /* absolute, http or https */
    char *headers;         /* "Name: value\r\nName: value": the last line has no end; "" is none at all */
    size_t headers_length; /* a NUL follows */
    size_t headers_count;  /* lines that were meant; if a value holds an end of line, there are more */
    char *body;            /* NULL = none; owned */
    size_t body_length;
    uint64_t timeout_ms; /* for the whole attempt, from the moment of the call */
    size_t response_max; /* a longer body is TRANSPORT_TOO_LARGE */
};

/* What became of a request below HTTP. */
#define TRANSPORTS(X)                                                                                             \
    X(TRANSPORT_OK, "ok")                /* there is a status */                                                  \
    X(TRANSPORT_TIMEOUT, "timeout")      /* timeout_ms passed */                                                  \
    X(TRANSPORT_UNSENT, "not_connected") /* no connection: not a byte of the request left */                      \
    X(TRANSPORT_BROKEN, "broken")        /* the connection ended before the response did */                       \
    X(TRANSPORT_TOO_LARGE, "response_too_large")                                                                  \
    X(TRANSPORT_GARBLED, "not_http")        /* what came back is not HTTP */                                      \
    X(TRANSPORT_REFUSED, "request_refused") /* the URL or a header cannot be sent */

enum transport {
#define X(name, word) name,
    TRANSPORTS(X)
#undef X
};

struct response {
    struct call_tag tag;
    enum transport transport;
    int status;              /* HTTP status, 0 without one */
    uint64_t retry_after_ms; /* Retry-After, seconds or date form; 0 without one; at most a day */
    char content_type[64];   /* lower case, without parameters; "" without one */
    char *body;              /* NULL without one */
    size_t body_length;
    char detail[160]; /* for a person: the library's own words when transport is not OK */
};

/* A request with copies of these texts; all else is left zero. `headers` are the lines as they go out, because
 * nobody on the way needs more of them than that. What an array would prevent, a value that becomes a header of
 * its own, is prevented by `headers_count`, which is what their maker has counted: the caller refuses a request
 * whose lines are not that many. A line whose value is blank may be left out. One block, because a request is made
 * by one thread and freed by another: every piece of its own would cost both of them. */
struct request *request_new(const char *method, const char *url, const char *headers, size_t headers_length,
                            size_t headers_count);
void request_free(struct request *request); /* NULL is allowed */
void response_free(struct response *response);

/* One line of a request's headers. Points into the request; nothing ends with a NUL. */
struct header_line {
    const char *name, *value;
    size_t name_length, value_length;
};

/* The line at `*at`, which is 0 at the first and then stands at the next; false when there is none. */
bool request_line(const struct request *request, size_t *at, struct header_line *line);

/* The value of the first header whose name is spelled like that, `*length` bytes; NULL when there is none. */
const char *request_header(const struct request *request, const char *name, size_t *length);

struct caller {
    void *self;
    /* Takes ownership of the `count` requests. Every one is answered exactly once, from the caller's thread,
     * through the function given when it was made; never from within this call. */
    void (*call)(void *self, struct request **requests, size_t count);
};

/* Takes ownership of the responses. */
typedef void caller_answered(void *context, struct response **responses, size_t count);

#endif
