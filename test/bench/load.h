/* Load: clients that each keep one connection and one request in flight. */
#ifndef BELAY_BENCH_LOAD_H
#define BELAY_BENCH_LOAD_H

#include <stdbool.h>
#include <stdint.h>

enum {
    LOAD_TARGET = 256,
    LOAD_PAUSE_MS = 100, /* what a refused client waits: a tenth of what it is asked to, so that it presses on */
};

struct load_result;

struct load {
    unsigned port;
    unsigned clients;
    const char *method; /* NULL: POST */
    const char *target;
    const char *headers; /* lines with CRLF; "" */
    const char *body;    /* NULL: none */
    uint64_t duration_ms;
    uint64_t requests; /* exactly so many, however long it takes; 0: for `duration_ms` */
    int status;        /* what every answer must have */
    bool refusals;     /* or 503 with Retry-After: the client then comes again with the same */

    /* Another target for each request; NULL: always `target`. */
    void (*vary)(void *context, char target[LOAD_TARGET]);
    /* Called once a second; NULL: never. */
    void (*tick)(void *context, const struct load_result *so_far);
    void *context;
};

struct load_result {
    uint64_t answers;
    uint64_t refusals;
    uint64_t failures; /* another status, or a broken connection */
    uint64_t elapsed_us;
    uint64_t gap_us; /* the longest time without any answer */
    uint32_t p50_us; /* of the answers */
    uint32_t p99_us;
    uint32_t p999_us;
};

/* False when there were failures, or nothing is answered for half a minute. */
bool load_run(const struct load *load, struct load_result *result);

#endif
