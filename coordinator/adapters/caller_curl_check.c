/* Rules for outgoing request lines and headers (RFC 9110, 5; RFC 9112, 3). */
#include "adapters/caller_curl_check.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

static size_t check_token(const char *text);
static const char *check_url(const char *url);
static const char *check_header(const char *header);

const char *caller_curl_check(const struct request *request)
{
    assert(request->timeout_ms > 0);
    assert(request->body || !request->body_length);
    if (!request->method || !request->method[0] || request->method[check_token(request->method)])
        return "the method is not a token";
    const char *wrong = request->url ? check_url(request->url) : "there is no URL";
    for (size_t i = 0; !wrong && i < request->headers_count; i++)
        wrong = check_header(request->headers[i]);
    return wrong;
}

int caller_curl_check_named(const char *header, const char *name)
{
    if ((header[0] ^ name[0]) & ~0x20) /* the first letters differ, whatever their case: almost always */
        return 0;
    size_t length = strlen(name);
    return !strncasecmp(header, name, length) && header[length] == ':';
}

/* How many characters of a token (RFC 9110, 5.6.2) the text begins with. Not strspn: it makes a table of the set
 * for each header anew. */
static size_t check_token(const char *text)
{
    size_t length = 0;
    for (char c; (c = text[length]); length++) {
        bool common = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
        if (!common && !strchr("!#$%&'*+.^_`|~", c))
            break;
    }
    return length;
}

static const char *check_url(const char *url)
{
    if (strncasecmp(url, "http://", 7) != 0 && strncasecmp(url, "https://", 8) != 0)
        return "the URL is not http or https";
    for (const char *c = url; *c; c++)
        if (*c <= ' ' || *c >= 0x7f || *c == '\\') /* char is signed here: bytes over 0x7f are below ' ' */
            return "the URL holds a blank, a control character or something that should be escaped";
    return NULL;
}

static const char *check_header(const char *header)
{
    /* They belong to the connection or say where the request ends, which is the library's to say. */
    static const char *const framing[] = {"Connection", "Content-Length",    "Expect", "Keep-Alive", "TE",
                                          "Trailer",    "Transfer-Encoding", "Upgrade"};
    size_t name = check_token(header);
    if (!name || header[name] != ':')
        return "a header's name is not a token";
    for (const char *c = header + name; *c; c++)
        if (((unsigned char)*c < 0x20 && *c != '\t') || *c == 0x7f)
            return "a header holds a control character";
    for (size_t i = 0; i < sizeof framing / sizeof *framing; i++)
        if (caller_curl_check_named(header, framing[i]))
            return "a header frames the request, which only the caller may do";
    return NULL;
}
