/* The smallest HTTP client that the SDK's tests need: one request, one response, one connection. */
#include "sdk_support.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct sockaddr_in loopback(unsigned port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET,
        .sin_port = htons((in_port_t)port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
}

/* True when `got` holds a whole response: its head, and as much body as it announces. */
static bool complete(const char *got, size_t length)
{
    const char *end = strstr(got, "\r\n\r\n");
    if (!end)
        return false;
    const char *announced = strcasestr(got, "Content-Length:");
    size_t body = announced && announced < end ? strtoul(announced + 15, NULL, 10) : 0;
    return length >= (size_t)(end + 4 - got) + body;
}

int sdk_http(unsigned port, const char *text, char *got, size_t size)
{
    struct sockaddr_in address = loopback(port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert(fd >= 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof address)) {
        close(fd);
        return -1;
    }
    size_t left = strlen(text), length = 0;
    while (left > 0) {
        ssize_t sent = send(fd, text, left, MSG_NOSIGNAL);
        if (sent <= 0)
            break; /* the peer may have answered and hung up before the end */
        text += sent;
        left -= (size_t)sent;
    }
    got[0] = '\0';
    while (length + 1 < size && !complete(got, length)) {
        ssize_t received = recv(fd, got + length, size - 1 - length, 0);
        if (received <= 0)
            break;
        length += (size_t)received;
        got[length] = '\0';
    }
    close(fd);
    return strncmp(got, "HTTP/1.1 ", 9) ? 0 : (int)strtol(got + 9, NULL, 10);
}

unsigned sdk_free_port(void)
{
    struct sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int failed =
        bind(fd, (struct sockaddr *)&address, size) || getsockname(fd, (struct sockaddr *)&address, &size);
    assert(fd >= 0 && !failed);
    close(fd);
    return ntohs(address.sin_port);
}
