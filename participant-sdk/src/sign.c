/* Standard Webhooks: reading secrets, making and verifying signatures. The HMAC itself is the caller's. */
#include "belay/sign.h"
#include "sign_base64.h"

#include <assert.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define SECRET_PREFIX    "whsec_"
#define SIGNATURE_PREFIX "v1,"

enum {
    TIMESTAMP_DIGITS = 12, /* seconds until the year 33658 */
    MAC_TEXT = 44,         /* base64 of a MAC */
};

/* The three headers of a message. */
struct message {
    const char *id;
    const char *timestamp;
    const char *signature;
    int64_t timestamp_s;
};

int belay_secret_parse(const char *text, struct belay_secret *secret, struct belay_error *error)
{
    size_t prefix = strlen(SECRET_PREFIX), length = 0;
    if (!text || strncmp(text, SECRET_PREFIX, prefix))
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "a secret begins with \"" SECRET_PREFIX "\"");
    text += prefix;
    if (!belay_base64_decode(text, strlen(text), secret->bytes, sizeof secret->bytes, &length) ||
        length < BELAY_SECRET_MIN)
        return belay_error_set(error, BELAY_ERROR_ARGUMENT,
                               "a secret is \"" SECRET_PREFIX "\" and base64 of %d to %d bytes", BELAY_SECRET_MIN,
                               BELAY_SECRET_MAX);
    secret->length = length;
    return BELAY_OK;
}

static bool make_mac(const struct belay_secret *secret, belay_hmac *hmac, const char *id, const char *timestamp,
                     const void *body, size_t body_length, unsigned char mac[BELAY_SIGN_MAC])
{
    assert(secret->length >= BELAY_SECRET_MIN && secret->length <= BELAY_SECRET_MAX);
    const struct belay_piece pieces[] = {
        {id, strlen(id)}, {".", 1}, {timestamp, strlen(timestamp)}, {".", 1}, {body, body_length},
    };
    return !hmac(secret->bytes, secret->length, pieces, sizeof pieces / sizeof *pieces, mac);
}

int belay_sign(const struct belay_secret *secret, belay_hmac *hmac, const char *id, int64_t timestamp_s,
               const void *body, size_t body_length, char text[BELAY_SIGN_TEXT], struct belay_error *error)
{
    unsigned char mac[BELAY_SIGN_MAC];
    char timestamp[24];
    snprintf(timestamp, sizeof timestamp, "%" PRId64, timestamp_s);
    if (!make_mac(secret, hmac, id, timestamp, body, body_length, mac))
        return belay_error_set(error, BELAY_ERROR_SYSTEM, "the library for HMAC failed");
    memcpy(text, SIGNATURE_PREFIX, strlen(SIGNATURE_PREFIX));
    belay_base64_encode(mac, sizeof mac, text + strlen(SIGNATURE_PREFIX));
    return BELAY_OK;
}

/* NULL when the headers are there, each once, else what is wrong. */
static const char *collect(const struct belay_request *request, struct message *message)
{
    const struct {
        const char *name;
        const char **value;
    } wanted[] = {{BELAY_SIGN_ID, &message->id},
                  {BELAY_SIGN_TIMESTAMP, &message->timestamp},
                  {BELAY_SIGN_SIGNATURE, &message->signature}};
    for (size_t i = 0; i < request->headers_count; i++)
        for (size_t j = 0; j < sizeof wanted / sizeof *wanted; j++) {
            if (strcasecmp(request->headers[i].name, wanted[j].name))
                continue;
            if (*wanted[j].value)
                return "a webhook header is there twice";
            *wanted[j].value = request->headers[i].value;
        }
    return message->id && message->timestamp && message->signature
               ? NULL
               : "webhook-id, webhook-timestamp or webhook-signature is missing";
}

static bool read_timestamp(const char *text, int64_t *timestamp_s)
{
    size_t length = strspn(text, "0123456789");
    if (!length || length > TIMESTAMP_DIGITS || text[length])
        return false;
    *timestamp_s = 0;
    for (size_t i = 0; i < length; i++)
        *timestamp_s = *timestamp_s * 10 + (text[i] - '0');
    return true;
}

static bool same(const unsigned char *one, const unsigned char *other)
{
    volatile unsigned char difference = 0; /* volatile: nobody may leave the loop early */
    for (size_t i = 0; i < BELAY_SIGN_MAC; i++)
        difference = (unsigned char)(difference | (one[i] ^ other[i]));
    return difference == 0;
}

/* True when one signature of the header is `mac`. Versions other than v1 are for others. */
static bool holds(const char *signatures, const unsigned char mac[BELAY_SIGN_MAC])
{
    bool found = false;
    size_t prefix = strlen(SIGNATURE_PREFIX);
    for (const char *at = signatures; *at;) {
        unsigned char given[BELAY_SIGN_MAC];
        size_t length = strcspn(at, " "), given_length = 0;
        if (length == prefix + MAC_TEXT && !strncmp(at, SIGNATURE_PREFIX, prefix) &&
            belay_base64_decode(at + prefix, MAC_TEXT, given, sizeof given, &given_length) &&
            given_length == sizeof given)
            found |= same(given, mac);
        at += length + (at[length] == ' ');
    }
    return found;
}

int belay_verify(const struct belay_secret *secrets, size_t secrets_count, belay_hmac *hmac,
                 const struct belay_request *request, int64_t now_s, struct belay_error *error)
{
    struct message message = {0};
    const char *wrong = collect(request, &message);
    if (wrong)
        return belay_error_set(error, BELAY_ERROR_SIGNATURE, "%s", wrong);
    if (!read_timestamp(message.timestamp, &message.timestamp_s))
        return belay_error_set(error, BELAY_ERROR_SIGNATURE, "webhook-timestamp is no Unix time in seconds");
    if (message.timestamp_s < now_s - BELAY_SIGN_WINDOW_S || message.timestamp_s > now_s + BELAY_SIGN_WINDOW_S)
        return belay_error_set(error, BELAY_ERROR_SIGNATURE,
                               "webhook-timestamp is more than %d s from now: a replay, or a clock is wrong",
                               BELAY_SIGN_WINDOW_S);
    bool found = false;
    for (size_t i = 0; i < secrets_count; i++) {
        unsigned char mac[BELAY_SIGN_MAC];
        if (!make_mac(&secrets[i], hmac, message.id, message.timestamp, request->body, request->body_length, mac))
            return belay_error_set(error, BELAY_ERROR_SYSTEM, "the library for HMAC failed");
        found |= holds(message.signature, mac);
    }
    return found ? BELAY_OK
                 : belay_error_set(error, BELAY_ERROR_SIGNATURE, "no signature was made with a secret known here");
}
