/* Counting fsyncs: by strace, in a run of their own, because tracing slows down what is traced. */
#include "bench/bench.h"
#include "harness/process.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static uint64_t count(const char *path);

bool syncs_count(pid_t pid, const char *directory, const struct load *load, double *per_answer)
{
    char target[32], path[300];
    struct load_result result;
    snprintf(target, sizeof target, "%d", (int)pid);
    snprintf(path, sizeof path, "%s/syncs", directory);
    const char *const command[] = {"/usr/bin/strace", "-qq", "-f",   "-e", "trace=fdatasync,fsync",
                                   "-o",              path,  "-p",   target, NULL};
    if (access(command[0], X_OK) != 0)
        return false;
    pid_t tracer = process_start(command, NULL);
    process_sleep_ms(300); /* it attaches to every thread */
    bool ok = tracer > 0 && process_alive(tracer) && load_run(load, &result) && result.answers > 0;
    if (tracer > 0)
        process_end(tracer, SIGINT);
    uint64_t syncs = count(path);
    if (ok && syncs)
        *per_answer = (double)syncs / (double)result.answers;
    return ok && syncs;
}

/* A call that another thread's line interrupts is written twice: begun, and resumed. */
static uint64_t count(const char *path)
{
    char line[512];
    uint64_t syncs = 0;
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        syncs += (strstr(line, "fdatasync(") || strstr(line, "fsync(")) && !strstr(line, "resumed");
    if (file)
        fclose(file);
    return syncs;
}
