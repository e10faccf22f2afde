/* Counting what belayd asks of the disk: fdatasync and fsync, and how long they take. */
#ifndef BELAY_BENCH_SYNCS_H
#define BELAY_BENCH_SYNCS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define SYNCS_VARIABLE "BELAY_BENCH_SYNCS"

/* In a file that belayd and the benchmark have mapped. */
struct syncs {
    _Atomic uint64_t count;
    _Atomic uint64_t us;
};

/* A process that is started between these counts into `directory`/syncs, by a library that is loaded before its
 * own (syncs_preload.c). */
bool syncs_begin(const char *directory);
void syncs_end(void);

bool syncs_read(const char *directory, struct syncs *syncs);

#endif
