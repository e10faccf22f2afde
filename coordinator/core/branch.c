/* Questions about one branch, answered from its state and its step. */
#include "core/branch.h"

static bool gave_up(const struct plan *plan, const struct txn *txn, uint16_t branch);

bool branch_is_checkable(const struct plan *plan, const struct txn *txn, uint16_t index)
{
    const struct branch *branch = &txn->branches[index];
    return core_step_of(plan, txn, index)->checkable && branch->state == BRANCH_UNKNOWN && !branch->checked;
}

bool branch_is_over(const struct plan *plan, const struct txn *txn, uint16_t index)
{
    const struct branch *branch = &txn->branches[index];
    enum branch_state state = (enum branch_state)(branch->verb == VERB_CONFIRM ? branch->forward : branch->state);
    return state == BRANCH_DONE || state == BRANCH_SKIPPED ||
           (gave_up(plan, txn, index) && core_step_of(plan, txn, index)->continue_on_failure);
}

bool branch_is_failed(const struct plan *plan, const struct txn *txn, uint16_t index)
{
    return gave_up(plan, txn, index) && !core_step_of(plan, txn, index)->continue_on_failure;
}

bool branch_is_owed(const struct plan *plan, const struct txn *txn, uint16_t index)
{
    const struct branch *branch = &txn->branches[index];
    if (branch->items_count)
        return branch->reach > 0 || branch->head != BRANCH_NONE;
    bool over = branch->state == BRANCH_UNDONE || (branch->state == BRANCH_SKIPPED && branch->verb == VERB_UNDO);
    return core_step_of(plan, txn, index)->undoable && branch->maybe && !over;
}

static bool gave_up(const struct plan *plan, const struct txn *txn, uint16_t index)
{
    enum branch_state state = (enum branch_state)txn->branches[index].state;
    return state == BRANCH_REFUSED || (state == BRANCH_UNKNOWN && !branch_is_checkable(plan, txn, index));
}
