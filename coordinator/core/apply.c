/* evolve: how each fact changes the record. No decisions: what may follow is checked, never chosen. */
#include "core/core.h"

#include "base/limits.h"
#include "core/items.h"

#include <assert.h>
#include <string.h>

static bool apply(const struct plan *plan, struct txn *txn, const struct fact *fact);
static bool apply_guarded(const struct plan_step *step, struct branch *branch, const struct fact *fact);
static bool apply_called(const struct plan *plan, struct txn *txn, struct branch *branch, const struct fact *fact);
static bool apply_awaited(struct txn *txn, struct branch *branch, const struct fact *fact);
static bool apply_answered(struct branch *branch, const struct fact *fact);
static bool apply_answer_to_second(struct branch *branch, const struct fact *fact);
static bool apply_answer_to_check(struct branch *branch, const struct fact *fact);
static bool apply_retried(struct branch *branch, const struct fact *fact, bool calls);
static bool apply_resolved(struct branch *branch, const struct fact *fact);
static bool apply_decided(struct txn *txn, const struct fact *fact);
static bool apply_paused(struct txn *txn, const struct fact *fact);
static bool apply_beat(struct branch *branch, const struct fact *fact);
static bool apply_lock(const struct plan *plan, struct txn *txn, const struct fact *fact);
static bool apply_ended(struct txn *txn, const struct fact *fact);
static bool is_about_item(const struct fact *fact);
static bool is_held(const struct branch *branch, const struct fact *fact);
static bool enter(struct txn *txn, enum status status);

void core_init(const struct plan *plan, struct txn *txn)
{
    assert(plan->steps_count >= 1);
    memset(txn, 0, txn_size(plan->steps_count));
    txn->steps_count = txn->branches_count = txn->branches_capacity = plan->steps_count;
    for (uint16_t i = 0; i < plan->steps_count; i++) {
        struct branch *branch = &txn->branches[i];
        branch->step = i;
        branch->head = branch->tail = branch->next = branch->previous = BRANCH_NONE;
    }
    txn->cause_branch = txn->pause_branch = BRANCH_NONE;
    txn->facts_quota = LIMIT_HISTORY_FACTS;
}

bool core_apply(const struct plan *plan, struct txn *txn, const struct fact *fact)
{
    assert(txn->steps_count == plan->steps_count && txn->branches_count <= txn->branches_capacity);
    bool begins = fact->type == FACT_BEGUN;
    if (begins != (txn->status == STATUS_NEW) || status_final(txn->status))
        return false;
    if (fact->branch != BRANCH_NONE && fact->branch >= txn->branches_count)
        return false;
    bool item = fact->branch != BRANCH_NONE && fact->branch >= txn->steps_count;
    bool locked_out = txn->lock == LOCK_WANTED && fact->branch != BRANCH_NONE && fact->type != FACT_SIGNALLED;
    if (locked_out) /* invariant 12 */
        return false;
    if ((item && !is_about_item(fact)) || !apply(plan, txn, fact))
        return false;
    if (item)
        items_follow(plan, txn, fact->branch);
    if (fact->type == FACT_DECIDED && txn->decision == DECISION_ABORT)
        items_turn(plan, txn);
    txn->facts_count++;
    return true;
}

bool core_equal(const struct txn *a, const struct txn *b)
{
    /* Records are zeroed before use and copied whole, so padding compares equal too; room is no state. */
    size_t branches = a->branches_count * sizeof(struct branch);
    struct txn head = *a;
    head.branches_capacity = b->branches_capacity;
    return memcmp(&head, b, offsetof(struct txn, branches)) == 0 &&
           memcmp(a->branches, b->branches, branches) == 0;
}

uint16_t core_room(const struct txn *txn, const struct fact *fact)
{
    if (fact->type != FACT_SPREAD)
        return txn->branches_count;
    uint32_t items = txn->branches_count - txn->steps_count;
    bool fits = fact->value <= LIMIT_ITEMS && items + fact->value <= LIMIT_ITEMS_ALL;
    return fits ? (uint16_t)(txn->branches_count + fact->value) : 0;
}

