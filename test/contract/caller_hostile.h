/* A participant that does everything wrong: a socket server in the test's process whose behaviour is chosen by the
 * path of the request. One thread for each connection. */
#ifndef BELAY_CONTRACT_CALLER_HOSTILE_H
#define BELAY_CONTRACT_CALLER_HOSTILE_H

#include <stddef.h>

struct hostile;

struct hostile *hostile_start(void);
void hostile_stop(struct hostile *hostile);
unsigned hostile_port(const struct hostile *hostile);

/* Connections accepted and requests seen since the start. */
unsigned hostile_connections(struct hostile *hostile);
unsigned hostile_requests(struct hostile *hostile);

/* The last request as it came (head and body), cut at `size`. */
void hostile_last(struct hostile *hostile, char *into, size_t size);

#endif
