/* The rules of the request gate (RFC 9110, RFC 9112, where they leave a choice: the stricter one). */
#include "adapters/server_gate.h"

#include "base/limits.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

static enum gate_verdict gate_line(const struct gate_head *head);
static enum gate_verdict gate_headers(const struct gate_head *head);
static enum gate_verdict gate_host(const struct gate_head *head);
static enum gate_verdict gate_framing(const struct gate_head *head, uint64_t body_max, struct gate_body *body);
static enum gate_verdict gate_media(const struct gate_head *head, struct gate_body *body);
static bool gate_is(const struct gate_header *header, const char *word);

enum gate_verdict server_gate_check(const struct gate_head *head, uint64_t body_max, struct gate_body *body)
{
    assert(head->method && head->version && head->target);
    assert(head->headers_count <= GATE_HEADERS_MAX + 1);
    *body = (struct gate_body){0};
    enum gate_verdict verdict = gate_line(head);
    if (verdict == GATE_PASS)
        verdict = gate_headers(head);
    if (verdict == GATE_PASS)
        verdict = gate_host(head);
    if (verdict == GATE_PASS)
        verdict = gate_framing(head, body_max, body);
    if (verdict == GATE_PASS)
        verdict = gate_media(head, body);
    const struct gate_header *expect = server_gate_find(head->headers, head->headers_count, "Expect");
    if (verdict == GATE_PASS && expect && !gate_is(expect, "100-continue"))
        verdict = GATE_EXPECT;
    return verdict;
}

bool server_gate_layout(const struct gate_head *head)
{
    const char *at = head->method + strlen(head->method) + 1;
    if (at != head->target_at)
        return false;
    at += head->target_length + 1;
    if (at != head->version)
        return false;
    at += strlen(at);
    for (size_t i = 0; i < head->headers_count; i++) {
        const struct gate_header *header = &head->headers[i];
        if (at[0] || at[1] || header->name != at + 2)
            return false;
        at = header->name + header->name_length + 1; /* behind the colon */
        if (header->value < at)
            return false;
        for (; at < header->value; at++)
            if (*at != ' ' && *at != '\t')
                return false;
        at += header->value_length;
    }
    return !at[0] && !at[1] && head->bytes == (size_t)(at - head->method) + 4;
}

const struct gate_header *server_gate_find(const struct gate_header *headers, size_t count, const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < count; i++)
        if (headers[i].name_length == length && !strncasecmp(headers[i].name, name, length))
            return &headers[i];
    return NULL;
}

int server_gate_status(enum gate_verdict verdict)
{
    static const int statuses[] = {
#define X(name, status, code, detail) status,
        GATE_VERDICTS(X)
#undef X
    };
    assert((size_t)verdict < sizeof statuses / sizeof *statuses);
    return statuses[verdict];
}

const char *server_gate_code(enum gate_verdict verdict)
{
    static const char *const codes[] = {
#define X(name, status, code, detail) code,
        GATE_VERDICTS(X)
#undef X
    };
    assert((size_t)verdict < sizeof codes / sizeof *codes);
    return codes[verdict];
}

const char *server_gate_detail(enum gate_verdict verdict)
{
    static const char *const details[] = {
#define X(name, status, code, detail) detail,
        GATE_VERDICTS(X)
#undef X
    };
    assert((size_t)verdict < sizeof details / sizeof *details);
    return details[verdict];
}

/* A token character of RFC 9110, 5.6.2. */
static bool gate_token(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && (!c || !strchr("!#$%&'*+-.^_`|~", c)))
            return false;
    }
    return length > 0;
}

static int gate_hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Escapes must be whole; in the path none may stand for a control character (%00 ends strings elsewhere). */
static enum gate_verdict gate_target(const char *target, size_t length)
{
    bool path = true;
    if (length > LIMIT_TARGET_BYTES)
        return GATE_TARGET_LONG;
    if (!length || target[0] != '/')
        return GATE_TARGET;
    for (size_t i = 0; i < length; i++) {
        char c = target[i];
        if (c <= ' ' || c >= 0x7f || c == '#') /* char is signed here: bytes over 0x7f are below ' ' */
            return GATE_TARGET;
        if (c == '?')
            path = false;
        if (c != '%')
            continue;
        int high = i + 2 < length ? gate_hex(target[i + 1]) : -1;
        int low = i + 2 < length ? gate_hex(target[i + 2]) : -1;
        if (high < 0 || low < 0)
            return GATE_TARGET;
        if (path && (high < 2 || (high == 7 && low == 15)))
            return GATE_TARGET;
    }
    return GATE_PASS;
}

