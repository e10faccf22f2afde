/* The story of one transaction as the store tells it: its row, its facts, and where they lead. */
#ifndef BELAY_SIM_STORY_H
#define BELAY_SIM_STORY_H

#include "core/txn.h"
#include "definition/definition.h"
#include "ports/store.h"
#include "sim/world.h"

/* Who started it. */
enum origin { ORIGIN_CLIENT, ORIGIN_SCHEDULE, ORIGIN_PARENT };

struct story {
    uint64_t number;
    enum origin origin;
    uint64_t due_ms; /* of one that a schedule started: when it was due, as its id says */
    const char *id;
    struct store_row row; /* texts kept */
    const struct saga *saga;
    const struct definition *definition;
    unsigned nonce;
    uint8_t flags;
    const char *input;
    uint64_t parent; /* the number of the transaction that started it; 0 */
    uint16_t parent_branch;
    struct fact *facts;
    const char **payloads;
    uint32_t count;
    const uint16_t *firsts; /* per step: the branch of its first item; BRANCH_NONE */
    struct txn *txn; /* the fold of all facts; NULL when they do not follow from each other */
    const char *fault; /* what is wrong with the facts, NULL */
};

/* All that the store has, newest first, in memory of `keep`. Returns how many. */
size_t story_read_all(struct world *world, struct keep *keep, struct story **stories);
/* One of them; false when there is none. */
bool story_read(struct world *world, struct keep *keep, uint64_t number, struct story *story);

enum { STORY_NOWHERE = 0xfffe }; /* no branch: an item that was not spread */

/* The leaf's branch, and back. */
uint16_t story_branch(const struct story *story, const struct leaf *leaf);
const struct leaf *story_leaf(const struct story *story, uint16_t branch); /* NULL: a gate, a step with items */
/* The leaf's step. */
uint16_t story_step(const struct story *story, const struct leaf *leaf);
/* What people call a branch. */
const char *story_name(const struct story *story, uint16_t branch);

/* The number of the child that this fact says was started; 0. */
uint64_t story_child(const struct story *story, uint32_t fact);

/* The record with room for what `fact` brings: itself, or a copy. */
struct txn *story_room(struct keep *keep, struct txn *txn, const struct fact *fact);

/* A fact of that type about that branch and verb, the last one; NULL. */
const struct fact *story_last(const struct story *story, enum fact_type type, uint16_t branch, enum verb verb);

#endif
