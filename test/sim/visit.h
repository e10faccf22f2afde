/* What a participant does with one request that reached it: with luck what the protocol says, else anything. */
#ifndef BELAY_SIM_VISIT_H
#define BELAY_SIM_VISIT_H

#include "sim/evidence.h"

struct visit {
    bool silent; /* it never answers */
    enum transport transport;
    int status;
    uint64_t retry_after_ms;
    const char *type;
    char body[96];
};

struct visit visit_pay(struct world *world, const struct sent *sent);

#endif
