/* The data directory's lock and witness. */
#include "adapters/store_directory.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    DIRECTORY_MODE = 0700, /* inputs and outputs of transactions are nobody else's business */
    FILE_MODE = 0600,
    NUMBER_BYTES = 32, /* a decimal number, a newline and room to spare */
};

static int make(const char *path, struct error *error);
static int lock(struct store_directory *directory, const char *path, struct error *error);
static ssize_t read_small(int fd, char text[NUMBER_BYTES]);
static int write_small(int fd, uint64_t number);

int store_directory_open(struct store_directory *directory, const char *path, struct error *error)
{
    *directory = (struct store_directory){.fd = -1, .lock = -1};
    int code = make(path, error);
    if (code)
        return code;
    directory->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory->fd < 0)
        return error_set(error, ERROR_IO, "data directory %s: %s", path, strerror(errno));
    code = lock(directory, path, error);
    if (code)
        store_directory_close(directory);
    return code;
}

void store_directory_close(struct store_directory *directory)
{
    if (directory->lock >= 0)
        close(directory->lock);
    if (directory->fd >= 0)
        close(directory->fd);
    *directory = (struct store_directory){.fd = -1, .lock = -1};
}

int store_directory_touch(const struct store_directory *directory, const char *name, struct error *error)
{
    assert(directory->fd >= 0 && directory->lock >= 0);
    int fd = openat(directory->fd, name, O_RDWR | O_CREAT | O_CLOEXEC, FILE_MODE);
    if (fd < 0)
        return error_set(error, ERROR_IO, "%s: %s", name, strerror(errno));
    close(fd);
    if (fsync(directory->fd))
        return error_set(error, ERROR_IO, "%s: fsync of its directory: %s", name, strerror(errno));
    return 0;
}

int store_directory_load_opened(const struct store_directory *directory, uint64_t *opened, struct error *error)
{
    char text[NUMBER_BYTES];
    int fd = openat(directory->fd, "opened", O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) {
        *opened = 0;
        return 0;
    }
    ssize_t length = fd < 0 ? -1 : read_small(fd, text);
    int failure = errno;
    if (fd >= 0)
        close(fd);
    if (length < 0)
        return error_set(error, ERROR_IO, "opened: %s", strerror(failure));
    char *end;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    if (end == text || *end != '\n' || errno)
        return error_set(error, ERROR_CORRUPT, "opened: not a number; remove this file to go on without it");
    *opened = number;
    return 0;
}

int store_directory_save_opened(const struct store_directory *directory, uint64_t opened, struct error *error)
{
    assert(opened > 0);
    int fd = openat(directory->fd, "opened.new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, FILE_MODE);
    if (fd < 0)
        return error_set(error, ERROR_IO, "opened.new: %s", strerror(errno));
    int failed = write_small(fd, opened) || fsync(fd);
    int failure = errno;
    close(fd);
    if (!failed) {
        failed = renameat(directory->fd, "opened.new", directory->fd, "opened") || fsync(directory->fd);
        failure = errno;
    }
    return failed ? error_set(error, ERROR_IO, "opened: %s", strerror(failure)) : 0;
}

/* Makes the directory and, when it is new, its entry in the parent durable. */
static int make(const char *path, struct error *error)
{
    if (mkdir(path, DIRECTORY_MODE))
        return errno == EEXIST ? 0
                               : error_set(error, ERROR_IO, "make data directory %s: %s", path, strerror(errno));
    char parent[PATH_MAX];
    int length = snprintf(parent, sizeof parent, "%s/..", path);
    int fd = length < PATH_MAX ? open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fd < 0)
        return error_set(error, ERROR_IO, "parent of data directory %s: %s", path, strerror(errno));
    int failed = fsync(fd), failure = errno;
    close(fd);
    return failed ? error_set(error, ERROR_IO, "parent of data directory %s: %s", path, strerror(failure)) : 0;
}

static int lock(struct store_directory *directory, const char *path, struct error *error)
{
    char text[NUMBER_BYTES];
    directory->lock = openat(directory->fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC, FILE_MODE);
    if (directory->lock < 0)
        return error_set(error, ERROR_IO, "%s/lock: %s", path, strerror(errno));
    if (flock(directory->lock, LOCK_EX | LOCK_NB) == 0) {
        /* The number is a courtesy to whoever comes second; the lock holds without it. */
        if (ftruncate(directory->lock, 0) || write_small(directory->lock, (uint64_t)getpid()))
            errno = 0;
        return 0;
    }
    if (errno != EWOULDBLOCK)
        return error_set(error, ERROR_IO, "%s/lock: %s", path, strerror(errno));
    long holder = read_small(directory->lock, text) > 0 ? strtol(text, NULL, 10) : 0;
    if (holder > 0)
        return error_set(error, ERROR_LOCKED,
                         "data directory %s is in use by process %ld: stop it, or choose another directory", path,
                         holder);
    return error_set(error, ERROR_LOCKED,
                     "data directory %s is in use by another process: stop it, or choose another directory", path);
}

static ssize_t read_small(int fd, char text[NUMBER_BYTES])
{
    ssize_t length = pread(fd, text, NUMBER_BYTES - 1, 0);
    text[length > 0 ? length : 0] = '\0';
    return length;
}

static int write_small(int fd, uint64_t number)
{
    char text[NUMBER_BYTES];
    int length = snprintf(text, sizeof text, "%" PRIu64 "\n", number);
    return pwrite(fd, text, (size_t)length, 0) == length ? 0 : -1;
}
