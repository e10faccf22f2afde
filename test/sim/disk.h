/* The disk: the memory store behind a port whose commits can fail. A commit that fails may or may not have become
 * durable; whoever reads the store after the restart finds out. */
#ifndef BELAY_SIM_DISK_H
#define BELAY_SIM_DISK_H

#include "ports/store.h"

#include <stdbool.h>

struct world;

enum disk_fault { DISK_GOOD, DISK_LOSE, DISK_KEEP };

struct disk {
    struct store port;
    struct store *inner;
    struct world *world;
    enum disk_fault next; /* of the next commit */
    bool failed;          /* no commit is taken until the process was restarted */
    bool kept;            /* the one that failed was kept all the same */
};

void disk_open(struct disk *disk, struct world *world, uint64_t secret);
void disk_close(struct disk *disk);

#endif
