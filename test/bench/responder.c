/* The participant: answers every request with 200 and an empty object, 409 where the path ends in "/refuse", 202
 * where it ends in "/later".
 * One epoll loop in a process of its own. */
#include "bench/responder.h"
#include "bench/lines.h"
#include "harness/process.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ_MAX = 64 * 1024, EVENTS = 256, FDS = 65536, TENTHS = 10 };

struct stream {
    char *bytes;
    size_t length;
    bool waits; /* asked, and not answered yet */
    const char *answer;
    uint64_t due_us;
};

/* Answers that wait for their time, in the order of it: the delay is the same for all. */
struct service {
    struct responder_counts *counts;
    int epoll;
    struct stream streams[FDS];
    int queue[FDS];
    uint32_t first, last;

    uint64_t tenth;          /* of a second: the current one */
    uint32_t tenths[TENTHS]; /* requests in it and the nine before it */
};

#define ANSWER(status) "HTTP/1.1 " status "\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"

static int listen_on(unsigned port);
static void serve(int listener, struct responder_counts *counts);
static void admit(struct service *service, int listener);
static bool take(struct service *service, int fd);
static void count_second(struct service *service);
static bool answer(struct service *service, int fd);
static int answer_due(struct service *service);
static void drop(struct service *service, int fd);

bool responder_open(struct responder *responder)
{
    *responder = (struct responder){.port = process_steady_port()};
    responder->counts =
        mmap(NULL, sizeof *responder->counts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return responder->counts != MAP_FAILED && responder_start(responder);
}

bool responder_start(struct responder *responder)
{
    int listener = listen_on(responder->port);
    if (listener < 0)
        return false;
    responder->pid = fork();
    if (responder->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        serve(listener, responder->counts);
        _exit(0);
    }
    close(listener);
    return responder->pid > 0;
}

void responder_stop(struct responder *responder)
{
    if (responder->pid > 0)
        process_end(responder->pid, SIGKILL);
    responder->pid = 0;
}

void responder_close(struct responder *responder)
{
    responder_stop(responder);
    if (responder->counts)
        munmap(responder->counts, sizeof *responder->counts);
    *responder = (struct responder){0};
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

static void serve(int listener, struct responder_counts *counts)
{
    struct service *service = calloc(1, sizeof *service);
    service->counts = counts;
    service->epoll = epoll_create1(0);
    epoll_ctl(service->epoll, EPOLL_CTL_ADD, listener,
              &(struct epoll_event){.events = EPOLLIN, .data.fd = listener});
    atomic_store(&counts->in_flight, 0);
    for (;;) {
        struct epoll_event events[EVENTS];
        int count = epoll_wait(service->epoll, events, EVENTS, answer_due(service));
        for (int i = 0; i < count; i++) {
            int fd = events[i].data.fd;
            if (fd == listener)
                admit(service, listener);
            else if (!take(service, fd))
                drop(service, fd);
        }
    }
}

static void admit(struct service *service, int listener)
{
    int fd, on = 1;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        struct stream *stream = &service->streams[fd];
        char *bytes = stream->bytes ? stream->bytes : malloc(READ_MAX);
        *stream = (struct stream){.bytes = bytes};
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        epoll_ctl(service->epoll, EPOLL_CTL_ADD, fd, &(struct epoll_event){.events = EPOLLIN, .data.fd = fd});
    }
}

/* One request is on its way per connection: HTTP/1.1 without pipelining. False when the connection is over. */
static bool take(struct service *service, int fd)
{
    struct responder_counts *counts = service->counts;
    struct stream *stream = &service->streams[fd];
    ssize_t count = read(fd, stream->bytes + stream->length, READ_MAX - stream->length);
    if (count <= 0)
        return false;
    stream->length += (size_t)count;
    if (!lines_message(stream->bytes, stream->length))
        return stream->length < READ_MAX;
    size_t line = (size_t)((char *)memchr(stream->bytes, '\n', stream->length) - stream->bytes);
    stream->answer = memmem(stream->bytes, line, "/refuse ", 8)  ? ANSWER("409 No")
                     : memmem(stream->bytes, line, "/later ", 7) ? ANSWER("202 Later")
                                                                 : ANSWER("200 OK");
    stream->length = 0;
    uint32_t delay_ms = atomic_load(&counts->delay_ms);
    count_second(service);
    if (!delay_ms)
        return answer(service, fd);
    stream->waits = true;
    stream->due_us = process_now_us() + delay_ms * 1000u;
    if (delay_ms != RESPONDER_NEVER)
        service->queue[service->last++ % FDS] = fd;
    uint32_t in_flight = atomic_fetch_add(&counts->in_flight, 1) + 1;
    if (in_flight > atomic_load(&counts->in_flight_peak))
        atomic_store(&counts->in_flight_peak, in_flight);
    return true;
}

static void count_second(struct service *service)
{
    uint64_t tenth = process_now_ms() / (1000 / TENTHS), sum = 0;
    if (tenth - service->tenth > TENTHS)
        service->tenth = tenth - TENTHS;
    while (service->tenth < tenth)
        service->tenths[++service->tenth % TENTHS] = 0;
    service->tenths[tenth % TENTHS]++;
    atomic_fetch_add(&service->counts->calls, 1);
    for (int i = 0; i < TENTHS; i++)
        sum += service->tenths[i];
    if (sum > atomic_load(&service->counts->second_peak))
        atomic_store(&service->counts->second_peak, sum);
}

/* Answers those whose time has come; the milliseconds until the next one, -1 without any. */
static int answer_due(struct service *service)
{
    for (; service->first != service->last; service->first++) {
        int fd = service->queue[service->first % FDS];
        struct stream *stream = &service->streams[fd];
        uint64_t now_us = process_now_us();
        if (stream->waits && stream->due_us > now_us)
            return (int)((stream->due_us - now_us) / 1000) + 1;
        if (!stream->waits)
            continue;
        stream->waits = false;
        atomic_fetch_sub(&service->counts->in_flight, 1);
        if (!answer(service, fd))
            drop(service, fd);
    }
    return -1;
}

static bool answer(struct service *service, int fd)
{
    const char *text = service->streams[fd].answer;
    size_t length = strlen(text);
    return write(fd, text, length) == (ssize_t)length;
}

static void drop(struct service *service, int fd)
{
    if (service->streams[fd].waits)
        atomic_fetch_sub(&service->counts->in_flight, 1);
    service->streams[fd].waits = false;
    close(fd);
}
