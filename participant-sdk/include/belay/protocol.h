/* Protocol 1: the words that the coordinator and its participants share. The one header both sides include.
 * Compiles alone as C99 and as C++. It declares no functions and needs no library. */
#ifndef BELAY_PROTOCOL_H
#define BELAY_PROTOCOL_H

/* The number of the protocol that this header describes. */
#define BELAY_PROTOCOL_VERSION 1

/* Headers of a call. Names are compared without regard to case (RFC 9110). */
#define BELAY_HEADER_KEY         "Idempotency-Key"   /* <transaction>/<step>[/<item>]/<phase> */
#define BELAY_HEADER_TRANSACTION "Belay-Transaction" /* the client's id of the transaction */
#define BELAY_HEADER_STEP        "Belay-Step"        /* the step's id in the definition */
#define BELAY_HEADER_ITEM        "Belay-Item"        /* the item's key; only in a step that runs per item */
#define BELAY_HEADER_PHASE       "Belay-Phase"       /* a word of BELAY_PHASES */
#define BELAY_HEADER_ATTEMPT     "Belay-Attempt"     /* 1, 2, 3 ... */
#define BELAY_HEADER_ACTION_KEY  "Belay-Action-Key"  /* on undo and confirm: the key of the action it belongs to */
#define BELAY_HEADER_DEADLINE    "Belay-Deadline"    /* RFC 3339; the coordinator stops waiting then */
#define BELAY_HEADER_CALLBACK    "Belay-Callback"    /* where an asynchronous step reports */

/* Every header of the list above: suffix of its name, its text. */
#define BELAY_HEADERS(X)                                                                                      \
    X(KEY, BELAY_HEADER_KEY)                                                                                  \
    X(TRANSACTION, BELAY_HEADER_TRANSACTION)                                                                  \
    X(STEP, BELAY_HEADER_STEP)                                                                                \
    X(ITEM, BELAY_HEADER_ITEM)                                                                                \
    X(PHASE, BELAY_HEADER_PHASE)                                                                              \
    X(ATTEMPT, BELAY_HEADER_ATTEMPT)                                                                          \
    X(ACTION_KEY, BELAY_HEADER_ACTION_KEY)                                                                    \
    X(DEADLINE, BELAY_HEADER_DEADLINE)                                                                        \
    X(CALLBACK, BELAY_HEADER_CALLBACK)

/* What a call may ask for, whatever the phase is called in its protocol. */
enum belay_verb {
    BELAY_VERB_DO,      /* the participant's part of the transaction */
    BELAY_VERB_CONFIRM, /* make it final */
    BELAY_VERB_UNDO,    /* take it back */
    BELAY_VERB_CHECK    /* tell what became of the do; changes nothing */
};

/* Phases: suffix of the name, word in Belay-Phase, verb, and the phase of the do it belongs to. */
#define BELAY_PHASES(X)                                                                                       \
    X(ACTION, "action", BELAY_VERB_DO, ACTION)                                                                \
    X(COMPENSATION, "compensation", BELAY_VERB_UNDO, ACTION)                                                  \
    X(CHECK, "check", BELAY_VERB_CHECK, ACTION)                                                               \
    X(TRY, "try", BELAY_VERB_DO, TRY)                                                                         \
    X(CONFIRM, "confirm", BELAY_VERB_CONFIRM, TRY)                                                            \
    X(CANCEL, "cancel", BELAY_VERB_UNDO, TRY)                                                                 \
    X(PREPARE, "prepare", BELAY_VERB_DO, PREPARE)                                                             \
    X(COMMIT, "commit", BELAY_VERB_CONFIRM, PREPARE)                                                          \
    X(ROLLBACK, "rollback", BELAY_VERB_UNDO, PREPARE)

/* The phases, in the order of the table. */
enum belay_phase {
#define X(name, word, verb, of) BELAY_PHASE_##name,
    BELAY_PHASES(X)
#undef X
    BELAY_PHASES_COUNT
};

/* Operations of a service that embeds the SDK are called with POST at this path, followed by their name. */
#define BELAY_OPERATION_PATH "/belay/"

/* The stable codes of a barrier's refusals and of the SDK's own problems: suffix, code, HTTP status, title.
 * 4xx says that nothing was done; 401, 404 and 405 are deployment faults; 5xx is called again. */
#define BELAY_PROBLEMS(X)                                                                                     \
    X(LATE, "late", 409, "The undo came first")                                                               \
    X(UNKNOWN_BRANCH, "unknown_branch", 409, "There is nothing to confirm")                                   \
    X(UNDONE, "undone", 409, "It was undone before")                                                          \
    X(CONFIRMED, "confirmed", 409, "It was confirmed before")                                                 \
    X(BAD_REQUEST, "bad_request", 400, "Not a call of the Belay protocol")                                    \
    X(UNKNOWN_OPERATION, "unknown_operation", 404, "No such operation")                                       \
    X(UNKNOWN_PHASE, "unknown_phase", 405, "The operation does not have this phase")                          \
    X(METHOD, "method_not_allowed", 405, "Operations are called with POST")                                   \
    X(UNAUTHORIZED, "unauthorized", 401, "The call is not signed as it must be")                              \
    X(TOO_LARGE, "too_large", 413, "The body is too large")                                                   \
    X(FAILED, "failed", 500, "The operation failed")                                                          \
    X(BUSY, "busy", 503, "The database is busy")

/* The problems, in the order of the table. */
enum belay_problem {
#define X(name, code, status, title) BELAY_PROBLEM_##name,
    BELAY_PROBLEMS(X)
#undef X
    BELAY_PROBLEMS_COUNT
};

/* Limits, in bytes without a NUL. They keep keys in one header line and rows in one page. */
enum {
    BELAY_TRANSACTION_MAX = 128,
    BELAY_STEP_MAX = 64,
    BELAY_ITEM_MAX = 128,
    BELAY_PHASE_MAX = 16,
    BELAY_KEY_MAX = BELAY_TRANSACTION_MAX + BELAY_STEP_MAX + BELAY_ITEM_MAX + BELAY_PHASE_MAX + 3,
    BELAY_OPERATION_MAX = 64,
    BELAY_CALLBACK_MAX = 2048, /* what proxies on the way take without asking */
    BELAY_BODY_MAX = 1 << 20, /* of a request, and of an answer: it lies in memory while the transaction is open */
    BELAY_CODE_MAX = 64,      /* of a refusal */
    BELAY_DETAIL_MAX = 1024   /* of a refusal: what fits on a screen */
};

#endif
