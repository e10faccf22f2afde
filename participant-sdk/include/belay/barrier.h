/* The barrier's back end: how calls are remembered in the service's own database, in the same transaction as
 * the service's change. Ready-made: belay/sqlite.h. Write one yourself for another database; which call
 * runs, is repeated or is refused is decided above it and is none of its business.
 * Compiles alone as C99 and as C++.
 *
 * A back end keeps rows. The key of a row is (transaction, step, item, phase); texts are compared byte by byte.
 * One barrier has at most one database transaction open, and is used by one thread at a time. */
#ifndef BELAY_BARRIER_H
#define BELAY_BARRIER_H

#include "belay/error.h"
#include "belay/protocol.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Which branch of which transaction. Borrowed, NUL-terminated, valid UTF-8 without control characters. */
struct belay_branch {
    const char *transaction;
    const char *step;
    const char *item; /* "" in a step that does not run per item */
};

/* What a row says. The numbers lie in databases: add at the end. */
enum belay_state {
    BELAY_STATE_OPEN = 0, /* there is no row, or one that `claim` just made; never committed */
    BELAY_STATE_YES = 1,  /* answered yes: status and body are the answer */
    BELAY_STATE_NO = 2,   /* answered no: likewise */
    BELAY_STATE_FENCE = 3 /* the undo came first; whatever comes now is late */
};

/* One row, as it is found or written. */
struct belay_row {
    int state;        /* enum belay_state */
    int status;       /* HTTP status of the answer; 0 in a fence */
    const void *body; /* of the answer; NULL when body_length is 0 */
    size_t body_length;
};

/* All functions must be set; an incomplete barrier is refused when a participant is made. Those that return
 * int return BELAY_OK, or fill `error` with BELAY_ERROR_BUSY (another transaction is in the way, nothing is wrong)
 * or BELAY_ERROR_BACKEND (everything else). After any failure the next call is `rollback`. */
struct belay_barrier {
    size_t size; /* sizeof(struct belay_barrier) */
    void *self;  /* first argument of every function */

    /* Begins a transaction that can write. `*session` is what hooks get from belay_call_session: the handle
     * through which they must make their changes. Waiting for other writers is allowed, for a bounded time. */
    int (*begin)(void *self, void **session, struct belay_error *error);

    /* Looks for a row: `row->state` is BELAY_STATE_OPEN when there is none. `row->body` stays valid until the next
     * function call. */
    int (*find)(void *self, const struct belay_branch *branch, const char *phase, struct belay_row *row,
                struct belay_error *error);

    /* Like `find`, and locks that key until the transaction ends, whether there is a row or not: a claim of the
     * same key in another transaction waits (or fails with BELAY_ERROR_BUSY) and then sees what was committed.
     * It may insert a row with BELAY_STATE_OPEN to do so; no such row is ever committed. */
    int (*claim)(void *self, const struct belay_branch *branch, const char *phase, struct belay_row *row,
                 struct belay_error *error);

    /* Writes the row, whether it is there or not. What `row` points to is borrowed. */
    int (*store)(void *self, const struct belay_branch *branch, const char *phase, const struct belay_row *row,
                 struct belay_error *error);

    /* Before the hook: marks the place. */
    int (*enter)(void *self, struct belay_error *error);

    /* After the hook: keeps what was changed since `enter` (keep = 1) or takes it back (keep = 0) without giving
     * up the transaction. Fails with BELAY_ERROR_BACKEND when the transaction that `enter` was called in is over:
     * the hook ended it, or an error of the database did. */
    int (*leave)(void *self, int keep, struct belay_error *error);

    /* Ends the transaction: durable when it returns BELAY_OK. When it fails, nothing of it may ever be seen. */
    int (*commit)(void *self, struct belay_error *error);

    /* Takes everything back. Cannot fail: what cannot be rolled back was never committed. Also called
     * when `begin` failed. */
    void (*rollback)(void *self);

    /* Frees `self`, not the service's database handle. */
    void (*close)(void *self);
};

#ifdef __cplusplus
}
#endif

#endif
