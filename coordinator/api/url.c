/* RFC 3986, narrowed: scheme, host, port and path in plain ASCII. What is left out (userinfo, query, fragment,
 * backslashes, "..") is where parsers disagree, and disagreement is how requests reach hosts nobody meant. */
#include "api/url.h"

#include "base/limits.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

static const char *url_refuse_host(const char *host, size_t length);
static const char *url_refuse_port(const char *port, size_t length);
static const char *url_refuse_path(const char *path);

const char *url_refuse(const char *url)
{
    size_t scheme = strncasecmp(url, "http://", 7) == 0 ? 7 : strncasecmp(url, "https://", 8) == 0 ? 8 : 0;
    if (!scheme)
        return "must begin with http:// or https://";
    if (strlen(url) > LIMIT_URL_BYTES)
        return "is too long";
    for (const char *c = url; *c; c++)
        if (*c <= ' ' || *c >= 0x7f || strchr("\\\"<>^`{|}", *c))
            return "has a space, control character or other character that no URL has";
    if (strchr(url, '?') || strchr(url, '#'))
        return "must not have a query or fragment: requests bring their own";
    const char *authority = url + scheme;
    size_t length = strcspn(authority, "/");
    if (memchr(authority, '@', length))
        return "must not carry a user or password: put credentials into \"headers\"";
    size_t host = authority[0] == '[' ? strcspn(authority, "]") + 1 : strcspn(authority, ":/");
    if (host > length)
        return "has an IPv6 address without its closing bracket";
    const char *wrong = url_refuse_host(authority, host);
    if (!wrong)
        wrong = url_refuse_port(authority + host, length - host);
    return wrong ? wrong : url_refuse_path(authority + length);
}

static const char *url_refuse_host(const char *host, size_t length)
{
    if (!length)
        return "has no host";
    if (host[0] == '[') {
        for (size_t i = 1; i + 1 < length; i++)
            if (!isxdigit((unsigned char)host[i]) && !strchr(":.", host[i]))
                return "has an IPv6 address with other than hexadecimal digits, \":\" and \".\"";
        return length > 4 || (length == 4 && host[1] == ':') ? NULL : "has an empty IPv6 address";
    }
    if (length > 253)
        return "has a host name of more than 253 bytes";
    for (size_t i = 0; i < length; i++)
        if (!isalnum((unsigned char)host[i]) && !strchr("-._", host[i]))
            return "has a host name with other than letters, digits, \"-\", \"_\" and \".\"";
    return host[0] == '.' || host[0] == '-' ? "has a host name that begins with \".\" or \"-\"" : NULL;
}

static const char *url_refuse_port(const char *port, size_t length)
{
    static const char wrong[] = "has a port that is no number from 1 to 65535";
    if (!length)
        return NULL;
    if (port[0] != ':' || length < 2 || length > 6)
        return wrong;
    long number = 0;
    for (size_t i = 1; i < length; i++) {
        if (!isdigit((unsigned char)port[i]))
            return wrong;
        number = number * 10 + (port[i] - '0');
    }
    return number >= 1 && number <= 65535 ? NULL : wrong;
}

static const char *url_refuse_path(const char *path)
{
    for (const char *c = path; *c; c++) {
        if (*c == '%' && !(isxdigit((unsigned char)c[1]) && isxdigit((unsigned char)c[2])))
            return "has a % without two hexadecimal digits";
        if (*c != '/')
            continue;
        size_t dots = strspn(c + 1, ".");
        if ((dots == 1 || dots == 2) && (c[1 + dots] == '/' || !c[1 + dots]))
            return "has a \".\" or \"..\" segment";
    }
    return NULL;
}
