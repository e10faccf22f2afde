/* RFC 9110 methods and field names, RFC 3986 paths. */
#include "definition/request_line.h"

#include "definition/expr_lex.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define METHODS_HINT "GET, POST, PUT, PATCH or DELETE, a space, and a path that begins with /"

static const char *const methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};

/* Prefixes end in "-"; the rest are whole names. */
static const char *const own_headers[] = {
    "host",   "content-length", "transfer-encoding", "connection", "upgrade",    "te",     "trailer",
    "expect", "traceparent",    "idempotency-key",   "tracestate", "keep-alive", "belay-", "webhook-"};

static struct request_fault check_path(const char *text, size_t from);

size_t request_line_method(const char *text)
{
    return strcspn(text, " ");
}

struct request_fault request_line_check(const char *text)
{
    size_t length = request_line_method(text);
    bool known = false;
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        known = known || (strlen(methods[i]) == length && memcmp(text, methods[i], length) == 0);
    if (!known)
        return (struct request_fault){"does not begin with a method", METHODS_HINT, 0};
    const char *target = text + length + (text[length] == ' ');
    if (strncasecmp(target, "http://", 7) == 0 || strncasecmp(target, "https://", 8) == 0 ||
        strncmp(target, "//", 2) == 0)
        return (struct request_fault){"names a host",
                                      "write the path only; hosts belong to the participant registry",
                                      (size_t)(target - text)};
    if (target[0] != '/')
        return (struct request_fault){"has no path", METHODS_HINT, (size_t)(target - text)};
    return check_path(text, (size_t)(target - text));
}

/* Where the `${ }` that begins at `at` ends. */
static size_t skip_expression(const char *text, size_t at)
{
    size_t size = 0;
    struct expr_error error; /* what is wrong inside is found when the template is made */
    const char *inside = text + at + 2;
    return expr_lex_find_end(inside, strlen(inside), &size, &error) ? at + 2 + size + 1 : strlen(text);
}

static bool dot_segment(const char *segment)
{
    size_t dots = strspn(segment, ".");
    return (dots == 1 || dots == 2) && (segment[dots] == '/' || segment[dots] == '?' || segment[dots] == '\0');
}

static struct request_fault check_path(const char *text, size_t from)
{
    bool query = false;
    for (size_t i = from; text[i];) {
        char byte = text[i];
        if (strncmp(text + i, "$${", 3) == 0) { /* a literal "${" */
            i += 2;
            byte = '{';
        }
        if (byte == '$' && text[i + 1] == '{') {
            i = skip_expression(text, i);
            continue;
        }
        if (byte == '%' && !(isxdigit((unsigned char)text[i + 1]) && isxdigit((unsigned char)text[i + 2])))
            return (struct request_fault){"has a % without two hexadecimal digits", "a percent sign is %25", i};
        if (byte == '/' && !query && dot_segment(text + i + 1))
            return (struct request_fault){"has a \".\" or \"..\" segment", "write the path that is meant", i + 1};
        if (!isalnum((unsigned char)byte) && !strchr("-._~!$&'()*+,;=:@/?%", byte))
            return (struct request_fault){"has a character that a URL cannot hold", "percent-encode it", i};
        query = query || byte == '?';
        i++;
    }
    return (struct request_fault){0};
}

bool request_header_name(const char *name)
{
    if (name[0] == '\0')
        return false;
    for (; *name; name++)
        if (!isalnum((unsigned char)*name) && !strchr("!#$%&'*+-.^_`|~", *name))
            return false;
    return true;
}

bool request_header_own(const char *name)
{
    for (size_t i = 0; i < sizeof own_headers / sizeof own_headers[0]; i++) {
        size_t length = strlen(own_headers[i]);
        bool prefix = own_headers[i][length - 1] == '-';
        if (prefix ? strncasecmp(name, own_headers[i], length) == 0 : strcasecmp(name, own_headers[i]) == 0)
            return true;
    }
    return false;
}
