/* A barrier that fails now and then, to see what a coordinator makes of it. */
#ifndef BELAY_COMMON_FLAKY_H
#define BELAY_COMMON_FLAKY_H

#include "belay/barrier.h"

/* Wraps `real`: so many percent of the calls are answered 500, half of them before anything was done, half after
 * it was all committed (the answer got lost). One per process; valid until it ends. Closes `real` with itself. */
struct belay_barrier *flaky_wrap(struct belay_barrier *real, unsigned percent);

#endif
