/* Payloads: the bytes of a transaction (its input, what participants answered), and what is made of them:
 * conditions, requests, the result. The engine's only JSON. */
#ifndef BELAY_ENGINE_PAYLOAD_H
#define BELAY_ENGINE_PAYLOAD_H

#include "base/buf.h"
#include "base/error.h"
#include "base/limits.h"
#include "core/txn.h"
#include "definition/definition.h"

#include <stdbool.h>
#include <stddef.h>

struct contact;
struct fact;

/* What a branch left behind. */
struct outcome {
    char *output; /* JSON, NULL without one */
    size_t output_length;
    char *code; /* of its do's last answer that was no yes; NULL without one */
    char *detail;
    char *second_code; /* of its undo's or confirm's: apart, as `error` must not change while undos are repeated */
    json_t *parsed; /* of output; NULL until an expression asked for it */
    json_t *shown;  /* of a step with items: all of it, once nothing changes any more and somebody asked */
    uint64_t child; /* the number of the transaction that it started last; 0 */
    char *edited;   /* JSON: the body that an operator gave its calls of `edited_verb`; NULL */
    enum verb edited_verb;
};

/* The items of a step: their texts and keys, each with a NUL, one behind the other, and where each begins. */
struct place {
    uint32_t item;
    uint32_t key;
};
struct spread {
    char *items;
    char *keys; /* as they travel, see payload_item */
    struct place *places;
    uint16_t count;
};

/* What expressions of one transaction can see. Everything is borrowed but the payload's own. */
struct payload {
    const struct definition *definition;
    const struct txn *txn;
    const char *id; /* of the transaction, as participants know it */
    uint64_t number;
    const char *public_url; /* of the coordinator, for callbacks; NULL = unknown */
    char *input;    /* JSON; NULL = none */
    size_t input_length;
    json_t *input_parsed;
    struct outcome *outcomes; /* one per branch */
    uint16_t outcomes_count;
    struct spread *spreads; /* one per step; NULL until one has items */
    json_t *scratch;          /* values made for the evaluation that runs; NULL: none so far */
    uint64_t now_ms;          /* `now` of the evaluation that runs */
    uint16_t step;            /* the branch whose evaluation it is, BRANCH_NONE */
    json_t *item;             /* while a key is made: of what, where, for which step */
    uint16_t item_index;
    uint16_t item_step;
    bool evaluates;           /* an evaluation runs */
    json_t *response;         /* `response` of it, or NULL */
};

void payload_init(struct payload *payload, const struct definition *definition, const struct txn *txn,
                  const char *id);
void payload_done(struct payload *payload);
void payload_set_input(struct payload *payload, const char *input, size_t length);

/* Keeps what a fact brought: outputs, codes and details of answers, items. After core_apply. False when the bytes
 * cannot be that fact's. */
bool payload_learn(struct payload *payload, const struct fact *fact, const char *bytes, size_t length);

/* The step's condition. ERROR_INVALID when it cannot be evaluated. */
int payload_condition(struct payload *payload, uint16_t branch, uint64_t now_ms, bool *truth, struct error *error);

/* The items of a step with forEach, in the form in which they ride in FACT_SPREAD. ERROR_INVALID and which item is
 * wrong; `buf` then is as it was. */
enum { PAYLOAD_ITEMS_BYTES = 4 * LIMIT_BODY_BYTES }; /* of `buf`: the list, and its keys */
int payload_items(struct payload *payload, uint16_t step, uint64_t now_ms, struct buf *buf, uint16_t *count,
                  struct error *error);

/* An item's key as it travels in headers, idempotency keys and URLs: visible ASCII without "/", the rest of it
 * percent-encoded. NULL for a branch that is no item. And the item itself, as JSON. */
const char *payload_item(const struct payload *payload, uint16_t branch);
const char *payload_item_text(const struct payload *payload, uint16_t branch);

/* What people call a branch: "STEP" or "STEP[KEY]"; and the branch that is called so, or -1. */
void payload_name(const struct payload *payload, uint16_t branch, char name[LIMIT_BRANCH_NAME]);
int payload_find(const struct payload *payload, const char *name);

