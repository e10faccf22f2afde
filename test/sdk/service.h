/* A service in a process of its own, which the conformance program calls and kills. */
#ifndef BELAY_SDK_SERVICE_H
#define BELAY_SDK_SERVICE_H

#include <sys/types.h>

struct service {
    char script[64]; /* kills it, waits until it is gone, and starts it: a file in /tmp */
    char address[32];
    char url[64];   /* of the operation */
    char count[64]; /* where its number is */
    unsigned port;
};

/* Starts `command`, in which %s stands for the address ("127.0.0.1:7101") or, with `only_port`, for its port. */
void service_start(struct service *service, const char *command, int only_port);
void service_stop(struct service *service);

/* Removes a database of SQLite, with what lies beside it. */
void service_forget(const char *database);

#endif
