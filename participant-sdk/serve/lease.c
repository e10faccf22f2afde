/* A registration at the coordinator that renews itself on a thread of its own. */
#include "belay/serve.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LEASE_S = 30, FIRST_PAUSE_MS = 500 };

struct belay_lease {
    struct belay_lease_options options; /* its texts are ours */
    char *texts;
    pthread_t thread;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t changed;
    bool stopping;
};

static int send_one(const struct belay_lease *lease, struct belay_outgoing *request, struct belay_error *error)
{
    struct belay_response response = {.size = sizeof response};
    struct belay_result result = {.size = sizeof result};
    int code = belay_client_send(lease->options.transport, request, &response, &result, error);
    belay_response_done(&response);
    belay_outgoing_done(request);
    return code;
}

static int enter(const struct belay_lease *lease, struct belay_error *error)
{
    const struct belay_lease_options *options = &lease->options;
    struct belay_outgoing request = {.size = sizeof request};
    int code = belay_client_register(options->participant, options->instance, options->url, options->lease_s,
                                     &request, error);
    return code ? code : send_one(lease, &request, error);
}

static void leave(const struct belay_lease *lease)
{
    struct belay_error error;
    struct belay_outgoing request = {.size = sizeof request};
    int code = belay_client_deregister(lease->options.participant, lease->options.instance, &request, &error);
    if (!code)
        code = send_one(lease, &request, &error);
    if (code && lease->options.log)
        lease->options.log(lease->options.context, &error);
}

/* False when it is to end. */
static bool wait_ms(struct belay_lease *lease, unsigned ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += (long)(ms % 1000) * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&lease->lock);
    int rc = 0;
    while (!lease->stopping && rc == 0)
        rc = pthread_cond_timedwait(&lease->changed, &lease->lock, &until);
    bool go_on = !lease->stopping;
    pthread_mutex_unlock(&lease->lock);
    return go_on;
}

static void *run(void *context)
{
    struct belay_lease *lease = context;
    const unsigned renewal = lease->options.lease_s * 1000 / 3;
    unsigned pause, after_failure = FIRST_PAUSE_MS;
    do {
        struct belay_error error;
        pause = renewal;
        if (!enter(lease, &error)) {
            after_failure = FIRST_PAUSE_MS;
            continue;
        }
        if (lease->options.log)
            lease->options.log(lease->options.context, &error);
        pause = after_failure < renewal ? after_failure : renewal;
        after_failure = pause * 2;
    } while (wait_ms(lease, pause));
    leave(lease);
    return NULL;
}

/* Copies the texts into one piece of memory. */
static bool copy_texts(struct belay_lease *lease)
{
    struct belay_lease_options *options = &lease->options;
    const char **texts[] = {&options->participant, &options->url, &options->instance};
    size_t size = 0;
    for (size_t i = 0; i < 3; i++)
        size += strlen(*texts[i]) + 1;
    char *at = lease->texts = malloc(size);
    for (size_t i = 0; at && i < 3; i++) {
        size_t length = strlen(*texts[i]) + 1;
        *texts[i] = memcpy(at, *texts[i], length);
        at += length;
    }
    return at != NULL;
}

static int start_thread(struct belay_lease *lease)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are for the service's own threads */
    int reason = pthread_create(&lease->thread, NULL, run, lease);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return reason;
}

static void destroy(struct belay_lease *lease)
{
    pthread_cond_destroy(&lease->changed);
    pthread_mutex_destroy(&lease->lock);
    free(lease->texts);
    free(lease);
}

/* Builds the request once, to find out whether it can be built. */
static int check(const struct belay_lease_options *options, struct belay_error *error)
{
    struct belay_outgoing request = {.size = sizeof request};
    int code = belay_client_register(options->participant, options->instance, options->url, options->lease_s,
                                     &request, error);
    belay_outgoing_done(&request);
    return code;
}

int belay_lease_start(const struct belay_lease_options *given, struct belay_lease **out, struct belay_error *error)
{
    if (given->size < sizeof *given || !given->transport)
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "lease options: no transport, or size is not set");
    struct belay_lease_options options = *given;
    options.instance = options.instance ? options.instance : options.url;
    options.lease_s = options.lease_s ? options.lease_s : LEASE_S;
    int code = check(&options, error);
    if (code)
        return code;
    struct belay_lease *lease = calloc(1, sizeof *lease);
    if (!lease)
        return belay_error_set(error, BELAY_ERROR_MEMORY, "no memory for a lease");
    lease->options = options;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&lease->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&lease->lock, NULL);
    if (!copy_texts(lease))
        code = belay_error_set(error, BELAY_ERROR_MEMORY, "no memory for a lease");
    int reason = code ? 0 : start_thread(lease);
    if (reason)
        code = belay_error_set(error, BELAY_ERROR_SYSTEM, "start the lease's thread: %s", strerror(reason));
    if (code)
        destroy(lease);
    else
        *out = lease;
    return code;
}

void belay_lease_stop(struct belay_lease *lease)
{
    if (!lease)
        return;
    pthread_mutex_lock(&lease->lock);
    lease->stopping = true;
    pthread_cond_signal(&lease->changed);
    pthread_mutex_unlock(&lease->lock);
    pthread_join(lease->thread, NULL);
    destroy(lease);
}
