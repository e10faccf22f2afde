/* Following a transaction to its end, fact by fact. */
#ifndef BELAY_CLI_FOLLOW_H
#define BELAY_CLI_FOLLOW_H

#include "cli/cli.h"

/* Prints every fact of `id` as it comes, unless `quiet`, until it has ended, stands paused, or `timeout_ms` is
 * over (UINT64_MAX = never). A coordinator that goes away for a while is waited for. The transaction as it stands
 * then (a new reference), or NULL when that is not known; why is already said. */
json_t *follow_to_end(struct cli *cli, const char *id, uint64_t timeout_ms, bool quiet);

/* The exit status that tells how a transaction stands. */
int follow_exit(const json_t *txn);

/* Prints the picture of a transaction as the format wants it, with what to do next. */
void follow_print(struct cli *cli, const json_t *txn);

#endif
