/* A small blocking HTTP client for tests: one connection per request, nothing clever. */
#ifndef BELAY_HARNESS_HTTP_H
#define BELAY_HARNESS_HTTP_H

#include <stddef.h>

enum { HTTP_BODY_MAX = 4 << 20 };

struct http_answer {
    int status;   /* 0: no answer came (refused, broken off, or later than 30 s) */
    char *body;   /* NUL-terminated, "" without one; free with http_done */
    size_t length;
};

/* `headers` are whole lines with CRLF, or NULL. `body` NULL sends none; else it is sent as JSON. */
struct http_answer http_send(unsigned port, const char *method, const char *target, const char *headers,
                             const char *body);
void http_done(struct http_answer *answer);

/* The same, when only the status is of interest. */
int http_status(unsigned port, const char *method, const char *target, const char *body);

/* Asks until it answers 200, at most `ms`; returns the last status. */
int http_await(unsigned port, const char *target, unsigned ms);

#endif
