/* A library of its own that stands before libc's fdatasync and fsync in belayd: it counts, and passes the call on.
 * So the figures of one run are of the same run, which strace would slow down. */
#include "bench/syncs.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static struct syncs *counts;
static int (*real_fdatasync)(int fd);
static int (*real_fsync)(int fd);

static uint64_t now_us(void);
static int count(int (*call)(int fd), int fd);

__attribute__((constructor)) static void set_up(void)
{
    const char *path = getenv(SYNCS_VARIABLE);
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    void *mapped = mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (fd >= 0)
        close(fd);
    counts = mapped == MAP_FAILED ? NULL : mapped;
    *(void **)&real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    *(void **)&real_fsync = dlsym(RTLD_NEXT, "fsync");
}

int fdatasync(int fd)
{
    return count(real_fdatasync, fd);
}

int fsync(int fd)
{
    return count(real_fsync, fd);
}

static int count(int (*call)(int fd), int fd)
{
    uint64_t begun_us = now_us();
    int result = call(fd);
    if (counts) {
        atomic_fetch_add(&counts->count, 1);
        atomic_fetch_add(&counts->us, now_us() - begun_us);
    }
    return result;
}

static uint64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}
