/* A listening TCP socket for an address as people write it. */
#ifndef BELAY_SERVE_LISTEN_H
#define BELAY_SERVE_LISTEN_H

#include "belay/error.h"

/* Listens on "127.0.0.1:7101" or "[::1]:7101" (numeric; port 0 picks one). The descriptor in `*fd`, the port in
 * `*port`; or BELAY_ERROR_ARGUMENT (no such address), BELAY_ERROR_SYSTEM. */
int belay_listen(const char *address, int *fd, unsigned *port, struct belay_error *error);

#endif
