/* Lingering closes: a socket closed while bytes of its client are still unread sends a reset, and the reset may
 * overtake the refusal that was just written ("413" becomes "connection reset"). So descriptors of refused
 * requests are kept for a moment, and what still comes is thrown away. */
#ifndef BELAY_ADAPTERS_SERVER_LINGER_H
#define BELAY_ADAPTERS_SERVER_LINGER_H

#include <stddef.h>
#include <stdint.h>

enum {
    LINGER_MAX = 64,       /* further ones are closed at once: a flood of refusals must not hold descriptors */
    LINGER_MS = 2000,      /* a few round trips */
    LINGER_BYTES = 8 << 20 /* who goes on after that does not listen */
};

struct server_linger {
    int epoll_fd;
    uint64_t tag; /* slots appear in epoll events as tag + index */
    struct linger_slot {
        int fd; /* -1 = free */
        uint64_t until_ms;
        size_t bytes;
    } slots[LINGER_MAX];
};

void server_linger_init(struct server_linger *linger, int epoll_fd, uint64_t tag);
void server_linger_done(struct server_linger *linger); /* closes all */

/* Keeps a duplicate of `fd`, whose owner is about to close it, and ends its sending side. */
void server_linger_add(struct server_linger *linger, int fd, uint64_t now_ms);

/* Throws away what there is to read at the slot of an epoll event. */
void server_linger_ready(struct server_linger *linger, uint64_t event_tag);

/* Closes what has lingered long enough. */
void server_linger_expire(struct server_linger *linger, uint64_t now_ms);

#endif
