/* C12: only legal moves. The grammar of a history, written down a second time: it asks the saga's own words what
 * may follow, not the core. */
#include "sim/check.h"

#include "core/core.h"
#include "sim/count.h"

#include <string.h>

/* A leaf as the facts so far have left it. */
struct progress {
    enum verb verb;
    unsigned attempt;
    bool out;      /* called and not answered */
    bool awaits;   /* pending: something outside has to happen */
    bool again;    /* to be called again: its callback may still come */
    bool in_doubt; /* its tries are used up, and a check has to find out */
    bool over;     /* whoever needs it may start */
    bool failed;
    bool held; /* its yes is to be confirmed after the commit */
};

struct walk {
    const struct trial *trial;
    const struct story *story;
    struct progress leaves[SAGA_LEAVES];
    uint32_t over; /* one bit per leaf */
    enum decision decision;
    bool paused;
    bool wants; /* its lock, which it does not have */
    bool ready; /* a child that has done everything */
    bool ended;
};

static void step(struct walk *walk, const struct fact *fact, size_t index);
static void called(struct walk *walk, const struct fact *fact, size_t index);
static void takes_place(struct walk *walk, const struct fact *fact, size_t index);
static void starts(struct walk *walk, const struct fact *fact, size_t index);
static void awaited(struct walk *walk, const struct fact *fact, size_t index);
static void answered(struct walk *walk, const struct fact *fact, size_t index);
static bool expected(const struct progress *progress, const struct leaf *leaf, const struct fact *fact);
static void operated(struct walk *walk, const struct fact *fact, size_t index);
static void whole(struct walk *walk, const struct fact *fact);
static void set_over(struct walk *walk, size_t index, bool over);
static void tally(struct world *world, const struct story *story);

static void require(const struct walk *walk, bool truth, const struct fact *fact, const char *what)
{
    const struct leaf *leaf = story_leaf(walk->story, fact->branch);
    check_that(CHECK_C12, walk->trial->world, truth, "%s: %s %s %s %u: %s", walk->story->id, fact_word(fact->type),
               leaf ? leaf->id : "-", verb_word(fact->verb), fact->attempt, what);
}

static void walk_story(const struct trial *trial, const struct story *story)
{
    struct walk walk = {.trial = trial, .story = story};
    for (uint32_t i = 0; i < story->count; i++) {
        const struct fact *fact = &story->facts[i];
        const struct leaf *leaf = story_leaf(story, fact->branch);
        require(&walk, (fact->type == FACT_BEGUN) == (i == 0), fact, "a history begins once");
        require(&walk, !walk.ended, fact, "nothing follows the end");
        whole(&walk, fact);
        if (leaf)
            step(&walk, fact, (size_t)(leaf - story->saga->leaves));
        for (size_t k = 0; !leaf && k < story->saga->count; k++) /* what is true of a step is, of all its items */
            if (story->saga->leaves[k].item != NO_ITEM &&
                story_step(story, &story->saga->leaves[k]) == fact->branch)
                step(&walk, fact, k);
    }
}

static void step(struct walk *walk, const struct fact *fact, size_t index)
{
    if (fact->type == FACT_CALLED)
        called(walk, fact, index);
    else if (fact->type == FACT_AWAITED)
        awaited(walk, fact, index);
    else if (fact->type == FACT_ANSWERED)
        answered(walk, fact, index);
    else
        operated(walk, fact, index);
}

void check_facts(const struct trial *trial)
{
    for (size_t i = 0; i < trial->stories_count; i++) {
        const struct story *story = &trial->stories[i];
        check_that(CHECK_C12, trial->world, !story->fault, "%s: %s", story->id, story->fault ? story->fault : "");
        walk_story(trial, story);
        if (!story->fault)
            tally(trial->world, story);
    }
}

static void called(struct walk *walk, const struct fact *fact, size_t index)
{
    const struct leaf *leaf = &walk->story->saga->leaves[index];
    struct progress *progress = &walk->leaves[index];
    bool undo = fact->verb == VERB_UNDO;
    bool first = progress->verb != fact->verb;
    require(walk, leaf->kind == LEAF_CALL || leaf->kind == LEAF_CHILD, fact, "what waits calls nobody");
    require(walk, undo == (walk->decision == DECISION_ABORT), fact, "forward before the abort, backward after it");
    require(walk, !walk->paused, fact, "nothing is called while it is paused");
    require(walk, !progress->out, fact, "one call of a branch at a time");
    require(walk, fact->attempt == (first ? 1 : progress->attempt + 1), fact, "attempts are counted one by one");
    if (fact->verb == VERB_CONFIRM)
        require(walk, walk->decision == DECISION_COMMIT && progress->held, fact,
                "what is held is confirmed after the commit");
    if (fact->verb == VERB_CHECK && first)
        require(walk, leaf->check && progress->in_doubt, fact, "only what nobody knows is checked");
    if (fact->verb == VERB_DO && first)
        starts(walk, fact, index);
    if (first && leaf->item != NO_ITEM)
        takes_place(walk, fact, index);
    progress->verb = fact->verb;
    progress->attempt = fact->attempt;
    progress->out = true;
    progress->awaits = progress->again = progress->in_doubt = false;
}

