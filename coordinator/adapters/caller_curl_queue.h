/* Requests on their way to the caller's thread: any thread puts a batch, one thread takes all there is. One
 * wake-up for as many batches as come before it is noticed. */
#ifndef BELAY_ADAPTERS_CALLER_CURL_QUEUE_H
#define BELAY_ADAPTERS_CALLER_CURL_QUEUE_H

#include "ports/caller.h"

#include <pthread.h>

struct caller_queued {
    struct request *request;
    uint64_t at_ms; /* when it was put: its time runs from there */
};

struct caller_list {
    struct caller_queued *items;
    size_t count, capacity;
};

struct caller_queue {
    pthread_mutex_t mutex;
    struct caller_list waiting; /* under the mutex */
    struct caller_list taken;   /* the taking thread's */
    int event_fd;               /* readable when there is something to take; -1 when the kernel had none to give */
};

void caller_curl_queue_init(struct caller_queue *queue);
void caller_curl_queue_done(struct caller_queue *queue);

/* Takes ownership of the requests, not of the array. */
void caller_curl_queue_put(struct caller_queue *queue, struct request **requests, size_t count, uint64_t now_ms);

/* All that waits; the list is valid until the next call, its requests are the taker's. */
const struct caller_list *caller_curl_queue_take(struct caller_queue *queue);

/* Makes the descriptor readable without putting anything. */
void caller_curl_queue_wake(struct caller_queue *queue);

#endif
