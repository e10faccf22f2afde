/* Facts: what happened to a transaction. They are all that is stored, and state = fold(facts)
 * (invariant 9). A type is never changed or removed, only added to; its number is what lies on disk. */
#ifndef BELAY_CORE_FACT_H
#define BELAY_CORE_FACT_H

#include <stdint.h>

/* name, number on disk, word in histories */
#define FACTS(X)                                                                                              \
    X(FACT_BEGUN, 1, "begun")           /* value = seed of the jitter, due_ms = deadline or 0; code = 1: a    \
                                         * child, which commits only on its parent's word */                  \
    X(FACT_CALLED, 2, "called")         /* branch, verb, attempt: may leave as soon as this is durable */     \
    X(FACT_ANSWERED, 3, "answered")     /* branch, verb, attempt, answer, code; due_ms = next try or 0; when   \
                                         * pending: due_ms = overdue from then on, value = and at last then;   \
                                         * when yes: value = 1: it left nothing to confirm or to undo */       \
    X(FACT_GUARDED, 4, "guarded")       /* branch; value = 1 runs, 0 is skipped */                            \
    X(FACT_DECIDED, 5, "decided")       /* value = enum decision, code = enum cause, branch */                \
    X(FACT_PAUSED, 6, "paused")         /* code = enum cause, branch that is stuck or BRANCH_NONE */          \
    X(FACT_RESUMED, 7, "resumed")       /* an operator let it go on */                                        \
    X(FACT_RETRIED, 8, "retried")       /* branch: an operator gave it a new budget; verb */                  \
    X(FACT_SKIPPED, 9, "skipped")       /* branch: an operator left it out; verb */                           \
    X(FACT_RESOLVED, 10, "resolved")    /* branch, verb, answer: an operator said what is true */             \
    X(FACT_EXPIRED, 11, "expired")      /* the deadline passed */                                             \
    X(FACT_ENDED, 12, "ended")          /* value = enum status */                                             \
    X(FACT_CANCELLED, 13, "cancelled")  /* an operator or client asked for the undo */                        \
    X(FACT_TERMINATED, 14, "terminated") /* an operator ended it as it stood */                               \
    X(FACT_AWAITED, 15, "awaited")      /* branch waits for time, a signal or a person, until due_ms */       \
    X(FACT_SIGNALLED, 16, "signalled")  /* branch: its signal came before it was waited for */                \
    X(FACT_BEAT, 17, "heartbeat")       /* branch: a pending answer is still being worked on; due_ms */       \
    X(FACT_SPREAD, 18, "spread")        /* branch: value = how many items it has; they are branches from now */ \
    X(FACT_QUEUED, 19, "queued")        /* it wants its lock; due_ms = it waits until then, or 0 */           \
    X(FACT_GRANTED, 20, "granted")      /* it holds its lock, until it ends */                                \
    X(FACT_READY, 21, "ready")          /* of a child: everything is done, its parent decides */

enum fact_type {
#define X(name, number, word) name = number,
    FACTS(X)
#undef X
};

/* The verbs of a branch. Their numbers lie on disk: add at the end. */
#define VERBS(X)                                                                                              \
    X(VERB_NONE, "none")                                                                                      \
    X(VERB_DO, "do")                                                                                          \
    X(VERB_UNDO, "undo")                                                                                      \
    X(VERB_CHECK, "check")     /* reads what became of an unknown do */                                       \
    X(VERB_CONFIRM, "confirm") /* makes final what was done: after the decision to commit */

enum verb {
#define X(name, word) name,
    VERBS(X)
#undef X
};

/* What a participant said. */
#define ANSWERS(X)                                                                                            \
    X(ANSWER_NONE, "none")                                                                                    \
    X(ANSWER_YES, "yes")         /* done */                                                                   \
    X(ANSWER_NO, "no")           /* refused; it did nothing */                                                \
    X(ANSWER_UNKNOWN, "unknown") /* may or may not have been done */                                          \
    X(ANSWER_PENDING, "pending") /* will tell later */

enum answer {
#define X(name, word) name,
    ANSWERS(X)
#undef X
};

