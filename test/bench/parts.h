/* What a saga is made of, each by itself, as fast as this machine has it. */
#ifndef BELAY_BENCH_PARTS_H
#define BELAY_BENCH_PARTS_H

#include <stdbool.h>
#include <stdint.h>

struct part {
    uint64_t count; /* done */
    uint64_t elapsed_us;
    uint64_t cpu_us; /* of it and its library, in this process */
};

/* So many microseconds of each; false when it does not work, after saying why. */
bool parts_sync(struct part *part, uint64_t us);
bool parts_sqlite(struct part *part, uint64_t us, unsigned per_commit); /* of one insert and one update */
bool parts_curl(struct part *part, uint64_t us);
bool parts_microhttpd(struct part *part, uint64_t us);
bool parts_jansson(struct part *part, uint64_t us);

/* Of this process so far. */
uint64_t parts_cpu_us(void);

#endif