static bool apply(const struct plan *plan, struct txn *txn, const struct fact *fact)
{
    struct branch *branch = fact->branch == BRANCH_NONE ? NULL : &txn->branches[fact->branch];
    switch (fact->type) {
    case FACT_BEGUN:
        txn->seed = fact->value;
        txn->begun_ms = fact->at_ms;
        txn->deadline_ms = fact->due_ms;
        txn->nested = fact->code != 0;
        return enter(txn, STATUS_RUNNING);
    case FACT_CALLED:
        return branch && apply_called(plan, txn, branch, fact);
    case FACT_ANSWERED:
        return branch && apply_answered(branch, fact);
    case FACT_GUARDED:
        return branch && apply_guarded(core_step_of(plan, txn, fact->branch), branch, fact);
    case FACT_DECIDED:
        return apply_decided(txn, fact);
    case FACT_PAUSED:
        return apply_paused(txn, fact);
    case FACT_RESUMED:
        txn->pause_cause = CAUSE_NONE;
        txn->pause_branch = BRANCH_NONE;
        if (txn->facts_count >= txn->facts_quota)
            txn->facts_quota = txn->facts_count + LIMIT_HISTORY_FACTS / 10;
        return txn->status == STATUS_PAUSED && enter(txn, txn->paused_in);
    case FACT_RETRIED:
        if (!branch || !is_held(branch, fact))
            return false;
        return apply_retried(branch, fact, core_step_of(plan, txn, fact->branch)->kind == STEP_CALL);
    case FACT_SKIPPED:
        if (!branch || !is_held(branch, fact))
            return false;
        branch->state = BRANCH_SKIPPED;
        return true;
    case FACT_RESOLVED:
        return branch && is_held(branch, fact) && apply_resolved(branch, fact);
    case FACT_AWAITED:
        return branch && apply_awaited(txn, branch, fact);
    case FACT_SIGNALLED:
        if (!branch || branch->state != BRANCH_IDLE || branch->signalled)
            return false;
        branch->signalled = true;
        return true;
    case FACT_BEAT:
        return branch && apply_beat(branch, fact);
    case FACT_EXPIRED:
        if (txn->expiry != EXPIRY_NONE)
            return false;
        txn->expiry = EXPIRY_DUE;
        return true;
    case FACT_SPREAD:
        return branch && items_spread(plan, txn, fact->branch, fact->value);
    case FACT_QUEUED:
    case FACT_GRANTED:
        return apply_lock(plan, txn, fact);
    case FACT_READY:
        if (!txn->nested || txn->ready || txn->decision != DECISION_NONE || txn->status != STATUS_RUNNING)
            return false;
        txn->ready = true;
        return true;
    case FACT_ENDED:
        return apply_ended(txn, fact);
    case FACT_CANCELLED:
    case FACT_TERMINATED: /* what follows from them is said by the fact behind them */
        return true;
    }
    return false;
}

static bool apply_guarded(const struct plan_step *step, struct branch *branch, const struct fact *fact)
{
    if (branch->state != BRANCH_IDLE || branch->guarded)
        return false;
    branch->guarded = fact->value != 0;
    if (!branch->guarded)
        branch->state = BRANCH_SKIPPED;
    else if (step->kind == STEP_GATE)
        branch->state = BRANCH_DONE;
    return true;
}

static bool apply_called(const struct plan *plan, struct txn *txn, struct branch *branch, const struct fact *fact)
{
    bool undo = fact->verb == VERB_UNDO, confirm = fact->verb == VERB_CONFIRM;
    bool first = branch->verb != fact->verb;
    /* Invariant 2: nothing is undone without the decision to abort, nothing is done after it, nothing is confirmed
     * without the decision to commit. */
    if (undo != (txn->decision == DECISION_ABORT) || fact->verb == VERB_NONE)
        return false;
    if (confirm && txn->decision != DECISION_COMMIT)
        return false;
    enum branch_state from = confirm ? BRANCH_DONE : fact->verb == VERB_CHECK ? BRANCH_UNKNOWN : BRANCH_IDLE;
    if (first ? (!undo && branch->state != from) : branch->state != BRANCH_WAITING)
        return false;
    if (fact->attempt != (first ? 1 : branch->attempt + 1)) /* invariant 6 */
        return false;
    /* Invariant 3: its own do must be settled first; the step function waits for everybody's. */
    if (first && branch->state == BRANCH_CALLING)
        return false;
    bool item = fact->branch >= txn->steps_count;
    if (!item && plan->steps[fact->branch].each) /* its items call */
        return false;
    if (item && first && fact->verb != VERB_CHECK && !items_is_next(txn, fact->branch))
        return false;
    if (first) {
        if (undo || confirm)
            branch->forward = branch->state;
        else if (fact->verb == VERB_DO)
            branch->order = ++txn->called_count;
        branch->verb = (uint8_t)fact->verb;
        branch->tries = 0;
        branch->called_ms = fact->at_ms;
    }
    if (branch->tries++ == 0)
        branch->first_ms = fact->at_ms;
    branch->attempt = fact->attempt;
    branch->state = BRANCH_CALLING;
    branch->due_ms = 0;
    return true;
}

