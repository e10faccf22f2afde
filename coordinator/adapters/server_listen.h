/* The listening socket: from "127.0.0.1:7070" to a bound descriptor, with words for what went wrong. */
#ifndef BELAY_ADAPTERS_SERVER_LISTEN_H
#define BELAY_ADAPTERS_SERVER_LISTEN_H

#include "base/error.h"

/* A non-blocking socket that listens on `address` (numeric IPv4 or IPv6 in brackets, a colon, a port), or -1 and
 * `*error`: ERROR_USAGE when it is no address, ERROR_IO when it cannot be had. */
int server_listen_open(const char *address, struct error *error);

/* The port a listening socket got. */
unsigned server_listen_port(int fd);

#endif
