/* A transfer that a client wants: made from the seed and its number, so that the checker knows it too. */
#ifndef BELAY_E2E_TRANSFER_H
#define BELAY_E2E_TRANSFER_H

#include <stdbool.h>
#include <stdint.h>

/* What must become of it when nothing else fails. */
enum fate {
    FATE_PAID,
    FATE_POOR,     /* the first step says no: nothing to undo */
    FATE_CLOSED,   /* the second says no: one undo */
    FATE_MISTAKEN, /* the pivot says no: two undos */
    FATE_INVALID,  /* the coordinator refuses it at the door */
};

enum { TRANSFER_ID = 64, TRANSFER_ACCOUNT = 8, TRANSFER_ACCOUNTS = 40, TRANSFER_OPENING = 100000000 };

struct transfer {
    char id[TRANSFER_ID];  /* the client's own id, or "" */
    char key[TRANSFER_ID]; /* its Idempotency-Key, when it has no id */
    enum fate fate;
    char from[TRANSFER_ACCOUNT];
    char to[TRANSFER_ACCOUNT];
    char payee[24];
    long long cents;
    bool wait;    /* submitted with Prefer: wait */
    bool again;   /* submitted twice */
    bool another; /* then submitted with other content under the same id */
};

void transfer_make(struct transfer *transfer, uint64_t seed, unsigned number);

/* The body of its submission, with `cents` more than it has; to be freed. */
char *transfer_body(const struct transfer *transfer, long long more);

/* Its headers, "" without any. */
void transfer_headers(const struct transfer *transfer, char *headers, unsigned long size);

#endif
