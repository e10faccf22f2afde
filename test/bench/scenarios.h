/* The sagas of the benchmark, and what is asked of each. */
#ifndef BELAY_BENCH_SCENARIOS_H
#define BELAY_BENCH_SCENARIOS_H

#include "core/txn.h"

#include <stdbool.h>

#define SCENARIO_INPUT "\"input\":{\"orderId\":\"o-1\",\"customer\":\"c-17\",\"cents\":4200}"
#define SCENARIO_WAIT  "Prefer: wait=60\r\n"

struct scenario {
    const char *name;
    const char *title;
    const char *saga; /* the definition */
    const char *body; /* of the start */
    bool waits;       /* the client, for the end */
    enum status end;  /* what all of them are at last */
};

/* The last one has no name. */
extern const struct scenario scenarios[];

/* NULL when there is none of this name. */
const struct scenario *scenario_find(const char *name);

#endif
