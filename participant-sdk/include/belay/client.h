/* The client: what a service asks of the coordinator, as requests in memory. Bytes out, bytes in: nothing here
 * opens a socket. Send a request with belay/curl.h, or with whatever HTTP client the service has, and read what
 * came back with belay_client_read. Compiles alone as C99 and as C++.
 *
 * Every function below that builds a request fills `out`, whose size is set and which is otherwise zero (or has an
 * allocator; then that one is used). BELAY_OK and `out` is yours to free with belay_outgoing_done; or
 * BELAY_ERROR_ARGUMENT (`error` says what is wrong), BELAY_ERROR_MEMORY, and `out` is as it was. What is given is
 * copied. Texts are UTF-8; JSON is checked before it is put into a body.
 *
 * Threads: no function keeps anything; two threads may build requests at once. */
#ifndef BELAY_CLIENT_H
#define BELAY_CLIENT_H

#include "belay/error.h"
#include "belay/http.h"
#include "belay/protocol.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Limits of the coordinator, so that a mistake is found where it is made. */
enum {
    BELAY_OUTGOING_HEADERS_MAX = 16,
    BELAY_WAIT_MAX = 60,     /* seconds that one request may wait for the end of a transaction */
    BELAY_TAGS_MAX = 16,     /* of one transaction */
    BELAY_REASON_MAX = 1024, /* bytes of a reason */
    BELAY_JSON_DEPTH = 60    /* levels of a JSON text; the coordinator takes 64, with what is put around it */
};

/* ---- Requests ------------------------------------------------------------------------------------------- */

/* A request to the coordinator. Owns its memory. */
struct belay_outgoing {
    size_t size;          /* sizeof(struct belay_outgoing) */
    const char *method;   /* "POST" */
    const char *target;   /* path and query below the coordinator's URL; or a whole URL ("http...") */
    struct belay_header *headers; /* room for BELAY_OUTGOING_HEADERS_MAX */
    size_t headers_count;
    const char *body; /* NULL without one */
    size_t body_length;
    int repeatable;       /* sending it twice has the effect of sending it once */
    unsigned wait_s;      /* the coordinator may take that long on purpose */
    void *memory;         /* what belay_outgoing_done frees; leave it alone */
    struct belay_allocator allocator;
};

/* Frees the request. It is empty again; doing it twice is harmless. */
void belay_outgoing_done(struct belay_outgoing *out);

/* Adds a header, which is borrowed until the request was sent. BELAY_ERROR_ARGUMENT when there is no room, or
 * when name or value would break the request's head. */
int belay_outgoing_header(struct belay_outgoing *out, const char *name, const char *value,
                          struct belay_error *error);

/* How requests are sent: a struct of functions. Ready-made: belay_curl_transport (belay/curl.h). */
struct belay_transport {
    size_t size; /* sizeof(struct belay_transport) */
    void *self;  /* first argument of the function */

    /* Sends `request` and waits for its answer. BELAY_OK with any HTTP answer in `response` (size set, otherwise
     * zero or with an allocator; the caller frees it with belay_response_done), its `content_type` NULL unless
     * it is "application/json" or "application/problem+json"; or BELAY_ERROR_UNAVAILABLE when there was none,
     * BELAY_ERROR_ARGUMENT, BELAY_ERROR_MEMORY. May send a repeatable request again, and no other. */
    int (*send)(void *self, const struct belay_outgoing *request, struct belay_response *response,
                struct belay_error *error);
};

/* ---- Answers -------------------------------------------------------------------------------------------- */

/* Where a transaction stands: suffix, word of the interface. */
#define BELAY_STATUSES(X)                                                                                     \
    X(RUNNING, "running")                                                                                     \
    X(CONFIRMING, "confirming")                                                                               \
    X(COMPLETED, "completed")       /* an end: everything was done */                                         \
    X(COMPENSATING, "compensating")                                                                           \
    X(COMPENSATED, "compensated")   /* an end: everything that was done was undone */                         \
    X(PAUSED, "paused")             /* waits for a person */                                                  \
    X(TERMINATED, "terminated")     /* an end: an operator's, as it stood */

/* Where a transaction stands; BELAY_STATUS_UNKNOWN when the answer did not say, or said a word of a later
 * version. */
enum belay_status {
    BELAY_STATUS_UNKNOWN = 0,
#define X(name, word) BELAY_STATUS_##name,
    BELAY_STATUSES(X)
#undef X
    BELAY_STATUSES_END
};

/* What was decided about a transaction (belay_client_outcome). */
enum belay_outcome {
    BELAY_OUTCOME_UNKNOWN = 0,   /* the answer did not say */
    BELAY_OUTCOME_COMMIT = 1,    /* "commit" */
    BELAY_OUTCOME_ABORT = 2,     /* "abort"; also a transaction that the coordinator never heard of */
    BELAY_OUTCOME_UNDECIDED = 3  /* "undecided": ask again */
};