static void starts(struct walk *walk, const struct fact *fact, size_t index)
{
    const struct leaf *leaf = &walk->story->saga->leaves[index];
    require(walk, !walk->wants, fact, "nothing is done without the lock");
    require(walk, !leaf->after_pivot || walk->decision == DECISION_COMMIT, fact,
            "what is behind the pivot waits for it");
    require(walk, (leaf->before & ~walk->over) == 0, fact, "what it needs is over");
    require(walk, saga_runs(leaf, walk->story->flags), fact, "its conditions are true");
    for (size_t i = 0; i < walk->story->saga->count; i++)
        require(walk, !walk->leaves[i].failed || walk->decision == DECISION_COMMIT, fact,
                "nothing new starts when a step has failed");
}

/* Items: as many at work as their step allows, one way in the order of the list, the other way against it. */
static void takes_place(struct walk *walk, const struct fact *fact, size_t index)
{
    const struct leaf *leaf = &walk->story->saga->leaves[index];
    bool undo = fact->verb == VERB_UNDO;
    unsigned at_work = 0;
    for (size_t i = 0; i < walk->story->saga->count; i++) {
        const struct progress *other = &walk->leaves[i];
        if (i == index || !saga_siblings(leaf, &walk->story->saga->leaves[i]))
            continue;
        bool same_way = (other->verb == VERB_UNDO) == undo;
        at_work += same_way && other->verb != VERB_NONE && (other->out || other->awaits || other->again);
        if (undo)
            require(walk, i > index || other->verb != VERB_UNDO, fact,
                    "items are undone from the last to the first");
        else if (fact->verb == VERB_DO)
            require(walk, (other->verb != VERB_NONE) == (i < index), fact, "items are called in their order");
    }
    require(walk, at_work < leaf->concurrency, fact, "no more items are at work than may be");
}

static void awaited(struct walk *walk, const struct fact *fact, size_t index)
{
    struct progress *progress = &walk->leaves[index];
    require(walk, walk->story->saga->leaves[index].wait_ms, fact, "what calls somebody does not wait");
    require(walk, walk->decision != DECISION_ABORT && !walk->paused, fact, "nothing is waited for in vain");
    require(walk, progress->verb == VERB_NONE, fact, "it is waited for once");
    starts(walk, fact, index);
    progress->verb = VERB_DO;
    progress->attempt = 1;
    progress->awaits = true;
}

static void answered(struct walk *walk, const struct fact *fact, size_t index)
{
    const struct leaf *leaf = &walk->story->saga->leaves[index];
    struct progress *progress = &walk->leaves[index];
    bool unasked = fact->attempt == 0;
    if (unasked)
        require(walk,
                leaf->broken_when && fact->answer == ANSWER_NO &&
                    (fact->code == CALL_UNEVALUABLE || (leaf->concurrency && fact->code == CALL_BAD_ITEMS)),
                fact, "only a broken condition or list is answered without a call");
    else
        require(walk, expected(progress, leaf, fact), fact, "an answer belongs to the call that is out");
    bool from_outside = (fact->code == 0 && leaf->kind != LEAF_CHILD) || fact->code == CALL_OVERDUE;
    require(walk, !from_outside || walk->decision != DECISION_ABORT, fact,
            "nobody is listened to after the abort");
    require(walk, fact->answer != ANSWER_PENDING || leaf->async_ms || leaf->kind == LEAF_CHILD, fact,
            "only what is asynchronous is pending");
    progress->out = false;
    progress->awaits = fact->answer == ANSWER_PENDING;
    progress->again = fact->answer == ANSWER_UNKNOWN && fact->due_ms;
    if (fact->verb == VERB_UNDO || fact->verb == VERB_CONFIRM)
        return;
    progress->held = leaf->phases != PHASES_SAGA && fact->answer == ANSWER_YES && !fact->value;
    bool given_up = fact->answer == ANSWER_UNKNOWN && !fact->due_ms;
    progress->in_doubt = given_up && leaf->check && fact->verb == VERB_DO;
    bool final = fact->answer == ANSWER_NO || (given_up && !progress->in_doubt);
    progress->failed = final && !leaf->carry_on;
    set_over(walk, index, fact->answer == ANSWER_YES || (final && leaf->carry_on));
}

/* The call is out; or it is awaited; or its callback comes although the response got lost. */
static bool expected(const struct progress *progress, const struct leaf *leaf, const struct fact *fact)
{
    bool called_back = leaf->async_ms && fact->verb == VERB_DO && fact->code == 0;
    bool open = progress->out || progress->awaits || (progress->again && called_back);
    return open && progress->verb == fact->verb && progress->attempt == fact->attempt;
}

