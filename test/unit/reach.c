/* Breadth first, with a table of the states that were seen. */
#include "reach.h"

#include "base/mem.h"

#include <assert.h>
#include <string.h>

enum { TABLE_SIZE = 1 << 20, TRIES_SEEN = 2, ITEMS = 2, BRANCHES_MOST = 6 };

/* What makes two records different for this walk: all but times and what was said, and tries as far as they count.
 */
struct mark {
    uint8_t status, decision, cause, paused_in, pause_cause, expiry, ready;
    uint16_t cause_branch, pause_branch;
    uint8_t branches[BRANCHES_MOST][8];
};

struct walk {
    const struct plan *plan;
    void (*visit)(const struct reach_edge *edge);
    struct txn **states;
    struct ask *asks; /* what the state waits to be told, of BRANCH_NONE: nothing */
    struct mark *marks;
    uint64_t *wakes;
    size_t count;
    size_t *table; /* index + 1 of a state, by the hash of its mark */
    struct out out;
};

static void feed(struct walk *walk, size_t from, struct event event);
static void feed_told(struct walk *walk, size_t from);
static void feed_verbs(struct walk *walk, size_t from);
static void feed_parent(struct walk *walk, size_t from);
static void feed_branch(struct walk *walk, size_t from, uint16_t branch);
static void feed_child(struct walk *walk, size_t from, uint16_t branch);
static void feed_operators(struct walk *walk, size_t from, uint16_t branch);
static void arrive(struct walk *walk, const struct txn *txn);
static struct txn *copy_of(const struct txn *txn);
static struct mark mark_of(const struct txn *txn);
static size_t hash(const struct mark *mark);
static uint64_t now_of(const struct walk *walk, size_t from, enum event_type type);

size_t reach_all(const struct plan *plan, bool nested, void (*visit)(const struct reach_edge *edge))
{
    size_t needs = core_needs(plan);
    struct walk walk = {.plan = plan, .visit = visit};
    walk.states = mem_array(REACH_MOST, sizeof *walk.states);
    walk.asks = mem_array(REACH_MOST, sizeof *walk.asks);
    walk.marks = mem_array(REACH_MOST, sizeof *walk.marks);
    walk.wakes = mem_array(REACH_MOST, sizeof *walk.wakes);
    walk.table = mem_array(TABLE_SIZE, sizeof *walk.table);
    walk.out.facts = mem_array(needs, sizeof *walk.out.facts);
    walk.out.calls = mem_array(needs, sizeof *walk.out.calls);
    walk.out.asks = mem_array(needs, sizeof *walk.out.asks);
    struct txn *txn = mem_new(txn_size((uint16_t)(plan->steps_count + ITEMS)));
    core_init(plan, txn);
    txn->branches_capacity = (uint16_t)(plan->steps_count + ITEMS);
    struct event begin = {.type = EVENT_BEGIN, .now_ms = 1000, .seed = 7, .nested = nested};
    core_step(plan, txn, &begin, &walk.out);
    arrive(&walk, txn);
    mem_free(txn);
    for (size_t i = 0; i < walk.count; i++) {
        feed_told(&walk, i);
        feed(&walk, i, (struct event){.type = EVENT_TIMER});
        feed(&walk, i, (struct event){.type = EVENT_RECOVER});
        feed_verbs(&walk, i);
        if (nested)
            feed_parent(&walk, i);
        for (uint16_t branch = 0; branch < walk.states[i]->branches_count; branch++)
            feed_branch(&walk, i, branch);
    }
    for (size_t i = 0; i < walk.count; i++)
        mem_free(walk.states[i]);
    mem_free(walk.out.asks);
    mem_free(walk.out.calls);
    mem_free(walk.out.facts);
    mem_free(walk.table);
    mem_free(walk.wakes);
    mem_free(walk.marks);
    mem_free(walk.asks);
    mem_free(walk.states);
    return walk.count;
}

