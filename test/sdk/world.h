/* What the tests of the outbox share: a service with a table of orders on either database, and a coordinator that
 * keeps what it was handed in a file, so that it survives when the service's process does not. */
#ifndef BELAY_SDK_WORLD_H
#define BELAY_SDK_WORLD_H

#include "belay/outbox.h"
#include "subject.h"

#include <stdbool.h>

struct world {
    struct subject subject;
    struct belay_outbox *outbox;
    char peer[64]; /* of the coordinator's memory: a line "begin ID", "commit ID" per request that it took */
    int refuse;    /* 1: the begin is refused; 2: the commit is */
    int away;      /* so many requests are not answered; half of them were taken */
    int crash_at;  /* the process ends at its n-th step; 0: never */
    int steps;
    bool slips; /* a request came that no outbox sends */
    struct belay_transport transport;
};

/* A service with the tables "orders (id)" and "belay_outbox", and the operation "outbox". */
void world_make(struct world *world, enum subject_kind kind);
void world_remove(struct world *world);
void world_open(struct world *world);
void world_close(struct world *world);

/* Another connection of the same service, as a thread that pumps needs it. */
void world_join(const struct world *world, struct subject *subject, struct belay_outbox **outbox);
void world_leave(struct subject *subject, struct belay_outbox *outbox);

/* A place where the process may die. */
void world_step(struct world *world);

/* The message "t" to two receivers; `announced`: the coordinator may ask for it. */
const struct belay_outbox_message *world_message(bool announced);

/* One local transaction: the order and its message. What belay_outbox_write or the commit said. */
int world_order(struct world *world, const struct belay_outbox_message *message, struct belay_error *error);

/* Everything that waits becomes due, and is pumped. What belay_outbox_pump said. */
int world_pump(struct world *world, struct belay_outbox_report *report, struct belay_error *error);

/* How many lines "WHAT t" the coordinator's memory has. */
int world_heard(const struct world *world, const char *what);

/* Puts a line there, as the coordinator's own decision. */
void world_note(const struct world *world, const char *what, const char *id);

/* Runs statements, and tells whether they succeeded. Every row is due, or was settled long ago. */
bool world_run(struct world *world, const char *sql);
void world_make_due(struct world *world);
void world_make_old(struct world *world);

int64_t world_orders(struct world *world);
int64_t world_rows(struct world *world, int state);

#endif
