/* Signing: a keyed hash and the time of day, for calls to participants that share a secret with us. The clock of
 * world.h does not serve here: it never goes back, so it keeps the error of a wall clock that was wrong at the
 * start, and a participant compares the time with its own. */
#ifndef BELAY_PORTS_SIGN_H
#define BELAY_PORTS_SIGN_H

#include <stddef.h>
#include <stdint.h>

enum { SIGN_MAC_BYTES = 32 };

struct sign_piece {
    const void *bytes; /* may be NULL when length is 0 */
    size_t length;
};

struct sign {
    void *self;
    /* HMAC-SHA256 of the pieces, one after the other. Ends the process when the library cannot. */
    void (*mac)(void *self, const void *key, size_t key_length, const struct sign_piece *pieces, size_t count,
                unsigned char mac[SIGN_MAC_BYTES]);
    /* Unix time in seconds, as the wall clock has it now. */
    uint64_t (*now_s)(void *self);
};

#endif
