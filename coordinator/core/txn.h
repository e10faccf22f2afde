/* The record of one transaction: everything its future depends on, and no pointer to the outside.
 * Only core_apply changes it. */
#ifndef BELAY_CORE_TXN_H
#define BELAY_CORE_TXN_H

#include "core/fact.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*                  .-------------- paused <-------------.
 *                  v                                    v
 *   (new) --> running --decided commit--> confirming   (any that is not final)
 *                |                           |
 *                |  decided abort            v
 *                '-> compensating        completed       terminated <- any that is not final
 *                        |
 *                        v
 *                   compensated
 *
 * name, number on disk, word, final, the statuses that may follow */
#define STATUSES(X)                                                                                           \
    X(STATUS_NEW, 0, "new", 0, S(RUNNING))                                                                    \
    X(STATUS_RUNNING, 1, "running", 0, S(CONFIRMING) | S(COMPENSATING) | S(PAUSED) | S(TERMINATED))           \
    X(STATUS_CONFIRMING, 2, "confirming", 0, S(COMPLETED) | S(PAUSED) | S(TERMINATED))                        \
    X(STATUS_COMPLETED, 3, "completed", 1, 0)                                                                 \
    X(STATUS_COMPENSATING, 4, "compensating", 0, S(COMPENSATED) | S(PAUSED) | S(TERMINATED))                  \
    X(STATUS_COMPENSATED, 5, "compensated", 1, 0)                                                             \
    X(STATUS_PAUSED, 6, "paused", 0, S(RUNNING) | S(CONFIRMING) | S(COMPENSATING) | S(TERMINATED))            \
    X(STATUS_TERMINATED, 7, "terminated", 1, 0)

enum status {
#define X(name, number, word, final, next) name = number,
    STATUSES(X)
#undef X
};

enum decision { DECISION_NONE, DECISION_COMMIT, DECISION_ABORT };

/*   idle -> (guarded) -> calling <-> waiting            forward, and again for the undo:
 *    |  \                  |  \________ pending         done/unknown -> calling -> undone
 *    v   v                 v                           and for the confirm:
 * skipped  done, refused, unknown, stuck             done -> calling -> confirmed
 *                                                    a step with items:  idle -> spread -> done
 *
 * The states say where a branch stands in its present verb; `maybe` says what it may have left behind. */
#define BRANCH_STATES(X)                                                                                      \
    X(BRANCH_IDLE, "idle")       /* its needs are not over yet */                                             \
    X(BRANCH_CALLING, "calling") /* a call of `verb` is out, or may be */                                     \
    X(BRANCH_WAITING, "waiting") /* will be called again at due_ms */                                         \
    X(BRANCH_PENDING, "pending") /* an answer, a signal, a person or the time is awaited, until due_ms */     \
    X(BRANCH_DONE, "done")       /* its do was answered yes, or there was nothing to do (a gate) */           \
    X(BRANCH_SKIPPED, "skipped") /* its condition was false, or an operator left it out */                    \
    X(BRANCH_REFUSED, "refused") /* its do was answered no */                                                 \
    X(BRANCH_UNKNOWN, "unknown") /* its do was given up without a definite answer */                          \
    X(BRANCH_STUCK, "stuck")     /* its verb cannot go on without an operator */                              \
    X(BRANCH_UNDONE, "undone")   /* its undo was answered yes */                                              \
    X(BRANCH_SPREAD, "spread")   /* its items are branches of their own, and not all of them are over */      \
    X(BRANCH_CONFIRMED, "confirmed") /* its confirm was answered yes */

enum branch_state {
#define X(name, word) name,
    BRANCH_STATES(X)
#undef X
};

