/* The last look at a request before it is sent: the library would send line ends and framing headers as they are
 * given (request splitting). Whoever made the request has checked it already; this is the other side. */
#ifndef BELAY_ADAPTERS_CALLER_CURL_CHECK_H
#define BELAY_ADAPTERS_CALLER_CURL_CHECK_H

#include "ports/caller.h"

/* NULL when the request can be sent, otherwise what is wrong with it (static text). */
const char *caller_curl_check(const struct request *request);

/* Does "Name: value" carry that name? */
int caller_curl_check_named(const char *header, const char *name);

#endif