/* A wait is a do that calls nobody: its one attempt is answered by what it waits for. */
static bool apply_awaited(struct txn *txn, struct branch *branch, const struct fact *fact)
{
    if (branch->state != BRANCH_IDLE || txn->decision == DECISION_ABORT)
        return false;
    branch->state = BRANCH_PENDING;
    branch->verb = VERB_DO;
    branch->attempt = branch->tries = 1;
    branch->order = ++txn->called_count;
    branch->called_ms = branch->first_ms = fact->at_ms;
    branch->due_ms = branch->limit_ms = fact->due_ms;
    return true;
}

/* A callback may overtake the response that announces it, or come when the response got lost (waiting). */
static bool apply_answered(struct branch *branch, const struct fact *fact)
{
    bool unasked = fact->attempt == 0 && branch->state == BRANCH_IDLE && fact->answer == ANSWER_NO;
    bool definite = fact->answer == ANSWER_YES || fact->answer == ANSWER_NO;
    bool open = branch->state == BRANCH_CALLING || branch->state == BRANCH_PENDING ||
                (branch->state == BRANCH_WAITING && definite);
    bool expected = open && branch->verb == fact->verb && branch->attempt == fact->attempt;
    if (!expected && !unasked)
        return false;
    branch->answer = (uint8_t)fact->answer;
    branch->code = fact->code;
    branch->due_ms = fact->due_ms;
    branch->verb = (uint8_t)fact->verb;
    if (fact->verb == VERB_CHECK)
        return apply_answer_to_check(branch, fact);
    if (fact->verb != VERB_DO)
        return apply_answer_to_second(branch, fact);
    if (fact->answer != ANSWER_NO)
        branch->maybe = true;
    else if (fact->attempt == 1) /* whatever it was before: the only attempt did nothing */
        branch->maybe = false;
    switch (fact->answer) {
    case ANSWER_YES:
        branch->state = BRANCH_DONE;
        branch->maybe = !fact->value;
        return true;
    case ANSWER_NO:
        branch->state = BRANCH_REFUSED;
        return true;
    case ANSWER_UNKNOWN:
        branch->state = fact->due_ms ? BRANCH_WAITING : BRANCH_UNKNOWN;
        return true;
    case ANSWER_PENDING:
        branch->state = BRANCH_PENDING;
        branch->limit_ms = fact->value;
        return true;
    case ANSWER_NONE:
        break;
    }
    return false;
}

/* An undo or a confirm has to happen: all but a yes is a failure, tried again or shown to a person. */
static bool apply_answer_to_second(struct branch *branch, const struct fact *fact)
{
    bool failed = fact->answer == ANSWER_NO || fact->answer == ANSWER_UNKNOWN;
    if (failed)
        branch->state = fact->due_ms ? BRANCH_WAITING : BRANCH_STUCK;
    else
        branch->state = fact->verb == VERB_UNDO ? BRANCH_UNDONE : BRANCH_CONFIRMED;
    return failed || fact->answer == ANSWER_YES;
}

/* A check is definite about the do, both ways, or is given up and leaves it unknown. It only reads: after a no an
 * attempt may still be on its way, so what may have been done is still undone on abort, and fenced by that. */
static bool apply_answer_to_check(struct branch *branch, const struct fact *fact)
{
    switch (fact->answer) {
    case ANSWER_YES:
        branch->state = BRANCH_DONE;
        return true;
    case ANSWER_NO:
        branch->state = BRANCH_REFUSED;
        return true;
    case ANSWER_UNKNOWN:
        branch->state = fact->due_ms ? BRANCH_WAITING : BRANCH_UNKNOWN;
        branch->checked = !fact->due_ms;
        return true;
    default:
        return false;
    }
}

/* A new budget of tries, from now. What never was called (its condition could not be evaluated) starts over, and
 * so does what calls nobody: an approval is asked for again. */