/* What the definition says about a branch's step. */
const struct step_spec *payload_spec(const struct payload *payload, uint16_t branch);

/* The request of a step's verb. */
const struct request_spec *payload_request(const struct payload *payload, uint16_t branch, enum verb verb);

/* Renders the path, one header's value, or the body of a request of a step's verb. Every rendering of one
 * (step, verb) gives the same bytes (invariant 6): outcomes and `now` no longer change once it was called. Only an
 * operator may replace a body, and from then on every rendering gives that one. */
int payload_path(struct payload *payload, uint16_t branch, enum verb verb, struct buf *buf, struct error *error);
int payload_header(struct payload *payload, uint16_t branch, enum verb verb, size_t header, struct buf *buf,
                   struct error *error);
/* `*sends` false: the request has no body. */
int payload_body(struct payload *payload, uint16_t branch, enum verb verb, struct buf *buf, bool *sends,
                 struct error *error);

/* The title of an approval, as text. */
int payload_title(struct payload *payload, uint16_t branch, struct buf *buf, struct error *error);

/* The idempotency key of a branch's verb: <transaction>/<step>[/<item>]/<phase>. */
void payload_key(const struct payload *payload, uint16_t branch, enum verb verb, struct buf *buf);

/* True when a yes of a step that votes says that there is nothing to commit: {"vote": "read_only"}. */
bool payload_read_only(const struct payload *payload, uint16_t branch, const char *bytes, size_t length);

/* The URL where the participant of a step reports later. */
void payload_callback(const struct payload *payload, uint16_t branch, struct buf *buf);

/* What the step's `outcomes` make of a response; `*answer` stays as it is where they say nothing. */
struct payload_response {
    int status;
    const char *body; /* JSON or nothing */
    size_t length;
    uint64_t now_ms;
};
int payload_outcome(struct payload *payload, uint16_t branch, const struct payload_response *response,
                    enum answer *answer, struct error *error);

/* The transaction's result: its output template, {} without one. */
int payload_result(struct payload *payload, uint64_t now_ms, struct buf *buf, struct error *error);

/* payload_lock.c: the key of the lock that it must hold, LIMIT_LOCK_BYTES at most. ERROR_INVALID when it cannot be
 * made of this input. */
int payload_lock(struct payload *payload, uint64_t now_ms, struct buf *key, struct error *error);

/* Why it was undone, as its own steps see it (`error`): yours to free. */
void payload_failure(const struct payload *payload, char **code, char **detail);

/* True when `bytes` are one JSON value within the limits. */
bool payload_valid(const char *bytes, size_t length);

/* The `code` and `detail` of a problem (RFC 9457); strings the caller frees, NULL where absent. */
void payload_problem(const char *bytes, size_t length, char **code, char **detail);

/* payload_input.c: holds an input (NULL: {}) to the schema of its saga. ERROR_INVALID and the findings, whose
 * pointers begin with "/input", when it does not satisfy it. */
int payload_check_input(const struct definition *definition, const char *input, size_t length,
                        struct findings *findings, struct error *error);

/* payload_contact.c: a participant's JSON (its form is in api/README.md). */
int payload_contact(const char *text, size_t length, struct contact *contact, struct error *error);

/* payload_begun.c: what rides in the first fact. */
struct begun_parent {
    uint64_t txn; /* 0: it is nobody's child */
    uint64_t root;
    unsigned depth;
    uint16_t branch;
    const char *id;
    const char *step;
};
struct begun {
    const char *saga;
    uint32_t version;
    const char *id;   /* NULL when it is made from the number */
    const char *key;  /* NULL */
    const char *tags; /* as in struct store_row; NULL */
    const char *lock; /* the key of the lock that it wants; NULL */
    struct begun_parent parent;
    const char *input;
    size_t input_length;
    void *owner; /* of a parsed one */
};
void payload_begun_print(const struct begun *begun, struct buf *buf);
int payload_begun_parse(const char *bytes, size_t length, struct begun *begun, struct error *error);
void payload_begun_done(struct begun *begun);

#endif
