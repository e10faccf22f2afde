/* The processes of an episode: the coordinator and the two banks, with a directory of their own. */
#ifndef BELAY_E2E_TOWN_H
#define BELAY_E2E_TOWN_H

#include "e2e/plan.h"

#include <stdbool.h>
#include <sys/types.h>

enum bank { BANK_DEBTOR, BANK_CREDITOR, BANKS };

enum { TOWN_PATH = 320 };

struct town {
    const struct plan *plan;
    char directory[256];
    unsigned port; /* of the coordinator, the same in all its lives */
    pid_t belayd;  /* 0 when it is down */
    unsigned bank_ports[BANKS];
    pid_t banks[BANKS];
    unsigned lives; /* of the coordinator */
};

extern const char *const town_bank_names[BANKS];

/* Makes the directory and chooses the ports. */
bool town_open(struct town *town, const struct plan *plan, const char *name);

/* Removes the directory, or leaves it to be looked at. */
void town_close(struct town *town, bool keep);

/* Starts the coordinator; the first time with the plan's injection. Does not wait for it. */
void town_start_belayd(struct town *town);
/* Sends a signal and waits for the end; the wait status. */
int town_end_belayd(struct town *town, int signal);

void town_start_bank(struct town *town, enum bank bank);
int town_end_bank(struct town *town, enum bank bank, int signal);

/* Opens the accounts of the workload in both banks' databases, which must have been made. */
bool town_open_accounts(struct town *town);

/* Registers participants (at these ports) and the saga, however often the coordinator dies meanwhile. */
bool town_register(struct town *town, const unsigned *ports);

/* The path of a file in the directory. */
void town_path(const struct town *town, const char *name, char *path);

#endif
