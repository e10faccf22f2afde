/* Ids of transactions: inside a number that grows with time, outside the client's own text or a UUIDv7
 * (RFC 9562) that the number can be read back from, so that no index is needed for it. */
#ifndef BELAY_ENGINE_ID_H
#define BELAY_ENGINE_ID_H

#include "base/limits.h"

#include <stdbool.h>
#include <stdint.h>

/* The next number after `last` (0 = first) at Unix time `now_ms`: milliseconds shifted by 20 bits plus a
 * count, always larger than `last`, always positive as a signed 64-bit number. */
uint64_t id_next(uint64_t last, uint64_t now_ms);

/* Writes the UUIDv7 of a number. `secret` is the store's: it fills the random part, so that a UUID made
 * elsewhere is told apart. */
void id_print(uint64_t txn, uint64_t secret, char text[LIMIT_ID_TEXT]);

/* Reads one back. False when it is no UUIDv7 of this store. */
bool id_parse(const char *text, uint64_t secret, uint64_t *txn);

#endif
