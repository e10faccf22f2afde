/* The participant of the benchmark: as little work as an HTTP server can do, so that it is not what is measured.
 */
#include "bench/bench.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ_MAX = 64 * 1024, EVENTS = 256, FDS = 65536 };

struct stream {
    char *bytes;
    size_t length;
};

static int listen_on(unsigned port);
static void serve(int listener);
static void admit(int epoll, int listener, struct stream *streams);
static bool answer(int fd, struct stream *stream);

pid_t responder_start(unsigned port)
{
    int listener = listen_on(port);
    if (listener < 0)
        return -1;
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        serve(listener);
        _exit(0);
    }
    close(listener);
    return pid;
}

static int listen_on(unsigned port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, 1024) == 0)
        return fd;
    close(fd);
    return -1;
}

static void serve(int listener)
{
    struct stream *streams = calloc(FDS, sizeof *streams);
    int epoll = epoll_create1(0);
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &(struct epoll_event){.events = EPOLLIN, .data.fd = listener});
    for (;;) {
        struct epoll_event events[EVENTS];
        int count = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            int fd = events[i].data.fd;
            if (fd == listener)
                admit(epoll, listener, streams);
            else if (!answer(fd, &streams[fd]))
                close(fd);
        }
    }
}

static void admit(int epoll, int listener, struct stream *streams)
{
    int fd, on = 1;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (!streams[fd].bytes)
            streams[fd].bytes = malloc(READ_MAX);
        streams[fd].length = 0;
        epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &(struct epoll_event){.events = EPOLLIN, .data.fd = fd});
    }
}

static bool answer(int fd, struct stream *stream)
{
    static const char yes[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
    static const char no[] = "HTTP/1.1 409 No\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
    ssize_t count = read(fd, stream->bytes + stream->length, READ_MAX - stream->length);
    if (count <= 0)
        return false;
    stream->length += (size_t)count;
    size_t message;
    while ((message = lines_message(stream->bytes, stream->length)) > 0) {
        const char *line = memchr(stream->bytes, '\n', message);
        bool refuse = memmem(stream->bytes, (size_t)(line - stream->bytes), "/refuse ", 8) != NULL;
        const char *text = refuse ? no : yes;
        size_t length = refuse ? sizeof no - 1 : sizeof yes - 1;
        if (write(fd, text, length) != (ssize_t)length)
            return false;
        stream->length -= message;
        memmove(stream->bytes, stream->bytes + message, stream->length);
    }
    return stream->length < READ_MAX;
}
