/* The machine: what a transaction may do next. Pure: no I/O, clock, allocation, threads or statics; the
 * same record and event always give the same output. */
#ifndef BELAY_CORE_CORE_H
#define BELAY_CORE_CORE_H

#include "core/plan.h"
#include "core/txn.h"

/* What can happen to a transaction. */
#define EVENTS(X)                                                                                             \
    X(EVENT_BEGIN, "begin")         /* seed, nested */                                                        \
    X(EVENT_ANSWER, "answer")       /* branch, verb, attempt, answer, code, retry_after_ms, settled */        \
    X(EVENT_TOLD, "told")           /* branch, answer to an ask: yes runs, no is skipped, unknown is broken   \
                                     * (code) */                                                              \
    X(EVENT_SPREAD, "spread")       /* branch, count: the answer to an ask for its items; there is room */    \
    X(EVENT_TIMER, "timer")         /* now_ms reached the wake_ms of an earlier output */                     \
    X(EVENT_RECOVER, "recover")     /* the record was folded from facts: calls may have been lost */          \
    X(EVENT_GRANT, "grant")         /* it was the first to want its lock, and nobody holds it */              \
    X(EVENT_RELEASE, "release")     /* of a child that is ready: its parent decided to commit */              \
    X(EVENT_TELL, "tell")           /* branch, answer, code: a callback, a person's yes or no, or a child */  \
    X(EVENT_BEAT, "heartbeat")      /* branch: its pending answer is being worked on */                       \
    X(EVENT_SIGNAL, "signal")       /* branch: what it waits for, or will wait for, came */                   \
    X(EVENT_CANCEL, "cancel")       /* by_parent */                                                           \
    X(EVENT_PAUSE, "pause")         /* by_parent */                                                           \
    X(EVENT_RESUME, "resume")                                                                                 \
    X(EVENT_RETRY, "retry")         /* branch, or BRANCH_NONE for every stuck or waiting one */               \
    X(EVENT_SKIP, "skip")           /* branch */                                                              \
    X(EVENT_RESOLVE, "resolve")     /* branch, answer yes or no */                                            \
    X(EVENT_TERMINATE, "terminate")

enum event_type {
#define X(name, word) name,
    EVENTS(X)
#undef X
};

struct event {
    enum event_type type;
    enum verb verb;
    enum answer answer;
    uint16_t branch;
    uint16_t code;
    bool read_only; /* of a yes: there is nothing to confirm or to undo */
    bool settled; /* of an unknown answer: calling again cannot help (nonRetryable, or a broken request) */
    bool nested;    /* it is a child */
    bool by_parent; /* not a person's wish, or one that its parent was told */
    uint16_t count; /* of items */
    uint32_t attempt;
    uint64_t now_ms; /* Unix time; the only clock there is */
    uint64_t retry_after_ms;
    uint64_t seed;
};

/* A call to make once the facts of the same output are durable (invariant 1). */
struct call {
    uint16_t branch;
    enum verb verb;
    uint32_t attempt;
    uint64_t timeout_ms;
};

/* What the core needs to know and only the engine can evaluate. It tells at once; every output lists all that is
 * open. */
enum question { ASK_WHETHER, ASK_ITEMS };
struct ask {
    uint16_t branch;
    enum question question; /* whether it runs (EVENT_TOLD); its items (EVENT_SPREAD, or EVENT_TOLD unknown) */
};

/* The caller provides the arrays; core_needs says how long they must be. */
struct out {
    struct fact *facts;
    struct call *calls;
    struct ask *asks;
    size_t facts_count;
    size_t calls_count;
    size_t asks_count;
    uint64_t wake_ms; /* send EVENT_TIMER then; 0 = never */
};

/* Why something from outside was refused; nothing changed then. */
#define REFUSALS(X)                                                                                           \
    X(REFUSAL_NONE, "accepted")                                                                               \
    X(REFUSAL_FINAL, "the transaction has already ended")                                                     \
    X(REFUSAL_COMMITTED, "the pivot succeeded: it only goes forward now")                                     \
    X(REFUSAL_PIVOT, "nobody knows yet what became of the pivot: cancel when its outcome is known")            \
    X(REFUSAL_ABORTED, "it is already being undone")                                                          \
    X(REFUSAL_PAUSED, "it is already paused")                                                                 \
    X(REFUSAL_NOT_PAUSED, "it is not paused")                                                                 \
    X(REFUSAL_STEP, "that step is not stuck and not waiting for its next try")                                \
    X(REFUSAL_PIVOT_SKIP, "the pivot cannot be skipped: find out what happened and resolve it")               \
    X(REFUSAL_HELD_SKIP, "it may hold something until the decision: find out what happened and resolve it")   \
    X(REFUSAL_UNDO_FAILED, "an undo or a confirm can only be resolved as done: retry it, or skip it")         \
    X(REFUSAL_PARENT, "it has done everything and its parent decides: cancel that one")                       \
    X(REFUSAL_NOT_READY, "it is not ready to be committed, or is paused")                                     \
    X(REFUSAL_LATE, "that step does not wait for this, or not any more")                                      \
    X(REFUSAL_NO_STEP, "name the step")

enum refusal {
#define X(name, text) name,
    REFUSALS(X)
#undef X
};

const char *refusal_text(enum refusal refusal);
const char *event_word(enum event_type type);

/* The most facts, calls or asks that one core_step of a plan can put out. */
size_t core_needs(const struct plan *plan);

/* The plan's step of a branch; of an item, that of its parent. */
static inline const struct plan_step *core_step_of(const struct plan *plan, const struct txn *txn, uint16_t branch)
{
    return &plan->steps[txn->branches[branch].step];
}

/* Makes a record of `plan` that nothing has happened to, with room for its steps: `txn` has
 * txn_size(plan->steps_count) bytes. Before a step spreads (core_room), the caller moves the record to more room,
 * zeroes what is new and says so in branches_capacity. */
void core_init(const struct plan *plan, struct txn *txn);

/* Feeds one event. Writes facts (already applied to `txn`), calls, asks and the next wake-up to `out`.
 * An event that no longer matters (a late or repeated answer) puts out nothing. Returns REFUSAL_NONE, or
 * why an operator's verb cannot be done now; then `txn` is untouched and `out` empty. When nothing was done the
 * wake-up is the one there was, which may be due already.
 * The fact that an event itself is stands first in `out`, so that the event's bytes can ride in it. */
enum refusal core_step(const struct plan *plan, struct txn *txn, const struct event *event, struct out *out);

/* Applies one stored fact: the only way a record changes, in core_step and in recovery. Returns false when
 * the fact cannot follow what was applied before (the store is corrupt), or finds no room; `txn` is then
 * unusable. */
bool core_apply(const struct plan *plan, struct txn *txn, const struct fact *fact);

/* How many branches the record must have room for when `fact` is applied; 0: it can never be. */
uint16_t core_room(const struct txn *txn, const struct fact *fact);

/* What the record waits for by itself: CORE_AT_WORK while a call is out, which only this process can hear of (of a
 * child it hears in any case), or while it holds or wants a lock, for lines are kept in memory; else the next
 * moment at which time alone changes something; 0 = nothing, only what comes from outside moves it. */
enum { CORE_AT_WORK = 1 };
uint64_t core_wake(const struct plan *plan, const struct txn *txn);

/* True when a and b are the same state (used to check fold(facts) against the live record). */
bool core_equal(const struct txn *a, const struct txn *b);

#endif
