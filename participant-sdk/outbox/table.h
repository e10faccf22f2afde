/* The table of the outbox. */
#ifndef BELAY_OUTBOX_TABLE_H
#define BELAY_OUTBOX_TABLE_H

#include "belay/outbox.h"

#include <stdbool.h>

/* The numbers lie in databases: add at the end. */
enum outbox_state {
    OUTBOX_WAITING = 0, /* to be handed over at `due` */
    OUTBOX_HANDED = 1,  /* the coordinator has it; its body is gone */
    OUTBOX_REFUSED = 2, /* the coordinator said no; `reason` holds its words */
    OUTBOX_FENCE = 3    /* the coordinator was told that there is no such message */
};

/* SQLite's last error as ours. */
int belay_outbox_fail(sqlite3 *db, const char *what, struct belay_error *error);

/* Prepares `sql` and binds `id` to its first parameter unless NULL. */
int belay_outbox_prepare(sqlite3 *db, const char *sql, const char *id, sqlite3_stmt **out,
                         struct belay_error *error);

/* Runs a statement without rows and finalizes it; `rc` is what binding its parameters said. */
int belay_outbox_run(sqlite3 *db, sqlite3_stmt *stmt, int rc, const char *what, struct belay_error *error);

/* Hands over one row that is due; `*found` false when there is none. Adds to `report`. */
int belay_outbox_pump_one(sqlite3 *db, const struct belay_transport *transport, struct belay_outbox_report *report,
                          bool *found, struct belay_error *error);

/* Fills in how many rows wait, and for how long. */
int belay_outbox_count(sqlite3 *db, struct belay_outbox_report *report, struct belay_error *error);

#endif
