/* The cases of many callers at once, and of a service that is killed. */
#include "run.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CROWD_ROUNDS = 8, CRASH_BRANCHES = 60, CRASH_PAUSE_MS = 30 };

/* What all callers of a crowd do: each call of the list, beginning at another place. */
struct crowd {
    struct run *run;
    const struct branch *branches;
    size_t branches_count;
    const char *phases[2]; /* of even and odd callers */
    atomic_bool failed;    /* a caller could not be started, or had no memory */
    pthread_mutex_t lock;  /* of the gate, at which all wait for all */
    pthread_cond_t opened;
    bool open;
};

struct caller {
    struct crowd *crowd;
    unsigned number;
    bool started;
    pthread_t thread;
    struct answer *answers; /* one per branch */
};

static void wait_at_gate(struct crowd *crowd)
{
    pthread_mutex_lock(&crowd->lock);
    while (!crowd->open)
        pthread_cond_wait(&crowd->opened, &crowd->lock);
    pthread_mutex_unlock(&crowd->lock);
}

static void open_gate(struct crowd *crowd)
{
    pthread_mutex_lock(&crowd->lock);
    crowd->open = true;
    pthread_cond_broadcast(&crowd->opened);
    pthread_mutex_unlock(&crowd->lock);
}

static void *call_all(void *context)
{
    struct caller *caller = context;
    struct crowd *crowd = caller->crowd;
    struct wire *wire = wire_new();
    if (!wire)
        atomic_store(&crowd->failed, true);
    wait_at_gate(crowd);
    for (size_t i = 0; i < crowd->branches_count && !atomic_load(&crowd->failed); i++) {
        size_t branch = crowd->branches_count > 1 ? (i + caller->number * 7) % crowd->branches_count : 0;
        run_deliver(crowd->run, wire, &crowd->branches[branch], crowd->phases[caller->number % 2], NULL,
                    &caller->answers[branch]);
    }
    wire_free(wire);
    return NULL;
}

/* Starts the callers; `callers` has room for THREADS_MAX. When one cannot be started, none calls. */
static void start_crowd(struct crowd *crowd, struct caller *callers, unsigned count)
{
    pthread_mutex_init(&crowd->lock, NULL);
    pthread_cond_init(&crowd->opened, NULL);
    for (unsigned i = 0; i < count; i++) {
        callers[i] = (struct caller){.crowd = crowd, .number = i};
        callers[i].answers = calloc(crowd->branches_count, sizeof *callers[i].answers);
        callers[i].started =
            callers[i].answers && !pthread_create(&callers[i].thread, NULL, call_all, &callers[i]);
        if (!callers[i].started)
            atomic_store(&crowd->failed, true);
    }
    open_gate(crowd);
}

static bool end_crowd(struct crowd *crowd, struct caller *callers, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (callers[i].started)
            pthread_join(callers[i].thread, NULL);
    pthread_cond_destroy(&crowd->opened);
    pthread_mutex_destroy(&crowd->lock);
    return atomic_load(&crowd->failed) ? run_wrong(crowd->run, "no memory for %u callers", count) : true;
}

static void free_crowd(struct caller *callers, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        free(callers[i].answers);
}

/* All callers of one parity heard the same of each branch; a yes when `yes`. */
static bool agree(struct crowd *crowd, const struct caller *callers, unsigned count, unsigned parity, bool yes)
{
    for (size_t branch = 0; branch < crowd->branches_count; branch++)
        for (unsigned i = parity; i < count; i += 2) {
            const struct answer *answer = &callers[i].answers[branch];
            if (yes && !run_expect_yes(crowd->run, answer, crowd->phases[parity]))
                return false;
            if (!run_expect_same(crowd->run, &callers[parity].answers[branch], answer, "at the same time"))
                return false;
        }
    return true;
}

static bool settle_all(struct run *run, struct wire *wire, const struct branch *branches, size_t count,
                       const char *phase)
{
    struct answer *answer = &run->again;
    for (size_t i = 0; i < count; i++) {
        run_deliver(run, wire, &branches[i], phase, NULL, answer);
        if (!run_expect_yes(run, answer, phase))
            return false;
    }
    return true;
}

/* One crowd on some branches; `agreed` is told to compare. */
static bool crowd_calls(struct run *run, const struct branch *branches, size_t count, const char *even,
                        const char *odd, bool even_yes, bool odd_yes)
{
    struct caller callers[THREADS_MAX];
    unsigned threads = run->options.threads;
    struct crowd crowd = {.run = run, .branches = branches, .branches_count = count, .phases = {even, odd}};
    start_crowd(&crowd, callers, threads);
    bool ok = end_crowd(&crowd, callers, threads) && agree(&crowd, callers, threads, 0, even_yes) &&
              agree(&crowd, callers, threads, 1, odd_yes);
    if (ok && even == odd)
        for (size_t i = 0; i < count && ok; i++)
            ok = run_expect_same(run, &callers[0].answers[i], &callers[1].answers[i], "at the same time");
    free_crowd(callers, threads);
    return ok;
}

