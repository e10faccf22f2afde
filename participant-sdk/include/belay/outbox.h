/* The outbox: a message is written in the service's own transaction, as a row, and handed to the coordinator
 * afterwards, which delivers it until everyone it is for has taken it. Either the service's change and every
 * delivery happen, or neither. Link libbelay-outbox, and libbelay-sqlite or libbelay-postgres for the table.
 * Compiles alone as C99 and as C++.
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
 * table, and when there is no row it makes sure that there never will be one.
 *
 * Threads: one outbox is used by one thread at a time, as its connection is. */
#ifndef BELAY_OUTBOX_H
#define BELAY_OUTBOX_H

#include "belay/client.h"
#include "belay/participant.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- The table ------------------------------------------------------------------------------------------ */

/* Where a message stands. The numbers lie in databases: add at the end. */
enum belay_outbox_state {
    BELAY_OUTBOX_WAITING = 0, /* to be handed over when it is due */
    BELAY_OUTBOX_HANDED = 1,  /* the coordinator has it; its body is gone */
    BELAY_OUTBOX_REFUSED = 2, /* the coordinator said no, for good; the row says why */
    BELAY_OUTBOX_FENCE = 3    /* the coordinator was told that there is no such message */
};

/* A row. Texts are NUL-terminated UTF-8. */
struct belay_outbox_row {
    const char *id;
    enum belay_outbox_state state;
    const void *body; /* of the request that begins the message's transaction; NULL when it has none */
    size_t body_length;
    const char *traceparent; /* NULL: none */
    int attempts;            /* to hand it over, that failed */
};

/* Messages in the service's own database, on the service's own connection. Ready-made: belay_sqlite_outbox_open
 * (belay/sqlite.h) and belay_postgres_outbox_open (belay/postgres.h); or a struct of functions of the service's
 * own. All functions must be set. Those that return int, but for the first, return BELAY_OK, or fill `error` with
 * BELAY_ERROR_BUSY (another transaction is in the way, nothing is wrong), BELAY_ERROR_BACKEND or
 * BELAY_ERROR_MEMORY. What rows point to is borrowed; in a row that was found, until `find` or `next` runs. */
struct belay_outbox {
    size_t size; /* sizeof(struct belay_outbox) */
    void *self;  /* first argument of every function */

    /* True (1) while a transaction is open on the connection. */
    int (*in_transaction)(void *self);

    /* Inserts a row, due at once, in the transaction that is open, unless there is one with this id: `*added` 0.
     * An id that another transaction inserted is waited for, for a bounded time, until that one has ended. */
    int (*add)(void *self, const struct belay_outbox_row *row, int *added, struct belay_error *error);

    /* Looks for a row: `*found` 0 when there is none. */
    int (*find)(void *self, const char *id, struct belay_outbox_row *row, int *found, struct belay_error *error);

    /* The oldest row that waits and is due. No transaction is open afterwards. */
    int (*next)(void *self, struct belay_outbox_row *row, int *found, struct belay_error *error);

    /* Gives a row that waits another state, and notes the reason (NULL: none). Handed over, it loses its body;
     * when it goes on waiting, that is one more attempt, and it is due after `pause_s` seconds. A row that does
     * not wait stays as it is. `id` may point into the row that was found. */
    int (*settle)(void *self, const char *id, enum belay_outbox_state state, const char *reason, unsigned pause_s,
                  struct belay_error *error);

    /* How many rows wait, and in how many seconds the earliest of them is due (0: now, or there is none). */
    int (*count)(void *self, unsigned *waiting, unsigned *next_s, struct belay_error *error);

    /* Deletes rows that do not wait and were settled over `age_s` seconds ago, and tells how many. */
    int (*prune)(void *self, int64_t age_s, int64_t *rows, struct belay_error *error);

    /* Frees `self`, not the service's database handle. */
    void (*close)(void *self);
};

/* Frees the outbox; the connection stays open. NULL is allowed. */
void belay_outbox_close(struct belay_outbox *outbox);

/* ---- Messages ------------------------------------------------------------------------------------------- */

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

/* Writes the row of a message in the transaction that is open on the outbox's connection: a hook's, or the
 * service's own. The same message again is no error. BELAY_OK; or BELAY_ERROR_ARGUMENT (there is no transaction,
 * the message is wrong, its id was used for another one), BELAY_ERROR_REFUSED (the coordinator was told that this
 * message will never be: roll back), BELAY_ERROR_BUSY, _BACKEND, _MEMORY. */
int belay_outbox_write(struct belay_outbox *outbox, const struct belay_outbox_message *message,
                       struct belay_error *error);

/* Builds the request that announces a message, to be sent before the service's transaction begins. Not needed for
 * the guarantee as long as the service comes back. As the functions of belay/client.h. */
int belay_outbox_announce(const struct belay_outbox_message *message, struct belay_outgoing *out,
                          struct belay_error *error);

/* The hook that answers the coordinator's question: {"outcome":"commit"} when the row is there,
 * {"outcome":"abort"} when it is not, and then it will never be. For the on_check of an operation of its own,
 * whose context is an outbox on the very connection of the participant's barrier:
 *
 *     struct belay_operation check = {
 *         .size = sizeof check, .name = "outbox", .context = outbox, .on_check = belay_outbox_check};
 */
int belay_outbox_check(struct belay_call *call);

/* ---- Handing over --------------------------------------------------------------------------------------- */

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
 * sending does; no transaction is open meanwhile. Two pumps on one table do no harm. `report` (its size set)
 * may be NULL. BELAY_OK, also when nothing could be handed over; or BELAY_ERROR_UNAVAILABLE, when the
 * coordinator did not take a row now; BELAY_ERROR_ARGUMENT (a transaction is open on the connection),
 * BELAY_ERROR_BUSY, _BACKEND, _MEMORY. */
int belay_outbox_pump(struct belay_outbox *outbox, const struct belay_transport *transport, unsigned rows_max,
                      struct belay_outbox_report *report, struct belay_error *error);

/* Deletes rows that were settled over `age_s` seconds ago (handed over, refused, or never to be) and tells how
 * many (`rows` may be NULL). They are what the coordinator's question is answered from: keep them longer than a
 * message's timeout, and than any transaction of the service. */
int belay_outbox_prune(struct belay_outbox *outbox, int64_t age_s, int64_t *rows, struct belay_error *error);

/* ---- A thread that pumps -------------------------------------------------------------------------------- */

/* The thread. */
struct belay_outbox_thread;

/* What the thread works with. */
struct belay_outbox_thread_options {
    size_t size;                 /* sizeof(struct belay_outbox_thread_options) */
    struct belay_outbox *outbox; /* required: on a connection that nobody else uses meanwhile; borrowed */
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

/* Ends it, after the request that is on its way, and frees it. NULL is allowed. */
void belay_outbox_thread_stop(struct belay_outbox_thread *thread);

#ifdef __cplusplus
}
#endif

#endif
