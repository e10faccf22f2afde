/* The inside of a participant, for participant.c and handle.c. */
#ifndef BELAY_SRC_PARTICIPANT_H
#define BELAY_SRC_PARTICIPANT_H

#include "belay/participant.h"
#include "bytes.h"

struct belay_participant {
    struct belay_barrier *barrier;
    struct belay_allocator allocator;
    struct belay_logger logger; /* its function is NULL when nobody is told */
    belay_hmac *hmac; /* set, as the clock is, when there are secrets */
    struct belay_clock clock;
    size_t secrets_count;
    struct belay_secret secrets[BELAY_SECRETS_MAX];
    size_t operations_count;
    struct belay_operation *operations[BELAY_OPERATIONS_MAX]; /* each with its name behind it */
};

/* NULL when there is no such operation. */
const struct belay_operation *belay_participant_find(const struct belay_participant *participant,
                                                     const char *name);

#endif
