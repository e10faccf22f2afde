/* The small ports: the clock, entropy and the trace. Simulations replace all of them. */
#ifndef BELAY_PORTS_WORLD_H
#define BELAY_PORTS_WORLD_H

#include <stdint.h>

struct clock {
    void *self;
    /* Unix time in milliseconds that never goes back within a process: wall time at the start, then
     * monotonic, so that a clock set back neither stops timers nor fires them early. */
    uint64_t (*now_ms)(void *self);
};

struct entropy {
    void *self;
    uint64_t (*next)(void *self);
};

enum trace_level { TRACE_DEBUG, TRACE_INFO, TRACE_WARN, TRACE_ERROR };

struct trace {
    void *self;
    enum trace_level level; /* lines below it are not even formatted */
    /* One line without its newline; control characters are already escaped. */
    void (*line)(void *self, enum trace_level level, const char *text);
};

/* Formats one line, escapes control characters (a log cannot be injected into), cuts it at 1 KiB and hands it
 * over. Any thread. */
void trace_put(const struct trace *trace, enum trace_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
