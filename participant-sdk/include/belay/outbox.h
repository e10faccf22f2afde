/* The outbox on SQLite: a message is written in the service's own transaction, as a row, and handed to the
 * coordinator afterwards, which delivers it until everyone it is for has taken it. Either the service's change
 * and every delivery happen, or neither. Link libbelay-outbox, libbelay and libsqlite3. Compiles alone as C99
 * and as C++.
 *
 *   begin                                        the service's transaction
 *     ... its own change ...
 *     belay_outbox_write                         a row: the message
 *   commit
 *   belay_outbox_pump (or the thread)            begins the message's transaction at the coordinator, commits it,
 *                                                and notes that in the row
 *
 * A crash between any two of these loses nothing: without the commit there is no row, with it the next pump hands
 * the row over, perhaps for the second time, which the coordinator recognises by the message's id.
 *
 * A service that may die for good after its commit announces the message before (belay_outbox_announce). The
 * coordinator then asks, when it does not hear of it in time: the hook belay_outbox_check answers from the
 * table, and when there is no row it makes sure that there never will be one. */
#ifndef BELAY_OUTBOX_H
#define BELAY_OUTBOX_H

#include "belay/client.h"
#include "belay/participant.h"

#include <sqlite3.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A message. */
struct belay_outbox_message {
    size_t size;                         /* sizeof(struct belay_outbox_message) */
    const char *id;                      /* required: unlike any other; also the id of its transaction */
    const struct belay_enlist *branches; /* required: to whom it is delivered, each with its body */
    size_t branches_count;
    const char *traceparent; /* of the call that led to it; NULL: none */

    /* Announced messages only: where the coordinator asks, and after which time; or NULL and 0. */
    const char *check_participant; /* this service */
    const char *check_operation;   /* its operation whose on_check is belay_outbox_check */
    unsigned timeout_ms;           /* 0: the coordinator's default */
};

/* Creates the table `belay_outbox` when it is not there. BELAY_OK, or BELAY_ERROR_BUSY, _BACKEND (with SQLite's
 * own words). */
int belay_outbox_create(sqlite3 *db, struct belay_error *error);

/* Writes the row of a message in the transaction that is open on `db`: a hook's, or the service's own. The same
 * message again is no error. BELAY_OK; or BELAY_ERROR_ARGUMENT (there is no transaction, the message is wrong,
 * its id was used for another one), BELAY_ERROR_REFUSED (the coordinator was told that this message will never
 * be: roll back), BELAY_ERROR_BUSY, _BACKEND, _MEMORY. */
int belay_outbox_write(sqlite3 *db, const struct belay_outbox_message *message, struct belay_error *error);

/* Builds the request that announces a message, to be sent before the service's transaction begins. Not needed for
 * the guarantee as long as the service comes back. As the functions of belay/client.h. */
int belay_outbox_announce(const struct belay_outbox_message *message, struct belay_outgoing *out,
                          struct belay_error *error);

/* The hook that answers the coordinator's question: {"outcome":"commit"} when the row is there,
 * {"outcome":"abort"} when it is not, and then it will never be. For the on_check of an operation of its own,
 * on a participant whose barrier is on the same database:
 *
 *     struct belay_operation check = {.size = sizeof check, .name = "outbox", .on_check = belay_outbox_check};
 */
int belay_outbox_check(struct belay_call *call);

/* What a pump did. */
struct belay_outbox_report {
    size_t size;       /* sizeof(struct belay_outbox_report) */
    unsigned handed;   /* rows that the coordinator has now */
    unsigned refused;  /* rows that it refused for good: a person must look, the row says why */
    unsigned waiting;  /* rows that are still to be handed over */
    unsigned next_s;   /* the earliest of those is due after so many seconds */
};

/* Hands rows that are due to the coordinator, oldest first, at most `rows_max` (0: all), and stops at the first
 * that cannot be handed over now; that one is tried again later, after growing pauses. Takes as long as the
 * sending does; no transaction is open meanwhile. Two pumps on one database do no harm. `report` (its size set)
 * may be NULL. BELAY_OK, also when nothing could be handed over; or BELAY_ERROR_UNAVAILABLE, when the
 * coordinator did not take a row now; BELAY_ERROR_ARGUMENT (a transaction is open on `db`), BELAY_ERROR_BUSY,
 * _BACKEND, _MEMORY. */
int belay_outbox_pump(sqlite3 *db, const struct belay_transport *transport, unsigned rows_max,
                      struct belay_outbox_report *report, struct belay_error *error);

/* Deletes rows that were settled over `age_s` seconds ago (handed over, refused, or never to be) and tells how
 * many. They are what the coordinator's question is answered from: keep them longer than a message's timeout,
 * and than any transaction of the service. */
int belay_outbox_prune(sqlite3 *db, sqlite3_int64 age_s, sqlite3_int64 *rows, struct belay_error *error);

/* ---- A thread that pumps -------------------------------------------------------------------------------- */

/* The thread. */
struct belay_outbox_thread;

/* What the thread works with. */
struct belay_outbox_thread_options {
    size_t size;                             /* sizeof(struct belay_outbox_thread_options) */
    sqlite3 *db;                             /* required: a connection that nobody else uses meanwhile; borrowed */
    const struct belay_transport *transport; /* required: likewise */
    unsigned poll_ms;                        /* looks for rows at least that often; 0: 1000 */
    void *context;                           /* first argument of the functions below */

    /* Told why rows could not be handed over. May be NULL. On the outbox's thread. */
    void (*log)(void *context, const struct belay_error *error);

    /* Told about every pump that handed rows over or had some refused. May be NULL. On the outbox's thread. */
    void (*pumped)(void *context, const struct belay_outbox_report *report);
};

/* Starts a thread that pumps, with all signals blocked. BELAY_OK and `*out` is yours to stop; or
 * BELAY_ERROR_ARGUMENT, BELAY_ERROR_SYSTEM, BELAY_ERROR_MEMORY. */
int belay_outbox_thread_start(const struct belay_outbox_thread_options *options, struct belay_outbox_thread **out,
                              struct belay_error *error);

/* Lets it look at once: call it after a commit with a message. From any thread. */
void belay_outbox_thread_wake(struct belay_outbox_thread *thread);

/* Ends it, after the request that is on its way, and frees it. */
void belay_outbox_thread_stop(struct belay_outbox_thread *thread);

#ifdef __cplusplus
}
#endif

#endif
