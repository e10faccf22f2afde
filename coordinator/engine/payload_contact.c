/* A participant's JSON, as it was registered. */
#include "base/limits.h"
#include "base/mem.h"
#include "engine/payload.h"
#include "engine/registry.h"

#include <string.h>
#include <strings.h>

static void read_headers(const json_t *headers, struct contact *contact);
static bool read_secrets(const json_t *secrets, struct contact *contact);

int payload_contact(const char *text, size_t length, struct contact *contact, struct error *error)
{
    json_t *root = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
    const char *url = json_string_value(json_object_get(root, "url"));
    const json_t *calls_max = json_object_get(root, "maxInFlight");
    const json_t *per_second = json_object_get(root, "maxPerSecond");
    if (!url) {
        json_decref(root);
        return error_set(error, ERROR_INVALID, "expected an object with a \"url\"");
    }
    if (!read_secrets(json_object_get(root, "secrets"), contact)) {
        json_decref(root);
        return error_set(error, ERROR_INVALID, "one of \"secrets\" is none");
    }
    size_t url_length = strlen(url);
    while (url_length && url[url_length - 1] == '/')
        url_length--;
    contact->url = mem_copy(url, url_length);
    if (json_integer_value(calls_max) > 0 && json_integer_value(calls_max) <= LIMIT_CALLS)
        contact->calls_max = (uint32_t)json_integer_value(calls_max);
    if (json_integer_value(per_second) > 0 && json_integer_value(per_second) <= LIMIT_CALLS_PER_SECOND)
        contact->per_second = (uint32_t)json_integer_value(per_second);
    read_headers(json_object_get(root, "headers"), contact);
    json_decref(root);
    return 0;
}

static void read_headers(const json_t *headers, struct contact *contact)
{
    const char *name;
    json_t *value;
    struct buf lines;
    buf_init(&lines, LIMIT_HEADERS * LIMIT_HEAD_BYTES);
    json_object_foreach((json_t *)headers, name, value)
    {
        buf_printf(&lines, "\r\n%s: %s", name, json_string_value(value));
        contact->headers_count++;
        contact->headers_typed = contact->headers_typed || strcasecmp(name, "Content-Type") == 0;
    }
    contact->headers = buf_take(&lines, &contact->headers_length);
}

/* What was registered was checked; a store that says otherwise must not make calls leave unsigned. */
static bool read_secrets(const json_t *secrets, struct contact *contact)
{
    size_t count = json_array_size(secrets);
    if (count > LIMIT_SECRETS)
        return false;
    for (size_t i = 0; i < count; i++) {
        const char *text = json_string_value(json_array_get(secrets, i));
        if (!text || !signature_secret(text, &contact->secrets[i]))
            return false;
    }
    contact->secrets_count = count;
    return true;
}
