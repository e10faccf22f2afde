/* Requests to the coordinator, built in one piece of memory: room for the headers, target, headers, body. */
#include "client.h"
#include "client_json.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    HEADERS_BYTES = BELAY_OUTGOING_HEADERS_MAX * (int)sizeof(struct belay_header),
    DRAFT_MAX = 2 * BELAY_BODY_MAX, /* a body of the greatest length, and all that stands before it */
    URL_MAX = 2048,
};

void belay_outgoing_done(struct belay_outgoing *out)
{
    if (out->memory)
        out->allocator.resize(out->allocator.context, out->memory, 0);
    *out = (struct belay_outgoing){.size = out->size, .allocator = out->allocator};
}

static bool is_token(const char *name)
{
    static const char allowed[] = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    size_t length = strspn(name, allowed);
    return length > 0 && !name[length];
}

int belay_outgoing_header(struct belay_outgoing *out, const char *name, const char *value,
                          struct belay_error *error)
{
    if (!name || !value || !is_token(name) || !belay_bytes_printable(value))
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "header \"%.40s\": its name or value is not printable",
                               name ? name : "");
    if (!out->headers || out->headers_count == BELAY_OUTGOING_HEADERS_MAX)
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "header \"%s\": there are %d already", name,
                               BELAY_OUTGOING_HEADERS_MAX);
    out->headers[out->headers_count++] = (struct belay_header){.name = name, .value = value};
    return BELAY_OK;
}

void belay_draft_begin(struct client_draft *draft, const char *method, const struct belay_outgoing *out,
                       struct belay_error *error)
{
    static const char room[HEADERS_BYTES];
    *draft = (struct client_draft){.method = method, .error = error};
    const struct belay_allocator *given = out->size >= sizeof *out ? &out->allocator : NULL;
    belay_bytes_init(&draft->bytes, given && given->resize ? given : &belay_allocator_default, DRAFT_MAX);
    if (!given)
        belay_draft_refuse(draft, "outgoing: size is not set");
    belay_bytes_put(&draft->bytes, room, sizeof room);
}

void belay_draft_refuse(struct client_draft *draft, const char *format, ...)
{
    if (draft->code)
        return;
    char text[BELAY_ERROR_TEXT];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    draft->code = belay_error_set(draft->error, BELAY_ERROR_ARGUMENT, "%s", text);
}

static bool check_id(struct client_draft *draft, const char *what, const char *id, size_t max)
{
    if (id && id[0] && strnlen(id, max + 1) <= max && belay_bytes_printable(id))
        return true;
    belay_draft_refuse(draft, "%s is not 1 to %zu bytes of printable UTF-8", what, max);
    return false;
}

void belay_draft_path(struct client_draft *draft, const char *text)
{
    belay_bytes_puts(&draft->bytes, text);
}

void belay_draft_number(struct client_draft *draft, unsigned number)
{
    char text[16];
    snprintf(text, sizeof text, "%u", number);
    belay_bytes_puts(&draft->bytes, text);
}

void belay_draft_segment(struct client_draft *draft, const char *what, const char *id, size_t max)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~";
    if (!check_id(draft, what, id, max))
        return;
    if (!strcmp(id, ".") || !strcmp(id, "..")) {
        belay_draft_refuse(draft, "%s is \"%s\", which no path can hold", what, id);
        return;
    }
    for (; *id; id++)
        if (strchr(plain, *id)) {
            belay_bytes_put(&draft->bytes, id, 1);
        } else {
            char escaped[4];
            snprintf(escaped, sizeof escaped, "%%%02X", (unsigned)(unsigned char)*id);
            belay_bytes_puts(&draft->bytes, escaped);
        }
}

/* What curl and every server agree on: visible ASCII. */
static bool is_url(const char *url)
{
    bool scheme = url && (!strncmp(url, "http://", 7) || !strncmp(url, "https://", 8));
    if (!scheme || strnlen(url, URL_MAX + 1) > URL_MAX || !strstr(url, "://")[3])
        return false;
    for (; *url; url++)
        if (*url <= ' ' || *url > '~')
            return false;
    return true;
}

static bool check_url(struct client_draft *draft, const char *url)
{
    bool right = is_url(url);
    if (!right)
        belay_draft_refuse(draft, "\"%.80s\" is no http or https URL of at most %d bytes", url ? url : "",
                           URL_MAX);
    return right;
}

void belay_draft_url(struct client_draft *draft, const char *url, const char *behind)
{
    if (!check_url(draft, url))
        return;
    size_t path = strcspn(url, "?#");
    belay_bytes_put(&draft->bytes, url, path);
    belay_bytes_puts(&draft->bytes, behind);
    belay_bytes_puts(&draft->bytes, url + path);
}

void belay_draft_target_end(struct client_draft *draft)
{
    belay_bytes_put(&draft->bytes, "", 1);
}

void belay_draft_header(struct client_draft *draft, const char *name, const char *value, size_t max)
{
    assert(draft->headers_count < BELAY_OUTGOING_HEADERS_MAX && !draft->has_body);
    if (!value || !check_id(draft, name, value, max))
        return;
    size_t *offsets = draft->headers[draft->headers_count++];
    offsets[0] = draft->bytes.length;
    belay_bytes_put(&draft->bytes, name, strlen(name) + 1);
    offsets[1] = draft->bytes.length;
    belay_bytes_put(&draft->bytes, value, strlen(value) + 1);
}

