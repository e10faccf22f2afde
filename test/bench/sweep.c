/* The parent of the benchmark, which outlives it to tidy up. Children of the child die with it (process_start,
 * responder_start), so that its end is the end of all. */
#include "bench/sweep.h"
#include "harness/process.h"

#include <errno.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define DIRECTORIES "build/run/bench-"

static volatile sig_atomic_t worker;

static void end_worker(int signal);
static void remove_directories(void);

void sweep_after(void)
{
    int status;
    pid_t parent = getpid();
    const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    worker = fork();
    if (worker == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(EXIT_FAILURE);
        return;
    }
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &(struct sigaction){.sa_handler = end_worker}, NULL);
    while (waitpid((pid_t)worker, &status, 0) < 0 && errno == EINTR)
        continue;
    remove_directories();
    exit(WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE);
}

bool sweep_directory(char *path)
{
    char name[32];
    snprintf(name, sizeof name, "bench-%d", (int)getppid());
    return process_directory(name, path);
}

void sweep_show(const char *path)
{
    char line[512];
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        fputs(line, stderr);
    if (file)
        fclose(file);
}

static void end_worker(int signal)
{
    (void)signal;
    kill((pid_t)worker, SIGKILL);
}

/* Ours, and those whose owner has died. */
static void remove_directories(void)
{
    glob_t found;
    if (glob(DIRECTORIES "*", 0, NULL, &found) != 0)
        return;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        pid_t owner = (pid_t)strtol(found.gl_pathv[i] + sizeof DIRECTORIES - 1, NULL, 10);
        if (owner > 0 && (owner == getpid() || kill(owner, 0) != 0))
            process_remove(found.gl_pathv[i]);
    }
    globfree(&found);
}
