/* Failing on purpose. Everything but the beginning and the end of a transaction is the real barrier's. */
#include "common/flaky.h"
#include "common/dice.h"

static struct {
    struct belay_barrier barrier;
    struct belay_barrier *real;
    unsigned percent;
} flaky;

static int begin(void *self, void **session, struct belay_error *error)
{
    if (dice_half(flaky.percent))
        return belay_error_set(error, BELAY_ERROR_BACKEND, "failed on purpose: nothing was done");
    return flaky.real->begin(self, session, error);
}

static int commit(void *self, struct belay_error *error)
{
    int code = flaky.real->commit(self, error);
    if (!code && dice_half(flaky.percent))
        return belay_error_set(error, BELAY_ERROR_BACKEND, "failed on purpose: it is done, and nobody heard");
    return code;
}

struct belay_barrier *flaky_wrap(struct belay_barrier *real, unsigned percent)
{
    flaky.real = real;
    flaky.percent = percent;
    flaky.barrier = *real;
    flaky.barrier.begin = begin;
    flaky.barrier.commit = commit;
    return &flaky.barrier;
}
