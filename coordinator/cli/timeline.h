/* The picture of a transaction, told as a story: the steps forward with their answers, the undos in the order
 * they happened, the end and why. */
#ifndef BELAY_CLI_TIMELINE_H
#define BELAY_CLI_TIMELINE_H

#include "cli/output.h"

/* Puts the picture of `txn`, as GET /v1/transactions/{id} has it. Members that are missing or of a wrong type
 * are left out, never trusted. With FORMAT_WIDE every step's output stands below it. */
void timeline_put(const struct output *output, struct buf *buf, const json_t *txn);

#endif
