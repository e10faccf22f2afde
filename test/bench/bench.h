/* What the files of the benchmark share. */
#ifndef BELAY_BENCH_BENCH_H
#define BELAY_BENCH_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* responder.c: a participant that answers every request on `port` with 200 and an empty object (or 409 when the
 * path ends in "/refuse"), on one epoll loop in a process of its own. -1 when it cannot listen. */
pid_t responder_start(unsigned port);

/* load.c: clients that each keep one connection and one request in flight. */
struct load {
    unsigned port;
    unsigned clients;
    const char *target;
    const char *headers; /* lines with CRLF */
    const char *body;
    unsigned duration_ms;
    int status; /* what every answer must have */
};

struct load_result {
    uint64_t answers;
    uint64_t failures; /* another status, or a broken connection */
    uint64_t elapsed_us;
    uint32_t p50_us;
    uint32_t p99_us;
    uint32_t p999_us;
};

bool load_run(const struct load *load, struct load_result *result);

/* syncs.c: how often `pid` calls fdatasync or fsync for each answer of a load. False where strace cannot tell. */
bool syncs_count(pid_t pid, const char *directory, const struct load *load, double *per_answer);

/* lines.c: cutting HTTP messages out of a stream. The length of the complete message at `bytes`, 0 when more is to
 * come. */
size_t lines_message(const char *bytes, size_t length);

#endif
