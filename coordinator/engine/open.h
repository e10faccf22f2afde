/* An open transaction: the core's record, its payload, and what of it is not durable yet. */
#ifndef BELAY_ENGINE_OPEN_H
#define BELAY_ENGINE_OPEN_H

#include "base/limits.h"
#include "core/core.h"
#include "engine/locks.h"
#include "engine/payload.h"
#include "engine/table.h"
#include "engine/timers.h"
#include "ports/store.h"

struct command;

/* Somebody who waits for the end. */
struct waiter {
    struct timer timer; /* when patience ends */
    struct open *open;
    struct command *command;
    struct waiter *next;
};

struct open {
    struct link by_number;
    struct link by_id;  /* only with a client's id */
    struct link by_key; /* only with an Idempotency-Key */
    uint64_t number;
    char id[LIMIT_ID_TEXT]; /* as clients see it */
    bool own_id;            /* the client chose it */
    char *key;
    char *tags;            /* that it was started with */
    char *row_tags;        /* those and its saga's */
    uint64_t retention_ms; /* 0 = for ever */
    const struct definition *definition;
    struct txn *txn;
    struct payload payload;
    struct timer timer;
    struct stand stand; /* in the line before its lock */
    uint64_t parent; /* of a child: its number; 0 */
    uint16_t parent_branch;
    uint64_t root;  /* the number of the outermost: its own when it is nobody's child */
    unsigned depth; /* how many are around it */
    struct waiter *waiters;

    /* While nothing is under way for it and nobody waits: its place in the queue of those that may leave. */
    bool resting;
    struct open *rest_before;
    struct open *rest_behind;
    uint64_t rested_ms; /* since when */

    char *result; /* JSON, once completed */
    size_t result_length;

    /* What the batch at work adds. */
    struct buf facts; /* encoded, to be committed */
    uint32_t facts_seq;
    uint32_t facts_count;
    struct call *calls; /* to be let out after the commit */
    size_t calls_count;
    size_t calls_capacity;
    bool in_batch;

    /* What the row in the store says. */
    bool stored;
    enum status row_status;
    uint16_t row_step; /* where it stands, BRANCH_NONE */
    enum cause row_cause;
    uint64_t row_wake_ms;
    char reason[512]; /* of the row to be written */
};

/* A record that nothing happened to; `definition` is borrowed. */
struct open *open_new(uint64_t number, const char *id, bool own_id, const struct definition *definition);
void open_free(struct open *open);

/* Makes it a child. */
void open_set_parent(struct open *open, const struct begun_parent *parent);

/* The tags of the row, from the saga's and its own; yours to free, NULL when there are none. */
char *open_tags(const char *saga, const char *own);

/* More room in the record, for items. */
void open_grow(struct open *open, uint16_t branches_capacity);

/* The step that waits for its next try, for an answer, or is stuck, itself or one of its items; BRANCH_NONE. */
uint16_t open_stands_at(const struct open *open);

/* Why it is paused or was undone; CAUSE_NONE while all goes well. */
enum cause open_cause(const struct open *open);

/* The row to store. Its texts point into `open`. */
struct store_row open_row(struct open *open, uint64_t now_ms);

#endif
