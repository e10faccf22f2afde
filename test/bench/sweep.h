/* Leaving nothing behind: processes and directories, however the benchmark ends. */
#ifndef BELAY_BENCH_SWEEP_H
#define BELAY_BENCH_SWEEP_H

#include <stdbool.h>

/* Forks: the child returns from this and does the work; the parent waits for it, passes signals on to it, removes
 * the directories it had (and those of earlier runs that were killed), and exits as it did. */
void sweep_after(void);

/* A new directory on a real disk, which the parent knows; the path has 256 bytes. */
bool sweep_directory(char *path);

/* Copies a log to standard error. */
void sweep_show(const char *path);

#endif
