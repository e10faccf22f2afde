/* What is measured, in its surroundings: belayd on a directory of its own, and its participants. */
#ifndef BELAY_BENCH_SETTING_H
#define BELAY_BENCH_SETTING_H

#include "bench/options.h"
#include "bench/responder.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum participant { ALPHA, BETA, GAMMA, PARTICIPANTS }; /* the last one is for trouble */

struct setting {
    const struct options *options;
    const char *arguments; /* for belayd, beside those that it always gets; "" */
    unsigned port;
    pid_t belayd;
    struct responder participants[PARTICIPANTS];
    char directory[256];
    uint64_t ready_us; /* what the last start took until it was ready */
};

/* A new directory, the participants, belayd. On false it said why; close in any case. */
bool setting_open(struct setting *setting, const struct options *options, const char *arguments);
/* The same in two parts: the directory, to put something into it; the rest. */
bool setting_prepare(struct setting *setting, const struct options *options, const char *arguments);
bool setting_run(struct setting *setting);
void setting_close(struct setting *setting);

/* Starts belayd on what is there, and waits until it is ready; ends it with a signal. */
bool setting_start(struct setting *setting);
void setting_stop(struct setting *setting, int signal);

/* Registers a saga. */
bool setting_define(const struct setting *setting, const char *saga);

/* A count of /health/ready. */
uint64_t setting_count(const struct setting *setting, const char *member);
/* Waits until no transaction is open any more; false after `ms`. */
bool setting_drain(const struct setting *setting, uint64_t ms);

/* How many transactions have this status (enum status) in the store, which must be nobody else's. */
bool setting_stored(const struct setting *setting, unsigned status, uint64_t *count);

#endif
