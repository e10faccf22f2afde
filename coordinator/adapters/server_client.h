/* A client's connection as the server's deadlines see it. The library counts only inactivity, so that a byte a
 * second lives for ever; here every phase of a connection has an absolute end. */
#ifndef BELAY_ADAPTERS_SERVER_CLIENT_H
#define BELAY_ADAPTERS_SERVER_CLIENT_H

#include "adapters/server_limits.h"
#include "base/buf.h"

#include <stdbool.h>

enum client_phase {
    CLIENT_HEAD,  /* idle, or a head is coming */
    CLIENT_BODY,  /* the head has passed, the body is coming */
    CLIENT_SERVE, /* the service has the request; it has its own limit on waiting */
    CLIENT_SEND,  /* the response is on its way */
};

struct client {
    struct client *next, *prev;
    int fd;
    enum client_phase phase;
    bool ended;              /* told to go; waits for the library to notice */
    bool linger;             /* unread bytes may follow the refusal: close slowly */
    uint64_t since_ms;       /* start of the phase */
    uint64_t partial_ms;     /* when an unfinished head was first seen; 0 = none */
    bool close;              /* the connection ends with this response */
    struct buf target;       /* the request's target, as it came */
    const char *target_at;   /* where it lay */
    size_t target_length;    /* in full, also when `target` could not hold it */
    uint64_t consumed;       /* bytes of all requests so far: more received means a head has begun */
    struct pending *pending; /* the exchange in CLIENT_BODY and CLIENT_SERVE */
    void *connection;        /* the library's */
};

/* A ring of clients with its own head. */
struct clients {
    struct client ring;
    unsigned count;
};

void server_client_init(struct clients *clients);
struct client *server_client_new(struct clients *clients, int fd, void *connection, uint64_t now_ms);
void server_client_free(struct clients *clients, struct client *client);

void server_client_enter(struct client *client, enum client_phase phase, uint64_t now_ms);

/* Ends every client whose phase has lasted too long: 408 where a request was begun, a plain close otherwise. */
void server_client_scan(struct clients *clients, const struct server_limits *limits, uint64_t now_ms);

/* Ends those who are between two requests. For a server that stops. */
void server_client_end_idle(struct clients *clients);

/* Writes an error response past the library, which can no longer send one of its own, and marks the client for a
 * lingering close. Only before any byte of a response was sent. */
void server_client_refuse(struct client *client, int status, const char *code, const char *detail);

#endif