struct branch {
    uint8_t state; /* enum branch_state */
    uint8_t verb;  /* enum verb: what it does now or did last */
    bool maybe;    /* an attempt was answered yes, unknown or pending, and not the only one no in the end: it is
                    * undone on abort (invariant 4) */
    bool guarded;  /* its condition was asked and was true */
    bool signalled; /* its signal came before it was waited for */
    bool checked;   /* its check was given up without a definite answer */
    bool chained;   /* an item that is at work: one of its parent's chain (items.h) */
    uint8_t forward; /* enum branch_state in which its undo or confirm found it */
    uint8_t answer;     /* enum answer: the last one */
    uint16_t code;      /* of the last answer */
    uint16_t step;      /* of the plan: its own index, an item's that of its parent */
    uint16_t items;     /* of a step with items: the first of them */
    uint32_t attempt;   /* of the present verb; only grows (invariant 6) */
    uint32_t tries;     /* attempts since the last budget; an operator's retry starts a new one */
    uint64_t called_ms; /* when the present verb was first called */
    uint64_t first_ms;  /* when the present budget began */
    uint64_t due_ms;    /* when to call again (waiting), or to wait no longer (pending) */
    uint64_t limit_ms;  /* pending: heartbeats move due_ms no further than this */
    uint32_t order;     /* the how-manieth branch to be called: `sequential` undoes in reverse of this */

    /* Of a step with items: how many, how far they were started or are still to be looked at for undo, and those
     * at work. Of an item: its neighbours in that chain. See items.h. */
    uint16_t items_count;
    uint16_t reach;
    uint16_t head; /* BRANCH_NONE: nothing is at work */
    uint16_t tail;
    uint16_t next;
    uint16_t previous;
};

enum expiry { EXPIRY_NONE, EXPIRY_DUE, EXPIRY_HANDLED };

/* From its beginning on a transaction wants the lock that its plan asks for; it holds it to its end (invariant
 * 12). */
enum lock_state { LOCK_NONE, LOCK_WANTED, LOCK_HELD };

struct txn {
    enum status status;
    enum decision decision;
    enum cause cause;      /* of the decision */
    uint16_t cause_branch; /* BRANCH_NONE when the cause is no branch */
    enum status paused_in; /* where `resume` goes back to */
    enum cause pause_cause;
    uint16_t pause_branch; /* the branch that is stuck, or BRANCH_NONE */
    enum expiry expiry;
    uint32_t facts_count;  /* facts applied so far: the next one's sequence number */
    uint32_t facts_quota;  /* it pauses when it has so many; a person's resume gives more */
    uint32_t called_count; /* branches called so far */
    uint64_t seed;         /* of the jitter */
    uint64_t begun_ms;
    uint64_t deadline_ms; /* 0 = none */
    uint64_t ended_ms;
    enum lock_state lock;
    uint64_t lock_due_ms; /* wanted no longer than this; 0 = for as long as it takes */
    bool nested;          /* a child: its parent decides */
    bool ready;           /* and waits for that: everything is done */
    uint16_t steps_count;    /* branch i is step i of the plan; items come behind them */
    uint16_t branches_count;
    uint16_t branches_capacity; /* the caller's: how many it has room for */
    struct branch branches[];
};

/* Bytes of a record with room for so many branches; the caller provides them zeroed. */
size_t txn_size(uint16_t branches_capacity);

/* Walks the branches to which something may happen next: every step's, and behind each step's those of its items
 * that are at work. `first` starts, `next` gives BRANCH_NONE behind the last. Facts may be applied on the way. */
static inline uint16_t txn_first(const struct txn *txn)
{
    assert(txn->steps_count > 0);
    return 0;
}

static inline uint16_t txn_next(const struct txn *txn, uint16_t index)
{
    const struct branch *branch = &txn->branches[index];
    assert(index < txn->branches_count);
    uint16_t item = index < txn->steps_count ? branch->head : branch->next;
    if (item != BRANCH_NONE)
        return item;
    return branch->step + 1 < txn->steps_count ? (uint16_t)(branch->step + 1) : BRANCH_NONE;
}

const char *status_word(enum status status); /* NULL for a number that is no status */
bool status_final(enum status status);
bool status_may_follow(enum status from, enum status to);
const char *branch_state_word(enum branch_state state);
/* Where it stands, or stood when its undo or confirm began: what others may depend on. */
enum branch_state branch_forward(const struct branch *branch);

#endif
