/* Egress rules at registration: what is refused here never reaches the library that calls. */
#include "api/participant.h"

#include "api/members.h"
#include "api/url.h"
#include "api/write.h"
#include "base/limits.h"
#include "definition/request_line.h"
#include "definition/rules.h"
#include "engine/signature.h"
#include "definition/value.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>
#include <strings.h>

static const struct key keys[] = {
    {"url", TYPE_STRING, KEY_REQUIRED, "http://host:port/base"},
    {"headers", TYPE_OBJECT, 0, "sent with every call; the values are secrets"},
    {"secrets", TYPE_ARRAY, 0, "\"whsec_...\"; calls are signed with each of them"},
    {"maxInFlight", TYPE_INTEGER, 0, "calls at once"},
    {"maxPerSecond", TYPE_INTEGER, 0, "calls a second"},
};
const struct key_table participant_keys = {"a participant", keys, sizeof keys / sizeof *keys};

static void participant_header(struct findings *findings, const char *pointer, const json_t *headers,
                               const char *name, const json_t *value);
static void participant_secrets(struct findings *findings, const char *pointer, const json_t *secrets);
static bool participant_twice(const json_t *headers, const char *name);
static bool participant_value(const json_t *value);

bool participant_name(const char *name)
{
    size_t length = strlen(name);
    if (!length || length > LIMIT_NAME_BYTES || !isalnum((unsigned char)name[0]))
        return false;
    for (const char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("-_.", *c))
            return false;
    return true;
}

void participant_check(struct findings *findings, const char *pointer, const json_t *object)
{
    const char *url = members_text(findings, pointer, object, "url", LIMIT_URL_BYTES);
    const char *wrong = url ? url_refuse(url) : NULL;
    if (wrong) {
        struct pointer place = members_pointer(pointer, "url");
        findings_add(findings, rule_code(RULE_REQUEST), place.text, NULL, "\"url\" %s", wrong);
    }
    members_count(findings, pointer, object, "maxInFlight", LIMIT_CALLS);
    members_count(findings, pointer, object, "maxPerSecond", LIMIT_CALLS_PER_SECOND);
    participant_secrets(findings, pointer, json_object_get(object, "secrets"));
    const json_t *headers = json_object_get(object, "headers");
    struct pointer place = members_pointer(pointer, "headers");
    if (json_object_size(headers) > LIMIT_HEADERS) {
        findings_add(findings, rule_code(RULE_RANGE), place.text, NULL, "%zu headers, at most %d are taken",
                     json_object_size(headers), LIMIT_HEADERS);
        return;
    }
    const char *name;
    json_t *value;
    if (json_is_object(headers))
        json_object_foreach((json_t *)headers, name, value)
            participant_header(findings, place.text, headers, name, value);
}

char *participant_print(const json_t *object, size_t *length)
{
    char *text = value_json_text((json_t *)object, LIMIT_BODY_BYTES, length);
    assert(text); /* it came out of a body of that size, and holds no numbers that could grow */
    return text;
}

void participant_write(struct buf *buf, const char *name, const char *text, size_t length)
{
    json_t *object = json_loadb(text, length, 0, NULL);
    const char *header;
    json_t *value;
    write_open(buf, '{');
    write_text(buf, "name", name);
    write_text(buf, "url", json_string_value(json_object_get(object, "url")));
    json_t *headers = json_object_get(object, "headers");
    if (json_object_size(headers)) {
        write_key(buf, "headers");
        write_open(buf, '{');
        json_object_foreach(headers, header, value)
            write_text(buf, header, "***");
        buf_putc(buf, '}');
    }
    size_t secrets_count = json_array_size(json_object_get(object, "secrets"));
    if (secrets_count) {
        write_key(buf, "secrets");
        for (size_t i = 0; i < secrets_count; i++)
            buf_puts(buf, i ? ",\"***\"" : "[\"***\"");
        buf_putc(buf, ']');
    }
    json_t *in_flight = json_object_get(object, "maxInFlight");
    if (in_flight)
        write_number(buf, "maxInFlight", (uint64_t)json_integer_value(in_flight));
    json_t *per_second = json_object_get(object, "maxPerSecond");
    if (per_second)
        write_number(buf, "maxPerSecond", (uint64_t)json_integer_value(per_second));
    buf_putc(buf, '}');
    json_decref(object);
}

static void participant_secrets(struct findings *findings, const char *pointer, const json_t *secrets)
{
    struct pointer place = members_pointer(pointer, "secrets");
    size_t count = json_array_size(secrets);
    if (count > LIMIT_SECRETS) {
        findings_add(findings, rule_code(RULE_RANGE), place.text, NULL, "%zu secrets, at most %d are taken", count,
                     LIMIT_SECRETS);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const json_t *value = json_array_get(secrets, i);
        const char *text = json_string_value(value);
        struct secret secret;
        if (!text || strlen(text) != json_string_length(value) || !signature_secret(text, &secret))
            findings_add(findings, rule_code(RULE_HEADER), place.text, NULL,
                         "secret %zu is not \"whsec_\" and the base64 of %d to %d bytes", i + 1,
                         LIMIT_SECRET_LEAST, LIMIT_SECRET_BYTES);
    }
}

/* Names may be told; values are secrets and stand in no message. */
static void participant_header(struct findings *findings, const char *pointer, const json_t *headers,
                               const char *name, const json_t *value)
{
    struct pointer place = members_pointer(pointer, name);
    const char *wrong = NULL;
    if (!request_header_name(name) || strlen(name) > LIMIT_NAME_BYTES)
        wrong = "is no header name";
    else if (request_header_own(name))
        wrong = "is set by Belay";
    else if (participant_twice(headers, name))
        wrong = "stands here in two spellings";
    else if (!participant_value(value))
        wrong = "has a value that is no text of printable ASCII, has spaces around it, or is too long";
    if (wrong)
        findings_add(findings, rule_code(RULE_HEADER), place.text, NULL, "the header \"%.64s\" %s", name, wrong);
}

static bool participant_twice(const json_t *headers, const char *name)
{
    const char *other;
    json_t *value;
    size_t count = 0;
    json_object_foreach((json_t *)headers, other, value)
        count += strcasecmp(other, name) == 0;
    return count > 1;
}

/* No CR or LF can end the header early, and no byte means different things to different readers. */
static bool participant_value(const json_t *value)
{
    const char *text = json_string_value(value);
    size_t length = text ? json_string_length(value) : 0;
    if (!length || length > LIMIT_HEADER_BYTES || text[0] == ' ' || text[length - 1] == ' ')
        return false;
    for (size_t i = 0; i < length; i++)
        if (text[i] < ' ' || text[i] > '~')
            return false;
    return true;
}
