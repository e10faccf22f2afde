/* Writing the parts of a random saga as JSON, while drawing what they say. */
#ifndef BELAY_SIM_SAGA_TEXT_H
#define BELAY_SIM_SAGA_TEXT_H

#include "base/buf.h"
#include "sim/saga.h"

/* A retry policy as it is written: what it does not say stays as it was. */
struct said {
    bool anything;
    bool forever;
    struct retry retry; /* zero: not said */
};

/* A saga that is being made. */
struct growing {
    struct saga *saga;
    struct dice *dice;
    struct buf text;
    char letter;
    size_t left; /* leaves that may still be put in */
    unsigned named; /* steps so far */
    bool needs;
    size_t schedule_at; /* where its text has the schedule */
    size_t schedule_length;
    struct saga *const *before;
    size_t before_count;
    struct said undo_said; /* of the whole saga */
    struct retry undo;
};

void saga_text_head(struct growing *growing);
/* The members of a step; fills in what `leaf` does not know yet. Returns how many leaves it is, at most `most`: of
 * a step with forEach (leaf->concurrency) one per item, perhaps none. */
size_t saga_text_leaf(struct growing *growing, struct leaf *leaf, size_t most);
/* The key of an item, as it travels. */
void saga_text_key(int place, char key[8]);
struct said saga_text_draw_retry(struct dice *dice, bool finite);
struct retry saga_text_overlay(struct retry below, const struct said *said);

#endif
