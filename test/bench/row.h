/* One row of a table of speed: a scenario, a number of clients, and what belayd used for it. Every row has a
 * belayd and a directory of its own, and counts what ended from the store, after belayd is gone. */
#ifndef BELAY_BENCH_ROW_H
#define BELAY_BENCH_ROW_H

#include "bench/load.h"
#include "bench/options.h"
#include "bench/scenarios.h"
#include "bench/syncs.h"
#include "bench/threads.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* Everything that only grows, before and after. */
struct snapshot {
    struct threads threads;
    struct syncs syncs;
    uint64_t facts, commits, calls, written;
};

struct row {
    const struct scenario *scenario;
    unsigned clients;
    uint64_t waiting; /* transactions that wait for a signal meanwhile, and have left memory */
    struct load_result load;
    struct snapshot used;
    uint64_t stored;     /* of the status in which they must all be */
    uint64_t elapsed_us; /* until the last one had ended */
    uint64_t peak_kib;
};

/* Fills the row whose first three members are set. False when not everything ended as it should; it then said
 * why. */
bool row_measure(struct row *row, const struct options *options);

/* Completed (or started) per second. */
double row_rate(const struct row *row);

/* The machine and the names of the columns; a row. */
void row_print_head(const json_t *report);
void row_print(const struct row *row);
json_t *row_encode(const struct row *row);

#endif
