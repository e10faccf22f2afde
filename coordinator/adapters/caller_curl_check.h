/* The last look at a request before it is sent: the library would send line ends and framing headers as they are
 * given (request splitting). Whoever made the request has checked it already; this is the other side. */
#ifndef BELAY_ADAPTERS_CALLER_CURL_CHECK_H
#define BELAY_ADAPTERS_CALLER_CURL_CHECK_H

#include "ports/caller.h"

/* Headers that the library adds by itself unless it is told not to; here, that a request brings its own. */
enum {
    CALLER_HAS_HOST = 1,
    CALLER_HAS_AUTHORIZATION = 2, /* from a URL with a user */
};

/* NULL when the request can be sent, and `*has` says what it brings; otherwise what is wrong with it (static
 * text). */
const char *caller_curl_check(const struct request *request, unsigned *has);

#endif
