/* An optional HTTP server for a participant, on libmicrohttpd. Link libbelay-serve and libmicrohttpd. A service
 * that has a server already calls belay_handle from it instead. Compiles alone as C99 and as C++.
 *
 * One thread does everything: it reads requests, calls belay_handle, the hooks and `other`, and sends
 * answers. So a participant, its barrier and its sqlite3 * need no lock. More threads would not make a
 * service on SQLite faster: its writers wait for one another anyway. A slow client does not hold the others
 * up, because only complete requests are worked on; a hook that takes long does.
 *
 * It is meant for the network between a service and its coordinator, not for the open internet: no TLS, at
 * most 256 connections, bodies up to BELAY_BODY_MAX (longer: 413), 30 seconds without a byte end a connection. */
#ifndef BELAY_SERVE_H
#define BELAY_SERVE_H

#include "belay/client.h"
#include "belay/participant.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Registration at the coordinator -------------------------------------------------------------------- */

/* A registration that renews itself. */
struct belay_lease;

/* What is registered, and where. The texts are copied; the transport is borrowed until
 * belay_lease_stop. */
struct belay_lease_options {
    size_t size;                             /* sizeof(struct belay_lease_options) */
    const struct belay_transport *transport; /* required: to the coordinator; used by nobody else meanwhile */
    const char *participant;                 /* required: the service's name in the registry */
    const char *url;                         /* where this instance is called; NULL: where belay_serve listens */
    const char *instance;                    /* unlike that of other instances; NULL: the url */
    unsigned lease_s;                        /* without renewal the coordinator forgets it after that; 0: 30 */
    void *context;                           /* first argument of the function below */

    /* Told why registering failed; it is tried again, after growing pauses that do not pass a third of the lease.
     * BELAY_ERROR_REFUSED: the coordinator knows no such participant, or registers no instances. May be NULL. On
     * the lease's thread. */
    void (*log)(void *context, const struct belay_error *error);
};

/* Starts a thread that registers the instance, and again after every third of the lease. It does not wait for
 * the coordinator: a service may start before it. All signals are blocked on the thread. BELAY_OK and `*out` is
 * yours to stop; or BELAY_ERROR_ARGUMENT (something is missing or no URL), BELAY_ERROR_SYSTEM,
 * BELAY_ERROR_MEMORY. */
int belay_lease_start(const struct belay_lease_options *options, struct belay_lease **out,
                      struct belay_error *error);

/* Takes the instance out of the registry, so that no new calls come, and frees the lease. Waits for the request
 * that is on its way: how long that takes is the transport's. When it cannot be sent, the lease ends by itself.
 * NULL is allowed. */
void belay_lease_stop(struct belay_lease *lease);

/* ---- The server ----------------------------------------------------------------------------------------- */

/* A server that runs. */
struct belay_server;

/* What the server serves, and where. */
struct belay_serve_options {
    size_t size;                           /* sizeof(struct belay_serve_options) */
    struct belay_participant *participant; /* required; borrowed, must outlive the server */
    const char *listen;                    /* "127.0.0.1:7101", "[::1]:7101"; port 0 picks a free one; NULL:
                                              "127.0.0.1:0". Addresses are numeric. */
    void *context;                         /* first argument of the functions below */

    /* Answers every request that is neither below /belay/ nor GET /health; returns BELAY_OK when it filled
     * `response` (belay_response_set), anything else for a 404. NULL: always 404. On the server's thread. */
    int (*other)(void *context, const struct belay_request *request, struct belay_response *response);

    /* Told why a call was answered 5xx. May be NULL. Called on the server's thread. */
    void (*log)(void *context, const struct belay_error *error);

    /* belay_serve_run only: the server listens now, on this port. May be NULL. */
    void (*ready)(void *context, unsigned port);

    /* Registers the service at the coordinator as long as the server runs. NULL: somebody else does. */
    const struct belay_lease_options *lease;
};

/* Listens and starts the thread. GET /health answers 200 as long as the thread does, and 503 once the server is
 * being stopped. BELAY_OK and `*out` is yours to stop; or BELAY_ERROR_ARGUMENT (no participant, no such
 * address), BELAY_ERROR_SYSTEM (the address is taken), BELAY_ERROR_MEMORY. */
int belay_serve_start(const struct belay_serve_options *options, struct belay_server **out,
                      struct belay_error *error);

/* The port that it listens on. */
unsigned belay_serve_port(const struct belay_server *server);

/* Takes the service out of the registry when it has a lease, takes no new connections, lets requests that have
 * begun end for at most `drain_ms`, then closes and frees. A call whose answer is cut off like that comes again
 * and finds its row. NULL is allowed. */
void belay_serve_stop(struct belay_server *server, unsigned drain_ms);

/* Start, wait for SIGTERM or SIGINT, stop: the whole life of a small service. Blocks both signals for the calling
 * thread while it runs, so call it before the process has other threads. */
int belay_serve_run(const struct belay_serve_options *options, struct belay_error *error);

#ifdef __cplusplus
}
#endif

#endif
