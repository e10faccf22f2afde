/* What the branches of a history are called, for whoever reads facts without an open transaction: the steps' names
 * are in the definition, the items' keys ride in the facts that spread them. */
#ifndef BELAY_ENGINE_PAYLOAD_NAMES_H
#define BELAY_ENGINE_PAYLOAD_NAMES_H

#include "base/limits.h"
#include "definition/definition.h"
#include "engine/history.h"

struct names {
    const struct definition *definition; /* borrowed */
    struct spread_names {
        uint16_t first; /* branch of the first item */
        json_t *keys;   /* NULL: no items (yet) */
    } * spreads;        /* one per step */
    uint32_t next;      /* branch of the next item to come */
};

void names_init(struct names *names, const struct definition *definition);
void names_done(struct names *names);

/* Feed every fact from the first one on. False when one cannot be what it says. */
bool names_learn(struct names *names, const struct history_entry *entry);

/* True for branches that are a step or an item that was learnt. */
bool names_know(const struct names *names, uint16_t branch);

/* Of a known branch: its step; its item's key as it travels, NULL for a step's own; "STEP" or "STEP[KEY]". */
uint16_t names_step(const struct names *names, uint16_t branch);
const char *names_item(const struct names *names, uint16_t branch);
void names_print(const struct names *names, uint16_t branch, char name[LIMIT_BRANCH_NAME]);

#endif
