/* The command line of test-bench: one table for parsing and for the usage. */
#ifndef BELAY_BENCH_OPTIONS_H
#define BELAY_BENCH_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

/* kind, member, name, default, value, help */
#define OPTIONS(X)                                                                                                \
    X(TEXT, belayd, "belayd", "build/release/belayd", "FILE", "the coordinator to measure")                       \
    X(TEXT, under, "under", NULL, "COMMAND", "run belayd under this: 'valgrind --tool=callgrind', 'perf stat'")   \
    X(TEXT, out, "out", NULL, "FILE", "write the figures there too, as JSON (soak: as a table of samples)")       \
    X(TEXT, history, "history", NULL, "FILE", "append the figures to it, as one line of JSON")                    \
    X(TEXT, revision, "revision", "unknown", "TEXT", "of what is measured; default: git describe")                \
    X(TEXT, scenario, "scenario", NULL, "NAME", "only this one")                                                  \
    X(NUMBER, clients, "clients", 0, "N", "only this many; 0 is every number that is usual")                      \
    X(NUMBER, seconds, "seconds", 0, "N", "how long each load lasts; 0 is what is usual")                         \
    X(NUMBER, sagas, "sagas", 0, "N", "speed: exactly this many instead, the same work every time")               \
    X(NUMBER, waiting, "waiting", 1000000, "N", "scale: transactions that wait; growth: at most so many")         \
    X(NUMBER, finished, "finished", 10000000, "N", "scale: transactions that have ended")                         \
    X(NUMBER, open, "open", 100000, "N", "trouble: open transactions at the restart")

struct options {
#define OPTIONS_TEXT(member)                     const char *member;
#define OPTIONS_NUMBER(member)                   uint64_t member;
#define X(kind, member, name, value, word, help) OPTIONS_##kind(member)
    OPTIONS(X)
#undef X
    char **rest; /* what stands behind the options */
    int rest_count;
};

/* `argv` begins with the command. False when it was not understood; it then said why. */
bool options_parse(struct options *options, int argc, char **argv);
void options_print(void);

#endif
