/* Lazy epoll registrations, in a table by descriptor. */
#include "adapters/caller_curl_watch.h"

#include "base/mem.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

static struct watch_socket *watch_at(struct watch *watch, int fd);
static void watch_register(struct watch *watch, int fd, uint32_t events);

void caller_curl_watch_init(struct watch *watch, int epoll_fd)
{
    *watch = (struct watch){.epoll_fd = epoll_fd};
}

void caller_curl_watch_done(struct watch *watch)
{
    mem_free(watch->sockets);
    mem_free(watch->changed);
}

void caller_curl_watch_wish(struct watch *watch, int fd, uint32_t events)
{
    struct watch_socket *at = watch_at(watch, fd);
    at->wished = events;
    if (!events && !at->ours && at->registered)
        watch_register(watch, fd, 0);
    if (at->listed || !(events & ~at->registered))
        return;
    if (watch->changed_count == watch->changed_capacity) {
        watch->changed_capacity = watch->changed_capacity ? watch->changed_capacity * 2 : 64;
        watch->changed = mem_grow(watch->changed, watch->changed_capacity * sizeof *watch->changed);
    }
    at->listed = true;
    watch->changed[watch->changed_count++] = fd;
}

void caller_curl_watch_opened(struct watch *watch, int fd)
{
    struct watch_socket *at = watch_at(watch, fd);
    at->wished = at->registered = 0;
    at->ours = true;
}

void caller_curl_watch_closed(struct watch *watch, int fd)
{
    struct watch_socket *at = watch_at(watch, fd);
    at->wished = at->registered = 0;
    at->ours = false;
}

void caller_curl_watch_flush(struct watch *watch)
{
    for (size_t i = 0; i < watch->changed_count; i++) {
        struct watch_socket *at = watch_at(watch, watch->changed[i]);
        at->listed = false;
        if (at->wished & ~at->registered)
            watch_register(watch, watch->changed[i], at->wished);
    }
    watch->changed_count = 0;
}

uint32_t caller_curl_watch_came(struct watch *watch, int fd, uint32_t events)
{
    struct watch_socket *at = watch_at(watch, fd);
    uint32_t failed = events & (EPOLLERR | EPOLLHUP); /* epoll tells these unasked, as long as there is an entry */
    if (!(events & at->wished) && !(failed && at->wished)) {
        watch_register(watch, fd, at->wished);
        return 0;
    }
    return (events & at->wished) | failed;
}

static struct watch_socket *watch_at(struct watch *watch, int fd)
{
    assert(fd >= 0);
    size_t index = (size_t)fd;
    if (index >= watch->sockets_count) {
        size_t count = index + 64;
        watch->sockets = mem_grow(watch->sockets, count * sizeof *watch->sockets);
        memset(watch->sockets + watch->sockets_count, 0, (count - watch->sockets_count) * sizeof *watch->sockets);
        watch->sockets_count = count;
    }
    return &watch->sockets[index];
}

static void watch_register(struct watch *watch, int fd, uint32_t events)
{
    struct watch_socket *at = watch_at(watch, fd);
    struct epoll_event event = {.events = events, .data.fd = fd};
    int how = !events ? EPOLL_CTL_DEL : at->registered ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    at->registered = events;
    int failed = epoll_ctl(watch->epoll_fd, how, fd, &event);
    /* A descriptor that was closed and opened again behind our back: what epoll knew is gone. */
    if (failed && how == EPOLL_CTL_MOD && errno == ENOENT)
        failed = epoll_ctl(watch->epoll_fd, EPOLL_CTL_ADD, fd, &event);
    else if (failed && how == EPOLL_CTL_ADD && errno == EEXIST)
        failed = epoll_ctl(watch->epoll_fd, EPOLL_CTL_MOD, fd, &event);
    if (failed)
        at->registered = 0;
}
