/* The parts of a request that are checked before they are sent: what is written in a saga goes out as it
 * stands (only what expressions put in is encoded), and the library that sends it checks nothing. */
#ifndef BELAY_DEFINITION_REQUEST_LINE_H
#define BELAY_DEFINITION_REQUEST_LINE_H

#include <stdbool.h>
#include <stddef.h>

/* What is wrong with `text` as "METHOD /path", as a message with its place; a NULL message: nothing. */
struct request_fault {
    const char *message;
    const char *hint; /* may be NULL */
    size_t offset;
};

struct request_fault request_line_check(const char *text);

/* The length of the method in a right request line; the path begins one byte behind it. */
size_t request_line_method(const char *text);

/* True when `name` is a header field name (RFC 9110, token). */
bool request_header_name(const char *name);

/* True when Belay sets that header itself, or the connection belongs to it. */
bool request_header_own(const char *name);

#endif
