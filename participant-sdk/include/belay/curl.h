/* An optional transport for belay/client.h on libcurl. Link libbelay-curl and libcurl. A service that has an HTTP
 * client already writes a struct belay_transport around that one instead. Compiles alone as C99 and as C++.
 *
 * One connection, kept open; one request at a time, sent by the thread that asks for it. What can be sent again
 * without harm is sent again when there was no answer, or one that means "later": with growing pauses, a little at
 * random, and not before the coordinator's Retry-After. Redirects are not followed, and proxies of the environment
 * are not used.
 *
 * Threads: one belay_curl is used by one thread at a time. libcurl before 7.84 wants curl_global_init to be called
 * before there are threads. */
#ifndef BELAY_CURL_H
#define BELAY_CURL_H

#include "belay/client.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A connection to the coordinator. */
struct belay_curl;

/* How to reach the coordinator, and for how long to try. */
struct belay_curl_options {
    size_t size;           /* sizeof(struct belay_curl_options) */
    const char *url;       /* required: "http://127.0.0.1:7070"; copied, as the other texts are */
    const char *token;     /* sent as `Authorization: Bearer`, only to `url`; NULL: none */
    const char *ca_file;   /* PEM file with the certificates to trust; NULL: those of the system */
    unsigned timeout_ms;   /* of one attempt, beyond what the request lets the coordinator wait; 0: 10000 */
    unsigned attempts_max; /* of a request; 0: 5 */
    unsigned total_ms;     /* no further attempt begins after that time; 0: 30000 */
    void *context;         /* first argument of the function below */

    /* Asked several times a second, also between attempts: 1 ends the sending. May be NULL. */
    int (*stopped)(void *context);

    const struct belay_allocator *allocator; /* NULL: realloc and free; the struct is copied */
};

/* Makes a connection; nothing is sent. BELAY_OK and `*out` is yours to free; or BELAY_ERROR_ARGUMENT (no http or
 * https URL, size not set), BELAY_ERROR_MEMORY. */
int belay_curl_new(const struct belay_curl_options *options, struct belay_curl **out, struct belay_error *error);

/* Frees it and closes the connection. NULL is allowed. */
void belay_curl_free(struct belay_curl *curl);

/* The connection as a transport: for belay_client_send, the outbox, a lease. It lives as long as `curl`. */
const struct belay_transport *belay_curl_transport(struct belay_curl *curl);

#ifdef __cplusplus
}
#endif

#endif
