/* Starting, watching and ending child processes. */
#include "harness/process.h"

#include <arpa/inet.h>
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { STEADY_PORT = 12000, STEADY_PORTS = 20000 }; /* below 32768, where outgoing connections begin */

static uint64_t proc_field(pid_t pid, const char *file, const char *name);
static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk);

pid_t process_start(const char *const *argv, const char *log)
{
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(127);
    if (log) {
        int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
        if (fd < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
            _exit(127);
    }
    execv(argv[0], (char *const *)argv);
    fprintf(stderr, "cannot run %s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

int process_end(pid_t pid, int signal)
{
    int status = 0;
    assert(pid > 1);
    kill(pid, signal);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return status;
}

bool process_alive(pid_t pid)
{
    return waitpid(pid, NULL, WNOHANG) == 0;
}

uint64_t process_cpu_us(pid_t pid)
{
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "r");
    if (!file)
        return 0;
    size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[length] = '\0';
    unsigned long user, kernel;
    const char *rest = strrchr(text, ')');
    if (!rest || sscanf(rest + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &kernel) != 2)
        return 0;
    return (user + kernel) * 1000000u / (uint64_t)sysconf(_SC_CLK_TCK);
}

uint64_t process_peak_kib(pid_t pid)
{
    return proc_field(pid, "status", "VmHWM:");
}

uint64_t process_rss_kib(pid_t pid)
{
    return proc_field(pid, "status", "VmRSS:");
}

uint64_t process_written(pid_t pid)
{
    return proc_field(pid, "io", "write_bytes:");
}

bool process_directory(const char *name, char *path)
{
    mkdir("build", 0755);
    mkdir("build/run", 0755);
    snprintf(path, 256, "build/run/%s-XXXXXX", name);
    return mkdtemp(path) != NULL;
}

void process_remove(const char *directory)
{
    assert(strncmp(directory, "build/run/", 10) == 0);
    nftw(directory, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

unsigned process_free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool ok = bind(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
              getsockname(fd, (struct sockaddr *)&address, &length) == 0;
    close(fd);
    return ok ? ntohs(address.sin_port) : 0;
}

unsigned process_steady_port(void)
{
    static unsigned tries;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    for (int i = 0; i < STEADY_PORTS; i++) {
        unsigned port = STEADY_PORT + ((unsigned)getpid() * 61 + tries++ * 7) % STEADY_PORTS;
        address.sin_port = htons((uint16_t)port);
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        bool ok = bind(fd, (struct sockaddr *)&address, sizeof address) == 0;
        close(fd);
        if (ok)
            return port;
    }
    return 0;
}

bool process_ended(pid_t pid, uint64_t ms, int *status)
{
    assert(pid > 1);
    for (uint64_t until = process_now_ms() + ms;; process_sleep_ms(2)) {
        if (waitpid(pid, status, WNOHANG) == pid)
            return true;
        if (process_now_ms() >= until)
            return false;
    }
}

unsigned process_descriptors(pid_t pid)
{
    char path[64];
    unsigned count = 0;
    snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
    DIR *directory = opendir(path);
    while (directory && readdir(directory))
        count++;
    if (directory)
        closedir(directory);
    return count > 2 ? count - 2 : 0; /* without "." and ".." */
}

unsigned process_threads(pid_t pid)
{
    return (unsigned)proc_field(pid, "status", "Threads:");
}

uint64_t process_now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

uint64_t process_now_ms(void)
{
    return process_now_us() / 1000;
}

void process_sleep_ms(uint64_t ms)
{
    struct timespec rest = {(time_t)(ms / 1000), (long)(ms % 1000) * 1000000};
    while (nanosleep(&rest, &rest) != 0 && errno == EINTR)
        continue;
}

static uint64_t proc_field(pid_t pid, const char *name, const char *field)
{
    char path[64], line[256];
    unsigned long long value = 0;
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, field, strlen(field)) == 0)
            value = strtoull(line + strlen(field), NULL, 10);
    if (file)
        fclose(file);
    return value;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}
