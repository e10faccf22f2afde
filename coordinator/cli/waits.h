/* What a step waits for, in words, and what answers it. */
#ifndef BELAY_CLI_WAITS_H
#define BELAY_CLI_WAITS_H

#include "base/buf.h"

#include <jansson.h>
#include <stdbool.h>

/* Puts "waits for a yes or no from fraud until 17:04:34.307Z". `told` is a step of a transaction's picture that is
 * pending, or the fact that it began to wait; `near` is a time as JSON has it, whose day needs no saying. */
void waits_put(struct buf *buf, const json_t *told, const char *near);

/* Puts " until TIME", without the day when it is that of `near`; nothing without a time. */
void waits_put_until(struct buf *buf, const char *until, const char *near);

/* Puts the command that answers it: "belay approve ID STEP", or with `no` "belay reject ID STEP"; "belay signal ID
 * NAME". False and nothing when no person can answer it, or (`no`) when there is no way to say no. */
bool waits_put_command(struct buf *buf, const json_t *told, const char *txn, const char *step, bool no);

#endif
