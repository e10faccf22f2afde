/* Why a transaction stands where it stands, and what a person can do about it. */
#ifndef BELAY_CLI_STORY_H
#define BELAY_CLI_STORY_H

#include "cli/output.h"

/* Puts one line: the status and why. `txn` is the coordinator's picture of a transaction. */
void story_put_why(const struct output *output, struct buf *buf, const json_t *txn);

/* Puts the commands that make sense now, one a line, each with what it is for. */
void story_put_next(const struct output *output, struct buf *buf, const json_t *txn);

#endif
