/* URLs as libcurl has them once they are parsed. A saga's calls go to the same few URLs for months, and parsing
 * one takes the library as long as finding a connection: so each is parsed once and lent to the calls there.
 *
 * One thread uses a table and all of its targets. */
#ifndef BELAY_ADAPTERS_CALLER_CURL_TARGET_H
#define BELAY_ADAPTERS_CALLER_CURL_TARGET_H

#include <curl/curl.h>

enum {
    CALLER_TARGETS = 256, /* what a hundred participants have; URLs with ids in them push each other out */
};

struct target;

/* Zeroed = empty. */
struct targets {
    struct target *slots[CALLER_TARGETS];
};

/* Makes `url` the one of `easy`, whose next call it is, and returns what has to be put back after that call. NULL
 * when libcurl cannot parse it: the call will say why. */
struct target *caller_curl_target_aim(struct targets *targets, CURL *easy, const char *url);
void caller_curl_target_put(struct target *target); /* NULL is allowed */

/* All have been put back. */
void caller_curl_targets_done(struct targets *targets);

#endif
