/* Making and freeing of open transactions, and their rows. */
#include "engine/open.h"

#include "base/mem.h"
#include "base/put.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* The facts of one batch: every step may bring one payload; what is over this is a bug, not an input. */
enum { FACTS_BYTES = 64 * LIMIT_BODY_BYTES };

static void print_reason(struct open *open);

struct open *open_new(uint64_t number, const char *id, bool own_id, const struct definition *definition)
{
    assert(plan_valid(&definition->plan));
    struct open *open = mem_new(sizeof *open);
    open->number = number;
    put_text(open->id, sizeof open->id, id);
    open->own_id = own_id;
    open->definition = definition;
    open->txn = mem_new(txn_size(definition->plan.steps_count));
    core_init(&definition->plan, open->txn);
    payload_init(&open->payload, definition, open->txn, open->id);
    open->payload.number = open->root = number;
    buf_init(&open->facts, FACTS_BYTES);
    open->row_step = BRANCH_NONE;
    return open;
}

void open_free(struct open *open)
{
    assert(!open->waiters && !open->timer.place && !open->in_batch && !open->resting);
    payload_done(&open->payload);
    buf_done(&open->facts);
    mem_free(open->calls);
    mem_free(open->result);
    mem_free(open->key);
    mem_free(open->tags);
    mem_free(open->row_tags);
    mem_free(open->txn);
    mem_free(open);
}

void open_set_parent(struct open *open, const struct begun_parent *parent)
{
    open->parent = parent->txn;
    open->parent_branch = parent->branch;
    open->root = parent->root;
    open->depth = parent->depth;
}

void open_grow(struct open *open, uint16_t capacity)
{
    struct txn *txn = open->txn;
    size_t before = txn_size(txn->branches_capacity), after = txn_size(capacity);
    if (capacity <= txn->branches_capacity)
        return;
    txn = mem_grow(txn, after);
    memset((char *)txn + before, 0, after - before);
    txn->branches_capacity = capacity;
    open->txn = txn;
    open->payload.txn = txn;
}

/* "\na\nb\n" and "\nb\nc\n" give "\na\nb\nc\n". */
char *open_tags(const char *saga, const char *own)
{
    struct buf tags;
    if (!saga || !own)
        return saga || own ? mem_string(saga ? saga : own) : NULL;
    buf_init(&tags, 2 * LIMIT_TAGS * (LIMIT_TAG_BYTES + 1) + 1);
    buf_puts(&tags, saga);
    for (const char *at = own; at[1];) {
        size_t length = strcspn(at + 1, "\n") + 2; /* with both line ends */
        if (!memmem(buf_text(&tags), tags.length, at, length))
            buf_put(&tags, at + 1, length - 1);
        at += length - 1;
    }
    return buf_take(&tags, NULL);
}

uint16_t open_stands_at(const struct open *open)
{
    const struct txn *txn = open->txn;
    if (status_final(txn->status))
        return BRANCH_NONE;
    if (txn->status == STATUS_PAUSED && txn->pause_branch != BRANCH_NONE)
        return txn->branches[txn->pause_branch].step;
    bool abort = txn->decision == DECISION_ABORT;
    for (uint16_t i = txn_first(txn); i != BRANCH_NONE; i = txn_next(txn, i)) {
        enum branch_state state = (enum branch_state)txn->branches[i].state;
        bool stands = state == BRANCH_WAITING || state == BRANCH_PENDING || state == BRANCH_STUCK;
        if (stands && (txn->branches[i].verb == VERB_UNDO) == abort)
            return txn->branches[i].step;
    }
    return BRANCH_NONE;
}

enum cause open_cause(const struct open *open)
{
    const struct txn *txn = open->txn;
    if (txn->status == STATUS_PAUSED)
        return txn->pause_cause;
    return txn->decision == DECISION_ABORT ? txn->cause : CAUSE_NONE;
}

struct store_row open_row(struct open *open, uint64_t now_ms)
{
    const struct txn *txn = open->txn;
    uint16_t at = open_stands_at(open);
    print_reason(open);
    return (struct store_row){
        .txn = open->number,
        .id = open->own_id ? open->id : NULL,
        .key = open->key,
        .saga = open->definition->name,
        .version = open->definition->version,
        .status = (uint8_t)txn->status,
        .open = !status_final(txn->status),
        .wake_ms = core_wake(&open->definition->plan, txn),
        .begun_ms = txn->begun_ms,
        .updated_ms = now_ms,
        .ended_ms = txn->ended_ms,
        .expires_ms = txn->ended_ms && open->retention_ms ? txn->ended_ms + open->retention_ms : 0,
        .step = at == BRANCH_NONE ? NULL : open->definition->steps[at].id,
        .participant = at == BRANCH_NONE ? NULL : open->definition->steps[at].participant,
        .reason = open->reason[0] ? open->reason : NULL,
        .tags = open->row_tags,
    };
}

/* "step_refused at charge: card_declined"; nothing while all goes well. */
static void print_reason(struct open *open)
{
    const struct txn *txn = open->txn;
    bool paused = txn->status == STATUS_PAUSED;
    enum cause cause = open_cause(open);
    uint16_t branch = paused ? txn->pause_branch : txn->cause_branch;
    open->reason[0] = '\0';
    if (cause == CAUSE_NONE)
        return;
    const struct outcome *outcome = branch == BRANCH_NONE ? NULL : &open->payload.outcomes[branch];
    enum verb verb = outcome ? (enum verb)txn->branches[branch].verb : VERB_NONE;
    bool second = paused && (verb == VERB_UNDO || verb == VERB_CONFIRM);
    const char *code = !outcome ? NULL : second ? outcome->second_code : outcome->code;
    char name[LIMIT_BRANCH_NAME] = "";
    if (branch != BRANCH_NONE)
        payload_name(&open->payload, branch, name);
    snprintf(open->reason, sizeof open->reason, "%s%s%s%s%s", cause_word(cause), name[0] ? " at " : "", name,
             code ? ": " : "", code ? code : "");
}
