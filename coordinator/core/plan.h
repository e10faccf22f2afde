/* The plan: what the core knows of a definition. Only indexes, numbers and flags; names, requests and
 * expressions stay with the definition that compiled it. A plan never changes once a transaction uses it. */
#ifndef BELAY_CORE_PLAN_H
#define BELAY_CORE_PLAN_H

#include <stdbool.h>
#include <stdint.h>

enum { PLAN_NONE = 0xffff }; /* "no step", where an index of a step is expected */

enum jitter { JITTER_NONE, JITTER_FULL };

/* When to call again. Try n (n = 2, 3, ...) waits min(initial * backoff^(n-2), interval_max), and with full
 * jitter a uniform part of that, as in "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015). */
struct retry {
    uint32_t attempts_max;     /* tries in all; 0 = for ever */
    uint32_t backoff_permille; /* 2000 doubles the wait; at least 1000 */
    uint64_t initial_ms;       /* at least 1: a busy loop cannot be written down */
    uint64_t interval_max_ms;  /* at least initial_ms */
    uint64_t total_ms;         /* give up this long after the first try; 0 = never */
    enum jitter jitter;
};

enum step_kind {
    STEP_CALL, /* calls a participant */
    STEP_GATE, /* calls nobody; when its condition is false, every step behind it is skipped */
    STEP_DELAY,    /* calls nobody; is done after wait_ms */
    STEP_SIGNAL,   /* waits for a signal from outside, at most wait_ms */
    STEP_APPROVAL, /* waits for a person's yes or no, at most wait_ms */
};

/* What it means when nobody said anything for wait_ms. */
enum on_silence { SILENCE_NO, SILENCE_YES };

/* Steps stand in topological order: every need has a smaller index than the step that needs it. */
struct plan_step {
    enum step_kind kind;
    bool conditional;       /* ask whether it runs (`when`) before it starts */
    bool undoable;          /* has a compensation; without it a yes leaves nothing to undo */
    bool confirmable;       /* its yes is held until the decision: then it is confirmed, or undone */
    bool votes;             /* when all that vote are over without a no, that is the decision to commit */
    bool pivot;             /* its yes is the decision to commit */
    bool continue_on_failure; /* its no, or its exhaustion, does not fail the transaction */
    bool checkable;         /* has a read-only request that tells what became of an unknown do */
    bool each;              /* one branch per item of a list: ask which, when it is ready */
    bool child;             /* of a call: a transaction of its own. The engine answers, in the commit that calls; a
                             * pending answer comes when the child is ready or has ended, however late */
    uint16_t concurrency;   /* of its items: how many are at work at once, 1 .. LIMIT_CONCURRENCY */
    uint16_t gate;          /* the gate in front of it, PLAN_NONE */
    uint16_t unless;        /* of a case's gate: the gate of the case before it; closed when that one or one before
                             * it ran. PLAN_NONE */
    uint16_t needs_first;   /* needs[needs_first .. +needs_count] are the steps that must be over first */
    uint16_t needs_count;
    uint64_t timeout_do_ms; /* of one attempt */
    uint64_t timeout_undo_ms;
    uint64_t timeout_confirm_ms;
    uint64_t async_ms;      /* how long a pending answer may take to become definite; 0 = never pending */
    uint64_t heartbeat_ms;  /* of a pending answer: overdue this long after the last sign of life; 0 = none */
    uint64_t wait_ms;       /* of a delay, signal or approval; at least 1 */
    enum on_silence on_silence;
    struct retry retry_do;
    struct retry retry_undo;
    struct retry retry_confirm;
};

enum undo_order { UNDO_REVERSE, UNDO_SEQUENTIAL, UNDO_PARALLEL };
enum on_exhausted { EXHAUSTED_PAUSE, EXHAUSTED_CONTINUE };
enum on_timeout { TIMEOUT_COMPENSATE, TIMEOUT_PAUSE };

struct plan {
    const struct plan_step *steps;
    const uint16_t *needs;
    uint16_t steps_count; /* 1 .. LIMIT_STEPS */
    uint16_t needs_count;
    uint64_t timeout_ms; /* of the whole transaction; 0 = none */
    bool locks;          /* nothing is done before its lock is granted */
    uint64_t lock_wait_ms; /* how long it waits for that; 0 = it is granted at once, or not begun */
    enum on_timeout on_timeout;
    enum undo_order undo_order;
    enum on_exhausted on_exhausted; /* of an undo */
};

/* True when `plan` keeps what this header promises (topological order, indexes in range, retry bounds).
 * For asserts at the boundary: after compiling and before a transaction starts. */
bool plan_valid(const struct plan *plan);

#endif
