/* The server's own limits, and a start that takes others: contract tests cannot wait for the real ones. */
#ifndef BELAY_ADAPTERS_SERVER_LIMITS_H
#define BELAY_ADAPTERS_SERVER_LIMITS_H

#include "adapters/server_mhd.h"
#include "base/limits.h"

struct server_limits {
    uint64_t head_ms; /* from the first byte of a head to its last; looked at every quarter of it */
    uint64_t body_ms; /* for a body, whole; also for the client to take the response */
    uint64_t idle_ms; /* a connection without a request; head_ms when connections run short */
    uint64_t body_max;
    unsigned connections;
};

/* A body at its limit comes in an envelope (names, id, tags, a reason), so that the door is a little wider than
 * LIMIT_BODY_BYTES; the API measures the part that counts. */
enum { SERVER_ENVELOPE_BYTES = 64 * 1024 };

static inline struct server_limits server_limits_default(void)
{
    return (struct server_limits){
        .head_ms = LIMIT_HEAD_MS,
        .body_ms = LIMIT_REQUEST_MS,
        .idle_ms = LIMIT_REQUEST_MS,
        .body_max = LIMIT_BODY_BYTES + SERVER_ENVELOPE_BYTES,
        .connections = LIMIT_CONNECTIONS,
    };
}

/* server_mhd_start with limits of the caller's choice. */
struct server_mhd *server_mhd_start_limited(const char *listen, struct service service,
                                            struct server_limits limits, struct error *error);

#endif
