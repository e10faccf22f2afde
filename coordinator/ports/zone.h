/* Time zones: how far the time on the wall is ahead of UTC. */
#ifndef BELAY_PORTS_ZONE_H
#define BELAY_PORTS_ZONE_H

#include <stdbool.h>
#include <stdint.h>

/* Any thread may call both. */
struct zone {
    void *self;
    /* Whether there is a zone of that name ("Europe/Berlin") on this machine. */
    bool (*known)(void *self, const char *name);
    /* Seconds that its time is ahead of UTC at the Unix time `at_s`. Of a zone that is not known: 0. */
    int32_t (*offset_s)(void *self, const char *name, int64_t at_s);
};

#endif
