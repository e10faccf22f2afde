/* The request gate: which heads of HTTP requests may pass. Pure functions over what was received.
 *
 * The library behind it reads leniently: two lengths, two hosts, bare line feeds, NUL and folded lines all pass
 * there, and each of them is a way to make two machines disagree about where a request ends (request smuggling).
 * The gate lets a head pass only if there is one way to read it. */
#ifndef BELAY_ADAPTERS_SERVER_GATE_H
#define BELAY_ADAPTERS_SERVER_GATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    GATE_HEADERS_MAX = 100, /* a browser sends 20 */
    GATE_METHOD_MAX = 16,
};

/* Where a header's name and value lie. The value may end in blanks. */
struct gate_header {
    const char *name;
    size_t name_length;
    const char *value;
    size_t value_length;
};

struct gate_head {
    const char *method;
    const char *version;
    const char *target; /* a copy: as it was received, still percent-encoded */
    size_t target_length;
    const struct gate_header *headers;
    size_t headers_count;
    size_t bytes;          /* of the whole head as it was received, with the empty line */
    const char *target_at; /* where the target lay in the received bytes */
};

/* What a head that passed says about its body. */
struct gate_body {
    uint64_t length; /* 0 when chunked */
    bool chunked;
    bool json; /* the content type is application/json or application/...+json */
};

/* Verdict, HTTP status, stable code, detail. */
#define GATE_VERDICTS(X)                                                                                          \
    X(GATE_PASS, 200, "ok", "")                                                                                   \
    X(GATE_AMBIGUOUS, 400, "syntax",                                                                              \
      "the request's head has bare line feeds, folded lines, NUL or superfluous blanks")                          \
    X(GATE_METHOD, 400, "syntax", "the method is not a token")                                                    \
    X(GATE_TARGET, 400, "syntax", "the request target is not a path of printable characters and %XX escapes")     \
    X(GATE_TARGET_LONG, 414, "too_large", "the request target is longer than 8 KiB")                              \
    X(GATE_HEAD_LARGE, 431, "too_large", "the request's head is over 32 KiB or has over 100 headers")             \
    X(GATE_VERSION, 505, "syntax", "only HTTP/1.1 and HTTP/1.0 are spoken here")                                  \
    X(GATE_HEADER, 400, "syntax", "a header's name is not a token, or its value holds a control character")       \
    X(GATE_REPEATED, 400, "syntax", "a header that may stand once stands twice")                                  \
    X(GATE_HOST, 400, "syntax", "exactly one valid Host is needed")                                               \
    X(GATE_LENGTH, 400, "syntax", "Content-Length is not a number, or stands beside Transfer-Encoding")           \
    X(GATE_ENCODING, 501, "syntax", "the only transfer coding is \"chunked\", with HTTP/1.1")                     \
    X(GATE_BODY_ODD, 400, "syntax", "a GET or HEAD request has no body")                                          \
    X(GATE_BODY_LARGE, 413, "too_large", "the body is over the limit")                                            \
    X(GATE_MEDIA, 415, "media_type", "a body must be application/json, without a content coding")                 \
    X(GATE_EXPECT, 417, "syntax", "the only expectation is \"100-continue\"")

enum gate_verdict {
#define X(name, status, code, detail) name,
    GATE_VERDICTS(X)
#undef X
};

int server_gate_status(enum gate_verdict verdict);
const char *server_gate_code(enum gate_verdict verdict);
const char *server_gate_detail(enum gate_verdict verdict);

/* Judges a head; fills `body` when it passes. */
enum gate_verdict server_gate_check(const struct gate_head *head, uint64_t body_max, struct gate_body *body);

/* True when the received bytes are exactly "method SP target SP version CRLF", for each header
 * "name: blanks value CRLF", and CRLF, seen after the library has put a NUL in place of each separator. It reads
 * nothing but bytes between the places given, and two behind each value. libmicrohttpd 0.9.75 cuts heads up like
 * that; under a version that does not, every request is refused, and the server's contract test says so. */
bool server_gate_layout(const struct gate_head *head);

/* The first header of that name, in any case; NULL without one. */
const struct gate_header *server_gate_find(const struct gate_header *headers, size_t count, const char *name);

#endif
