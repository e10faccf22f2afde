/* The locked queue of requests: two lists that change places. */
#include "adapters/caller_curl_queue.h"

#include "base/mem.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <sys/eventfd.h>
#include <unistd.h>

void caller_curl_queue_init(struct caller_queue *queue)
{
    *queue = (struct caller_queue){.event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
    pthread_mutex_init(&queue->mutex, NULL);
}

void caller_curl_queue_done(struct caller_queue *queue)
{
    assert(!queue->waiting.count);
    if (queue->event_fd >= 0)
        close(queue->event_fd);
    pthread_mutex_destroy(&queue->mutex);
    mem_free(queue->waiting.items);
    mem_free(queue->taken.items);
}

void caller_curl_queue_put(struct caller_queue *queue, struct request **requests, size_t count, uint64_t now_ms)
{
    if (!count)
        return;
    struct caller_list *list = &queue->waiting;
    pthread_mutex_lock(&queue->mutex);
    bool first = !list->count;
    if (list->count + count > list->capacity) {
        list->capacity = (list->count + count) * 2;
        list->items = mem_grow(list->items, list->capacity * sizeof *list->items);
    }
    for (size_t i = 0; i < count; i++)
        list->items[list->count++] = (struct caller_queued){requests[i], now_ms};
    pthread_mutex_unlock(&queue->mutex);
    if (first)
        caller_curl_queue_wake(queue);
}

const struct caller_list *caller_curl_queue_take(struct caller_queue *queue)
{
    uint64_t wakes;
    if (read(queue->event_fd, &wakes, sizeof wakes) < 0)
        assert(errno == EAGAIN || errno == EINTR);
    queue->taken.count = 0;
    pthread_mutex_lock(&queue->mutex);
    struct caller_list full = queue->waiting;
    queue->waiting = queue->taken;
    pthread_mutex_unlock(&queue->mutex);
    queue->taken = full;
    return &queue->taken;
}

void caller_curl_queue_wake(struct caller_queue *queue)
{
    uint64_t one = 1;
    ssize_t written = write(queue->event_fd, &one, sizeof one);
    assert(written == sizeof one); /* an eventfd counts to 2^64 - 2 */
}
