/* A thread that pumps: when it is woken, when a row is due, and now and then in case nobody woke it. */
#include "inside.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { POLL_MS = 1000 };

struct belay_outbox_thread {
    struct belay_outbox_thread_options options;
    pthread_t thread;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t changed;
    bool woken;
    bool stopping;
};

/* Waits until there is reason to look again. False when it is to end. */
static bool wait_for_work(struct belay_outbox_thread *self)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += self->options.poll_ms / 1000;
    until.tv_nsec += (long)(self->options.poll_ms % 1000) * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&self->lock);
    int rc = 0;
    while (!self->woken && !self->stopping && rc == 0)
        rc = pthread_cond_timedwait(&self->changed, &self->lock, &until);
    self->woken = false;
    bool go_on = !self->stopping;
    pthread_mutex_unlock(&self->lock);
    return go_on;
}

static bool is_stopping(struct belay_outbox_thread *self)
{
    pthread_mutex_lock(&self->lock);
    bool stopping = self->stopping;
    pthread_mutex_unlock(&self->lock);
    return stopping;
}

static void pump(struct belay_outbox_thread *self)
{
    const struct belay_outbox_thread_options *options = &self->options;
    struct belay_outbox_report report = {.size = sizeof report};
    struct belay_error error;
    int code = BELAY_OK;
    bool found = true;
    while (!code && found && !is_stopping(self)) /* row by row: stopping takes no longer than one */
        code = belay_outbox_pump_one(options->outbox, options->transport, &report, &found, &error);
    if (code && options->log)
        options->log(options->context, &error);
    bool done = report.handed + report.refused > 0;
    struct belay_outbox *outbox = options->outbox;
    if (done && options->pumped && !outbox->count(outbox->self, &report.waiting, &report.next_s, &error))
        options->pumped(options->context, &report);
}

static void *run(void *context)
{
    struct belay_outbox_thread *self = context;
    do
        pump(self);
    while (wait_for_work(self));
    return NULL;
}

static int start_thread(struct belay_outbox_thread *self)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are for the service's own threads */
    int reason = pthread_create(&self->thread, NULL, run, self);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return reason;
}

static void destroy(struct belay_outbox_thread *self)
{
    pthread_cond_destroy(&self->changed);
    pthread_mutex_destroy(&self->lock);
    free(self);
}

int belay_outbox_thread_start(const struct belay_outbox_thread_options *options, struct belay_outbox_thread **out,
                              struct belay_error *error)
{
    if (options->size < sizeof *options || !options->transport)
        return belay_error_set(error, BELAY_ERROR_ARGUMENT,
                               "outbox's thread: no transport, or its size is not set");
    int code = belay_outbox_validate(options->outbox, error);
    if (code)
        return code;
    struct belay_outbox_thread *self = calloc(1, sizeof *self);
    if (!self)
        return belay_error_set(error, BELAY_ERROR_MEMORY, "no memory for the outbox's thread");
    self->options = *options;
    self->options.poll_ms = options->poll_ms ? options->poll_ms : POLL_MS;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&self->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&self->lock, NULL);
    int reason = start_thread(self);
    if (reason) {
        destroy(self);
        return belay_error_set(error, BELAY_ERROR_SYSTEM, "start the outbox's thread: %s", strerror(reason));
    }
    *out = self;
    return BELAY_OK;
}

void belay_outbox_thread_wake(struct belay_outbox_thread *self)
{
    pthread_mutex_lock(&self->lock);
    self->woken = true;
    pthread_cond_signal(&self->changed);
    pthread_mutex_unlock(&self->lock);
}

void belay_outbox_thread_stop(struct belay_outbox_thread *self)
{
    if (!self)
        return;
    pthread_mutex_lock(&self->lock);
    self->stopping = true;
    pthread_cond_signal(&self->changed);
    pthread_mutex_unlock(&self->lock);
    pthread_join(self->thread, NULL);
    destroy(self);
}
