/* The keeper of the town: strikes its processes down at moments of the load, and puts them up again. */
#ifndef BELAY_E2E_KEEPER_H
#define BELAY_E2E_KEEPER_H

#include "e2e/client.h"
#include "e2e/town.h"

#include <stdatomic.h>

/* What has happened to the processes. */
struct toll {
    unsigned kills, kills_in_recovery, service_kills, stops, terms, terms_twice;
    unsigned injected;       /* deaths that the injection was for */
    unsigned unasked;        /* deaths that nobody asked for */
    char unasked_first[128]; /* the first of them, in words */
};

struct keeper {
    struct town *town;
    const struct clients *clients; /* NULL until they begin */
    atomic_bool peace;             /* strike no more */
    atomic_uint resting;           /* threads that have nothing more to do */
    atomic_bool over;
    pthread_mutex_t lock; /* guards the deaths that nobody asked for */
    struct toll toll;
    uint64_t dice, bank_dice;
    pthread_t thread, bank_thread;
};

/* Starts the threads that own the coordinator, which the first of them starts, and the banks, which run already.
 */
void keeper_start(struct keeper *keeper, struct town *town, const struct clients *clients);

/* No blow falls any more; everything is up then, and the caller's. */
void keeper_stop(struct keeper *keeper);

/* Ends the threads, and with them what they have started and is still running: a child dies with the thread that
 * started it. */
void keeper_done(struct keeper *keeper);

/* A wait status in words. */
void keeper_describe(int status, char *words, size_t size);

#endif
