/* The facts about the machine. */
#include "bench/machine.h"
#include "bench/sweep.h"
#include "harness/process.h"

#include <fcntl.h>
#include <mntent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

enum { SYNCS = 400, PAGE = 4096 };

static void set_processor(json_t *machine);
static void set_file_system(json_t *machine, const char *directory);
static void set_sync(json_t *machine, const char *directory);
static int compare(const void *a, const void *b);

json_t *machine_describe(void)
{
    char directory[256], when[32];
    struct utsname kernel;
    struct tm utc;
    time_t now = time(NULL);
    json_t *machine = json_object();
    strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    json_object_set_new(machine, "at", json_string(when));
    set_processor(machine);
    json_object_set_new(machine, "cores", json_integer(sysconf(_SC_NPROCESSORS_ONLN)));
    json_object_set_new(machine, "memory_mib",
                        json_integer(sysconf(_SC_PHYS_PAGES) / 1024 * (sysconf(_SC_PAGESIZE) / 1024)));
    uname(&kernel);
    json_object_set_new(machine, "kernel", json_string(kernel.release));
    if (!sweep_directory(directory))
        return machine;
    set_file_system(machine, directory);
    set_sync(machine, directory);
    process_remove(directory);
    return machine;
}

static void set_processor(json_t *machine)
{
    char line[256];
    FILE *file = fopen("/proc/cpuinfo", "r");
    while (file && fgets(line, sizeof line, file)) {
        const char *value = strchr(line, ':');
        line[strcspn(line, "\n")] = '\0';
        if (value && strncmp(line, "model name", 10) == 0) {
            json_object_set_new(machine, "cpu", json_string(value + 2));
            break;
        }
    }
    if (file)
        fclose(file);
}

/* The mount that the directory lies on is the one with its device. */
static void set_file_system(json_t *machine, const char *directory)
{
    struct stat here, there;
    FILE *mounts = setmntent("/proc/self/mounts", "r");
    bool known = mounts && stat(directory, &here) == 0;
    for (struct mntent *mount; known && (mount = getmntent(mounts));)
        if (stat(mount->mnt_dir, &there) == 0 && there.st_dev == here.st_dev)
            json_object_set_new(machine, "fs", json_string(mount->mnt_type));
    if (mounts)
        endmntent(mounts);
}

/* As a write-ahead log does it: a page behind the others, then fdatasync. */
static void set_sync(json_t *machine, const char *directory)
{
    static uint64_t samples[SYNCS];
    static const char page[PAGE];
    char path[300];
    snprintf(path, sizeof path, "%s/sync", directory);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    bool ok = fd >= 0;
    for (int i = 0; i < SYNCS && ok; i++) {
        uint64_t begun_us = process_now_us();
        ok = write(fd, page, PAGE) == PAGE && fdatasync(fd) == 0;
        samples[i] = process_now_us() - begun_us;
    }
    if (fd >= 0)
        close(fd);
    if (!ok)
        return;
    qsort(samples, SYNCS, sizeof *samples, compare);
    json_object_set_new(machine, "fdatasync_p50_us", json_integer((json_int_t)samples[SYNCS / 2]));
    json_object_set_new(machine, "fdatasync_p99_us", json_integer((json_int_t)samples[SYNCS * 99 / 100]));
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}
