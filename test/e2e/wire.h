/* HTTP messages on blocking sockets, as whole blocks of bytes. */
#ifndef BELAY_E2E_WIRE_H
#define BELAY_E2E_WIRE_H

#include <stdbool.h>
#include <stddef.h>

enum { WIRE_BYTES = 16 * 1024 };

/* One message, NUL-terminated. */
struct wire {
    size_t length;
    char bytes[WIRE_BYTES];
};

/* Listens on 127.0.0.1; -1 when it cannot. `*port` is which. */
int wire_listen(unsigned *port);

/* -1 when nobody is there. */
int wire_connect(unsigned port);

/* Receives one message (with a Content-Length, or without a body); false when the connection ends before it does,
 * or it is too long. */
bool wire_receive(int fd, struct wire *message);

bool wire_send(int fd, const struct wire *message);

/* The status of a response. */
int wire_status(const struct wire *message);

#endif
