/* The network between the coordinator and the banks: passes calls on, writes down what it saw, and, as networks
 * do, now and then loses a call, loses an answer, or delivers a call twice or once more later. */
#ifndef BELAY_E2E_WITNESS_H
#define BELAY_E2E_WITNESS_H

#include "e2e/town.h"
#include "e2e/transfer.h"

#include <stddef.h>

/* One call as the coordinator sent it. */
struct sighting {
    char transfer[TRANSFER_ID];
    char step[12];
    char phase[16];
    unsigned attempt;
    uint64_t body;   /* hash */
    bool key_right;  /* the idempotency key was transaction/step/phase */
    int status;      /* of the answer that went back; 0: none did */
    size_t answered; /* how many sightings there were when it did */
};

struct witness; /* one for both banks */

/* Starts listening and passing on; NULL when it cannot. */
struct witness *witness_start(const struct town *town);

/* The ports that stand for the banks. */
const unsigned *witness_ports(const struct witness *witness);

/* From now on nothing is mistreated. */
void witness_calm(struct witness *witness);

/* Waits until no delivery is under way any more, at most `ms`. */
bool witness_settled(struct witness *witness, unsigned ms);

/* What was seen, in the order of arrival; only when it is settled. */
const struct sighting *witness_sightings(const struct witness *witness, size_t *count);

/* How often a message was mistreated. */
unsigned witness_mistreated(const struct witness *witness);

/* The coordinator must be down. */
void witness_stop(struct witness *witness);

#endif
