/* Starting, watching and ending of child processes. */
#include "cli/children.h"

#include "base/mem.h"
#include "cli/times.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STATUS_EXEC = 127, REAP_STEP_MS = 10 };

static const int signals_end[] = {SIGINT, SIGTERM, SIGHUP};

static void children_signals(sigset_t *set)
{
    sigemptyset(set);
    for (size_t i = 0; i < sizeof signals_end / sizeof *signals_end; i++)
        sigaddset(set, signals_end[i]);
    sigaddset(set, SIGCHLD);
}

void children_prepare(void)
{
    sigset_t set;
    children_signals(&set);
    sigprocmask(SIG_BLOCK, &set, NULL);
}

/* In the child: a group of its own, so that Ctrl-C reaches only us and we can end everything in order; and no life
 * without us. */
static void children_become(pid_t parent, char *const argv[], const char *log)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(STATUS_EXEC);
    int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int out = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (in >= 0 && out >= 0 && dup2(in, 0) == 0 && dup2(out, 1) == 1 && dup2(out, 2) == 2)
        execv(argv[0], argv);
    dprintf(2, "cannot run %s: %s\n", argv[0], strerror(errno));
    _exit(STATUS_EXEC);
}

int children_start(struct children *children, const char *name, char *const argv[], const char *log,
                   struct error *error)
{
    assert(argv[0]);
    if (children->count == CHILDREN_MOST)
        return error_set(error, ERROR_TOO_LARGE, "more than %d processes", CHILDREN_MOST);
    pid_t self = getpid(), pid = fork();
    if (pid < 0)
        return error_set(error, ERROR_IO, "cannot start %s: %s", name, strerror(errno));
    if (pid == 0)
        children_become(self, argv, log);
    children->list[children->count++] =
        (struct child){.name = mem_string(name), .log = mem_string(log), .pid = pid};
    return 0;
}

/* The next child that has ended and was not told of yet. */
static struct child *children_reap(struct children *children)
{
    for (size_t i = 0; i < children->count; i++) {
        struct child *child = &children->list[i];
        if (child->pid && waitpid(child->pid, &child->status, WNOHANG) == child->pid) {
            child->pid = 0;
            return child;
        }
    }
    return NULL;
}

int children_wait(struct children *children, uint64_t timeout_ms, struct child **ended)
{
    sigset_t set;
    children_signals(&set);
    *ended = children_reap(children);
    if (*ended)
        return 0;
    struct timespec span = {.tv_sec = (time_t)(timeout_ms / 1000), .tv_nsec = (long)(timeout_ms % 1000) * 1000000};
    int got = sigtimedwait(&set, NULL, &span);
    *ended = children_reap(children);
    return got > 0 && got != SIGCHLD ? got : 0;
}

static size_t children_alive(struct children *children)
{
    size_t alive = 0;
    while (children_reap(children))
        ;
    for (size_t i = 0; i < children->count; i++)
        alive += children->list[i].pid != 0;
    return alive;
}

void children_stop(struct children *children)
{
    uint64_t until_ms = times_monotonic_ms() + CHILDREN_GRACE_MS;
    for (size_t i = children->count; i > 0; i--)
        if (children->list[i - 1].pid)
            kill(children->list[i - 1].pid, SIGTERM);
    while (children_alive(children) && times_monotonic_ms() < until_ms)
        times_sleep_ms(REAP_STEP_MS);
    for (size_t i = 0; i < children->count; i++) {
        struct child *child = &children->list[i];
        if (child->pid) {
            kill(-child->pid, SIGKILL);
            waitpid(child->pid, &child->status, 0);
        }
        mem_free(child->name);
        mem_free(child->log);
    }
    *children = (struct children){0};
}

void children_describe(const struct child *child, char *text, size_t size)
{
    if (WIFSIGNALED(child->status))
        snprintf(text, size, "signal %d (%s)", WTERMSIG(child->status), strsignal(WTERMSIG(child->status)));
    else
        snprintf(text, size, "exit status %d", WEXITSTATUS(child->status));
}

char *children_tail(const struct child *child)
{
    char *text = mem_new(CHILDREN_TAIL_BYTES + 1);
    int fd = open(child->log, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return text;
    off_t size = lseek(fd, 0, SEEK_END);
    off_t from = size > CHILDREN_TAIL_BYTES ? size - CHILDREN_TAIL_BYTES : 0;
    ssize_t got = pread(fd, text, CHILDREN_TAIL_BYTES, from);
    text[got > 0 ? got : 0] = '\0';
    close(fd);
    return text;
}
