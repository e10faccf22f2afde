/* The request headers that the API obeys. */
#ifndef BELAY_API_HEADERS_H
#define BELAY_API_HEADERS_H

#include "api/exchange.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

/* Content-Type must be application/json (in UTF-8, if it says). A page in a browser cannot send that to another
 * site without being asked first, so this also keeps strangers' pages from starting transactions. */
int headers_check_json(struct exchange *exchange, struct error *error);

/* `Prefer: wait=SECONDS` (RFC 7240) in milliseconds, at most LIMIT_WAIT_S; 0 without one. What cannot be read
 * is passed over, as the RFC wants it. */
uint64_t headers_wait_ms(struct exchange *exchange);

/* Idempotency-Key: NULL without one; ERROR_USAGE when it is empty, too long or not printable. */
int headers_key(struct exchange *exchange, const char **key, struct error *error);

#endif
