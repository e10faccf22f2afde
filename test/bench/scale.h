/* The two halves of scale. */
#ifndef BELAY_BENCH_SCALE_H
#define BELAY_BENCH_SCALE_H

#include "bench/verdicts.h"

void scale_waiting(struct verdicts *verdicts);
void scale_finished(struct verdicts *verdicts);

#endif
