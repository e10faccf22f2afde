/* The clients: threads that submit transfers, insist until they are answered, and keep a diary of it. */
#ifndef BELAY_E2E_CLIENT_H
#define BELAY_E2E_CLIENT_H

#include "e2e/transfer.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

enum { DEED_STATUS = 16 };

/* The diary of one transfer: what was submitted, what was answered. */
struct deed {
    struct transfer transfer;
    char id[TRANSFER_ID];   /* as it was answered; else the client's own */
    int status;             /* of the answer that settled the submission: 2xx or 4xx; 0: none came in time */
    unsigned silences;      /* submissions without an answer: the coordinator was dead, or died */
    unsigned repeats;       /* submissions after an answer, with the same content */
    unsigned repeats_right; /* of those, answered 200 with the same id */
    unsigned others;        /* submissions with other content */
    unsigned others_right;  /* of those, answered 409 */
    char end[DEED_STATUS];  /* the final status that the client was told; "" when it did not ask */
    bool lost;              /* it was accepted, and later there was no such transaction */
    bool turned;            /* its final status was not final */
};

struct clients {
    uint64_t seed;
    unsigned port;
    unsigned deeds_count;
    struct deed *deeds;
    atomic_bool started;
    atomic_uint next;     /* transfer that nobody has begun */
    atomic_uint answered; /* submissions that are settled: the progress of the load */
    atomic_bool hurry;    /* give up: the episode has taken too long */
    atomic_uint running;  /* threads */
    pthread_t *threads;
    unsigned threads_count;
};

/* Before anybody watches their progress; then they may start. */
void clients_init(struct clients *clients, uint64_t seed, unsigned port, unsigned transfers, unsigned threads);
void clients_start(struct clients *clients);

/* Waits until every transfer is submitted and what the clients follow has ended; after `ms` they give up. */
void clients_join(struct clients *clients, uint64_t ms);
void clients_done(struct clients *clients);

/* One line of JSON per deed, for whoever has to find out what happened. */
void clients_write(const struct clients *clients, const char *path);

#endif