/* A condition holds, does not, or cannot be evaluated; a list has items, none, or is no list. */
static void feed_told(struct walk *walk, size_t from)
{
    const struct ask ask = walk->asks[from];
    if (ask.branch == BRANCH_NONE)
        return;
    for (uint16_t count = 0; ask.question == ASK_ITEMS && count <= ITEMS; count++)
        feed(walk, from, (struct event){.type = EVENT_SPREAD, .branch = ask.branch, .count = count});
    for (enum answer answer = ANSWER_YES; answer <= ANSWER_UNKNOWN; answer++)
        if (ask.question == ASK_WHETHER || answer == ANSWER_UNKNOWN)
            feed(walk, from, (struct event){.type = EVENT_TOLD, .branch = ask.branch, .answer = answer});
}

static void feed_verbs(struct walk *walk, size_t from)
{
    static const enum event_type verbs[] = {EVENT_CANCEL, EVENT_PAUSE, EVENT_RESUME, EVENT_RETRY, EVENT_TERMINATE};
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        feed(walk, from, (struct event){.type = verbs[i], .branch = BRANCH_NONE});
}

static void feed_parent(struct walk *walk, size_t from)
{
    feed(walk, from, (struct event){.type = EVENT_RELEASE, .branch = BRANCH_NONE, .by_parent = true});
    feed(walk, from, (struct event){.type = EVENT_CANCEL, .branch = BRANCH_NONE, .by_parent = true});
    feed(walk, from, (struct event){.type = EVENT_PAUSE, .branch = BRANCH_NONE, .by_parent = true});
}

/* What the engine says for a child, and persons of its step. */
static void feed_child(struct walk *walk, size_t from, uint16_t index)
{
    const struct branch *branch = &walk->states[from]->branches[index];
    struct event event = {
        .branch = index, .verb = (enum verb)branch->verb, .attempt = branch->attempt, .settled = true};
    bool out = branch->state == BRANCH_CALLING, start = branch->verb == VERB_DO;
    const enum answer first[] = {ANSWER_PENDING, ANSWER_NO}, second[] = {ANSWER_YES, ANSWER_UNKNOWN};
    for (int i = 0; out && i < 2; i++) {
        event.type = EVENT_ANSWER;
        event.answer = start ? first[i] : second[i];
        feed(walk, from, event);
    }
    event.type = EVENT_TELL;
    for (event.answer = ANSWER_YES; event.answer <= ANSWER_UNKNOWN; event.answer++)
        feed(walk, from, event);
    feed_operators(walk, from, index);
}

/* Everything that can be said of one branch: answers to its call, what comes from outside, operators. */
static void feed_branch(struct walk *walk, size_t from, uint16_t index)
{
    const struct branch *branch = &walk->states[from]->branches[index];
    const struct plan_step *step = core_step_of(walk->plan, walk->states[from], index);
    struct event event = {.type = EVENT_ANSWER,
                          .branch = index,
                          .verb = (enum verb)branch->verb,
                          .attempt = branch->attempt,
                          .code = CALL_TIMEOUT};
    bool later = step->async_ms && branch->verb == VERB_DO;
    if (step->child) {
        feed_child(walk, from, index);
        return;
    }
    for (event.answer = ANSWER_YES; step->kind == STEP_CALL && event.answer <= ANSWER_PENDING; event.answer++)
        for (int settled = 0; settled <= (event.answer == ANSWER_UNKNOWN); settled++) {
            event.settled = settled;
            if (event.answer != ANSWER_PENDING || later)
                feed(walk, from, event);
        }
    event.answer = ANSWER_YES;
    event.settled = false;
    event.read_only = step->votes && branch->verb == VERB_DO; /* it has nothing to commit */
    if (event.read_only)
        feed(walk, from, event);
    for (enum answer answer = ANSWER_YES; step->kind != STEP_SIGNAL && answer <= ANSWER_NO; answer++)
        feed(walk, from, (struct event){.type = EVENT_TELL, .branch = index, .answer = answer});
    feed(walk, from, (struct event){.type = EVENT_BEAT, .branch = index});
    if (step->kind == STEP_SIGNAL)
        feed(walk, from, (struct event){.type = EVENT_SIGNAL, .branch = index});
    feed_operators(walk, from, index);
}

