/* Signatures of calls, as Standard Webhooks has them: the secrets that a participant shares with us, and the
 * header that shows that we know them. */
#ifndef BELAY_ENGINE_SIGNATURE_H
#define BELAY_ENGINE_SIGNATURE_H

#include "base/buf.h"
#include "base/limits.h"
#include "ports/sign.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct secret {
    size_t length;
    unsigned char bytes[LIMIT_SECRET_BYTES];
};

/* Reads "whsec_" and the base64 of LIMIT_SECRET_LEAST to LIMIT_SECRET_BYTES bytes. */
bool signature_secret(const char *text, struct secret *secret);

/* Puts "v1,<base64>" for each secret, with a blank between: the value of webhook-signature. */
void signature_put(struct buf *buf, const struct sign *sign, const struct secret *secrets, size_t secrets_count,
                   const char *id, uint64_t timestamp_s, const char *body, size_t body_length);

#endif
