/* Child processes: started with their output in a log file, watched, and all ended. None outlives this
 * process, not even when it is killed. */
#ifndef BELAY_CLI_CHILDREN_H
#define BELAY_CLI_CHILDREN_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { CHILDREN_MOST = 64, CHILDREN_GRACE_MS = 5000, CHILDREN_TAIL_BYTES = 2048 };

struct child {
    char *name;
    char *log; /* path of its standard output and error */
    pid_t pid; /* 0 once it has ended */
    int status; /* of waitpid, once it has ended */
};

struct children {
    struct child list[CHILDREN_MOST];
    size_t count;
};

/* Blocks the signals that end us and those that tell of children, for children_wait to take. */
void children_prepare(void);

/* Starts argv[0] with its output in `log`. ERROR_IO when it cannot be run. */
int children_start(struct children *children, const char *name, char *const argv[], const char *log,
                   struct error *error);

/* Waits at most `timeout_ms` for a signal. Returns the signal that asks us to end, or 0; `*ended` is then the
 * child that has ended by itself, or NULL. */
int children_wait(struct children *children, uint64_t timeout_ms, struct child **ended);

/* Ends all: SIGTERM to the last started first, SIGKILL to those that take longer than CHILDREN_GRACE_MS. Frees. */
void children_stop(struct children *children);

/* How a child ended, in words: "exit status 1", "signal 11 (Segmentation fault)". */
void children_describe(const struct child *child, char *text, size_t size);

/* The end of its log; free with mem_free. */
char *children_tail(const struct child *child);

#endif
