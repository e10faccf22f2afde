/* Sockets and the ends of messages. */
#include "e2e/wire.h"

#include "harness/process.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { ANSWER_S = 20 };

static struct sockaddr_in address_of(unsigned port);
static size_t whole(const struct wire *message);

int wire_listen(unsigned *port)
{
    *port = process_steady_port();
    struct sockaddr_in address = address_of(*port);
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, 512) == 0)
        return fd;
    close(fd);
    return -1;
}

int wire_connect(unsigned port)
{
    struct sockaddr_in address = address_of(port);
    struct timeval limit = {.tv_sec = ANSWER_S};
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    close(fd);
    return -1;
}

bool wire_receive(int fd, struct wire *message)
{
    message->length = 0;
    message->bytes[0] = '\0';
    while (message->length < WIRE_BYTES - 1) {
        ssize_t count = recv(fd, message->bytes + message->length, WIRE_BYTES - 1 - message->length, 0);
        if (count <= 0)
            return false;
        message->length += (size_t)count;
        message->bytes[message->length] = '\0';
        if (whole(message))
            return true;
    }
    return false;
}

bool wire_send(int fd, const struct wire *message)
{
    return send(fd, message->bytes, message->length, MSG_NOSIGNAL) == (ssize_t)message->length;
}

int wire_status(const struct wire *message)
{
    int status = 0;
    return sscanf(message->bytes, "HTTP/1.%*d %d", &status) == 1 ? status : 0;
}

static struct sockaddr_in address_of(unsigned port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

/* The length of the message when it is all there, 0 when more is to come. */
static size_t whole(const struct wire *message)
{
    const char *end = strstr(message->bytes, "\r\n\r\n");
    if (!end)
        return 0;
    const char *field = strcasestr(message->bytes, "\r\ncontent-length:");
    size_t body = field && field < end ? strtoull(field + 17, NULL, 10) : 0;
    size_t length = (size_t)(end - message->bytes) + 4 + body;
    return length <= message->length ? length : 0;
}
