/* Removing what is old, while others work. */
#ifndef BELAY_BENCH_RETIRE_H
#define BELAY_BENCH_RETIRE_H

#include "bench/filler.h"
#include "bench/setting.h"
#include "bench/verdicts.h"

/* Adds transactions that have expired, starts belayd, and measures how long clients wait while it removes them.
 * belayd must have ended. */
void retire_some(struct verdicts *verdicts, struct setting *setting, const struct filler *filler, uint64_t count);

#endif
