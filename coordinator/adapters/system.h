/* The clock, entropy and trace of the real world. */
#ifndef BELAY_ADAPTERS_SYSTEM_H
#define BELAY_ADAPTERS_SYSTEM_H

#include "ports/world.h"

struct clock clock_system(void);

/* getrandom(2); ends the process when the kernel has none to give. */
struct entropy entropy_system(void);

/* One line per write(2) to standard error: time, level, text. */
struct trace trace_stderr(enum trace_level level);

#endif
