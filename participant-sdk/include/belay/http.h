/* A request and a response as bytes in memory: what the SDK takes and gives. Where they come from and go to
 * is the service's business; belay/serve.h is one ready answer. Compiles alone as C99 and as C++. Its functions
 * keep nothing: any thread may call them, two at once on different structs.
 *
 * Structs that a caller fills begin with `size`: set it to sizeof the struct, and what is not needed to zero. A
 * struct without its size is refused. A later version may add members at the end; members that the caller does not
 * know of then count as zero.
 *
 *     struct belay_response response = {.size = sizeof response};                C
 *     belay_response response{}; response.size = sizeof response;                C++ */
#ifndef BELAY_HTTP_H
#define BELAY_HTTP_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Where the SDK takes its memory. One function, as realloc and free together:
 *   resize(context, NULL, n)  n > 0 new bytes, aligned for any type, or NULL
 *   resize(context, p, n)     p changed to n > 0 bytes, or NULL, and then p is as it was
 *   resize(context, p, 0)     frees p (which may be NULL), returns NULL
 * Called from the threads that call the SDK. */
struct belay_allocator {
    void *context; /* first argument of the function */

    /* Makes, changes or frees. */
    void *(*resize)(void *context, void *old_memory, size_t size);
};

/* One header line. */
struct belay_header {
    const char *name;  /* any case */
    const char *value; /* without the line's end and the blanks around it */
};

/* Borrowed for the length of one belay_handle: the SDK keeps no pointer into it. */
struct belay_request {
    size_t size;        /* sizeof(struct belay_request) */
    const char *method; /* "POST" */
    const char *path;   /* as it was sent, still percent-encoded, without the query */
    const struct belay_header *headers;
    size_t headers_count;
    const void *body; /* may be NULL when body_length is 0 */
    size_t body_length;
};

/* Filled by whoever answers; freed with belay_response_done. */
struct belay_response {
    size_t size;              /* sizeof(struct belay_response); set by the caller, the rest is written to */
    int status;               /* HTTP status */
    const char *content_type; /* static; NULL when there is no body */
    unsigned retry_after_s;   /* send `Retry-After` with it when it is not 0 */
    const char *body;         /* not NUL-terminated; NULL when body_length is 0 */
    size_t body_length;
    void *memory; /* what belay_response_done frees; leave it alone */
    struct belay_allocator allocator;
};

/* Fills `response` with a copy of `length` bytes, for routes that a service answers itself. `content_type` must
 * be static. `response` must be empty: zeroed but for its size, or after belay_response_done. Uses realloc when
 * response->allocator is zero. BELAY_OK; or BELAY_ERROR_MEMORY, and then the response is a 500 without a body. */
int belay_response_set(struct belay_response *response, int status, const char *content_type, const void *body,
                       size_t length);

/* Frees the body. The response is empty again; doing it twice is harmless. */
void belay_response_done(struct belay_response *response);

#ifdef __cplusplus
}
#endif

#endif
