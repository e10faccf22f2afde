/* Which hosts a request may be meant for. A page on the internet can give its own name the address 127.0.0.1 (DNS
 * rebinding); its requests then reach a coordinator on loopback and are of one origin with the page, so that no
 * rule of browsers stops it. What it cannot do is to send another Host than its own name. */
#ifndef BELAY_API_HOST_H
#define BELAY_API_HOST_H

#include "base/limits.h"

#include <stdbool.h>

/* The rule of a coordinator that listens on loopback. */
struct host_rule {
    bool strict;                           /* false: every host will do */
    char public_host[LIMIT_URL_BYTES + 1]; /* beside the names of loopback; "" = none */
};

/* Makes it strict; `public_url` (one that url_refuse passes, or NULL) gives the public host. */
void host_guard(struct host_rule *rule, const char *public_url);

/* True for localhost, 127.0.0.1, [::1] and the public host, each with any port and in any case. NULL is a request
 * without a Host, which no browser sends. */
bool host_allowed(const struct host_rule *rule, const char *host);

#endif
