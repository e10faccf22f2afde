/* The other side of the server's contract test: a service whose behaviour is chosen by the path, and a client made
 * of a raw socket. */
#ifndef BELAY_CONTRACT_SERVER_PEER_H
#define BELAY_CONTRACT_SERVER_PEER_H

#include "adapters/server_limits.h"

#include <stdbool.h>
#include <stddef.h>

/* The service:
 *   /now    answers within the call, with what it was given
 *   /later  answers from another thread, as soon as that gets it
 *   /hold   answers when peer_release is called
 *   /big    answers 8 MiB
 *   /full   sets every header of a response
 *   others  404 */
struct service peer_service(void);
unsigned peer_served(void); /* requests that reached the service since peer_start */
unsigned peer_held(void);   /* exchanges that wait for a release */
void peer_release(void);    /* answers all that are held, from this thread */
void peer_start(void);      /* starts the answering thread */
void peer_stop(void);

/* Waits until `count` exchanges are held; false after five seconds. */
bool peer_await_held(unsigned count);

/* A server with this service, and the answering thread, from begin to end. */
enum { PEER_QUICK_MS = 240 };
struct server_limits peer_quick(void); /* deadlines that a test can wait for */
void peer_begin(struct server_limits limits);
void peer_end(void);
struct server_mhd *peer_server(void);

uint64_t peer_now_ms(void);

/* The client. */
#define PEER_REQUEST(line, headers)                                                                               \
    line " HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n" headers "\r\n"
#define PEER_HIDDEN "GET /now/hidden HTTP/1.1\r\nHost: a\r\n\r\n"

int peer_connect(void); /* to the server that was begun; -1 when it refuses */
void peer_send(int fd, const char *text);
void peer_send_bytes(int fd, const void *bytes, size_t length);

struct peer_reply {
    int status; /* 0: the connection ended without a response */
    char head[4096];
    char body[4096]; /* its beginning */
    size_t body_length;
};

/* Reads one whole response; `bodyless` for the answer to a HEAD. */
struct peer_reply peer_read(int fd, bool bodyless);

/* Sends and reads one response on a connection of its own, which must be closed when `closes`, and kept otherwise.
 */
struct peer_reply peer_ask(const char *text, bool closes);
struct peer_reply peer_ask_bytes(const char *bytes, size_t length, bool closes);

/* True when the server closes (or resets) the connection within `ms`. */
bool peer_closed(int fd, int ms);

/* The value of a response header, "" without one; static buffer. */
const char *peer_header(const struct peer_reply *reply, const char *name);

#endif
