/* A ring under a mutex. The taker is woken only when it sleeps: one wake-up for a burst. */
#include "engine/inbox.h"

#include "base/limits.h"
#include "base/mem.h"
#include "ports/caller.h"

#include <assert.h>
#include <pthread.h>
#include <time.h>

enum { RING_FIRST = 256 };

struct inbox {
    pthread_mutex_t mutex;
    pthread_cond_t filled;
    struct item *ring;
    size_t capacity; /* a power of two */
    size_t first;
    size_t count;
    size_t commands_count;
    size_t commands_max;
    size_t enough; /* the taker sleeps until so many are there; 0 = it is awake */
    bool closed;
};

static void push(struct inbox *inbox, struct item item);
static bool wakes(const struct inbox *inbox);
static void sleep_until(struct inbox *inbox, size_t enough, uint64_t wait_us);

struct inbox *inbox_new(size_t commands_max)
{
    assert(commands_max > 0);
    struct inbox *inbox = mem_new(sizeof *inbox);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&inbox->mutex, NULL);
    pthread_cond_init(&inbox->filled, &attributes);
    pthread_condattr_destroy(&attributes);
    inbox->capacity = RING_FIRST;
    inbox->ring = mem_array(inbox->capacity, sizeof *inbox->ring);
    inbox->commands_max = commands_max;
    return inbox;
}

void inbox_free(struct inbox *inbox)
{
    if (!inbox)
        return;
    for (size_t i = 0; i < inbox->count; i++)
        response_free(inbox->ring[(inbox->first + i) & (inbox->capacity - 1)].response);
    pthread_cond_destroy(&inbox->filled);
    pthread_mutex_destroy(&inbox->mutex);
    mem_free(inbox->ring);
    mem_free(inbox);
}

bool inbox_put(struct inbox *inbox, struct command *command, uint64_t now_ms)
{
    pthread_mutex_lock(&inbox->mutex);
    bool stalled = inbox->count && now_ms > inbox->ring[inbox->first].put_ms + LIMIT_INBOX_MS;
    bool room = !inbox->closed && !stalled && inbox->commands_count < inbox->commands_max;
    if (room) {
        inbox->commands_count++;
        push(inbox, (struct item){.command = command, .put_ms = now_ms});
    }
    bool wake = room && wakes(inbox);
    pthread_mutex_unlock(&inbox->mutex);
    if (wake)
        pthread_cond_signal(&inbox->filled);
    return room;
}

void inbox_put_responses(struct inbox *inbox, struct response **responses, size_t count, uint64_t now_ms)
{
    pthread_mutex_lock(&inbox->mutex);
    for (size_t i = 0; i < count; i++)
        push(inbox, (struct item){.response = responses[i], .put_ms = now_ms});
    bool wake = wakes(inbox);
    pthread_mutex_unlock(&inbox->mutex);
    if (wake)
        pthread_cond_signal(&inbox->filled);
}

size_t inbox_await(struct inbox *inbox, size_t enough, uint64_t wait_us)
{
    pthread_mutex_lock(&inbox->mutex);
    sleep_until(inbox, enough, wait_us);
    size_t count = inbox->count;
    pthread_mutex_unlock(&inbox->mutex);
    return count;
}

size_t inbox_take(struct inbox *inbox, struct item *items, size_t max, uint64_t wait_ms)
{
    pthread_mutex_lock(&inbox->mutex);
    if (wait_ms)
        sleep_until(inbox, 1, wait_ms * 1000);
    size_t count = inbox->count < max ? inbox->count : max;
    for (size_t i = 0; i < count; i++) {
        items[i] = inbox->ring[(inbox->first + i) & (inbox->capacity - 1)];
        inbox->commands_count -= items[i].command != NULL;
    }
    inbox->first = (inbox->first + count) & (inbox->capacity - 1);
    inbox->count -= count;
    pthread_mutex_unlock(&inbox->mutex);
    return count;
}

void inbox_close(struct inbox *inbox)
{
    pthread_mutex_lock(&inbox->mutex);
    inbox->closed = true;
    pthread_mutex_unlock(&inbox->mutex);
    pthread_cond_signal(&inbox->filled);
}

bool inbox_closed(struct inbox *inbox)
{
    pthread_mutex_lock(&inbox->mutex);
    bool closed = inbox->closed;
    pthread_mutex_unlock(&inbox->mutex);
    return closed;
}

size_t inbox_count(struct inbox *inbox)
{
    pthread_mutex_lock(&inbox->mutex);
    size_t count = inbox->count;
    pthread_mutex_unlock(&inbox->mutex);
    return count;
}

static void push(struct inbox *inbox, struct item item)
{
    if (inbox->count == inbox->capacity) {
        struct item *ring = mem_array(inbox->capacity * 2, sizeof *ring);
        for (size_t i = 0; i < inbox->count; i++)
            ring[i] = inbox->ring[(inbox->first + i) & (inbox->capacity - 1)];
        mem_free(inbox->ring);
        inbox->ring = ring;
        inbox->first = 0;
        inbox->capacity *= 2;
    }
    inbox->ring[(inbox->first + inbox->count++) & (inbox->capacity - 1)] = item;
}

static bool wakes(const struct inbox *inbox)
{
    return inbox->enough && inbox->count >= inbox->enough;
}

static void sleep_until(struct inbox *inbox, size_t enough, uint64_t wait_us)
{
    if (inbox->count >= enough || inbox->closed)
        return;
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)(wait_us / 1000000);
    until.tv_nsec += (long)(wait_us % 1000000) * 1000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    inbox->enough = enough;
    while (inbox->count < enough && !inbox->closed)
        if (pthread_cond_timedwait(&inbox->filled, &inbox->mutex, &until) != 0)
            break;
    inbox->enough = 0;
}
