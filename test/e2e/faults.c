/* Mode faults: the n-th system call of a kind kills the coordinator or fails, for growing n, while there is load;
 * then signals under load. After each everything must be as if nothing had been. */
#include "e2e/episode.h"
#include "e2e/modes.h"
#include "harness/process.h"

#include <stdio.h>
#include <sys/wait.h>

/* what strace injects, how the coordinator must end then (-1: killed, 1: EXIT_FAILED), whether it must end at all.
 * A write that fails may have been one of a checkpoint, which the log survives. */
#define SWEEPS(X)                                                                                                 \
    X("fdatasync:signal=SIGKILL", -1, true)                                                                       \
    X("fdatasync:error=EIO", 1, true)                                                                             \
    X("fdatasync:error=ENOSPC", 1, true)                                                                          \
    X("pwrite64:signal=SIGKILL", -1, true)                                                                        \
    X("pwrite64:error=EIO", 1, false)                                                                             \
    X("pwrite64:error=ENOSPC", 1, false)

struct sweep {
    const char *fault;
    int status;
    bool fatal;
};

static const struct sweep sweeps[] = {
#define X(fault, status, fatal) {fault, status, fatal},
    SWEEPS(X)
#undef X
};

enum { SWEEPS_COUNT = sizeof sweeps / sizeof *sweeps, SIGNAL_TRANSFERS = 300 };

static bool probe(void);
static bool play_sweep(const struct plan *plan, const struct sweep *sweep, struct verdict *verdict);
static bool play_fault(const struct plan *plan, const struct sweep *sweep, unsigned n, struct verdict *verdict);
static void play_signals(const struct plan *plan, struct verdict *verdict);

int mode_faults(const struct plan *plan)
{
    struct verdict verdict = {0};
    if (!probe()) {
        printf("strace cannot inject faults here\n");
        verdict.skipped = SWEEPS_COUNT * plan->kills;
    }
    for (int i = 0; i < SWEEPS_COUNT && !verdict.skipped; i++)
        if (!play_sweep(plan, &sweeps[i], &verdict))
            break;
    if (verdict_good(&verdict))
        play_signals(plan, &verdict);
    return verdict_print(&verdict);
}

/* False when strace is missing, or may not trace. */
static bool probe(void)
{
    const char *const argv[] = {
        "/usr/bin/env", "strace", "-D", "-qq", "-f", "-o", "/dev/null", "-e", "inject=getcwd:error=EIO",
        "/bin/true",    NULL};
    int status = -1;
    pid_t pid = process_start(argv, "/dev/null");
    return pid > 0 && process_ended(pid, 5000, &status) && status == 0;
}

/* 1, 2, 4, 7, 11 and so on: the first ones are of the start, the later ones of the load. */
static bool play_sweep(const struct plan *plan, const struct sweep *sweep, struct verdict *verdict)
{
    unsigned fired = 0, n = 1;
    for (unsigned i = 0; i < plan->kills; i++, n += 1 + n / 2) {
        fired += play_fault(plan, sweep, n, verdict);
        if (!verdict_good(verdict)) {
            printf("this was %s:when=%u\n", sweep->fault, n);
            return false;
        }
    }
    printf("%s: %u of %u ended the coordinator, the last of them at n <= %u\n", sweep->fault, fired, plan->kills,
           n);
    verdict_note(verdict, CHECK_C18, fired > 0 || !sweep->fatal, "%s never ended the coordinator", sweep->fault);
    return true;
}

/* True when it ended the coordinator. */
static bool play_fault(const struct plan *plan, const struct sweep *sweep, unsigned n, struct verdict *verdict)
{
    char inject[96];
    struct story story;
    struct plan episode = *plan;
    snprintf(inject, sizeof inject, "inject=%s:when=%u", sweep->fault, n);
    episode.kills = 0;
    episode.inject = inject;
    episode.inject_status = sweep->status;
    episode.seed = plan->seed * 1000 + n;
    episode_play(&episode, verdict, &story);
    if (sweep->status >= 0 && story.toll.injected)
        verdict_note(verdict, CHECK_WORDS, story.log_errors == 1, "%s: %u lines of errors, the last: %s", inject,
                     story.log_errors, story.log_line);
    if (sweep->status >= 0 && sweep->fatal)
        verdict_note(verdict, CHECK_WORDS, story.toll.injected || !story.injections,
                     "%s: it failed, and the coordinator went on", inject);
    return story.toll.injected;
}

/* SIGSTOP for some seconds, SIGTERM, SIGTERM twice: nothing that was answered is lost by any of them. */
static void play_signals(const struct plan *plan, struct verdict *verdict)
{
    struct story story;
    struct plan episode = {.build = plan->build,
                           .seed = plan->seed,
                           .transfers = SIGNAL_TRANSFERS,
                           .stops = 1,
                           .terms = 3,
                           .terms_twice = 3};
    episode_play(&episode, verdict, &story);
    printf("signals: stopped %u times, asked to end %u times and %u times twice, under load\n", story.toll.stops,
           story.toll.terms, story.toll.terms_twice);
}
