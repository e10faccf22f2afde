/* Checks of this machine: disk, SQLite, clock, descriptors. */
#include "cli/doctor.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/time.h"
#include "cli/files.h"
#include "cli/times.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

enum {
    SYNCS = 50,
    SYNC_BYTES = 4096, /* about what one commit writes */
    SYNC_SLOW_US = 20000,
    SYNC_FAST_US = 20, /* no disk is as fast; somebody does not tell the truth */
    SPACE_FAIL_MIB = 64,
    SPACE_WARN_MIB = 1024,
    CLOCK_APART_MS = 5000,   /* Date has seconds, and the answer takes its time */
    DESCRIPTORS_OTHER = 256, /* database, logs, epoll, libraries */
    TMPFS_KIND = 0x01021994,
};

/* Nobody's clock is right before this program was written: 2025-01-01. */
#define CLOCK_LEAST_MS UINT64_C(1735689600000)

static bool doctor_syncs(int fd, uint64_t *times_us)
{
    static const char zeros[SYNC_BYTES];
    for (size_t i = 0; i < SYNCS; i++) {
        struct timespec begun, ended;
        if (pwrite(fd, zeros, sizeof zeros, 0) != (ssize_t)sizeof zeros)
            return false;
        clock_gettime(CLOCK_MONOTONIC, &begun);
        if (fdatasync(fd) != 0)
            return false;
        clock_gettime(CLOCK_MONOTONIC, &ended);
        times_us[i] = (uint64_t)((ended.tv_sec - begun.tv_sec) * 1000000 + (ended.tv_nsec - begun.tv_nsec) / 1000);
    }
    return true;
}

static int doctor_by_size(const void *a, const void *b)
{
    const uint64_t *left = a, *right = b;
    return *left < *right ? -1 : *left > *right;
}

static void doctor_fsync(struct doctor *doctor, const char *directory)
{
    uint64_t times_us[SYNCS];
    char *path = files_join(directory, ".belay-doctor-XXXXXX");
    int fd = mkostemp(path, O_CLOEXEC);
    if (fd < 0) {
        doctor_add(doctor, "data directory", VERDICT_FAIL,
                   "give the user that belayd runs as the right to write there", "%s cannot be written: %s",
                   directory, strerror(errno));
        mem_free(path);
        return;
    }
    unlink(path);
    doctor_add(doctor, "data directory", VERDICT_OK, NULL, "%s can be written", directory);
    struct statfs kind;
    bool memory = fstatfs(fd, &kind) == 0 && kind.f_type == TMPFS_KIND;
    if (!doctor_syncs(fd, times_us)) {
        doctor_add(doctor, "fsync", VERDICT_FAIL, "look at the disk: dmesg, smartctl, df", "it failed: %s",
                   strerror(errno));
    } else {
        qsort(times_us, SYNCS, sizeof *times_us, doctor_by_size);
        uint64_t median_us = times_us[SYNCS / 2], worst_us = times_us[SYNCS - 1];
        bool fast = memory || median_us<SYNC_FAST_US, slow = median_us> SYNC_SLOW_US;
        doctor_add(doctor, "fsync", fast || slow ? VERDICT_WARN : VERDICT_OK,
                   slow ? "every commit waits for this: use a local SSD for the data directory"
                        : "nothing here survives a power cut; fine for tests only",
                   "%.2f ms in the median, %.2f ms at worst%s", (double)median_us / 1000, (double)worst_us / 1000,
                   memory ? ", but it is memory, not a disk" : "");
    }
    close(fd);
    mem_free(path);
}

static void doctor_space(struct doctor *doctor, const char *directory)
{
    struct statvfs space;
    if (statvfs(directory, &space) != 0)
        return;
    unsigned long long mib = (unsigned long long)space.f_bavail * space.f_frsize >> 20;
    doctor_add(doctor, "free space",
               mib < SPACE_FAIL_MIB   ? VERDICT_FAIL
               : mib < SPACE_WARN_MIB ? VERDICT_WARN
                                      : VERDICT_OK,
               "make room: a coordinator that cannot write stops", "%llu MiB in %s", mib, directory);
}

void doctor_disk(struct doctor *doctor, const char *directory)
{
    if (!files_directory(directory)) {
        doctor_add(doctor, "data directory", VERDICT_FAIL, "belayd --data DIR makes it when it starts",
                   "there is no directory %s", directory);
        return;
    }
    doctor_fsync(doctor, directory);
    doctor_space(doctor, directory);
}

/* The race between two connections that write or checkpoint (sqlite.org/wal.html, "The WAL-Reset Bug"): in all
 * versions before 3.51.3. Ours is one connection that does both, so it is told and not warned of. */
void doctor_sqlite(struct doctor *doctor, const char *version)
{
    int major = 0, minor = 0, patch = 0;
    if (sscanf(version, "%d.%d.%d", &major, &minor, &patch) != 3) {
        doctor_add(doctor, "SQLite", VERDICT_WARN, "install a released version", "version \"%s\" is none I know",
                   version);
        return;
    }
    bool mended = major > 3 || (major == 3 && (minor > 51 || (minor == 51 && patch >= 3)));
    doctor_add(
        doctor, "SQLite", VERDICT_OK, NULL, "%s%s", version,
        mended ? ""
               : "; it has the WAL-reset race (mended in 3.51.3), which Belay avoids with a single writer. Do not "
                 "open its database with other programs that write");
}

void doctor_clock(struct doctor *doctor, uint64_t now_ms, uint64_t coordinator_ms)
{
    char text[TIME_TEXT], span[TIMES_TEXT];
    time_print(now_ms, text);
    uint64_t apart_ms = now_ms > coordinator_ms ? now_ms - coordinator_ms : coordinator_ms - now_ms;
    times_print_span(apart_ms, span);
    if (now_ms < CLOCK_LEAST_MS)
        doctor_add(doctor, "clock", VERDICT_FAIL,
                   "set it, and keep it set: systemctl enable --now systemd-timesyncd", "it says %s", text);
    else if (coordinator_ms && apart_ms > CLOCK_APART_MS)
        doctor_add(doctor, "clock", VERDICT_WARN,
                   "keep both set with NTP; timeouts and retries follow the coordinator's",
                   "this machine and the coordinator are %s apart", span);
    else
        doctor_add(doctor, "clock", VERDICT_OK, NULL, "%s%s", text,
                   coordinator_ms ? ", as the coordinator's" : "; the coordinator's is unknown");
}

void doctor_descriptors(struct doctor *doctor)
{
    struct rlimit limit;
    unsigned long long need = LIMIT_CONNECTIONS + LIMIT_CALLS + DESCRIPTORS_OTHER;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    doctor_add(doctor, "file descriptors", limit.rlim_cur >= need ? VERDICT_OK : VERDICT_WARN,
               "for belayd: LimitNOFILE=65536 in its unit, or ulimit -n 65536 before it",
               "%llu allowed here, a busy coordinator uses up to %llu", (unsigned long long)limit.rlim_cur, need);
}