static bool apply_retried(struct branch *branch, const struct fact *fact, bool calls)
{
    bool called = calls && branch->attempt > 0;
    branch->checked = false;
    branch->state = called ? BRANCH_WAITING : BRANCH_IDLE;
    branch->verb = (uint8_t)(called ? fact->verb : VERB_NONE);
    branch->tries = 0;
    branch->due_ms = called ? fact->at_ms : 0;
    return true;
}

static bool apply_resolved(struct branch *branch, const struct fact *fact)
{
    bool yes = fact->answer == ANSWER_YES;
    if (fact->verb == VERB_UNDO || fact->verb == VERB_CONFIRM) {
        branch->state = fact->verb == VERB_UNDO ? BRANCH_UNDONE : BRANCH_CONFIRMED;
        return yes;
    }
    /* The operator's word is final both ways: a no means that nothing was done by any attempt. */
    branch->answer = (uint8_t)fact->answer;
    branch->state = yes ? BRANCH_DONE : BRANCH_REFUSED;
    branch->maybe = yes;
    return yes || fact->answer == ANSWER_NO;
}

static bool apply_decided(struct txn *txn, const struct fact *fact)
{
    bool commit = fact->value == DECISION_COMMIT;
    if (txn->decision != DECISION_NONE || (!commit && fact->value != DECISION_ABORT)) /* invariant 2 */
        return false;
    if (txn->nested && (commit || txn->ready) && !(txn->ready && fact->code == CAUSE_PARENT)) /* invariant 13 */
        return false;
    txn->decision = (enum decision)fact->value;
    txn->cause = (enum cause)fact->code;
    txn->cause_branch = fact->branch;
    txn->pause_cause = CAUSE_NONE;
    txn->pause_branch = BRANCH_NONE;
    if (!commit && txn->expiry == EXPIRY_DUE)
        txn->expiry = EXPIRY_HANDLED;
    return enter(txn, commit ? STATUS_CONFIRMING : STATUS_COMPENSATING);
}

static bool apply_paused(struct txn *txn, const struct fact *fact)
{
    if (fact->branch != BRANCH_NONE)
        txn->branches[fact->branch].state = BRANCH_STUCK;
    if (fact->code == CAUSE_EXPIRED)
        txn->expiry = EXPIRY_HANDLED;
    txn->paused_in = txn->status;
    txn->pause_cause = (enum cause)fact->code;
    txn->pause_branch = fact->branch;
    return enter(txn, STATUS_PAUSED);
}

static bool apply_beat(struct branch *branch, const struct fact *fact)
{
    if (branch->state != BRANCH_PENDING || fact->due_ms > branch->limit_ms)
        return false;
    branch->due_ms = fact->due_ms;
    return true;
}

static bool apply_lock(const struct plan *plan, struct txn *txn, const struct fact *fact)
{
    bool queued = fact->type == FACT_QUEUED;
    if (!plan->locks || txn->lock != (queued ? LOCK_NONE : LOCK_WANTED))
        return false;
    txn->lock = queued ? LOCK_WANTED : LOCK_HELD;
    txn->lock_due_ms = queued ? fact->due_ms : 0;
    return true;
}

static bool apply_ended(struct txn *txn, const struct fact *fact)
{
    enum status end = (enum status)fact->value;
    if (!status_word(end) || !status_final(end))
        return false;
    txn->ended_ms = fact->at_ms;
    return enter(txn, end);
}

/* What can happen to an item. The rest is its parent's: whether it runs, and what its items are. */
static bool is_about_item(const struct fact *fact)
{
    switch (fact->type) {
    case FACT_CALLED:
    case FACT_RETRIED:
    case FACT_SKIPPED:
    case FACT_RESOLVED:
    case FACT_BEAT:
    case FACT_DECIDED:
    case FACT_PAUSED:
        return true;
    case FACT_ANSWERED:
        return fact->attempt > 0;
    default:
        return false;
    }
}

/* Stuck or waiting in that very verb: what an operator may change, because no call is out. */
static bool is_held(const struct branch *branch, const struct fact *fact)
{
    return (branch->state == BRANCH_STUCK || branch->state == BRANCH_WAITING) && branch->verb == fact->verb;
}

static bool enter(struct txn *txn, enum status status)
{
    if (!status_may_follow(txn->status, status))
        return false;
    txn->status = status;
    return true;
}