void belay_draft_check_wait(struct client_draft *draft, unsigned wait_s)
{
    if (wait_s > BELAY_WAIT_MAX)
        belay_draft_refuse(draft, "waiting is limited to %d seconds a request; ask again", BELAY_WAIT_MAX);
}

void belay_draft_wait(struct client_draft *draft, unsigned wait_s)
{
    char prefer[32];
    snprintf(prefer, sizeof prefer, "wait=%u", wait_s);
    belay_draft_check_wait(draft, wait_s);
    if (wait_s > 0)
        belay_draft_header(draft, "Prefer", prefer, sizeof prefer);
}

void belay_draft_body(struct client_draft *draft)
{
    belay_draft_header(draft, "Content-Type", "application/json", 32);
    draft->has_body = true;
    draft->body = draft->bytes.length;
    belay_bytes_puts(&draft->bytes, "{");
}

static void put_name(struct client_draft *draft, const char *name)
{
    assert(draft->has_body);
    char last = draft->bytes.failed ? '{' : draft->bytes.data[draft->bytes.length - 1];
    belay_bytes_puts(&draft->bytes, last == '{' || last == '[' ? "" : ",");
    if (!name)
        return;
    belay_bytes_put_json(&draft->bytes, name);
    belay_bytes_puts(&draft->bytes, ":");
}

void belay_draft_body_text(struct client_draft *draft, const char *name, const char *text, size_t max)
{
    if (!text)
        return;
    if (strnlen(text, max + 1) > max) {
        belay_draft_refuse(draft, "%s has over %zu bytes", name, max);
        return;
    }
    put_name(draft, name);
    belay_bytes_put_json(&draft->bytes, text);
}

void belay_draft_body_id(struct client_draft *draft, const char *name, const char *id, size_t max)
{
    if (id && check_id(draft, name ? name : "a tag", id, max))
        belay_draft_body_text(draft, name, id, max);
}

void belay_draft_body_url(struct client_draft *draft, const char *name, const char *url)
{
    if (check_url(draft, url))
        belay_draft_body_text(draft, name, url, URL_MAX);
}

void belay_draft_body_number(struct client_draft *draft, const char *name, unsigned number)
{
    put_name(draft, name);
    belay_draft_number(draft, number);
}

/* False when there is nothing to put. */
static bool check_json(struct client_draft *draft, const char *what, const char *json, size_t length)
{
    size_t bad = 0;
    if (!json)
        return false;
    if (length > BELAY_BODY_MAX)
        belay_draft_refuse(draft, "%s has over %d bytes", what, BELAY_BODY_MAX);
    else if (!belay_client_json_valid(json, length, &bad))
        belay_draft_refuse(draft, "%s is no JSON from byte %zu on", what, bad);
    return !draft->code;
}

void belay_draft_body_json(struct client_draft *draft, const char *name, const char *json, size_t length)
{
    if (!check_json(draft, name, json, length))
        return;
    put_name(draft, name);
    belay_bytes_put(&draft->bytes, json, length);
}

void belay_draft_body_open(struct client_draft *draft, const char *name, const char *opening)
{
    put_name(draft, name);
    belay_bytes_puts(&draft->bytes, opening);
}

void belay_draft_body_value(struct client_draft *draft, const char *what, const char *json, size_t length)
{
    belay_draft_header(draft, "Content-Type", "application/json", 32);
    draft->has_body = draft->is_value = true;
    draft->body = draft->bytes.length;
    if (check_json(draft, what, json, length))
        belay_bytes_put(&draft->bytes, json, length);
}

void belay_draft_body_raw(struct client_draft *draft, const char *text)
{
    belay_bytes_puts(&draft->bytes, text);
}

/* Everything lies where it stays: offsets become pointers. */
static void point(const struct client_draft *draft, struct belay_outgoing *out)
{
    char *data = draft->bytes.data;
    out->headers = (void *)data; /* aligned: the beginning of an allocation */
    for (size_t i = 0; i < draft->headers_count; i++)
        out->headers[i] = (struct belay_header){data + draft->headers[i][0], data + draft->headers[i][1]};
    out->headers_count = draft->headers_count;
    out->target = data + HEADERS_BYTES;
    out->memory = data;
    size_t length = draft->has_body ? draft->bytes.length - draft->body : 0;
    out->body = length ? data + draft->body : NULL;
    out->body_length = length;
}

int belay_draft_end(struct client_draft *draft, int repeatable, unsigned wait_s, struct belay_outgoing *out)
{
    if (draft->has_body && !draft->is_value)
        belay_draft_body_raw(draft, "}");
    size_t body = draft->has_body ? draft->bytes.length - draft->body : 0;
    if (!draft->code && draft->bytes.failed && draft->bytes.length < DRAFT_MAX / 2)
        draft->code = belay_error_set(draft->error, BELAY_ERROR_MEMORY, "no memory for the request");
    if (!draft->code && (draft->bytes.failed || body > BELAY_BODY_MAX))
        belay_draft_refuse(draft, "the body of the request has over %d bytes", BELAY_BODY_MAX);
    if (draft->code) {
        belay_bytes_done(&draft->bytes);
        return draft->code;
    }
    struct belay_allocator allocator = draft->bytes.allocator;
    *out = (struct belay_outgoing){.size = out->size, .method = draft->method, .allocator = allocator};
    out->repeatable = repeatable;
    out->wait_s = wait_s;
    point(draft, out);
    return BELAY_OK;
}
