/* A participant that does as little as an HTTP server can, so that it is not what is measured. */
#ifndef BELAY_BENCH_RESPONDER_H
#define BELAY_BENCH_RESPONDER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { RESPONDER_NEVER = UINT16_MAX };

/* Shared with the process of the responder; outlives its deaths. */
struct responder_counts {
    _Atomic uint32_t delay_ms;    /* before an answer; RESPONDER_NEVER: it hangs */
    _Atomic uint64_t calls;       /* requests, ever */
    _Atomic uint64_t second_peak; /* requests in the busiest second, whenever it began */
    _Atomic uint32_t in_flight;   /* asked and not answered */
    _Atomic uint32_t in_flight_peak;
};

struct responder {
    unsigned port;
    pid_t pid; /* 0: it is down, connections are refused */
    struct responder_counts *counts;
};

bool responder_open(struct responder *responder); /* with a port of its own; it runs */
bool responder_start(struct responder *responder);
void responder_stop(struct responder *responder); /* as if killed */
void responder_close(struct responder *responder);

#endif
