/* The headers of a request as libcurl wants them: a list. The library only reads it, so the list is built in place
 * and its texts stay the request's, instead of being copied line by line. */
#ifndef BELAY_ADAPTERS_CALLER_CURL_HEADERS_H
#define BELAY_ADAPTERS_CALLER_CURL_HEADERS_H

#include "ports/caller.h"

#include <curl/curl.h>

/* Zeroed = empty; kept with a handle and used again. */
struct caller_curl_headers {
    struct curl_slist *nodes;
    size_t capacity;
};

/* The list for `request`, valid until the next call or until the request is freed. */
struct curl_slist *caller_curl_headers_fill(struct caller_curl_headers *headers, const struct request *request);
void caller_curl_headers_done(struct caller_curl_headers *headers);

#endif
