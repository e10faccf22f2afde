/* Signatures of calls, as Standard Webhooks has them (www.standardwebhooks.com): HMAC-SHA256 over
 * `webhook-id.webhook-timestamp.body`, in the headers webhook-id, webhook-timestamp and webhook-signature.
 * Compiles alone as C99 and as C++.
 *
 * A participant that is given `secrets` (belay/participant.h) verifies every call by itself: this header is for
 * its options, and for those who sign or verify without a participant. All functions are pure: the time is an
 * argument, and the HMAC comes from a function of the caller's choice, because a service that speaks TLS already
 * links a library that has one.
 *
 * What a signature covers: the body, the time, and the webhook-id, which in Belay is the call's Idempotency-Key:
 * transaction, step, item and phase cannot be changed on the way. The operation's path is not covered.
 *
 * Threads: every function may be called from any thread. */
#ifndef BELAY_SIGN_H
#define BELAY_SIGN_H

#include "belay/error.h"
#include "belay/http.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BELAY_SIGN_ID        "webhook-id"        /* the header with the message's id */
#define BELAY_SIGN_TIMESTAMP "webhook-timestamp" /* the header with the seconds since 1970 */
#define BELAY_SIGN_SIGNATURE "webhook-signature" /* the header with the signatures */

enum {
    BELAY_SECRET_MIN = 16,     /* bytes: 128 bits cannot be guessed */
    BELAY_SECRET_MAX = 64,     /* bytes: the block of SHA-256; longer ones would be hashed to less */
    BELAY_SECRETS_MAX = 8,     /* of one participant: each costs an HMAC per call; two are needed to rotate */
    BELAY_SIGN_MAC = 32,       /* bytes of HMAC-SHA256 */
    BELAY_SIGN_WINDOW_S = 300, /* how far a timestamp may lie from now, on both sides */
    BELAY_SIGN_TEXT = 48       /* "v1,", 44 of base64, NUL */
};

/* Bytes that follow one another. */
struct belay_piece {
    const void *data; /* may be NULL when length is 0 */
    size_t length;
};

/* HMAC-SHA256 of the pieces, one after the other. 0 when `mac` was filled, anything else when the library could
 * not. Called on the thread that verifies or signs. */
typedef int belay_hmac(const void *key, size_t key_length, const struct belay_piece *pieces, size_t pieces_count,
                       unsigned char mac[32]);

/* The one of OpenSSL. Link libbelay-crypto and libcrypto. */
int belay_hmac_libcrypto(const void *key, size_t key_length, const struct belay_piece *pieces,
                         size_t pieces_count, unsigned char mac[32]);

/* Where the time comes from. */
struct belay_clock {
    void *context;
    int64_t (*now_s)(void *context); /* seconds since 1970, UTC */
};

/* The system's clock. */
extern const struct belay_clock belay_clock_system;

/* A secret as bytes. Wipe it when it is no longer needed. */
struct belay_secret {
    size_t length;
    unsigned char bytes[BELAY_SECRET_MAX];
};

/* Reads "whsec_" and base64 of 16 to 64 bytes. BELAY_OK; or BELAY_ERROR_ARGUMENT, with a text that does not hold
 * the secret. */
int belay_secret_parse(const char *text, struct belay_secret *secret, struct belay_error *error);

/* Writes the signature ("v1,...") of one message; several, joined by a blank, make one header. BELAY_OK; or
 * BELAY_ERROR_SYSTEM when `hmac` failed. */
int belay_sign(const struct belay_secret *secret, belay_hmac *hmac, const char *id, int64_t timestamp_s,
               const void *body, size_t body_length, char text[BELAY_SIGN_TEXT], struct belay_error *error);

/* BELAY_OK when `request` carries one signature that one of the secrets made, and its timestamp lies within
 * BELAY_SIGN_WINDOW_S of `now_s`. BELAY_ERROR_SIGNATURE, with what is wrong, when it does not;
 * BELAY_ERROR_SYSTEM when `hmac` failed. How long it takes does not depend on where signatures differ. */
int belay_verify(const struct belay_secret *secrets, size_t secrets_count, belay_hmac *hmac,
                 const struct belay_request *request, int64_t now_s, struct belay_error *error);

#ifdef __cplusplus
}
#endif

#endif
