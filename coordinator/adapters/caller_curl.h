/* The caller port on libcurl: the multi socket interface on one epoll thread. */
#ifndef BELAY_ADAPTERS_CALLER_CURL_H
#define BELAY_ADAPTERS_CALLER_CURL_H

#include "base/error.h"
#include "ports/caller.h"

struct caller_curl;

/* Starts the thread; every response goes to `answered(context, ...)`, on that thread, in batches. */
struct caller_curl *caller_curl_start(caller_answered *answered, void *context, struct error *error);
struct caller caller_curl_port(struct caller_curl *curl);

/* TRANSPORT_UNSENT is exact: not one byte of the request was written, whatever the reason (no address, refused,
 * TLS failed, its time was over before there was a connection). As soon as a byte was, it is TRANSPORT_TIMEOUT or
 * TRANSPORT_BROKEN. When a kept connection turns out to be dead, the library sends the request once more on a new
 * one within the same call: a participant may see an attempt twice. A status is given with TRANSPORT_OK only. */

/* Breaks off what is in flight (each is answered as TRANSPORT_BROKEN), ends the thread and frees. */
void caller_curl_stop(struct caller_curl *curl);

#endif
