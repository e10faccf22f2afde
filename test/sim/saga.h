/* Random sagas: the text that the coordinator reads, and beside it, in the simulator's own words, what that text
 * promises. The checkers believe these words, not the coordinator's reading of the text. */
#ifndef BELAY_SIM_SAGA_H
#define BELAY_SIM_SAGA_H

#include "core/plan.h"
#include "definition/phases.h"
#include "definition/schedule.h"
#include "sim/dice.h"
#include "sim/keep.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SAGA_LEAVES = 12, SAGA_FLAGS = 4, SAGA_AMOUNT_MAX = 100, PARTICIPANTS = 3 };

enum leaf_kind { LEAF_CALL, LEAF_DELAY, LEAF_SIGNAL, LEAF_APPROVAL, LEAF_CHILD };

enum { NO_ITEM = -1 };

struct saga;

/* One step, or one item of a step: it calls a participant, waits, or is a saga of its own. */
struct leaf {
    enum leaf_kind kind;
    char id[16]; /* of this seed, not only of its saga; also the name of its signal. Of an item "STEP[KEY]" */
    char step[8];
    char key[8];          /* of an item */
    int item;             /* its place in the list, NO_ITEM */
    unsigned concurrency; /* of its step's items */
    unsigned participant;
    unsigned cents;  /* what it moves into a hold */
    uint32_t before; /* leaves that are over before it starts */
    uint8_t flags;   /* of the input: all must be true, else it is skipped */
    uint8_t absent;  /* of the input: all must be false; they are the cases before its own */
    bool conditional; /* has a condition of its own */
    bool broken_when; /* its condition or list cannot be evaluated: it fails, without a call */
    bool broken_undo; /* its undo cannot be built when its do has left no output */
    bool operation;
    bool undoable;
    enum phases phases;  /* other than PHASES_SAGA: it holds until the decision */
    bool broken_confirm; /* its confirm cannot be built */
    bool read_only; /* moves nothing */
    bool pivot;
    bool carry_on; /* onFailure: continue */
    bool after_pivot;
    uint64_t do_ms; /* of one attempt */
    uint64_t undo_ms;
    uint64_t confirm_ms;
    struct retry retry_do;
    struct retry retry_undo;
    struct retry retry_confirm;
    bool non_retryable; /* lists the code "hopeless" */
    bool check;         /* a request tells what became of it */
    uint64_t async_ms;  /* 0: it is never pending */
    uint64_t heartbeat_ms;
    uint64_t wait_ms; /* of what calls nobody */
    bool silence_is_yes;
    bool role; /* only a boss may approve */
    const struct saga *child;
    uint8_t flips; /* flags that its input has the other way round */
};

/* When a saga starts by itself: at every multiple of `every_ms`. */
struct routine {
    uint64_t every_ms; /* 0: it does not */
    bool cron;         /* and its text says so in the five fields */
    enum overlap overlap;
    enum missed missed;
    unsigned nonce; /* of the input of its runs, which is no client's */
    uint8_t flags;
    char *without; /* version 2 of its text, which has no schedule any more */
    size_t without_length;
};

struct saga {
    char name[8];
    char *text;
    size_t length;
    struct leaf leaves[SAGA_LEAVES];
    size_t count;
    const char *lock; /* what it locks; NULL: nothing */
    bool lock_rejects;
    uint64_t lock_wait_ms;
    uint64_t timeout_ms;
    enum on_timeout on_timeout;
    enum undo_order order;
    enum on_exhausted on_exhausted;
    struct routine routine;
    bool nestable; /* has neither pivot nor vote: it may be a child */
};

/* A saga called `letter`, whose steps' ids begin with it. Of those before it, the nestable ones may be its
 * children. */
struct saga *saga_new(struct keep *keep, struct dice *dice, char letter, struct saga *const *before,
                      size_t before_count);

/* The input with that `n` and these flags, of at most 160 bytes. */
void saga_input(unsigned nonce, uint8_t flags, char text[160]);

/* True when all its conditions hold for that input, and can be evaluated. */
bool saga_runs(const struct leaf *leaf, uint8_t flags);

/* True when both are items of one step. */
bool saga_siblings(const struct leaf *a, const struct leaf *b);

/* When a leaf is called again, by verb. */
const struct retry *saga_retry(const struct leaf *leaf, enum verb verb);

/* The leaf with that id, NULL. */
const struct leaf *saga_find(const struct saga *saga, const char *id);

#endif