bool case_concurrent(struct run *run, struct wire *wire)
{
    struct branch branches[CROWD_ROUNDS];
    const struct kind *kind = run->kind;
    for (size_t i = 0; i < CROWD_ROUNDS; i++) {
        run_branch(run, &branches[i]);
        if (!crowd_calls(run, &branches[i], 1, kind->act, kind->act, true, true))
            return false;
    }
    if (kind->confirm && !crowd_calls(run, branches, CROWD_ROUNDS, kind->confirm, kind->confirm, true, true))
        return false;
    if (!run_expect_effects(run, wire, CROWD_ROUNDS, "after the same do at once"))
        return false;
    return kind->confirm || (crowd_calls(run, branches, CROWD_ROUNDS, kind->undo, kind->undo, true, true) &&
                             run_expect_effects(run, wire, 0, "after the same undo at once"));
}

bool case_race(struct run *run, struct wire *wire)
{
    struct branch branches[CROWD_ROUNDS];
    for (size_t i = 0; i < CROWD_ROUNDS; i++) {
        run_branch(run, &branches[i]);
        if (!crowd_calls(run, &branches[i], 1, run->kind->act, run->kind->undo, false, true))
            return false;
    }
    return run_expect_effects(run, wire, 0, "after a do and its undo at once");
}

/* ---- A service that is killed ---- */

static bool restart(struct run *run)
{
    int status = -1;
    pid_t child = fork();
    if (child == 0) {
        execl("/bin/sh", "sh", "-c", run->options.restart, (char *)NULL);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
        return run_wrong(run, "\"%.100s\" failed: wait status %d", run->options.restart, status);
    return true;
}

bool case_restart(struct run *run, struct wire *wire)
{
    struct answer *before = &run->first, *after = &run->again;
    struct branch branch, undone;
    run_branch(run, &branch);
    run_branch(run, &undone);
    run_deliver(run, wire, &branch, run->kind->act, NULL, before);
    if (!run_expect_yes(run, before, run->kind->act) || !settle_all(run, wire, &undone, 1, run->kind->undo) ||
        !restart(run))
        return false;
    run_deliver(run, wire, &branch, run->kind->act, NULL, after);
    if (!run_expect_same(run, before, after, "after a restart"))
        return false;
    run_deliver(run, wire, &undone, run->kind->act, NULL, after);
    if (!run_expect_no(run, after, "a late do after a restart"))
        return false;
    if (run->kind->confirm && !settle_all(run, wire, &branch, 1, run->kind->confirm))
        return false;
    if (!run_expect_effects(run, wire, 1, "after a restart"))
        return false;
    run_clean(run, wire, &branch);
    return true;
}

/* Kills the service while a crowd calls. Every caller goes on until it has an answer. */
static bool crash_calls(struct run *run, const struct branch *branches, const char *phase, unsigned round)
{
    struct caller callers[THREADS_MAX];
    unsigned threads = run->options.threads;
    struct crowd crowd = {
        .run = run, .branches = branches, .branches_count = CRASH_BRANCHES, .phases = {phase, phase}};
    start_crowd(&crowd, callers, threads);
    const struct timespec pause = {.tv_nsec = (long)(CRASH_PAUSE_MS * (1 + round % 8)) * 1000000L};
    nanosleep(&pause, NULL);
    bool ok = restart(run);
    ok = end_crowd(&crowd, callers, threads) && ok && agree(&crowd, callers, threads, 0, true) &&
         agree(&crowd, callers, threads, 1, true);
    for (size_t i = 0; i < CRASH_BRANCHES && ok; i++)
        ok = run_expect_same(run, &callers[0].answers[i], &callers[1].answers[i], "around a kill");
    free_crowd(callers, threads);
    return ok;
}

bool case_crash(struct run *run, struct wire *wire)
{
    const struct kind *kind = run->kind;
    long long kept = 0;
    for (unsigned round = 0; round < run->options.rounds; round++) {
        struct branch branches[CRASH_BRANCHES];
        for (size_t i = 0; i < CRASH_BRANCHES; i++)
            run_branch(run, &branches[i]);
        if (!crash_calls(run, branches, kind->act, round))
            return false;
        if (kind->confirm && !crash_calls(run, branches, kind->confirm, round))
            return false;
        kept += CRASH_BRANCHES;
        if (!run_expect_effects(run, wire, kept, "after a kill among the calls"))
            return false;
        if (kind->confirm)
            continue;
        if (!crash_calls(run, branches, kind->undo, round + 3))
            return false;
        kept = 0;
        if (!run_expect_effects(run, wire, kept, "after a kill among the undos"))
            return false;
    }
    return true;
}