static void operated(struct walk *walk, const struct fact *fact, size_t index)
{
    const struct leaf *leaf = &walk->story->saga->leaves[index];
    struct progress *progress = &walk->leaves[index];
    bool operators = fact->type == FACT_RETRIED || fact->type == FACT_SKIPPED || fact->type == FACT_RESOLVED;
    if (operators)
        require(walk, !progress->out, fact, "an operator's word waits for the call that is out");
    bool forward = fact->verb != VERB_UNDO && fact->verb != VERB_CONFIRM;
    if (operators && forward)
        progress->failed = false;
    if (operators)
        progress->again = fact->type == FACT_RETRIED;
    if (fact->type == FACT_BEAT)
        require(walk, progress->awaits && leaf->async_ms && walk->decision != DECISION_ABORT, fact,
                "only what is pending shows signs of life");
    if (fact->type == FACT_SIGNALLED)
        require(walk, leaf->kind == LEAF_SIGNAL && progress->verb == VERB_NONE, fact, "a signal is early once");
    if (fact->type == FACT_GUARDED) {
        require(walk, !fact->value || saga_runs(leaf, walk->story->flags), fact, "its conditions are true");
        set_over(walk, index, !fact->value);
    }
    if (fact->type == FACT_SKIPPED && forward)
        set_over(walk, index, true);
    if (fact->type == FACT_RESOLVED && forward) {
        bool yes = fact->answer == ANSWER_YES;
        progress->held = yes && leaf->phases != PHASES_SAGA;
        progress->failed = !yes && !leaf->carry_on;
        set_over(walk, index, yes || leaf->carry_on);
    }
}

/* Facts about the transaction as a whole. */
static void whole(struct walk *walk, const struct fact *fact)
{
    switch (fact->type) {
    case FACT_DECIDED:
        require(walk, walk->decision == DECISION_NONE, fact, "one decision");
        require(walk,
                !walk->story->parent || (fact->value == DECISION_ABORT ? !walk->ready : walk->ready) ||
                    fact->code == CAUSE_PARENT,
                fact, "a child that is ready waits for its parent's word");
        require(walk, !walk->story->parent || fact->value == DECISION_ABORT || walk->ready, fact,
                "a child commits when it is ready");
        walk->decision = (enum decision)fact->value;
        for (size_t i = 0; i < walk->story->saga->count && fact->value == DECISION_COMMIT; i++)
            require(walk, walk->story->saga->leaves[i].phases != PHASES_VOTE || walk->leaves[i].over, fact,
                    "everybody who votes is heard before the commit");
        walk->paused = false;
        return;
    case FACT_QUEUED:
        require(walk, fact == &walk->story->facts[1] && walk->story->saga->lock, fact, "a lock is wanted first");
        walk->wants = true;
        return;
    case FACT_GRANTED:
        require(walk, walk->wants && walk->decision == DECISION_NONE, fact, "a lock is granted to who wants it");
        walk->wants = false;
        return;
    case FACT_READY:
        require(walk, walk->story->parent && !walk->ready && walk->decision == DECISION_NONE && !walk->paused,
                fact, "a child is ready once, before the decision");
        for (size_t i = 0; i < walk->story->saga->count; i++)
            require(walk, walk->leaves[i].over || !saga_runs(&walk->story->saga->leaves[i], walk->story->flags),
                    fact, "everything is over when a child is ready");
        walk->ready = true;
        return;
    case FACT_EXPIRED:
        require(walk, !walk->ready, fact, "a child that is ready has time");
        return;
    case FACT_PAUSED:
        require(walk, !walk->paused, fact, "it is not paused twice");
        walk->paused = true;
        return;
    case FACT_RESUMED:
        require(walk, walk->paused, fact, "only what is paused is resumed");
        walk->paused = false;
        return;
    case FACT_ENDED:
        require(walk,
                fact->value == STATUS_TERMINATED ||
                    walk->decision == (fact->value == STATUS_COMPLETED ? DECISION_COMMIT : DECISION_ABORT),
                fact, "the end is what was decided");
        walk->ended = true;
        return;
    default:
        return;
    }
}

static void set_over(struct walk *walk, size_t index, bool over)
{
    if (over)
        walk->over |= 1u << index;
    else
        walk->over &= ~(1u << index);
    walk->leaves[index].over = over;
}

/* C18: what was reached on the way. */
static void tally(struct world *world, const struct story *story)
{
    const struct plan *plan = &story->definition->plan;
    struct txn *txn = keep_new(&world->keep, txn_size(plan->steps_count));
    core_init(plan, txn);
    for (uint32_t i = 0; i < story->count; i++) {
        const struct fact *fact = &story->facts[i];
        txn = story_room(&world->keep, txn, fact);
        core_apply(plan, txn, fact);
        count_seen(SEEN_FACT, fact->type);
        count_seen(SEEN_STATUS, txn->status);
        if (fact->type == FACT_DECIDED || fact->type == FACT_PAUSED)
            count_seen(SEEN_CAUSE, fact->code);
        if (fact->type == FACT_ANSWERED)
            count_seen(SEEN_ANSWER, fact->answer);
        if (fact->type == FACT_ANSWERED && fact->code >= CALL_TIMEOUT)
            count_seen(SEEN_CODE, fact->code);
        for (uint16_t k = 0; k < txn->branches_count; k++)
            count_seen(SEEN_BRANCH, txn->branches[k].state);
    }
}
