/* `belay dev`, shared by its two halves: the processes (dev.c) and the examples (dev_examples.c). */
#ifndef BELAY_CLI_DEV_H
#define BELAY_CLI_DEV_H

#include "cli/children.h"
#include "cli/cli.h"
#include "cli/places.h"

struct dev {
    struct places places;
    struct children children;
    char *directory; /* temporary; logs and data */
    char url[64];    /* of the coordinator */
    unsigned port;
};

/* Starts a program as `name`, its output in NAME.log. False when that is not possible, which is then said. */
bool dev_start(struct cli *cli, struct dev *dev, const char *name, char *const argv[]);

/* Waits until something answers at `url`. False when it takes too long, a process ends or we are asked to; which
 * is then said. */
bool dev_up(struct cli *cli, struct dev *dev, const char *name, const char *url);

/* Starts every example service on the port that participants.json gives it, or the next free one, and registers
 * it as a participant. True without examples, too. */
bool dev_services(struct cli *cli, struct dev *dev);

/* Registers every example saga. */
bool dev_register(struct cli *cli, struct dev *dev);

/* Prints what is there and what to try. */
void dev_tell(struct cli *cli, struct dev *dev);

/* Removes a directory and everything in it; does not follow links out of it. */
void dev_remove(const char *directory);

#endif
