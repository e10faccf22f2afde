/* The items of a step: how far they were started, and the chain of those at work. */
#include "core/items.h"

#include "base/limits.h"
#include "core/branch.h"

#include <assert.h>

static bool is_at_work(const struct plan *plan, const struct txn *txn, uint16_t item);
static void chain(struct txn *txn, uint16_t item);
static void unchain(struct txn *txn, uint16_t item);
static void slide(const struct plan *plan, struct txn *txn, uint16_t parent);

bool items_spread(const struct plan *plan, struct txn *txn, uint16_t index, uint64_t count)
{
    struct branch *parent = &txn->branches[index];
    bool room = count <= LIMIT_ITEMS && count <= (uint64_t)(txn->branches_capacity - txn->branches_count);
    if (index >= txn->steps_count || !plan->steps[index].each || parent->state != BRANCH_IDLE || !room)
        return false;
    parent->items = txn->branches_count;
    parent->items_count = (uint16_t)count;
    parent->state = count ? BRANCH_SPREAD : BRANCH_DONE;
    for (uint16_t i = 0; i < count; i++) {
        struct branch *item = &txn->branches[txn->branches_count++];
        item->step = index;
        item->head = item->tail = item->next = item->previous = BRANCH_NONE;
    }
    txn->facts_quota += 4 * (uint32_t)count; /* called and answered, there and back: no sign of trouble */
    return true;
}

bool items_is_next(const struct txn *txn, uint16_t item)
{
    const struct branch *parent = &txn->branches[txn->branches[item].step];
    bool undo = txn->decision == DECISION_ABORT;
    return undo ? item + 1 == parent->items + parent->reach : item == parent->items + parent->reach;
}

void items_follow(const struct plan *plan, struct txn *txn, uint16_t item)
{
    uint16_t index = txn->branches[item].step;
    struct branch *parent = &txn->branches[index];
    assert(item >= parent->items && item < parent->items + parent->items_count);
    bool abort = txn->decision == DECISION_ABORT;
    if (!abort && txn->branches[item].state == BRANCH_CALLING && item == parent->items + parent->reach)
        parent->reach++;
    bool at_work = is_at_work(plan, txn, item);
    if (at_work && !txn->branches[item].chained)
        chain(txn, item);
    else if (!at_work && txn->branches[item].chained)
        unchain(txn, item);
    if (abort)
        slide(plan, txn, index);
    else if (parent->state == BRANCH_SPREAD && parent->reach == parent->items_count && parent->head == BRANCH_NONE)
        parent->state = BRANCH_DONE;
}

void items_turn(const struct plan *plan, struct txn *txn)
{
    for (uint16_t i = 0; i < txn->steps_count; i++) {
        uint16_t item = txn->branches[i].head;
        while (item != BRANCH_NONE) {
            uint16_t next = txn->branches[item].next;
            if (!is_at_work(plan, txn, item))
                unchain(txn, item);
            item = next;
        }
        slide(plan, txn, i);
    }
}

uint16_t items_next_owed(const struct plan *plan, const struct txn *txn, uint16_t index)
{
    const struct branch *parent = &txn->branches[index];
    if (parent->reach == 0)
        return BRANCH_NONE;
    uint16_t item = (uint16_t)(parent->items + parent->reach - 1);
    return txn->branches[item].state != BRANCH_CALLING && branch_is_owed(plan, txn, item) ? item : BRANCH_NONE;
}

uint16_t items_at_work(const struct txn *txn, uint16_t parent)
{
    uint16_t count = 0;
    for (uint16_t item = txn->branches[parent].head; item != BRANCH_NONE; item = txn->branches[item].next)
        count++;
    return count;
}

static bool is_at_work(const struct plan *plan, const struct txn *txn, uint16_t item)
{
    const struct branch *branch = &txn->branches[item];
    const struct branch *parent = &txn->branches[branch->step];
    if (txn->decision == DECISION_ABORT)
        return branch->state == BRANCH_CALLING || (branch->verb == VERB_UNDO && branch_is_owed(plan, txn, item));
    return item < parent->items + parent->reach && !branch_is_over(plan, txn, item);
}

static void chain(struct txn *txn, uint16_t item)
{
    struct branch *branch = &txn->branches[item];
    struct branch *parent = &txn->branches[branch->step];
    branch->chained = true;
    branch->previous = parent->tail;
    branch->next = BRANCH_NONE;
    if (parent->tail == BRANCH_NONE)
        parent->head = item;
    else
        txn->branches[parent->tail].next = item;
    parent->tail = item;
}

/* `next` of the item stays: whoever walks the chain may be standing on it. */
static void unchain(struct txn *txn, uint16_t item)
{
    struct branch *branch = &txn->branches[item];
    struct branch *parent = &txn->branches[branch->step];
    branch->chained = false;
    if (branch->previous == BRANCH_NONE)
        parent->head = branch->next;
    else
        txn->branches[branch->previous].next = branch->next;
    if (branch->next == BRANCH_NONE)
        parent->tail = branch->previous;
    else
        txn->branches[branch->next].previous = branch->previous;
}

/* Past what needs no undo, and what is being undone; not past a call whose answer is still to come. */
static void slide(const struct plan *plan, struct txn *txn, uint16_t index)
{
    struct branch *parent = &txn->branches[index];
    while (parent->reach > 0) {
        uint16_t item = (uint16_t)(parent->items + parent->reach - 1);
        const struct branch *branch = &txn->branches[item];
        bool forward = branch->verb != VERB_UNDO;
        if (forward && (branch->state == BRANCH_CALLING || branch_is_owed(plan, txn, item)))
            return;
        parent->reach--;
    }
}
