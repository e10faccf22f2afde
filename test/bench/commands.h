/* What test-bench does: one function per command. */
#ifndef BELAY_BENCH_COMMANDS_H
#define BELAY_BENCH_COMMANDS_H

#include "bench/options.h"

#include <stdbool.h>

/* name, and what it is for */
#define COMMANDS(X)                                                                                               \
    X(speed, "sagas per second, latency, CPU, commits, per scenario and number of clients")                       \
    X(growth, "what more steps, payload or open transactions cost; --scenario steps, payload or open")            \
    X(parts, "the libraries and the disk by themselves, and how much of them belayd reaches")                     \
    X(ratios, "OLD.json NEW.json [OLD.json NEW.json ...]: what became of each figure of speed")                   \
    X(trouble, "hang, outage, overload, restart: figures with a bar each; --scenario for one of them")            \
    X(scale, "much that waits, much that has ended: figures with a bar each; --scenario waiting or finished")     \
    X(soak, "full load, a sample a second into --out, and nothing may grow")

/* True when all that was measured is right, and no bar was missed. */
#define X(name, help) bool command_##name(const struct options *options);
COMMANDS(X)
#undef X

#endif
