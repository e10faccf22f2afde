/* The troubles, each measured on coordinators of its own, and what they share. */
#ifndef BELAY_BENCH_TROUBLE_H
#define BELAY_BENCH_TROUBLE_H

#include "bench/load.h"
#include "bench/setting.h"
#include "bench/verdicts.h"

void trouble_hang(struct verdicts *verdicts);
void trouble_outage(struct verdicts *verdicts);
void trouble_overload(struct verdicts *verdicts);
void trouble_restart(struct verdicts *verdicts);

/* The saga of those that need no troubled participant. */
extern const char *const trouble_healthy;
/* One step at alpha, then one at gamma, which is tried for ever. */
extern const char *const trouble_needy;

enum { TROUBLE_MARGIN_S = 60 }; /* what the slowest machine may take beyond what it should */

/* Waited starts of the healthy saga, for so long. */
bool trouble_load(const struct setting *setting, unsigned clients, uint64_t ms, struct load_result *result);
/* Starts so many of the needy, waiting for none. */
bool trouble_start(const struct setting *setting, uint64_t count);
/* A verdict: all that were ever started have ended within `ms`, and the store says: completed. Ends belayd. */
void trouble_end(struct verdicts *verdicts, const char *figure, struct setting *setting, uint64_t ms,
                 uint64_t count);

#endif
