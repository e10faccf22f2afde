/* The clock, entropy and trace of the real world. */
#include "adapters/system.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

enum {
    SYSTEM_LINE = 1200, /* a trace line of 1 KiB with its time and level */
    SYSTEM_NUMBERS = 32 /* drawn at once: the kernel gives 256 bytes as one piece */
};

static void system_init(void);
static uint64_t system_now_ms(void *self);
static uint64_t system_random(void *self);
static void system_line(void *self, enum trace_level level, const char *text);

/* Wall time minus boot time, taken once per process: what turns one into the other. BOOTTIME, because it goes
 * on while the machine sleeps, so that a timer that ran out in its sleep fires when it wakes. */
static uint64_t system_offset_ms;
static pthread_once_t system_once = PTHREAD_ONCE_INIT;

struct clock clock_system(void)
{
    pthread_once(&system_once, system_init);
    return (struct clock){.now_ms = system_now_ms};
}

struct entropy entropy_system(void)
{
    return (struct entropy){.next = system_random};
}

struct trace trace_stderr(enum trace_level level)
{
    return (struct trace){.level = level, .line = system_line};
}

static uint64_t system_ms(clockid_t id)
{
    struct timespec now;
    int failed = clock_gettime(id, &now);
    assert(!failed);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void system_init(void)
{
    system_offset_ms = system_ms(CLOCK_REALTIME) - system_ms(CLOCK_BOOTTIME);
}

static uint64_t system_now_ms(void *self)
{
    (void)self;
    return system_offset_ms + system_ms(CLOCK_BOOTTIME);
}

/* A thread draws for itself alone. */
static uint64_t system_random(void *self)
{
    (void)self;
    static _Thread_local uint64_t numbers[SYSTEM_NUMBERS];
    static _Thread_local unsigned left;
    if (!left) {
        ssize_t got;
        do
            got = getrandom(numbers, sizeof numbers, 0);
        while (got < 0 && errno == EINTR);
        if (got != (ssize_t)sizeof numbers) {
            fprintf(stderr, "belay: the kernel gives no random bytes: %s\n", strerror(errno));
            abort();
        }
        left = SYSTEM_NUMBERS;
    }
    return numbers[--left];
}

static void system_line(void *self, enum trace_level level, const char *text)
{
    (void)self;
    static const char *const words[] = {"debug", "info", "warn", "error"};
    assert(level >= TRACE_DEBUG && level <= TRACE_ERROR);
    uint64_t now_ms = system_ms(CLOCK_REALTIME); /* a log is read beside other machines' logs */
    time_t seconds = (time_t)(now_ms / 1000);
    struct tm utc;
    char line[SYSTEM_LINE];
    gmtime_r(&seconds, &utc);
    size_t length = strftime(line, sizeof line, "%Y-%m-%dT%H:%M:%S", &utc);
    int more = snprintf(line + length, sizeof line - length, ".%03uZ %-5s %s\n", (unsigned)(now_ms % 1000),
                        words[level], text);
    assert(more > 0);
    length += (size_t)more;
    if (length >= sizeof line) {
        length = sizeof line - 1;
        line[length - 1] = '\n';
    }
    /* A log that cannot be written must not stop the work, and there is nowhere to say so. */
    if (write(STDERR_FILENO, line, length) < 0)
        return;
}
