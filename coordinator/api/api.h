/* The HTTP interface without sockets: takes exchanges, asks the engine and the store, answers. README.md beside
 * this file is its reference. */
#ifndef BELAY_API_API_H
#define BELAY_API_API_H

#include "api/exchange.h"
#include "engine/engine.h"
#include "ports/store.h"

#include <stdbool.h>

/* What the API needs of the engine: engine_submit and engine_counts. Tests put a fake in their place. */
struct api_engine {
    void *self;
    bool (*submit)(void *self, struct command *command);
    void (*counts)(void *self, struct engine_counts *counts);
};

struct api;

/* `store` is only read from, on the threads that serve and on the engine's. */
struct api *api_new(struct api_engine engine, struct store *store);

/* After the last exchange was answered. */
void api_free(struct api *api);

struct service api_service(struct api *api);

/* Before the first exchange, and only on loopback: from now on a request for another host than loopback's or that
 * of `public_url` (may be NULL) is refused (host.h says why). */
void api_guard(struct api *api, const char *public_url);

/* From now on not ready: load balancers take their traffic elsewhere. Any thread. */
void api_drain(struct api *api);

#endif
