/* The record's size, and the table of statuses: which may follow which. */
#include "core/txn.h"

#include <assert.h>

/* What the table calls S(RUNNING) is the bit of STATUS_RUNNING. */
#define S(name) (1u << STATUS_##name)

static const struct {
    const char *word;
    bool final;
    unsigned next;
} table[] = {
#define X(name, number, word, final, next) [number] = {word, final, next},
    STATUSES(X)
#undef X
};

enum { STATUSES_COUNT = sizeof table / sizeof table[0] };

size_t txn_size(uint16_t branches_capacity)
{
    return offsetof(struct txn, branches) + branches_capacity * sizeof(struct branch);
}

const char *status_word(enum status status)
{
    return (unsigned)status < STATUSES_COUNT ? table[status].word : NULL;
}

bool status_final(enum status status)
{
    assert((unsigned)status < STATUSES_COUNT);
    return table[status].final;
}

bool status_may_follow(enum status from, enum status to)
{
    assert((unsigned)from < STATUSES_COUNT && (unsigned)to < STATUSES_COUNT);
    return table[from].next >> to & 1u;
}

enum branch_state branch_forward(const struct branch *branch)
{
    bool second = branch->verb == VERB_UNDO || branch->verb == VERB_CONFIRM;
    return (enum branch_state)(second ? branch->forward : branch->state);
}
