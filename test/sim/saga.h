/* Random sagas: the text that the coordinator reads, and beside it, in the simulator's own words, what that text
 * promises. The checkers believe these words, not the coordinator's reading of the text. */
#ifndef BELAY_SIM_SAGA_H
#define BELAY_SIM_SAGA_H

#include "core/plan.h"
#include "sim/dice.h"
#include "sim/keep.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SAGA_LEAVES = 10, SAGA_FLAGS = 4, SAGA_AMOUNT_MAX = 100, PARTICIPANTS = 3 };

/* One step that calls a participant. */
struct leaf {
    char id[8]; /* of this seed, not only of its saga */
    unsigned participant;
    unsigned cents;  /* what it moves into a hold */
    uint32_t before; /* leaves that are over before it starts */
    uint8_t flags;   /* of the input: all must be true, else it is skipped */
    bool broken_when; /* its condition cannot be evaluated: it fails, without a call */
    bool broken_undo; /* its undo cannot be built when its do has left no output */
    bool operation;
    bool undoable;
    bool read_only; /* moves nothing */
    bool pivot;
    bool carry_on; /* onFailure: continue */
    bool after_pivot;
    uint64_t do_ms; /* of one attempt */
    uint64_t undo_ms;
    struct retry retry_do;
    struct retry retry_undo;
    bool non_retryable; /* lists the code "hopeless" */
};

struct saga {
    char name[8];
    char *text;
    size_t length;
    struct leaf leaves[SAGA_LEAVES];
    size_t count;
    uint64_t timeout_ms;
    enum on_timeout on_timeout;
    enum undo_order order;
    enum on_exhausted on_exhausted;
};

/* A saga called `letter`, whose steps' ids begin with it. */
struct saga *saga_new(struct keep *keep, struct dice *dice, char letter);

/* The leaf with that id, NULL. */
const struct leaf *saga_find(const struct saga *saga, const char *id);

#endif
