/* See listen.h. */
#include "listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 128 };

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static bool parse_port(const char *text, in_port_t *port)
{
    unsigned value = 0;
    size_t digits = 0;
    for (; text[digits] >= '0' && text[digits] <= '9' && digits < 5; digits++)
        value = value * 10 + (unsigned)(text[digits] - '0');
    *port = htons((in_port_t)value);
    return digits > 0 && !text[digits] && value <= 65535;
}

static bool parse(const char *text, union address *address)
{
    char host[INET6_ADDRSTRLEN];
    const char *colon = strrchr(text, ':');
    bool v6 = text[0] == '[';
    const char *start = text + v6;
    const char *end = colon && v6 ? colon - 1 : colon;
    if (!colon || end < start || (v6 && *end != ']') || (size_t)(end - start) >= sizeof host)
        return false;
    memcpy(host, start, (size_t)(end - start));
    host[end - start] = '\0';
    memset(address, 0, sizeof *address);
    if (v6) {
        address->v6.sin6_family = AF_INET6;
        return inet_pton(AF_INET6, host, &address->v6.sin6_addr) == 1 &&
               parse_port(colon + 1, &address->v6.sin6_port);
    }
    address->v4.sin_family = AF_INET;
    return inet_pton(AF_INET, host, &address->v4.sin_addr) == 1 && parse_port(colon + 1, &address->v4.sin_port);
}

static socklen_t size_of(const union address *address)
{
    return address->any.sa_family == AF_INET6 ? sizeof address->v6 : sizeof address->v4;
}

static bool bind_and_listen(int fd, union address *address)
{
    int on = 1;
    socklen_t size = size_of(address);
    return !setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) && !bind(fd, &address->any, size) &&
           !listen(fd, BACKLOG) && !getsockname(fd, &address->any, &size);
}

int belay_listen(const char *text, int *fd, unsigned *port, struct belay_error *error)
{
    union address address;
    if (!parse(text, &address))
        return belay_error_set(
            error, BELAY_ERROR_ARGUMENT,
            "\"%.80s\" is no address to listen on; expected one like 127.0.0.1:7101 or [::1]:7101", text);
    int sock = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (sock < 0 || !bind_and_listen(sock, &address)) {
        int reason = errno;
        if (sock >= 0)
            close(sock);
        return belay_error_set(error, BELAY_ERROR_SYSTEM, "listen on %s: %s", text, strerror(reason));
    }
    *fd = sock;
    *port = ntohs(address.any.sa_family == AF_INET6 ? address.v6.sin6_port : address.v4.sin_port);
    return BELAY_OK;
}

void belay_listen_url(const char *address, unsigned port, char url[BELAY_URL_TEXT])
{
    int host = (int)(strrchr(address, ':') - address);
    snprintf(url, BELAY_URL_TEXT, "http://%.*s:%u", host, address, port);
}
