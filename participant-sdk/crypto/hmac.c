/* HMAC-SHA256 of libcrypto, piece by piece, without copying the body. */
#include "belay/sign.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <string.h>

static bool make(EVP_MAC_CTX *context, const void *key, size_t key_length, const struct belay_piece *pieces,
                 size_t pieces_count, unsigned char mac[BELAY_SIGN_MAC])
{
    char digest[] = "SHA256";
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                     OSSL_PARAM_construct_end()};
    size_t length = 0;
    if (!EVP_MAC_init(context, key, key_length, parameters))
        return false;
    for (size_t i = 0; i < pieces_count; i++)
        if (pieces[i].length && !EVP_MAC_update(context, pieces[i].data, pieces[i].length))
            return false;
    return EVP_MAC_final(context, mac, &length, BELAY_SIGN_MAC) && length == BELAY_SIGN_MAC;
}

int belay_hmac_libcrypto(const void *key, size_t key_length, const struct belay_piece *pieces,
                         size_t pieces_count, unsigned char mac[BELAY_SIGN_MAC])
{
    EVP_MAC *algorithm = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *context = algorithm ? EVP_MAC_CTX_new(algorithm) : NULL;
    bool made = context && make(context, key, key_length, pieces, pieces_count, mac);
    EVP_MAC_CTX_free(context);
    EVP_MAC_free(algorithm);
    return made ? 0 : -1;
}