static enum gate_verdict gate_line(const struct gate_head *head)
{
    size_t method = strlen(head->method);
    enum gate_verdict verdict = gate_target(head->target, head->target_length);
    if (verdict == GATE_TARGET_LONG) /* before "ambiguous": its copy is cut */
        return verdict;
    if (head->headers_count > GATE_HEADERS_MAX || head->bytes > LIMIT_HEAD_BYTES)
        return GATE_HEAD_LARGE;
    if (!server_gate_layout(head))
        return GATE_AMBIGUOUS;
    if (method > GATE_METHOD_MAX || !gate_token(head->method, method))
        return GATE_METHOD;
    if (strcmp(head->version, "HTTP/1.1") != 0 && strcmp(head->version, "HTTP/1.0") != 0)
        return GATE_VERSION;
    return verdict;
}

/* Headers that say where a request ends or what it means: a second one could be read instead of the first. */
static bool gate_once(const struct gate_header *header)
{
    static const char *const names[] = {"Authorization",   "Content-Encoding", "Content-Length",
                                        "Content-Type",    "Expect",           "Host",
                                        "Idempotency-Key", "Transfer-Encoding"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (server_gate_find(header, 1, names[i]))
            return true;
    return false;
}

static enum gate_verdict gate_headers(const struct gate_head *head)
{
    for (size_t i = 0; i < head->headers_count; i++) {
        const struct gate_header *header = &head->headers[i];
        if (!gate_token(header->name, header->name_length))
            return GATE_HEADER;
        for (size_t j = 0; j < header->value_length; j++) {
            unsigned char c = (unsigned char)header->value[j];
            if ((c < 0x20 && c != '\t') || c == 0x7f)
                return GATE_HEADER;
        }
        if (!gate_once(header))
            continue;
        for (size_t j = 0; j < i; j++)
            if (head->headers[j].name_length == header->name_length &&
                !strncasecmp(head->headers[j].name, header->name, header->name_length))
                return GATE_REPEATED;
    }
    return GATE_PASS;
}

static enum gate_verdict gate_host(const struct gate_head *head)
{
    const struct gate_header *host = server_gate_find(head->headers, head->headers_count, "Host");
    if (!host)
        return strcmp(head->version, "HTTP/1.0") == 0 ? GATE_PASS : GATE_HOST;
    for (size_t i = 0; i < host->value_length; i++) {
        char c = host->value[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && !strchr("-._~%!$&'()*+;=:[]", c))
            return GATE_HOST;
    }
    return GATE_PASS;
}

/* How long the body is. Blanks behind a value would be read by some and not by others: they do not pass. */
static enum gate_verdict gate_framing(const struct gate_head *head, uint64_t body_max, struct gate_body *body)
{
    const struct gate_header *coding = server_gate_find(head->headers, head->headers_count, "Transfer-Encoding");
    const struct gate_header *length = server_gate_find(head->headers, head->headers_count, "Content-Length");
    bool bodyless = !strcmp(head->method, "GET") || !strcmp(head->method, "HEAD");
    if (coding && length)
        return GATE_LENGTH;
    if (coding && (!gate_is(coding, "chunked") || strcmp(head->version, "HTTP/1.1") != 0))
        return GATE_ENCODING;
    body->chunked = coding != NULL;
    if (length && (!length->value_length || length->value_length > 19))
        return GATE_LENGTH;
    for (size_t i = 0; length && i < length->value_length; i++) {
        char c = length->value[i];
        if (c < '0' || c > '9')
            return GATE_LENGTH;
        body->length = body->length * 10 + (uint64_t)(c - '0'); /* 19 digits fit into 64 bits */
    }
    if (bodyless && (body->chunked || body->length))
        return GATE_BODY_ODD;
    return body->length > body_max ? GATE_BODY_LARGE : GATE_PASS;
}

static enum gate_verdict gate_media(const struct gate_head *head, struct gate_body *body)
{
    const struct gate_header *type = server_gate_find(head->headers, head->headers_count, "Content-Type");
    const struct gate_header *coding = server_gate_find(head->headers, head->headers_count, "Content-Encoding");
    if (type) {
        size_t length = 0;
        while (length < type->value_length && !strchr("; \t", type->value[length]))
            length++;
        bool plain = length == 16 && !strncasecmp(type->value, "application/json", 16);
        bool suffix = length > 17 && !strncasecmp(type->value, "application/", 12) &&
                      !strncasecmp(type->value + length - 5, "+json", 5);
        body->json = plain || suffix;
    }
    bool coded = coding && !gate_is(coding, "identity");
    return body->length && (!body->json || coded) ? GATE_MEDIA : body->chunked && coded ? GATE_MEDIA : GATE_PASS;
}

static bool gate_is(const struct gate_header *header, const char *word)
{
    return header->value_length == strlen(word) && !strncasecmp(header->value, word, header->value_length);
}
