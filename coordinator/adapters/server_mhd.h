/* The HTTP server: libmicrohttpd behind our own request gate. */
#ifndef BELAY_ADAPTERS_SERVER_MHD_H
#define BELAY_ADAPTERS_SERVER_MHD_H

#include "api/exchange.h"
#include "base/error.h"

#include <stdint.h>

struct server_mhd;

/* Takes the address, so that its port is known; who connects waits until it serves, or is refused when it is
 * stopped without. NULL and `*error` as below. */
struct server_mhd *server_mhd_listen(const char *listen, struct error *error);
/* Once. ERROR_IO when the system gives no more; stop it then too. */
int server_mhd_serve(struct server_mhd *server, struct service service, struct error *error);

/* Both at once: serves on `listen` ("127.0.0.1:7070", "[::1]:7070"; port 0 picks a free one). NULL and `*error`
 * when the address is none, or taken. */
struct server_mhd *server_mhd_start(const char *listen, struct service service, struct error *error);
unsigned server_mhd_port(const struct server_mhd *server);

/* Refuses new connections, lets running exchanges end for at most `drain_ms`, then closes and frees. */
void server_mhd_stop(struct server_mhd *server, uint64_t drain_ms);

#endif
