/* One HTTP exchange without sockets: a request that passed the server's gate, and the response to it, now
 * or later, from whatever thread. */
#ifndef BELAY_API_EXCHANGE_H
#define BELAY_API_EXCHANGE_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

struct exchange {
    /* The request; borrowed from the server until `done`. */
    const char *method;
    const char *path;  /* raw, still percent-encoded, without the query; starts with "/" */
    const char *query; /* raw, without "?"; "" without one */
    const char *body;  /* NULL without one */
    size_t body_length;
    /* The value of a header (any case), or NULL. */
    const char *(*header)(struct exchange *exchange, const char *name);

    /* The response; whoever answers fills it. `body` is empty and all texts are "" before. */
    int status;
    const char *content_type; /* static string; "application/json" unless changed */
    char location[512];
    char retry_after[16];
    char allow[64]; /* with 405 */
    bool preference_applied; /* answers `Preference-Applied: wait` */
    struct buf response;

    /* Sends the response. Exactly once; any thread; the exchange is gone after it. */
    void (*done)(struct exchange *exchange);
};

/* What the server serves. Called on the server's thread; must not block for long; answers through
 * exchange->done, within the call or later. */
struct service {
    void *self;
    void (*serve)(void *self, struct exchange *exchange);
};

#endif
