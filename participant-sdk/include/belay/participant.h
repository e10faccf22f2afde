/* The participant SDK: a service's part in transactions that span services. This header is its specification.
 * Compiles alone as C99 and as C++.
 *
 * The service registers operations: pairs of hooks, one that does and one that takes back. The coordinator calls
 * POST /belay/<operation>; the service hands the request to belay_handle as bytes and sends back the bytes
 * that come out. In between the SDK keeps the barrier (belay/barrier.h): in one database transaction with the
 * hook's own changes it remembers what was called and answered, so that a call that arrives twice, late, after
 * its own undo, or again after a crash has its effect once, or not at all.
 *
 *   arrives     seen before                     what happens
 *   do          nothing                         the hook runs, its answer is recorded
 *   do          the same do                     its answer is repeated, byte for byte
 *   do          its undo, and no do             409 `late`
 *   undo        its do, answered yes            the hook runs, its answer is recorded
 *   undo        nothing, or a do answered no    empty undo: recorded and answered yes, no hook runs
 *   undo        the same undo                   its answer is repeated
 *   undo        its confirm                     409 `confirmed`
 *   confirm     its do, answered yes            the hook runs, its answer is recorded
 *   confirm     the same confirm                its answer is repeated
 *   confirm     its undo                        409 `undone`
 *   confirm     nothing, or a do answered no    409 `unknown_branch`
 *   check       anything                        the hook runs in a transaction of its own, which is committed;
 *                                               the barrier records nothing
 *
 * "do" is the phase action, try or prepare; "undo" compensation, cancel or rollback; "confirm" confirm or
 * commit. A `no` to an undo or a confirm is answered but not recorded: it is not final, the call comes again.
 *
 * The SDK opens no sockets, starts no threads, has no globals and prints nothing. It reads a clock only to verify
 * signatures, and only the one it is given.
 *
 * Threads: one participant is used by one thread at a time, because its barrier is. A service with several
 * threads makes one participant per thread, each with a barrier on a connection of its own, or puts a lock
 * around one. */
#ifndef BELAY_PARTICIPANT_H
#define BELAY_PARTICIPANT_H

#include "belay/barrier.h"
#include "belay/error.h"
#include "belay/http.h"
#include "belay/protocol.h"
#include "belay/sign.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct belay_participant; /* a service's operations and its barrier */
struct belay_call;        /* one call, while its hook runs */

/* ---- Hooks ---------------------------------------------------------------------------------------------- */

/* What a hook says. Any other value counts as BELAY_FAILED, and so does BELAY_PENDING where it cannot be: without
 * a callback, or in an undo, a confirm or a check. */
enum belay_answer {
    BELAY_YES = 0,    /* it is done */
    BELAY_NO = 1,     /* refused for a reason of the business; what the hook changed is taken back */
    BELAY_FAILED = 2, /* could not be done now; everything is taken back, 500, and the call comes again */
    BELAY_PENDING = 3 /* begun, and reported later: see belay_call_callback */
};

/* A hook makes its changes through belay_call_session(call) and leaves the transaction open; the SDK commits
 * it together with the barrier's row. It must not do what a rollback cannot take back (send a mail, call
 * another service), nor leave by longjmp or a C++ exception. It runs on the thread that called belay_handle. */
typedef int belay_hook(struct belay_call *call);

/* An operation. Which hooks are set says which phases it takes; a phase without a hook is answered 405. */
struct belay_operation {
    size_t size;      /* sizeof(struct belay_operation) */
    const char *name; /* letters, digits, '-', '_', '.'; copied */
    void *context;    /* for belay_call_context; must outlive the participant */
    belay_hook *on_action;
    belay_hook *on_compensation;
    belay_hook *on_try;
    belay_hook *on_confirm;
    belay_hook *on_cancel;
    belay_hook *on_prepare;
    belay_hook *on_commit;
    belay_hook *on_rollback;
    belay_hook *on_check;
};

/* What a hook can ask of its call follows. Texts are NUL-terminated, owned by the call, gone when the hook
 * returns. The first one: the id of the transaction. */
const char *belay_call_transaction(const struct belay_call *call);
/* The id of the step. */
const char *belay_call_step(const struct belay_call *call);
/* The key of the item, "" without one. */
const char *belay_call_item(const struct belay_call *call);
/* What is asked for. */
enum belay_phase belay_call_phase(const struct belay_call *call);
/* The number of the attempt, from 1. */
unsigned belay_call_attempt(const struct belay_call *call);
/* The idempotency key of this call. */
const char *belay_call_key(const struct belay_call *call);
/* The idempotency key of the action that this call belongs to; in an action, its own. */
const char *belay_call_action_key(const struct belay_call *call);
/* The body: any bytes, never NULL. */
const void *belay_call_body(const struct belay_call *call, size_t *length);
/* A header of the request (any case), NULL without one. */
const char *belay_call_header(const struct belay_call *call, const char *name);
/* Where an asynchronous step reports, NULL when the step is not one. A hook of such a step may return
 * BELAY_PENDING: what it changed is kept, its do counts as done (an undo runs its hook, which calls the work off),
 * 202 goes out and is repeated. The hook stores the callback with the work that it leaves behind, in the same
 * transaction; whoever finishes the work reports with the request that belay_client_complete or
 * belay_client_refuse (belay/client.h) builds, until it is answered 2xx, or 410 when it is too late. */
const char *belay_call_callback(const struct belay_call *call);
/* The barrier's handle in its open transaction: a sqlite3 * with belay/sqlite.h. */
void *belay_call_session(const struct belay_call *call);
/* The context of the operation. */
void *belay_call_context(const struct belay_call *call);

