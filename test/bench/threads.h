/* CPU time of another process by the names of its threads. */
#ifndef BELAY_BENCH_THREADS_H
#define BELAY_BENCH_THREADS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { THREADS_MAX = 16, THREADS_NAME = 16 };

struct threads {
    size_t count;
    struct thread {
        char name[THREADS_NAME];
        uint64_t ns;
    } rows[THREADS_MAX]; /* threads of one name are one row */
};

void threads_read(struct threads *threads, pid_t pid);
/* What was used since `before`, in `threads`. */
void threads_since(struct threads *threads, const struct threads *before);
uint64_t threads_total_ns(const struct threads *threads);

#endif
