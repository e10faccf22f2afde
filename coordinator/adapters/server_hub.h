/* Exchanges in flight between the server's thread and whoever answers them: a copy of the request that lives until
 * it is answered, and the queue on which answers come back, with one wake-up for a batch.
 *
 * An exchange may be answered while it is being served, later from another thread, or when the server is long
 * stopped: the hub outlives the server until the last answer. */
#ifndef BELAY_ADAPTERS_SERVER_HUB_H
#define BELAY_ADAPTERS_SERVER_HUB_H

#include "adapters/server_gate.h"
#include "api/exchange.h"

#include <stdatomic.h>

struct server_hub;

struct pending {
    struct exchange exchange; /* first: the service knows nothing else */
    struct server_hub *hub;
    struct client *client; /* whose request it is */
    struct pending *next;
    _Atomic int state;
    bool json;
    struct buf body;
    size_t headers_count;
    struct gate_header headers[]; /* into the text behind them */
};

/* NULL when the kernel has no event descriptor left. */
struct server_hub *server_hub_new(void);
void server_hub_release(struct server_hub *hub); /* freed with the last exchange */
int server_hub_fd(const struct server_hub *hub); /* readable when answers wait, or after a wake-up */
void server_hub_wake(struct server_hub *hub);

/* A request that passed the gate, copied. `body_max` caps what server_hub_body takes. */
struct pending *server_hub_open(struct server_hub *hub, const struct gate_head *head, size_t body_max);

/* Adds to the body; false when that is over the cap. */
bool server_hub_body(struct pending *pending, const void *bytes, size_t length);

/* Frees an exchange that was never served, or was answered. */
void server_hub_close(struct pending *pending);

/* Hands the exchange to the service. True when it was answered within the call; otherwise its answer comes through
 * server_hub_take, even if it is given at this very moment. */
bool server_hub_serve(struct pending *pending, struct service service);

/* All answers that have come, oldest first, linked by `next`; NULL without any. */
struct pending *server_hub_take(struct server_hub *hub);

/* Stops waiting for an answer; the exchange then frees itself when it is answered. False when it was answered just
 * now: it will come through server_hub_take. */
bool server_hub_abandon(struct pending *pending);

#endif
