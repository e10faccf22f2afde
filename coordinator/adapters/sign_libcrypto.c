/* The one file that knows libcrypto. HMAC cannot fail but for want of memory or of a provider, and neither is
 * something to go on without: an unsigned call would only be refused. */
#include "adapters/sign_libcrypto.h"

#include <assert.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void mac_make(void *self, const void *key, size_t key_length, const struct sign_piece *pieces, size_t count,
                     unsigned char mac[SIGN_MAC_BYTES]);
static bool mac_try(EVP_MAC_CTX *context, const void *key, size_t key_length, const struct sign_piece *pieces,
                    size_t count, unsigned char mac[SIGN_MAC_BYTES]);
static uint64_t wall_now_s(void *self);

struct sign sign_libcrypto(void)
{
    return (struct sign){.mac = mac_make, .now_s = wall_now_s};
}

static void mac_make(void *self, const void *key, size_t key_length, const struct sign_piece *pieces, size_t count,
                     unsigned char mac[SIGN_MAC_BYTES])
{
    (void)self;
    EVP_MAC *algorithm = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *context = algorithm ? EVP_MAC_CTX_new(algorithm) : NULL;
    if (!context || !mac_try(context, key, key_length, pieces, count, mac)) {
        fputs("belayd: libcrypto cannot make an HMAC\n", stderr);
        abort();
    }
    EVP_MAC_CTX_free(context);
    EVP_MAC_free(algorithm);
}

static bool mac_try(EVP_MAC_CTX *context, const void *key, size_t key_length, const struct sign_piece *pieces,
                    size_t count, unsigned char mac[SIGN_MAC_BYTES])
{
    char digest[] = "SHA256";
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                     OSSL_PARAM_construct_end()};
    size_t length = 0;
    if (!EVP_MAC_init(context, key, key_length, parameters))
        return false;
    for (size_t i = 0; i < count; i++)
        if (pieces[i].length && !EVP_MAC_update(context, pieces[i].bytes, pieces[i].length))
            return false;
    return EVP_MAC_final(context, mac, &length, SIGN_MAC_BYTES) && length == SIGN_MAC_BYTES;
}

static uint64_t wall_now_s(void *self)
{
    (void)self;
    struct timespec now;
    int failed = clock_gettime(CLOCK_REALTIME, &now);
    assert(!failed && now.tv_sec > 0);
    return (uint64_t)now.tv_sec;
}
