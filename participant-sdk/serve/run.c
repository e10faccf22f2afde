/* The whole life of a small service: start, wait for a signal, stop. */
#include "belay/serve.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <time.h>

enum { DRAIN_MS = 5000 }; /* longer than a call takes, shorter than what sends SIGKILL waits */

int belay_serve_run(const struct belay_serve_options *options, struct belay_error *error)
{
    sigset_t ends, before;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    int reason = pthread_sigmask(SIG_BLOCK, &ends, &before); /* the server's thread inherits it */
    if (reason)
        return belay_error_set(error, BELAY_ERROR_SYSTEM, "block signals: %s", strerror(reason));
    struct belay_server *server = NULL;
    int code = belay_serve_start(options, &server, error);
    if (!code) {
        if (options->ready)
            options->ready(options->context, belay_serve_port(server));
        int signal = 0;
        sigwait(&ends, &signal);
        belay_serve_stop(server, DRAIN_MS);
        const struct timespec now = {0};
        while (sigtimedwait(&ends, NULL, &now) > 0) /* asked twice, ended once */
            continue;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return code;
}
