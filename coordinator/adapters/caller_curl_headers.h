/* The headers of a request as libcurl wants them: a list. It compares every element with a dozen names and prints
 * it by itself, so all lines of the request are one element, the last; those before it only take back what the
 * library would add. It reads the list and no more, so the list is built in place and the lines stay the
 * request's. */
#ifndef BELAY_ADAPTERS_CALLER_CURL_HEADERS_H
#define BELAY_ADAPTERS_CALLER_CURL_HEADERS_H

#include "ports/caller.h"

#include <curl/curl.h>

enum { CALLER_HEADERS = 6 };

/* Kept with a handle and used again. */
struct caller_curl_headers {
    struct curl_slist nodes[CALLER_HEADERS];
};

/* The list for `request`, which brings what `has` says (see caller_curl_check); valid until the next call or until
 * the request is freed. */
struct curl_slist *caller_curl_headers_fill(struct caller_curl_headers *headers, const struct request *request,
                                            unsigned has);

#endif
