/* Taking the host out of a Host header and out of a URL, and comparing it. */
#include "api/host.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static size_t host_length(const char *authority);
static bool host_port(const char *port);

void host_guard(struct host_rule *rule, const char *public_url)
{
    rule->strict = true;
    rule->public_host[0] = '\0';
    if (!public_url)
        return;
    const char *scheme = strstr(public_url, "://");
    assert(scheme);
    const char *authority = scheme + 3;
    snprintf(rule->public_host, sizeof rule->public_host, "%.*s", (int)host_length(authority), authority);
}

bool host_allowed(const struct host_rule *rule, const char *host)
{
    const char *const allowed[] = {"localhost", "127.0.0.1", "[::1]", rule->public_host};
    if (!rule->strict || !host)
        return true;
    size_t length = host_length(host);
    if (!length || !host_port(host + length))
        return false;
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
        if (strlen(allowed[i]) == length && strncasecmp(allowed[i], host, length) == 0)
            return true;
    return false;
}

/* Of the host that stands first: a name, an IPv4 address, or an IPv6 address with its brackets. */
static size_t host_length(const char *authority)
{
    if (authority[0] != '[')
        return strcspn(authority, ":/");
    size_t length = strcspn(authority, "]");
    return authority[length] ? length + 1 : 0;
}

/* Nothing, or a colon and digits. */
static bool host_port(const char *port)
{
    return !*port || (*port == ':' && strspn(port + 1, "0123456789") == strlen(port + 1));
}
