/* The short form of a transaction: what starting, waiting and the operator's verbs answer. */
#ifndef BELAY_API_BRIEF_H
#define BELAY_API_BRIEF_H

#include "api/exchange.h"
#include "engine/engine.h"

/* Writes the result of a command into the response. */
void brief_write(struct exchange *exchange, const struct command *command);

/* Points Location at the transaction. */
void brief_locate(struct exchange *exchange, const char *id);

#endif
