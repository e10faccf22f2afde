/* Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`. */
#include "engine/signature.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define SECRET_PREFIX "whsec_"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void put_base64(struct buf *buf, const unsigned char *bytes, size_t length);

/* Strict: padded, and no bits left over, so that one secret has one text. */
bool signature_secret(const char *text, struct secret *secret)
{
    if (strncmp(text, SECRET_PREFIX, strlen(SECRET_PREFIX)) != 0)
        return false;
    text += strlen(SECRET_PREFIX);
    size_t length = strlen(text), padding = 0;
    uint32_t bits = 0;
    unsigned bits_count = 0;
    secret->length = 0;
    if (length < 4 || length % 4)
        return false;
    padding = text[length - 1] == '=' ? 1u + (text[length - 2] == '=') : 0;
    for (size_t i = 0; i < length - padding; i++) {
        const char *digit = strchr(digits, text[i]);
        if (!digit)
            return false;
        bits = (bits << 6 | (uint32_t)(digit - digits)) & 0xffffff;
        bits_count += 6;
        if (bits_count < 8)
            continue;
        bits_count -= 8;
        if (secret->length == LIMIT_SECRET_BYTES)
            return false;
        secret->bytes[secret->length++] = (unsigned char)(bits >> bits_count);
    }
    return secret->length >= LIMIT_SECRET_LEAST && (bits & ((1u << bits_count) - 1)) == 0;
}

void signature_put(struct buf *buf, const struct sign *sign, const struct secret *secrets, size_t secrets_count,
                   const char *id, uint64_t timestamp_s, const char *body, size_t body_length)
{
    assert(sign->mac && secrets_count > 0);
    char timestamp[24];
    int length = snprintf(timestamp, sizeof timestamp, ".%llu.", (unsigned long long)timestamp_s);
    const struct sign_piece pieces[] = {{id, strlen(id)}, {timestamp, (size_t)length}, {body, body_length}};
    for (size_t i = 0; i < secrets_count; i++) {
        unsigned char mac[SIGN_MAC_BYTES];
        sign->mac(sign->self, secrets[i].bytes, secrets[i].length, pieces, sizeof pieces / sizeof *pieces, mac);
        buf_puts(buf, i ? " v1," : "v1,");
        put_base64(buf, mac, sizeof mac);
    }
}

static void put_base64(struct buf *buf, const unsigned char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i += 3) {
        uint32_t bits = (uint32_t)bytes[i] << 16;
        if (i + 1 < length)
            bits |= (uint32_t)bytes[i + 1] << 8;
        if (i + 2 < length)
            bits |= bytes[i + 2];
        buf_putc(buf, digits[bits >> 18]);
        buf_putc(buf, digits[bits >> 12 & 63]);
        buf_putc(buf, i + 1 < length ? digits[bits >> 6 & 63] : '=');
        buf_putc(buf, i + 2 < length ? digits[bits & 63] : '=');
    }
}
