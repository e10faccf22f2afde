/* Reading of Content-Type, Prefer and Idempotency-Key. */
#include "api/headers.h"

#include "base/limits.h"
#include "base/utf8.h"

#include <string.h>
#include <strings.h>

static const char *headers_skip(const char *at);
static bool headers_preference(const char *text, size_t length, uint64_t *seconds);

int headers_check_json(struct exchange *exchange, struct error *error)
{
    static const char json[] = "application/json";
    const char *type = exchange->header(exchange, "Content-Type");
    if (!type)
        return error_set(error, ERROR_MEDIA_TYPE, "Content-Type must be application/json; there is none");
    if (strncasecmp(type, json, sizeof json - 1) == 0) {
        const char *rest = headers_skip(type + sizeof json - 1);
        if (!*rest)
            return 0;
        if (*rest == ';' && strncasecmp(headers_skip(rest + 1), "charset=", 8) == 0) {
            const char *charset = headers_skip(rest + 1) + 8;
            if (strcasecmp(charset, "utf-8") == 0 || strcasecmp(charset, "\"utf-8\"") == 0)
                return 0;
        }
    }
    return error_set(error, ERROR_MEDIA_TYPE, "Content-Type must be application/json, not \"%s\"", type);
}

uint64_t headers_wait_ms(struct exchange *exchange)
{
    const char *prefer = exchange->header(exchange, "Prefer");
    for (const char *at = prefer ? prefer : ""; *at;) {
        at = headers_skip(at);
        size_t length = strcspn(at, ",");
        uint64_t seconds;
        if (headers_preference(at, length, &seconds))
            return (seconds < LIMIT_WAIT_S ? seconds : LIMIT_WAIT_S) * 1000;
        at += length + (at[length] == ',');
    }
    return 0;
}

int headers_key(struct exchange *exchange, const char **key, struct error *error)
{
    const char *text = exchange->header(exchange, "Idempotency-Key");
    *key = text;
    if (!text)
        return 0;
    size_t length = strlen(text);
    if (!length || length > LIMIT_ID_BYTES || !utf8_printable(text, length))
        return error_set(error, ERROR_USAGE, "Idempotency-Key must be 1 to %d bytes of printable UTF-8",
                         LIMIT_ID_BYTES);
    return 0;
}

static const char *headers_skip(const char *at)
{
    return at + strspn(at, " \t");
}

/* `wait=10`, possibly with parameters behind a semicolon, which mean nothing to us. */
static bool headers_preference(const char *text, size_t length, uint64_t *seconds)
{
    const char *end = text + length; /* at a comma or the NUL */
    if (length < 4 || strncasecmp(text, "wait", 4) != 0)
        return false;
    const char *at = headers_skip(text + 4);
    if (at >= end || *at != '=')
        return false;
    const char *first = at = headers_skip(at + 1);
    for (*seconds = 0; at < end && *at >= '0' && *at <= '9'; at++)
        if (*seconds <= LIMIT_WAIT_S) /* what is over it need not be exact */
            *seconds = *seconds * 10 + (uint64_t)(*at - '0');
    bool any = at > first;
    at = headers_skip(at);
    return any && (at >= end || *at == ';');
}
