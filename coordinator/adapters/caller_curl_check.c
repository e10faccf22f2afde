/* Rules for outgoing request lines and headers (RFC 9110, 5; RFC 9112, 3). Every byte of every call passes here:
 * one pass, by a table. */
#include "adapters/caller_curl_check.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* What a byte may be part of. */
enum {
    VALUE = 1, /* of a header */
    URL = 2,   /* nothing blank, nothing that should be escaped, no backslash */
    TOKEN = 4, /* RFC 9110, 5.6.2 */
};

#define v VALUE
#define u (VALUE | URL)
#define t (VALUE | URL | TOKEN)
static const unsigned char classes[256] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, v, 0, 0, 0, 0, 0, 0, /* 0x00: the tab may be in a value */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* 0x10 */
    v, t, u, t, t, t, t, t, u, u, t, t, u, t, t, u, /*   !"#$%&'()*+,-./ */
    t, t, t, t, t, t, t, t, t, t, u, u, u, u, u, u, /* 0123456789:;<=>? */
    u, t, t, t, t, t, t, t, t, t, t, t, t, t, t, t, /* @ABCDEFGHIJKLMNO */
    t, t, t, t, t, t, t, t, t, t, t, u, v, u, t, t, /* PQRSTUVWXYZ[\]^_ */
    t, t, t, t, t, t, t, t, t, t, t, t, t, t, t, t, /* `abcdefghijklmno */
    t, t, t, t, t, t, t, t, t, t, t, u, t, u, t, 0, /* pqrstuvwxyz{|}~ */
    v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, /* 0x80: what is not ASCII may be in a value */
    v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, /* 0x90 */
    v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, /* 0xa0 */
    v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, /* 0xb0 */
    v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, /* 0xc0 */
    v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, /* 0xd0 */
    v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, /* 0xe0 */
    v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, /* 0xf0 */
};
#undef v
#undef u
#undef t

static const char *skip(const char *text, unsigned class);
static const char *skip_value(const char *text, const char *end);
static const char *check_url(const char *url);
static const char *check_headers(const struct request *request, unsigned *has);
static bool check_name(const char *name, size_t length, unsigned *has);

const char *caller_curl_check(const struct request *request, unsigned *has)
{
    assert(request->timeout_ms > 0);
    assert(request->body || !request->body_length);
    *has = 0;
    if (!request->method || !request->method[0] || *skip(request->method, TOKEN))
        return "the method is not a token";
    const char *wrong = request->url ? check_url(request->url) : "there is no URL";
    return wrong ? wrong : check_headers(request, has);
}

/* To the first byte that is not of the class; a NUL is of none. */
static const char *skip(const char *text, unsigned class)
{
    while (classes[(unsigned char)*text] & class)
        text++;
    return text;
}

static const char *check_url(const char *url)
{
    if (strncasecmp(url, "http://", 7) != 0 && strncasecmp(url, "https://", 8) != 0)
        return "the URL is not http or https";
    return *skip(url, URL) ? "the URL holds a blank, a control character or something that should be escaped"
                           : NULL;
}

/* Each line a name, a colon and a value; CRLF stands between two, and nowhere else is there a CR or an LF. A value
 * that holds CRLF and what looks like a header would pass for two: so there have to be as many as were meant. */
static const char *check_headers(const struct request *request, unsigned *has)
{
    const char *at = request->headers, *end = at + request->headers_length;
    size_t count = 0;
    if (at == end)
        return request->headers_count ? "headers are missing" : NULL;
    for (;; at += 2) {
        const char *name = at;
        at = skip(at, TOKEN);
        if (at == name || *at != ':')
            return "a header's name is not a token";
        if (!check_name(name, (size_t)(at - name), has))
            return "a header frames the request, which only the caller may do";
        count++;
        at = skip_value(at, end);
        if (at == end)
            break;
        if (at[0] != '\r' || at[1] != '\n')
            return "a header holds a control character";
    }
    return count == request->headers_count ? NULL : "a header holds the end of a line";
}

/* Eight bytes at a time while none of them is a control character (below 0x20, or 0x7f), which the borrow and the
 * carry of their highest bits tell; what is not ASCII has it set already. */
static const char *skip_value(const char *text, const char *end)
{
    const uint64_t ones = UINT64_MAX / 255;
    for (uint64_t word; end - text >= 8; text += 8) {
        memcpy(&word, text, sizeof word);
        uint64_t delete = word ^ ones * 0x7f;
        if ((((word - ones * 0x20) & ~word) | ((delete - ones) & ~delete)) & ones * 0x80)
            break;
    }
    return skip(text, VALUE);
}

/* False for names that belong to the connection or say where the request ends, which is the library's to say. */
static bool check_name(const char *name, size_t length, unsigned *has)
{
    static const struct {
        const char *name;
        size_t length;
        unsigned has; /* 0: not to be sent */
    } known[] = {
#define NAME(name, has) {name, sizeof name - 1, has}
        NAME("authorization", CALLER_HAS_AUTHORIZATION),
        NAME("connection", 0),
        NAME("content-length", 0),
        NAME("expect", 0),
        NAME("host", CALLER_HAS_HOST),
        NAME("keep-alive", 0),
        NAME("te", 0),
        NAME("trailer", 0),
        NAME("transfer-encoding", 0),
        NAME("upgrade", 0),
#undef NAME
    };
    static const uint32_t first = 1u << ('a' & 31) | 1u << ('c' & 31) | 1u << ('e' & 31) | 1u << ('h' & 31) |
                                  1u << ('k' & 31) | 1u << ('t' & 31) | 1u << ('u' & 31);
    if (!(first >> (*name & 31) & 1)) /* whatever the case of the letter: most names end here */
        return true;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (length == known[i].length && strncasecmp(name, known[i].name, length) == 0) {
            *has |= known[i].has;
            return known[i].has != 0;
        }
    return true;
}
