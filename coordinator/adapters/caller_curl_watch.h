/* Which sockets the loop waits for. The library asks for a change with every phase of every request; most of them
 * would undo each other within one turn, so that registrations are made as late, and taken back as rarely, as
 * possible: a wish that is already covered costs nothing, and what is not wished any more is taken back only when
 * it wakes the loop for nothing. */
#ifndef BELAY_ADAPTERS_CALLER_CURL_WATCH_H
#define BELAY_ADAPTERS_CALLER_CURL_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct watch {
    int epoll_fd;
    struct watch_socket {
        uint32_t wished;     /* EPOLLIN, EPOLLOUT */
        uint32_t registered; /* what epoll has; 0 = nothing */
        bool listed;         /* stands in `changed` */
        bool ours;           /* we see it opened and closed; others may be closed unseen */
    } * sockets;             /* by descriptor */
    size_t sockets_count;
    int *changed; /* descriptors whose wish is not covered */
    size_t changed_count, changed_capacity;
};

void caller_curl_watch_init(struct watch *watch, int epoll_fd);
void caller_curl_watch_done(struct watch *watch);

/* Events wished for a descriptor; 0 = none. */
void caller_curl_watch_wish(struct watch *watch, int fd, uint32_t events);

/* A descriptor was opened, is about to be closed: what epoll knew of its number is void. Only for such descriptors
 * are registrations kept beyond a wish for nothing; the library has others (its resolver's) that it closes by
 * itself. */
void caller_curl_watch_opened(struct watch *watch, int fd);
void caller_curl_watch_closed(struct watch *watch, int fd);

/* Registers what is wished and not yet covered. Before the loop sleeps. */
void caller_curl_watch_flush(struct watch *watch);

/* What of the `events` that came is wished; takes back what is not. */
uint32_t caller_curl_watch_came(struct watch *watch, int fd, uint32_t events);

#endif