/* What an answer says. Texts are NUL-terminated and cut where they do not fit; "" when the answer has none. */
struct belay_result {
    size_t size; /* sizeof(struct belay_result) */
    int http;    /* status of the answer */
    char id[BELAY_TRANSACTION_MAX + 1];
    enum belay_status status;
    enum belay_outcome outcome;
    char step[BELAY_STEP_MAX + 1];     /* that `cause` speaks of */
    char cause[BELAY_CODE_MAX + 1];    /* why it was undone, or is paused */
    char code[BELAY_CODE_MAX + 1];     /* of a problem, or of the step's refusal */
    char detail[BELAY_DETAIL_MAX + 1]; /* for a person */
    const char *output;                /* JSON, within the response's body: gone with it; NULL without one */
    size_t output_length;
};

/* Reads an answer. `result` (its size set) is overwritten. BELAY_OK when the coordinator said yes;
 * BELAY_ERROR_REFUSED when it said no, for good (4xx; `result->code` is stable: "conflict");
 * BELAY_ERROR_UNAVAILABLE when the same request should be sent again, later (408, 425, 429, 5xx, or no answer
 * of a coordinator); BELAY_ERROR_ARGUMENT when `result` is not sized. */
int belay_client_read(const struct belay_response *response, struct belay_result *result,
                      struct belay_error *error);

/* Sends `request` and reads the answer: BELAY_OK, or what `send` or belay_client_read returned. `response` (size
 * set, otherwise zero) is filled and yours to free in any case; `result->output` points into it. */
int belay_client_send(const struct belay_transport *transport, const struct belay_outgoing *request,
                      struct belay_response *response, struct belay_result *result, struct belay_error *error);

/* True (1) when nothing more will happen to a transaction with this status. */
int belay_status_ended(enum belay_status status);

/* The word of a status ("completed"), "unknown" for any other number. Static. */
const char *belay_status_word(enum belay_status status);

/* ---- Transactions that a definition drives -------------------------------------------------------------- */

/* A transaction to start. */
struct belay_start {
    size_t size;             /* sizeof(struct belay_start) */
    const char *saga;        /* required: name of its definition */
    unsigned version;        /* 0: the newest */
    const char *input;       /* JSON; NULL: {} */
    size_t input_length;
    const char *id;          /* the service's own id of the transaction; NULL: the coordinator makes one */
    const char *key;         /* idempotency key; with it or with an id the request is repeatable */
    const char *const *tags; /* for search; NULL when tags_count is 0 */
    size_t tags_count;
    unsigned wait_s;         /* answer when it has ended, or after that many seconds; 0: at once */
};

/* Starts a transaction. Repeatable with an id or a key: the same content is then the same transaction, other
 * content is refused ("conflict"). */
int belay_client_start(const struct belay_start *start, struct belay_outgoing *out, struct belay_error *error);

/* Reads a transaction; with `wait_s` (at most BELAY_WAIT_MAX) the answer comes when it has ended or is paused, or
 * after that time. To wait longer, ask again. */
int belay_client_get(const char *id, unsigned wait_s, struct belay_outgoing *out, struct belay_error *error);

/* Undoes what was done. Refused ("conflict") when it is too late for that. `reason` may be NULL. */
int belay_client_cancel(const char *id, const char *reason, struct belay_outgoing *out, struct belay_error *error);

/* Gives a transaction the signal `name` that a step waits for, or will wait for. `json` becomes the step's output,
 * NULL for none. Not repeatable by itself: a second one is for the next step that waits for this name. Where only
 * one does, set `out->repeatable`; the second is then refused ("gone"). */
int belay_client_signal(const char *id, const char *name, const char *json, size_t length,
                        struct belay_outgoing *out, struct belay_error *error);

/* ---- Asynchronous steps --------------------------------------------------------------------------------- */

/* Reports that an asynchronous step is done, at the URL of its call's Belay-Callback header. `json` is its output,
 * NULL for none. The first report is taken; what comes after it, also the same again, is refused with 410
 * ("gone"): somebody told already, or it was too late. */
int belay_client_complete(const char *callback, const char *json, size_t length, struct belay_outgoing *out,
                          struct belay_error *error);

/* Reports that an asynchronous step was refused, with a stable code ("card_declined") and a text for a person,
 * which may be NULL: nothing was done. */
int belay_client_refuse(const char *callback, const char *code, const char *detail, struct belay_outgoing *out,
                        struct belay_error *error);

/* Tells that an asynchronous step is still being worked on. */
int belay_client_heartbeat(const char *callback, struct belay_outgoing *out, struct belay_error *error);

/* ---- Transactions that the service drives --------------------------------------------------------------- */