static void feed_operators(struct walk *walk, size_t from, uint16_t index)
{
    for (enum answer answer = ANSWER_YES; answer <= ANSWER_NO; answer++)
        feed(walk, from, (struct event){.type = EVENT_RESOLVE, .branch = index, .answer = answer});
    feed(walk, from, (struct event){.type = EVENT_RETRY, .branch = index});
    feed(walk, from, (struct event){.type = EVENT_SKIP, .branch = index});
}

static void feed(struct walk *walk, size_t from, struct event event)
{
    const struct txn *before = walk->states[from];
    event.now_ms = now_of(walk, from, event.type);
    struct txn *after = copy_of(before), *folded = copy_of(before);
    enum refusal refusal = core_step(walk->plan, after, &event, &walk->out);
    for (size_t i = 0; i < walk->out.facts_count; i++) {
        bool follows = core_apply(walk->plan, folded, &walk->out.facts[i]);
        assert(follows);
    }
    walk->visit(&(struct reach_edge){walk->plan, before, &event, refusal, &walk->out, after, folded});
    arrive(walk, after);
    mem_free(after);
    mem_free(folded);
}

/* Time passes only where something waits for it: then all of it at once. */
static uint64_t now_of(const struct walk *walk, size_t from, enum event_type type)
{
    const struct txn *txn = walk->states[from];
    uint64_t latest = txn->begun_ms;
    for (uint16_t i = 0; i < txn->branches_count; i++)
        if (txn->branches[i].called_ms > latest)
            latest = txn->branches[i].called_ms;
    return type == EVENT_TIMER && walk->wakes[from] ? walk->wakes[from] : latest;
}

static void arrive(struct walk *walk, const struct txn *txn)
{
    struct mark mark = mark_of(txn);
    size_t at = hash(&mark) % TABLE_SIZE;
    for (; walk->table[at]; at = (at + 1) % TABLE_SIZE)
        if (memcmp(&walk->marks[walk->table[at] - 1], &mark, sizeof mark) == 0)
            return;
    assert(walk->count < REACH_MOST);
    walk->marks[walk->count] = mark;
    walk->states[walk->count] = copy_of(txn);
    walk->asks[walk->count] = walk->out.asks_count ? walk->out.asks[0] : (struct ask){.branch = BRANCH_NONE};
    walk->wakes[walk->count] = walk->out.wake_ms;
    walk->table[at] = ++walk->count;
}

static struct txn *copy_of(const struct txn *txn)
{
    struct txn *copy = mem_new(txn_size(txn->branches_capacity));
    memcpy(copy, txn, txn_size(txn->branches_capacity));
    return copy;
}

static struct mark mark_of(const struct txn *txn)
{
    struct mark mark;
    memset(&mark, 0, sizeof mark);
    mark.status = (uint8_t)txn->status;
    mark.decision = (uint8_t)txn->decision;
    mark.cause = (uint8_t)txn->cause;
    mark.paused_in = (uint8_t)txn->paused_in;
    mark.pause_cause = (uint8_t)txn->pause_cause;
    mark.expiry = (uint8_t)txn->expiry;
    mark.ready = txn->ready;
    mark.cause_branch = txn->cause_branch;
    mark.pause_branch = txn->pause_branch;
    assert(txn->branches_count <= sizeof mark.branches / sizeof mark.branches[0]);
    for (uint16_t i = 0; i < txn->branches_count; i++) {
        const struct branch *branch = &txn->branches[i];
        uint8_t tries = (uint8_t)(branch->tries < TRIES_SEEN ? branch->tries : TRIES_SEEN);
        const uint8_t parts[] = {branch->state,     branch->verb,    branch->maybe,   branch->guarded,
                                 branch->signalled, branch->checked, branch->forward, tries};
        memcpy(mark.branches[i], parts, sizeof parts);
    }
    return mark;
}

/* FNV-1a (Fowler, Noll, Vo 1991). */
static size_t hash(const struct mark *mark)
{
    const unsigned char *bytes = (const unsigned char *)mark;
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < sizeof *mark; i++)
        hash = (hash ^ bytes[i]) * 1099511628211u;
    return (size_t)(hash ^ hash >> 32);
}
