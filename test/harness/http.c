/* One request, one answer, one connection. */
#include "harness/http.h"

#include "harness/process.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static int connect_to(unsigned port);
static size_t exchange(int fd, const char *head, size_t head_length, const char *body, char **into);

struct http_answer http_send(unsigned port, const char *method, const char *target, const char *headers,
                             const char *body)
{
    struct http_answer answer = {0};
    char *head = malloc(65536);
    int length = snprintf(head, 65536, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n%s", method,
                          target, headers ? headers : "");
    if (body)
        length += snprintf(head + length, 65536 - (size_t)length,
                           "Content-Type: application/json\r\nContent-Length: %zu\r\n", strlen(body));
    length += snprintf(head + length, 65536 - (size_t)length, "\r\n");
    int fd = connect_to(port);
    size_t got = exchange(fd, head, (size_t)length, body, &answer.body);
    if (fd >= 0)
        close(fd);
    free(head);
    const char *end = got ? strstr(answer.body, "\r\n\r\n") : NULL;
    if (end && sscanf(answer.body, "HTTP/1.%*d %d", &answer.status) == 1) {
        const char *field = strcasestr(answer.body, "\r\ncontent-length:");
        size_t declared = field && field < end ? strtoull(field + 17, NULL, 10) : got;
        answer.length = got - (size_t)(end + 4 - answer.body);
        if (field && field < end && declared != answer.length)
            answer.status = 0; /* broken off */
        memmove(answer.body, end + 4, answer.length);
        answer.body[answer.length] = '\0';
    }
    return answer;
}

void http_done(struct http_answer *answer)
{
    free(answer->body);
    *answer = (struct http_answer){0};
}

int http_status(unsigned port, const char *method, const char *target, const char *body)
{
    struct http_answer answer = http_send(port, method, target, NULL, body);
    int status = answer.status;
    http_done(&answer);
    return status;
}

int http_await(unsigned port, const char *target, unsigned ms)
{
    uint64_t until = process_now_ms() + ms;
    int status;
    while ((status = http_status(port, "GET", target, NULL)) != 200 && process_now_ms() < until)
        process_sleep_ms(5);
    return status;
}

static int connect_to(unsigned port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval limit = {.tv_sec = 30};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/* What came back, NUL-terminated, in memory that grows with it. `fd` may be -1: nothing comes back. */
static size_t exchange(int fd, const char *head, size_t head_length, const char *body, char **into)
{
    size_t got = 0, size = 8 * 1024;
    size_t body_length = body ? strlen(body) : 0;
    char *bytes = calloc(1, size + 1);
    *into = bytes;
    if (fd < 0 || send(fd, head, head_length, MSG_NOSIGNAL) != (ssize_t)head_length)
        return 0;
    for (size_t sent = 0; sent < body_length;) {
        ssize_t count = send(fd, body + sent, body_length - sent, MSG_NOSIGNAL);
        if (count <= 0)
            break; /* it may have answered early */
        sent += (size_t)count;
    }
    ssize_t count;
    while (got < HTTP_BODY_MAX && (count = recv(fd, bytes + got, size - got, 0)) > 0) {
        got += (size_t)count;
        if (got == size)
            bytes = realloc(bytes, (size *= 2) + 1);
    }
    bytes[got] = '\0';
    *into = bytes;
    return got;
}
