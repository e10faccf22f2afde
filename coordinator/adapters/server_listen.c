/* Parsing and binding of the listen address. Names are not resolved: what a server listens on should not depend
 * on somebody's DNS. */
#include "adapters/server_listen.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LISTEN_BACKLOG = 1024 }; /* connections that may wait for one turn of the loop */

union listen_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static bool listen_parse(const char *address, union listen_address *into);

int server_listen_open(const char *address, struct error *error)
{
    union listen_address to;
    memset(&to, 0, sizeof to);
    if (!listen_parse(address, &to)) {
        error_set(
            error, ERROR_USAGE,
            "listen on \"%.100s\": expected a numeric address and a port, as in 127.0.0.1:7070 or [::1]:7070",
            address);
        return -1;
    }
    bool v6 = to.any.sa_family == AF_INET6;
    int fd = socket(to.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
    /* A restart must not wait for the last run's connections to time out. */
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) ||
        bind(fd, &to.any, v6 ? sizeof to.v6 : sizeof to.v4) || listen(fd, LISTEN_BACKLOG)) {
        error_set(error, ERROR_IO, "listen on %s: %s", address, strerror(errno));
        if (fd >= 0)
            close(fd);
        return -1;
    }
    return fd;
}

unsigned server_listen_port(int fd)
{
    union listen_address at;
    socklen_t length = sizeof at;
    int failed = getsockname(fd, &at.any, &length);
    assert(!failed);
    return ntohs(at.any.sa_family == AF_INET6 ? at.v6.sin6_port : at.v4.sin_port);
}

static bool listen_parse(const char *address, union listen_address *into)
{
    char host[INET6_ADDRSTRLEN + 1];
    const char *colon = strrchr(address, ':');
    bool v6 = address[0] == '[';
    if (!colon || colon[1] < '0' || colon[1] > '9')
        return false;
    char *end;
    unsigned long port = strtoul(colon + 1, &end, 10);
    if (*end || end - colon > 6 || port > 65535)
        return false;
    const char *from = v6 ? address + 1 : address;
    const char *to = v6 ? colon - 1 : colon;
    if (to <= from || (v6 && *to != ']') || (size_t)(to - from) >= sizeof host)
        return false;
    memcpy(host, from, (size_t)(to - from));
    host[to - from] = '\0';
    into->any.sa_family = v6 ? AF_INET6 : AF_INET;
    if (v6)
        into->v6.sin6_port = htons((uint16_t)port);
    else
        into->v4.sin_port = htons((uint16_t)port);
    void *where = v6 ? (void *)&into->v6.sin6_addr : (void *)&into->v4.sin_addr;
    return inet_pton(into->any.sa_family, host, where) == 1;
}