/* Kinds of such transactions: suffix, word of the interface. */
#define BELAY_KINDS(X)                                                                                        \
    X(SAGA, "saga")       /* actions done by the client; compensated on rollback */                           \
    X(TCC, "tcc")         /* tried by the client; confirmed or cancelled */                                   \
    X(TWO_PHASE, "2pc")   /* prepared; committed or rolled back */                                            \
    X(MESSAGE, "message") /* delivered on commit, retried until it succeeds; see belay/outbox.h */

/* The kind of a transaction that the service drives. */
enum belay_kind {
#define X(name, word) BELAY_KIND_##name,
    BELAY_KINDS(X)
#undef X
    BELAY_KINDS_COUNT
};

/* A branch: whom the coordinator calls for one participant's part. */
struct belay_enlist {
    size_t size;             /* sizeof(struct belay_enlist) */
    const char *branch;      /* required: its id in the transaction; letters, digits, '_' */
    const char *participant; /* a registered participant and its operation: POST /belay/<operation> there, */
    const char *operation;
    const char *url;         /* or, instead of both, a whole URL */
    const char *body;        /* JSON that every call of the branch carries; NULL: {} */
    size_t body_length;
};

/* A transaction to begin. */
struct belay_begin {
    size_t size;                         /* sizeof(struct belay_begin) */
    enum belay_kind kind;
    const char *id;                      /* required: the service's own id, which makes the request repeatable */
    unsigned timeout_ms;                 /* undecided until then: rolled back; 0: the coordinator's default */
    const struct belay_enlist *branches; /* those known already; NULL when branches_count is 0 */
    size_t branches_count;
    const char *check_participant; /* a message: whose operation tells whether it was committed, or NULL */
    const char *check_operation;
};

/* Begins a transaction. */
int belay_client_begin(const struct belay_begin *begin, struct belay_outgoing *out, struct belay_error *error);

/* Adds a branch, before the participant is called for it: what the coordinator does not know it cannot undo. */
int belay_client_enlist(const char *id, const struct belay_enlist *branch, struct belay_outgoing *out,
                        struct belay_error *error);

/* Decides: everything is to be confirmed. With `wait_s` the answer comes when that was done, or after that
 * time. */
int belay_client_commit(const char *id, unsigned wait_s, struct belay_outgoing *out, struct belay_error *error);

/* Decides: everything is to be undone. `reason` may be NULL. */
int belay_client_rollback(const char *id, const char *reason, struct belay_outgoing *out,
                          struct belay_error *error);

/* Asks what was decided: `result->outcome`. */
int belay_client_outcome(const char *id, struct belay_outgoing *out, struct belay_error *error);

/* ---- Registration --------------------------------------------------------------------------------------- */

/* Registers an instance of a participant at `url` for `lease_s` seconds, or renews it; see belay_lease in
 * belay/serve.h. */
int belay_client_register(const char *participant, const char *instance, const char *url, unsigned lease_s,
                          struct belay_outgoing *out, struct belay_error *error);

/* Takes an instance out of the registry: the coordinator makes no new calls to it. */
int belay_client_deregister(const char *participant, const char *instance, struct belay_outgoing *out,
                            struct belay_error *error);

/* ---- Context: what a call hands on to the calls that it makes ------------------------------------------- */

/* Read from an incoming request; every member may be NULL, and is borrowed from it. */
struct belay_context {
    size_t size;             /* sizeof(struct belay_context) */
    const char *transaction; /* Belay-Transaction */
    const char *traceparent; /* W3C trace context; only when it is well formed, */
    const char *tracestate;  /* and only with it */
    const char *baggage;     /* W3C baggage */
};

enum {
    BELAY_CONTEXT_HEADERS = 4, /* at most that many headers hand a context on */
    BELAY_TRACEPARENT_BYTES = 56 /* "00-<32 hex>-<16 hex>-<2 hex>" and a NUL */
};

/* Reads the context from headers (belay_request, or the service's own). What is malformed, or there twice, counts
 * as not there. */
void belay_context_read(const struct belay_header *headers, size_t count, struct belay_context *context);

/* Writes the headers that hand a context on to any outgoing request; returns how many. They borrow from it. */
size_t belay_context_headers(const struct belay_context *context,
                             struct belay_header headers[BELAY_CONTEXT_HEADERS]);

/* The same for a request to the coordinator: adds them. BELAY_ERROR_ARGUMENT when there is no room. */
int belay_outgoing_carry(struct belay_outgoing *out, const struct belay_context *context,
                         struct belay_error *error);

/* For a service with spans of its own: `traceparent` with the span's id in place of the caller's. Returns 1; or
 * 0 when `traceparent` is malformed or NULL, or the id is zero, and then `out` is "". */
int belay_trace_child(const char *traceparent, const unsigned char span[8], char out[BELAY_TRACEPARENT_BYTES]);

#ifdef __cplusplus
}
#endif

#endif
