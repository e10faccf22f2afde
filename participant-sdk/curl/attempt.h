/* One attempt to send a request, on libcurl. */
#ifndef BELAY_CURL_ATTEMPT_H
#define BELAY_CURL_ATTEMPT_H

#include "belay/curl.h"

#include <stdbool.h>
#include <stdint.h>

/* A connection that is kept open. Texts are borrowed. */
struct attempt_line {
    void *easy;        /* libcurl's handle */
    const char *url;   /* of the coordinator, without a slash at its end */
    const char *token; /* NULL: none */
    const char *ca_file;
    int (*stopped)(void *context);
    void *context;
};

/* How an attempt without an answer ended. */
enum attempt_end {
    ATTEMPT_ANSWERED,
    ATTEMPT_LOST,     /* it may have been received */
    ATTEMPT_UNSENT,   /* there was no connection */
    ATTEMPT_HOPELESS, /* the next attempt ends the same way */
    ATTEMPT_MEMORY
};

/* False without memory. */
bool belay_attempt_open(struct attempt_line *line);
void belay_attempt_close(struct attempt_line *line);

/* Sends `request` once; `response` has an allocator. ATTEMPT_ANSWERED and `response` is filled; anything else, and
 * `error` says why. */
enum attempt_end belay_attempt_make(struct attempt_line *line, const struct belay_outgoing *request,
                                    uint64_t timeout_ms, struct belay_response *response,
                                    struct belay_error *error);

#endif