/* Why a decision was taken or a transaction paused. The numbers lie on disk: add at the end. */
#define CAUSES(X)                                                                                             \
    X(CAUSE_NONE, "none")                                                                                     \
    X(CAUSE_DONE, "all_steps_done")                                                                           \
    X(CAUSE_PIVOT, "pivot_succeeded")                                                                         \
    X(CAUSE_REFUSED, "step_refused")                   /* a participant answered no */                        \
    X(CAUSE_EXHAUSTED, "step_exhausted")               /* a step's tries were used up */                      \
    X(CAUSE_CANCELLED, "cancelled")                                                                           \
    X(CAUSE_EXPIRED, "timeout")                        /* of the transaction */                               \
    X(CAUSE_OPERATOR, "operator")                                                                             \
    X(CAUSE_UNDO_EXHAUSTED, "compensation_exhausted")                                                         \
    X(CAUSE_UNDO_BROKEN, "compensation_broken")        /* its request cannot be built */                      \
    X(CAUSE_PIVOT_UNKNOWN, "pivot_unknown")            /* tries used up and nobody knows */                   \
    X(CAUSE_FORWARD_REFUSED, "refused_after_pivot")                                                           \
    X(CAUSE_FORWARD_EXHAUSTED, "exhausted_after_pivot")                                                       \
    X(CAUSE_HISTORY_FULL, "history_full")              /* it has tried for so long that a person must look */  \
    X(CAUSE_CONFIRM_EXHAUSTED, "confirm_exhausted")                                                           \
    X(CAUSE_CONFIRM_BROKEN, "confirm_broken")          /* its request cannot be built */                      \
    X(CAUSE_VOTED, "vote_passed")                      /* everybody is prepared */                            \
    X(CAUSE_LOCK_TIMEOUT, "lock_timeout")              /* others held its lock for too long */                \
    X(CAUSE_PARENT, "parent")                          /* its parent decided, or was paused by a person */

enum cause {
#define X(name, word) name,
    CAUSES(X)
#undef X
};

/* What became of a call when there is no HTTP status. Numbers above every status; they lie on disk. */
#define CALL_CODES(X)                                                                                         \
    X(CALL_TIMEOUT, 1000, "timeout")                                                                          \
    X(CALL_UNSENT, 1001, "not_connected")                                                                     \
    X(CALL_BROKEN, 1002, "connection_broken")                                                                 \
    X(CALL_TOO_LARGE, 1003, "response_too_large")                                                             \
    X(CALL_GARBLED, 1004, "not_http")                                                                         \
    X(CALL_LOST, 1005, "coordinator_restarted")     /* it was out when the process ended */                   \
    X(CALL_UNBUILDABLE, 1006, "request_unbuildable") /* its template could not be filled in */                \
    X(CALL_UNEVALUABLE, 1007, "condition_unevaluable")                                                        \
    X(CALL_OVERDUE, 1008, "overdue")                /* what was waited for never came */                      \
    X(CALL_NO_PARTICIPANT, 1009, "participant_not_registered")                                                \
    X(CALL_BAD_OUTPUT, 1010, "output_not_json")     /* 2xx with a body that is not what it must be */         \
    X(CALL_BAD_ITEMS, 1011, "items_unusable")       /* of `forEach`: no list, too many, no or double keys */  \
    X(CALL_CHILD_NOT_STARTED, 1012, "child_not_started")                                                      \
    X(CALL_CHILD_COMPENSATED, 1013, "child_compensated")                                                      \
    X(CALL_CHILD_TERMINATED, 1014, "child_terminated") /* by a person: nobody knows what it left behind */

enum call_code {
#define X(name, number, word) name = number,
    CALL_CODES(X)
#undef X
};

enum { BRANCH_NONE = 0xffff };

struct fact {
    enum fact_type type;
    enum verb verb;
    enum answer answer;
    uint16_t branch;  /* index, BRANCH_NONE when the fact is about the whole transaction */
    uint16_t code;    /* HTTP status or enum call_code of an answer; enum cause */
    uint32_t attempt; /* 1, 2, 3 ... of this branch and verb */
    uint64_t at_ms;   /* Unix time */
    uint64_t due_ms;
    uint64_t value;
};

const char *fact_word(enum fact_type type); /* NULL for a number that is no fact */
const char *verb_word(enum verb verb);
const char *answer_word(enum answer answer);
const char *cause_word(enum cause cause);
const char *call_word(uint16_t code); /* NULL for an HTTP status */

#endif
