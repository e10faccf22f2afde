/* A small table of half-closed sockets. */
#include "adapters/server_linger.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static void linger_close(struct linger_slot *slot);

void server_linger_init(struct server_linger *linger, int epoll_fd, uint64_t tag)
{
    linger->epoll_fd = epoll_fd;
    linger->tag = tag;
    for (size_t i = 0; i < LINGER_MAX; i++)
        linger->slots[i] = (struct linger_slot){.fd = -1};
}

void server_linger_done(struct server_linger *linger)
{
    server_linger_expire(linger, UINT64_MAX);
}

void server_linger_add(struct server_linger *linger, int fd, uint64_t now_ms)
{
    size_t i = 0;
    while (i < LINGER_MAX && linger->slots[i].fd >= 0)
        i++;
    if (i == LINGER_MAX)
        return;
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    if (copy < 0)
        return; /* short of descriptors: then it is closed at once */
    shutdown(copy, SHUT_WR);
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP, .data.u64 = linger->tag + i};
    linger->slots[i] = (struct linger_slot){.fd = copy, .until_ms = now_ms + LINGER_MS};
    if (epoll_ctl(linger->epoll_fd, EPOLL_CTL_ADD, copy, &event))
        linger_close(&linger->slots[i]);
}

void server_linger_ready(struct server_linger *linger, uint64_t event_tag)
{
    assert(event_tag >= linger->tag && event_tag < linger->tag + LINGER_MAX);
    struct linger_slot *slot = &linger->slots[event_tag - linger->tag];
    char waste[16384];
    if (slot->fd < 0)
        return;
    ssize_t got = recv(slot->fd, waste, sizeof waste, MSG_DONTWAIT);
    if (got > 0)
        slot->bytes += (size_t)got;
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR) || slot->bytes > LINGER_BYTES)
        linger_close(slot);
}

void server_linger_expire(struct server_linger *linger, uint64_t now_ms)
{
    for (size_t i = 0; i < LINGER_MAX; i++)
        if (linger->slots[i].fd >= 0 && now_ms >= linger->slots[i].until_ms)
            linger_close(&linger->slots[i]);
}

static void linger_close(struct linger_slot *slot)
{
    close(slot->fd);
    slot->fd = -1;
}
