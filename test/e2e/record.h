/* What the coordinator says of its transactions, asked over its interface. */
#ifndef BELAY_E2E_RECORD_H
#define BELAY_E2E_RECORD_H

#include "e2e/client.h"

#include <stddef.h>

/* A transaction of the list, with what its view and its history say. */
struct entry {
    char id[TRANSFER_ID];
    char status[DEED_STATUS];
    bool found; /* its view could be read */
    char viewed[DEED_STATUS];
    char from[TRANSFER_ACCOUNT], to[TRANSFER_ACCOUNT], payee[24]; /* of the input */
    long long cents;
    const char *illegal; /* what is wrong with its history; NULL when nothing is */
    unsigned facts;
};

struct record {
    struct entry *entries; /* ordered by id */
    size_t count;
};

/* How many transactions have not ended; -1 without an answer. */
int record_open(unsigned port);

/* Reads everything. False when the coordinator does not answer. */
bool record_read(struct record *record, unsigned port);
void record_done(struct record *record);

/* NULL when there is none. */
const struct entry *record_find(const struct record *record, const char *id);

#endif