/* Sets the JSON that goes out with BELAY_YES or BELAY_PENDING; without it the answer is 204, or 202 without a
 * body. Copies. Replaces what was set before. Returns BELAY_YES; or BELAY_FAILED when memory is short or `length`
 * is over BELAY_BODY_MAX. */
int belay_answer(struct belay_call *call, const char *json, size_t length);

/* Says no: a stable `code` ("card_declined") and a sentence for a person, sent as problem+json with status 409.
 * Returns BELAY_NO, so that a hook can `return belay_refuse(...)`. */
int belay_refuse(struct belay_call *call, const char *code, const char *format, ...) BELAY_PRINTF(3, 4);

/* Says that it went wrong and why. Returns BELAY_FAILED. The first reason of a call is kept. */
int belay_fail(struct belay_call *call, const char *format, ...) BELAY_PRINTF(2, 3);

/* ---- The log -------------------------------------------------------------------------------------------- */

/* How much what became of a call matters. */
enum belay_level {
    BELAY_LEVEL_INFO = 0,    /* as it should be, duplicates and late calls included */
    BELAY_LEVEL_WARNING = 1, /* look when there are many: a call that was none, was not signed, or found no room */
    BELAY_LEVEL_ERROR = 2    /* look now: a hook or the database failed, or a confirm had nothing to confirm */
};

/* What became of one call. Texts are never NULL, are cut where they are long, and are gone when the logger
 * returns. What a call said of itself may be missing when it was turned away (401, 400, 404): "" and 0 then. */
struct belay_record {
    size_t size; /* of the library's struct; a later version may have more at the end */
    enum belay_level level;
    const char *what; /* a stable word. What the hook said: "done", "pending", "refused"; or without a hook:
                         "repeated", what was answered before; "empty", an undo of nothing; the code of a problem
                         ("late": BELAY_PROBLEMS); the word of an error ("hook": BELAY_ERRORS) */
    int status;       /* HTTP status of the answer */
    const char *key;  /* the call's Idempotency-Key */
    unsigned attempt;
    const char *operation;   /* its name */
    const char *traceparent; /* W3C trace context as it came, "" without one */
    const char *text;        /* for a person: why; "" when `what` says it all */
};

/* Where records go. */
struct belay_logger {
    void *context; /* first argument of the function */

    /* Told once about each call that belay_handle answered, when its transaction is over. On the thread that
     * called it; must not call the participant. */
    void (*log)(void *context, const struct belay_record *record);
};

/* ---- The participant ------------------------------------------------------------------------------------ */

enum { BELAY_OPERATIONS_MAX = 256 }; /* of one participant; they are searched one after the other */

/* What a participant is made of. */
struct belay_participant_options {
    size_t size;                           /* sizeof(struct belay_participant_options) */
    struct belay_barrier *barrier;         /* required; borrowed, must outlive the participant */
    const struct belay_allocator *allocator; /* NULL: realloc and free; the struct is copied */

    /* With secrets, a call without a good signature of one of them is answered 401 and does nothing. Several,
     * while one is being replaced: first the service takes both, then the coordinator signs with both, then the
     * service drops the old one, then the coordinator does. */
    const char *const *secrets; /* "whsec_..."; copied */
    size_t secrets_count;       /* at most BELAY_SECRETS_MAX; 0: calls are not verified */
    belay_hmac *hmac;           /* required with secrets: belay_hmac_libcrypto, or the service's own */
    const struct belay_clock *clock; /* required with secrets: belay_clock_system, or another; copied */

    const struct belay_logger *logger; /* NULL: nobody is told; copied */
};

/* Makes a participant without operations. BELAY_OK and `*out` is yours to free; or BELAY_ERROR_ARGUMENT (no
 * barrier, a barrier with a function missing, secrets that are none, or without hmac or clock, a logger without
 * its function), BELAY_ERROR_MEMORY. */
int belay_participant_new(const struct belay_participant_options *options, struct belay_participant **out,
                          struct belay_error *error);

/* Frees the participant; not the barrier. NULL is allowed. */
void belay_participant_free(struct belay_participant *participant);

/* Adds a copy of `operation`. BELAY_ERROR_ARGUMENT when its name is taken or is no name, when it has no hook,
 * or an undo, confirm or check hook without the do it belongs to (a check may be all that there is), or when there
 * are BELAY_OPERATIONS_MAX; BELAY_ERROR_MEMORY. */
int belay_participant_add(struct belay_participant *participant, const struct belay_operation *operation,
                          struct belay_error *error);

/* Answers one call. `response` (its size set) is overwritten: whatever was in it must have been freed. It is
 * always filled and always yours to free with belay_response_done; only without memory it has no body.
 *
 * Returns BELAY_OK when the participant gave a definite answer: 2xx, or 4xx and nothing was changed. Otherwise
 * the response is a 5xx, nothing was changed, the coordinator will call again, and `error` (may be NULL) says
 * why, for the service's log: BELAY_ERROR_BUSY (503, with Retry-After), BELAY_ERROR_BACKEND, BELAY_ERROR_HOOK,
 * BELAY_ERROR_MEMORY, BELAY_ERROR_ARGUMENT (an unsized struct). One exception, as with every database: a commit
 * whose failure is only reported may have happened; the repeated call finds its row and repeats the answer. */
int belay_handle(struct belay_participant *participant, const struct belay_request *request,
                 struct belay_response *response, struct belay_error *error);

#ifdef __cplusplus
}
#endif

#endif
