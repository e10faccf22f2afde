/* A listening TCP socket for an address as people write it. */
#ifndef BELAY_SERVE_LISTEN_H
#define BELAY_SERVE_LISTEN_H

#include "belay/error.h"

enum { BELAY_URL_TEXT = 80 }; /* "http://[", the longest IPv6 address, "]:65535" and a NUL */

/* Listens on "127.0.0.1:7101" or "[::1]:7101" (numeric; port 0 picks one). The descriptor in `*fd`, the port in
 * `*port`; or BELAY_ERROR_ARGUMENT (no such address), BELAY_ERROR_SYSTEM. */
int belay_listen(const char *address, int *fd, unsigned *port, struct belay_error *error);

/* The URL of a socket that listens on `address`, which was right, and on `port`. */
void belay_listen_url(const char *address, unsigned port, char url[BELAY_URL_TEXT]);

#endif
